"""
The jobs, each a run from read to save; the whole product in three functions:

    collect   due feeds -> fetch -> parse -> normalise -> save articles and next check
    assess    new articles -> detect -> group -> judge -> save
    deliver   pending notifications -> send -> save delivery
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.alert import Alert
from monitor.domain.article import Article, ArticleId
from monitor.domain.errors import FetchError, ParseError
from monitor.domain.feed import Feed, FeedKind, FeedState, Health
from monitor.domain.finding import Analysis
from monitor.domain.notification import Channel, ChannelHealth, Delivery, Notification, Outcome, Sent
from monitor.domain.policy import DeliveryPolicy, GroupPolicy, Policy
from monitor.domain.report import AssessReport, CollectReport, DeliverReport, FeedFailure, FeedNote, SecondReport
from monitor.domain.story import Join, StoryId
from monitor.ports import Assessment, ChannelState, Clock, Fetcher, Member, Parsed, Parser, Poll, Sender, Store
from monitor.stages.compose.message import degraded
from monitor.stages.decide import followed
from monitor.stages.delivery import health_after, may_send, next_step
from monitor.stages.group import GroupWindow, apply_edits, catch_up, group, pack, unpack
from monitor.stages.judge import Bench, Case, Judged, close, judge
from monitor.stages.plan import plan_failure, plan_success
from monitor.stages.read_article import ReadArticle, as_it_is

Read = Callable[[Sequence[Article]], Sequence[ReadArticle]]
LookAgain = Callable[[Sequence[ReadArticle], datetime], tuple[Sequence[ReadArticle], SecondReport | None]]
Follow = Callable[["DeadLetter"], Sequence[Notification]]
_CLAIM_SHARE = 4
_LINGER_S = 1.0
_BATCH = 256
_STORM_SPAN = timedelta(minutes=1)


# --- collect -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """How one kind of feed is read."""

    fetcher: Fetcher
    parser: Parser


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll with its failure, if it was one; ``was`` is the health that was told before it."""

    poll: Poll
    was: Health
    entries: int = 0
    is_unchanged: bool = False
    failure: FeedFailure | None = None


@dataclass(slots=True)
class _Tally:
    due: int = 0
    unchanged: int = 0
    entries: int = 0
    new: int = 0
    edited: int = 0
    notices: list[FeedNote] = field(default_factory=list)
    failures: list[FeedFailure] = field(default_factory=list)

    def report(self) -> CollectReport:
        return CollectReport(
            due=self.due,
            unchanged=self.unchanged,
            failures=tuple(self.failures),
            entries=self.entries,
            articles_new=self.new,
            articles_edited=self.edited,
            notices=tuple(self.notices),
        )


async def collect(
    clock: Clock,
    store: Store,
    sources: Mapping[FeedKind, Source],
    policy: Policy,
    *,
    shard: int | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    on_saved: Callable[[], None] = lambda: None,
    on_polled: Callable[[], None] = lambda: None,
) -> CollectReport:
    """
    Poll until nothing is due. Feeds are claimed as others finish, so that a slow one holds up no other.

    What finishes together is saved together, articles and validators in one transaction. *on_saved*
    is called when there is something new to assess, *on_polled* whenever polls were saved.

    Raises:
        StoreError: nothing of the unsaved polls is kept; their feeds are polled again when their lease ends.
    """
    tally, running = _Tally(), set[asyncio.Task[Polled]]()
    room = policy.fetch.concurrency
    try:
        while True:
            free = room - len(running)
            if not is_stopping() and (free >= room // _CLAIM_SHARE or not running):
                claimed = await asyncio.to_thread(store.claim_due_feeds, clock(), free, policy.poll.lease, shard)
                tally.due += len(claimed)
                running |= {
                    asyncio.create_task(_poll(feed, state, store, sources, clock, policy)) for feed, state in claimed
                }
            if not running:
                return tally.report()
            done, running = await asyncio.wait(running, timeout=_LINGER_S, return_when=asyncio.FIRST_COMPLETED)
            if done:
                await _save(store, [task.result() for task in done], clock(), tally, on_saved)
                on_polled()
    finally:
        for task in running:
            task.cancel()


async def _poll(
    feed: Feed,
    state: FeedState,
    store: Store,
    sources: Mapping[FeedKind, Source],
    clock: Clock,
    policy: Policy,
) -> Polled:
    source = sources[feed.kind]
    try:
        fetched = await source.fetcher.fetch(feed, state, clock())
        parsed: Parsed | None = None
        if fetched.body is not None:
            known = await asyncio.to_thread(store.known_entries, feed.id)
            parsed = await source.parser.parse(feed, state, fetched, known, clock())
    except (FetchError, ParseError) as error:
        next_state, notices = plan_failure(feed, state, error, clock(), policy.poll)
        failure = FeedFailure(feed.id, str(error), next_state.next_check_at)
        return Polled(Poll(next_state, notices=notices), state.noted, failure=failure)
    document = parsed.document if parsed else None
    new_count = len(parsed.articles) if parsed else 0
    next_state, notices = plan_success(feed, state, fetched, document, new_count, clock(), policy.poll)
    notes = (*notices, *parsed.notes) if parsed else notices
    poll = Poll(next_state, parsed.articles, notes, parsed.listed) if parsed else Poll(next_state, (), notes)
    return Polled(poll, state.noted, parsed.entries if parsed else 0, is_unchanged=parsed is None)


async def _save(
    store: Store, polled: Sequence[Polled], now: datetime, tally: _Tally, on_saved: Callable[[], None]
) -> None:
    saved = await asyncio.to_thread(store.save_polls, [one.poll for one in polled], now)
    tally.unchanged += sum(one.is_unchanged for one in polled)
    tally.entries += sum(one.entries for one in polled)
    tally.new += sum(one.new for one in saved)
    tally.edited += sum(one.edited for one in saved)
    tally.failures += [one.failure for one in polled if one.failure is not None]
    tally.notices += [
        FeedNote(str(one.poll.state.feed_id), notice, one.was) for one in polled for notice in one.poll.notices
    ]
    if any(one.new or one.edited for one in saved):
        on_saved()


# --- assess ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Desk:
    """
    What assess works with: it is one lane, and the window is its memory of late.

    Where several processes may assess, each has a ``lane`` of its own name and takes it before it begins;
    ``known`` is the last save that the window knows of: what others saved since then is caught up with.
    """

    store: Store
    read: Read
    new_window: Callable[[], GroupWindow]
    group: GroupPolicy
    bench: Bench
    look_again: LookAgain = as_it_is
    window: GroupWindow | None = None
    lane: str = ""
    edits: int = 0
    known: int = 0


def assess(now: datetime, desk: Desk, limit: int = _BATCH) -> AssessReport:
    """
    Assess up to *limit* articles that came in, and stories whose cool-down ended; all in one transaction.

    Raises:
        StoreError: nothing is saved; the same articles are assessed again next time.
    """
    articles = desk.store.take_unassessed(limit)
    revisited = desk.store.due_revisits(now)
    if not articles and not revisited:
        return AssessReport()
    try:
        window = _window(now, desk)
        read, second = desk.look_again(desk.read(articles), now)
        articles = tuple(one.article for one in read)
        analyses = {one.article.id: one.analysis for one in read}
        prints = [one.fingerprint for one in read]
        unknown = [article.id for article in articles if window.story_of(article.id) is None]
        stood = desk.store.stories_of(unknown)
        joins = {join.article_id: join for join in group(prints, window, desk.group, stood)}
        merged = window.take_merges()
        cases = _cases(articles, analyses, joins, revisited, dict(merged), desk)
        assessment, judged = _decide(cases, dict(merged), now, desk)
        members = tuple(
            Member(ArticleId(one.article_id), joins[ArticleId(one.article_id)].story_id, pack(one), one.at)
            for one in prints
        )
        desk.known = desk.store.save_assessment(
            replace(
                assessment,
                analyses=tuple(analyses.values()),
                joins=tuple((joins | {join.article_id: join for join in window.take_bridges()}).values()),
                fingerprints=members,
                merged=merged,
                revisited=revisited,
                done=tuple(article.id for article in articles),
            ),
            now,
            desk.lane,
        )
    except BaseException:
        # The window may know of articles that the store does not: it is filled anew from the store.
        desk.window = None
        raise
    return replace(_assess_report(analyses, joins, judged), second=second)


def close_quiet(now: datetime, desk: Desk, limit: int = _BATCH) -> int:
    """Close alerts on stories that have been quiet for long; how many were closed."""
    alerts = desk.store.quiet_alerts(now - desk.bench.policy.closes_after, limit)
    if not alerts:
        return 0
    records = desk.store.load_stories([alert.story_id for alert in alerts])
    told = desk.store.load_messages([alert.id for alert in alerts])
    closed = []
    for alert in alerts:
        record = records.get(alert.story_id)
        if record is None:
            continue
        messages = tuple(one for one in told if one.notification.alert_id == alert.id)
        case = Case(record.story_id, record.articles, record.analyses, record.joins, (alert,), messages)
        judged = close(alert, case, now, desk.bench)
        closed += [judged] if judged is not None else []
    desk.store.save_assessment(_gathered(closed), now)
    return len(closed)


def _window(now: datetime, desk: Desk) -> GroupWindow:
    """The memory of stories, as of now: filled from the store where it is new or somebody changed stories by hand."""
    edits = desk.store.load_story_edits()
    saves = desk.store.take_lane(desk.lane) if desk.lane else desk.known
    since = now - desk.group.window
    if desk.window is None or len(edits) != desk.edits:
        window, desk.window = desk.new_window(), None
        for member in desk.store.load_window(since, most=desk.group.max_articles):
            window.add(unpack(member.fingerprint), member.story_id)
        apply_edits(edits, window, desk.store.story_heirs())
        desk.window, desk.edits = window, len(edits)
    elif saves != desk.known:
        others = desk.store.load_window(since, after=desk.known)
        catch_up(((unpack(one.fingerprint), one.story_id) for one in others), desk.window)
    desk.window.forget_before(since)
    desk.known = saves
    return desk.window


def _cases(
    articles: Sequence[Article],
    analyses: Mapping[ArticleId, Analysis],
    joins: Mapping[ArticleId, Join],
    revisited: Sequence[StoryId],
    merged: Mapping[StoryId, StoryId],
    desk: Desk,
) -> list[Case]:
    """
    The stories that changed, each with all its articles: those of the store and those of this batch.

    *merged* maps stories that are part of others now to these: what they held and told goes along.
    """
    fresh: dict[StoryId, list[Article]] = {merged.get(story_id, story_id): [] for story_id in revisited}
    fresh |= {kept: [] for kept in merged.values() if kept not in merged}
    for article in articles:
        fresh.setdefault(joins[article.id].story_id, []).append(article)
    wanted = [*fresh, *merged]
    records = desk.store.load_stories(wanted)
    alerts: dict[StoryId, list[Alert]] = {}
    for alert in desk.store.load_alerts(wanted):
        alerts.setdefault(merged.get(alert.story_id, alert.story_id), []).append(alert)
    told: dict[StoryId, list[Sent]] = {}
    story_of = {alert.id: story_id for story_id, held in alerts.items() for alert in held}
    for one in desk.store.load_messages(list(story_of)):
        if one.notification.alert_id is not None:
            told.setdefault(story_of[one.notification.alert_id], []).append(one)
    cases = []
    for story_id, new in fresh.items():
        parts = [records[key] for key in wanted if key in records and merged.get(key, key) == story_id]
        held = {article.id: article for article in (*(a for part in parts for a in part.articles), *new)}
        known = {ArticleId(one.article_id): one for part in parts for one in part.analyses}
        known |= {article.id: analyses[article.id] for article in new}
        joined = {join.article_id: join for part in parts for join in part.joins}
        joined |= {article.id: joins[article.id] for article in new if article.id not in joined}
        cases.append(
            Case(
                story_id,
                tuple(held.values()),
                tuple(known.values()),
                tuple(joined.values()),
                tuple(alerts.get(story_id, ())),
                tuple(told.get(story_id, ())),
            )
        )
    return [case for case in cases if case.articles]


def _decide(
    cases: Sequence[Case], merged: Mapping[StoryId, StoryId], now: datetime, desk: Desk
) -> tuple[Assessment, list[Judged]]:
    silences = [followed(silence, merged) for silence in desk.store.load_silences(now)]
    lately = {channel: list(sent) for channel, sent in desk.store.sent_since(now - _STORM_SPAN).items()}
    judged = []
    for case in cases:
        found = judge(case, silences, lately, now, desk.bench)
        judged.append(found)
        for notification in found.notifications:
            if not notification.fold_key:
                lately.setdefault(str(notification.channel), []).append((now, notification.severity))
    return _gathered(judged), judged


def _gathered(judged: Sequence[Judged]) -> Assessment:
    return Assessment(
        stories=tuple(one.story for one in judged),
        verdicts=tuple(verdict for one in judged for verdict in one.verdicts),
        alerts=tuple(alert for one in judged for alert in one.alerts),
        notifications=tuple(message for one in judged for message in one.notifications),
        rewritten=tuple(wording for one in judged for wording in one.rewritten),
        revisits=tuple(
            (verdict.story_id, verdict.retry_at) for one in judged for verdict in one.verdicts if verdict.retry_at
        ),
    )


def _assess_report(
    analyses: Mapping[ArticleId, Analysis], joins: Mapping[ArticleId, Join], judged: Sequence[Judged]
) -> AssessReport:
    opened = sum(not join.shared for join in joins.values())
    return AssessReport(
        articles=len(analyses),
        under_attack=sum(bool(one.under_attack) for one in analyses.values()),
        stories_opened=opened,
        stories_joined=len(joins) - opened,
        reasons=Counter(verdict.reason for one in judged for verdict in one.verdicts),
        alerts=sum(len(one.alerts) for one in judged),
        notifications=sum(len(one.notifications) for one in judged),
    )


# --- deliver -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that is given up, and its last attempt."""

    notification: Notification
    delivery: Delivery


@dataclass(slots=True)
class Lane:
    """One channel's way out. Lanes share nothing, so that a channel that hangs delays nobody."""

    channel: Channel
    sender: Sender
    health: ChannelHealth = field(default_factory=ChannelHealth)


async def deliver(
    clock: Clock,
    store: Store,
    lane: Lane,
    policy: DeliveryPolicy,
    limit: int = 20,
    follow: Follow = lambda _: (),
) -> DeliverReport:
    """
    Send what is due on one channel, severest first; each attempt is saved before the next begins.

    How the channel is doing is known from the store, and saved there with each attempt; what others are told where a
    message is given up (*follow*) is saved with that. A crash between sending and saving makes a second message with
    the same id, never a loss.
    """
    counts: Counter[str] = Counter()
    dead: list[Notification] = []
    lane.health = await asyncio.to_thread(store.channel_health, lane.channel)
    if not may_send(lane.health, clock()):
        return DeliverReport(lane.channel.id, resting_until=lane.health.rests_until)
    # A channel that failed last time is probed with one message; the rest need not fail one by one.
    many = limit if lane.health.is_well else 1
    claimed_at = clock()
    claimed = await asyncio.to_thread(store.claim_notifications, lane.channel.id, claimed_at, many, policy.lease)
    tried = 0
    for notification in claimed:
        if tried and not _goes_on(lane, clock() - claimed_at, policy):
            break
        tried += 1
        delivery = await _send(lane, notification, clock)
        step = next_step(notification, delivery, policy)
        lane.health = health_after(lane.health, delivery, policy)
        state = ChannelState(lane.channel, lane.health)
        others = follow(DeadLetter(notification, delivery)) if step.is_dead else ()
        await asyncio.to_thread(store.save_delivery, notification, delivery, step.next_at, state, others)
        counts["dead" if step.is_dead else str(delivery.outcome)] += 1
        dead += [notification] if step.is_dead else []
    if tried < len(claimed):
        await asyncio.to_thread(store.release_notifications, claimed[tried:])
    return DeliverReport(
        channel=lane.channel.id,
        delivered=counts[Outcome.DELIVERED],
        retried=counts[Outcome.RETRY],
        unknown=counts[Outcome.UNKNOWN],
        dead=tuple(dead),
        last_fault=lane.health.last_fault,
        resting_until=lane.health.rests_until,
    )


def _goes_on(lane: Lane, since_claim: timedelta, policy: DeliveryPolicy) -> bool:
    """Whether the next attempt, even a slow one in two tries, still ends within the lease of the claim."""
    return lane.health.is_well and since_claim + 2 * policy.send_timeout < policy.lease


async def _send(lane: Lane, notification: Notification, clock: Clock) -> Delivery:
    delivery = await lane.sender.send(notification, clock())
    if delivery.outcome is not Outcome.REJECTED:
        return delivery
    # Perhaps only the form was refused: once more, as short plain text.
    plainest = replace(notification, message=degraded(notification.message))
    again = await lane.sender.send(plainest, clock())
    return again if again.outcome is Outcome.DELIVERED else delivery
