"""Assessing: what came in is read, put into stories and judged, a batch in one transaction."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.article import Article, ArticleId
from monitor.domain.errors import fault_of, is_of_the_piece
from monitor.domain.finding import Analysis
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.report import AssessReport, EmbedReport, SecondReport
from monitor.domain.story import Join, StoryEdit, StoryId
from monitor.pipeline.cases import Grouped, gather
from monitor.pipeline.pieces import Batch, in_pieces
from monitor.ports import Assessment, Store, StoredMember
from monitor.stages.decide.judge import Bench, Case, Judged, close, judge
from monitor.stages.decide.reasons import followed
from monitor.stages.group import Fingerprint, GroupWindow, apply_edits, catch_up, group, pack, stories_named, unpack
from monitor.stages.read_article import ReadArticle, ReadBatch, as_it_is, unread
from monitor.stages.story.summary import summarise

Read = Callable[[Sequence[Article], Collection[ArticleId]], ReadBatch]
LookAgain = Callable[[Sequence[ReadArticle], datetime], tuple[Sequence[ReadArticle], SecondReport | None]]
Embed = Callable[[Sequence[ReadArticle], datetime], tuple[Sequence[ReadArticle], EmbedReport | None]]
_BATCH = 256
_STORM_SPAN = timedelta(minutes=1)
# A story that could not be judged is not lost: it is tried again, by a mended program perhaps.
_AGAIN = timedelta(hours=1)


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
    embed: Embed = as_it_is
    begin: Callable[[Sequence[Article]], None] | None = None
    window: GroupWindow | None = None
    lane: str = ""
    edits: tuple[StoryEdit, ...] = ()
    known: int = 0


def assess(now: datetime, desk: Desk, limit: int = _BATCH) -> AssessReport:
    """
    Assess up to *limit* articles that came in, and stories whose cool-down ended; all in one transaction.

    What the program fails on is set aside, and holds up no other.

    Raises:
        StoreError: nothing is saved; the same articles are assessed again next time.
    """
    batch = Batch(desk.store.take_unassessed(limit), desk.store.due_revisits(now))
    if not batch:
        return AssessReport()
    return in_pieces(
        batch,
        ready=lambda: _window(now, desk),
        run=lambda window, piece: _assess(now, desk, window, piece),
        set_aside=lambda piece, error: _set_aside(now, desk, piece, error),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a batch, and in which stories those stand that the window does not know of."""

    told: Sequence[ReadArticle]
    off_topic: tuple[Analysis, ...]
    stood: Mapping[ArticleId, StoryId]
    second: SecondReport | None
    embedded: EmbedReport | None

    @property
    def unread(self) -> dict[str, str]:
        return {one.article_id: one.fault for one in self.off_topic if one.fault}


def _assess(now: datetime, desk: Desk, window: GroupWindow, batch: Batch) -> AssessReport:
    try:
        read = _read(now, desk, window, batch.articles)
        articles = tuple(one.article for one in read.told)
        analyses = {one.article.id: one.analysis for one in read.told}
        prints = [one.fingerprint for one in read.told]
        grouped = _grouped(articles, analyses, group(prints, window, desk.group, read.stood), window)
        joins = grouped.joins
        gathered = gather(grouped, batch.revisited, desk.store, desk.bench.background)
        assessment, judged = _decide(gathered.cases, grouped.merged, now, desk)
        alerts = {alert.id: alert for alert in (*gathered.parted, *assessment.alerts)}
        whole = replace(
            assessment,
            analyses=(*analyses.values(), *read.off_topic),
            alerts=tuple(alerts.values()),
            withdrawn=(*gathered.withdrawn, *assessment.withdrawn),
            joins=(*joins.values(), *gathered.late.values()),
            fingerprints=tuple(_member(one, joins) for one in prints),
            merged=tuple(grouped.merged.items()),
            revisited=tuple(batch.revisited),
            done=tuple(article.id for article in batch.articles),
            revisions={article.id: article.revision for article in batch.articles},
        )
        desk.known = desk.store.save_assessment(whole, now, desk.lane)
    except BaseException:
        # The window may know of articles that the store does not: it is filled anew from the store.
        desk.window = None
        raise
    report = _assess_report(len(batch.articles), analyses, joins, judged)
    return replace(report, second=read.second, embedded=read.embedded, unread=read.unread)


def _set_aside(now: datetime, desk: Desk, piece: Batch, error: Exception) -> AssessReport:
    """
    Be done with what the program fails on.

    An article counts as assessed, with its fault as the only finding; a story is judged again in an hour, or when its
    next article comes.
    """
    aside = Assessment(
        analyses=tuple(unread(article.id, error) for article in piece.articles),
        revisits=tuple((story_id, now + _AGAIN) for story_id in piece.revisited),
        revisited=tuple(piece.revisited),
        done=tuple(article.id for article in piece.articles),
        revisions={article.id: article.revision for article in piece.articles},
    )
    desk.store.save_assessment(aside, now, desk.lane)
    fault = fault_of(error)
    return AssessReport(
        articles=len(piece.articles),
        unread={one.id: fault for one in piece.articles},
        unjudged=dict.fromkeys(piece.revisited, fault),
    )


def _read(now: datetime, desk: Desk, window: GroupWindow, taken: Sequence[Article]) -> _Read:
    known = {article.id for article in taken if window.story_of(article.id) is not None}
    stood = desk.store.stories_of([article.id for article in taken if article.id not in known])
    batch = desk.read(taken, known | stood.keys())
    if desk.begin is not None and len(taken) >= _BATCH:
        # The next ones are read on all cores while these are put into stories, which only one can do.
        desk.begin(desk.store.coming_history(taken))
    told, second = desk.look_again(batch.told, now)
    told, embedded = desk.embed(told, now)
    return _Read(told, batch.off_topic, stood, second, embedded)


def _grouped(
    articles: Sequence[Article], analyses: Mapping[ArticleId, Analysis], made: Sequence[Join], window: GroupWindow
) -> Grouped:
    joins = {join.article_id: join for join in made}
    merged, bridges = dict(window.take_merges()), {join.article_id: join for join in window.take_bridges()}
    late = {article_id: join for article_id, join in bridges.items() if article_id not in joins}
    joins |= {
        article_id: replace(join, duplicate_of=joins[article_id].duplicate_of)
        for article_id, join in bridges.items()
        if article_id in joins
    }
    return Grouped(articles, analyses, joins, late, merged)


def _member(one: Fingerprint, joins: Mapping[ArticleId, Join]) -> StoredMember:
    article_id = ArticleId(one.article_id)
    return StoredMember(article_id, joins[article_id].story_id, pack(one), one.at)


def close_quiet(now: datetime, desk: Desk, limit: int = _BATCH) -> AssessReport:
    """
    Close alerts on stories that have been quiet for long; those closed are the report's ``alerts``.

    Where the program fails on one, it is closed without a word.
    """
    alerts = desk.store.quiet_alerts(now - desk.bench.policy.closes_after, limit)
    if not alerts:
        return AssessReport()
    records = desk.store.load_stories([alert.story_id for alert in alerts])
    told = desk.store.load_messages([alert.id for alert in alerts])
    silences = desk.store.load_silences(now)
    closed, unjudged = list[Judged](), dict[str, str]()
    for alert in alerts:
        record = records.get(alert.story_id)
        if record is None:
            continue
        messages = tuple(one for one in told if one.notification.alert_id == alert.id)
        case = Case(record.story_id, record.articles, record.analyses, record.joins, (alert,), messages)
        try:
            judged = close(alert, case, silences, now, desk.bench)
        except Exception as error:
            if not is_of_the_piece(error):
                raise
            unjudged[alert.story_id] = fault_of(error)
            desk.store.save_assessment(Assessment(alerts=(replace(alert, is_closed=True),)), now)
            continue
        closed += [judged] if judged is not None else []
    desk.store.save_assessment(_gathered(closed), now)
    return AssessReport(alerts=len(closed), unjudged=unjudged)


def _window(now: datetime, desk: Desk) -> GroupWindow:
    """The memory of stories, as of now: filled from the store where it is new or somebody changed stories by hand."""
    edits = desk.store.load_story_edits()
    saves = desk.store.take_lane(desk.lane) if desk.lane else desk.known
    since = now - desk.group.window
    if desk.window is not None and edits != desk.edits:
        saves = max(saves, _told_anew(set(edits) - set(desk.edits), now, desk))
    if desk.window is None or edits != desk.edits:
        window, desk.window = desk.new_window(), None
        for member in desk.store.load_window(since, most=desk.group.max_articles):
            window.add(unpack(member.fingerprint), member.story_id)
        apply_edits(edits, window, desk.store.story_heirs())
        desk.window, desk.edits = window, edits
    elif saves != desk.known:
        others = desk.store.load_window(since, after=desk.known)
        catch_up(((unpack(one.fingerprint), one.story_id) for one in others), desk.window)
    desk.window.forget_before(since)
    desk.known = saves
    return desk.window


def _told_anew(edits: Collection[StoryEdit], now: datetime, desk: Desk) -> int:
    """
    Sum up the stories that people spoke of since the last batch; the number of that save.

    Whoever spoke while that was assessed changed stories that it saved as it had known them before.
    """
    named = {story_id for edit in edits for story_id in stories_named(edit)}
    records, background = desk.store.load_stories(sorted(named)), desk.bench.background
    stories = []
    for one in records.values():
        try:
            stories.append(summarise(one.story_id, one.articles, one.analyses, one.joins, background))
        except Exception as error:
            # It stays as it was: the next article of it tells of the fault, and no other waits for that.
            if not is_of_the_piece(error):
                raise
    return desk.store.save_assessment(Assessment(stories=tuple(stories)), now, desk.lane) if stories else 0


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
        withdrawn=tuple(notification_id for one in judged for notification_id in one.withdrawn),
        retold=tuple(moved for one in judged for moved in one.moved.items()),
        unsaid=tuple(alert_id for one in judged for alert_id in sorted(one.unsaid)),
        revisits=tuple(
            (verdict.story_id, verdict.retry_at) for one in judged for verdict in one.verdicts if verdict.retry_at
        ),
    )


def _assess_report(
    count: int, analyses: Mapping[ArticleId, Analysis], joins: Mapping[ArticleId, Join], judged: Sequence[Judged]
) -> AssessReport:
    opened = sum(not join.shared for join in joins.values())
    return AssessReport(
        articles=count,
        under_attack=sum(bool(one.under_attack) for one in analyses.values()),
        stories_opened=opened,
        stories_joined=len(joins) - opened,
        reasons=Counter(verdict.reason for one in judged for verdict in one.verdicts),
        alerts=sum(len(one.alerts) for one in judged),
        notifications=sum(len(one.notifications) for one in judged),
    )
