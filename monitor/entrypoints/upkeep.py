"""The small jobs beside the three: held messages that are due, closing, digests that are empty, pruning, notices."""

import functools
import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from monitor.adapters.database.retention import prune
from monitor.adapters.database.store import DatabaseStore
from monitor.app import feeds_of
from monitor.domain.feed import Feed, FeedId, Health
from monitor.domain.notification import Channel, ChannelId, Notice, NoticeKind, Notification
from monitor.domain.report import AssessReport, FeedNote
from monitor.domain.settings import Settings
from monitor.domain.watchlist import Digest, Severity
from monitor.domain.wording import Wording
from monitor.pipeline import DeadLetter, Desk, Lane, close_quiet, in_halves
from monitor.stages.channels.delivery import notice_channels
from monitor.stages.channels.hours import last_period, next_period
from monitor.stages.channels.route import next_channel, quiet_until
from monitor.stages.compose.fold import alert_of, is_notice, version_of, via_of
from monitor.stages.compose.notification import as_it_stands, fold_notifications, handed_over, notice_notification
from monitor.stages.decide.judge import Bench
from monitor.stages.feeds.notices import FeedNotice, feed_notifications

_HANDED_OVER = 500
_UNLISTED = Notice(
    NoticeKind.GENERAL,
    "messages",
    "the program failed on a list of messages: those that it could not list are sent one by one",
    "look for message.unlisted in the log, and report the fault that it names",
)


def fold_held(store: DatabaseStore, bench: Bench, now: datetime) -> Mapping[str, str]:
    """
    Send what was held for a digest, for quiet hours or in a storm, each key as one message (or a few).

    Returns:
        The messages that the program could not put into a list, each with the fault: they are sent as they stand.
    """
    channels = {channel.id: channel for channel in bench.channels}
    unlisted: dict[str, str] = {}
    for key, held in store.due_folds(now).items():
        channel = channels.get(held[0].channel)
        if channel is None:
            # The channel is gone from the configuration: its messages stay, visible, until it comes back.
            continue
        if _was_sent(store, key):
            # The clock was set back: the digest of this period is out, what came since is for the next one.
            _hold_for_next_period(store, key, held, channel)
            continue
        if len(held) == 1 and key.startswith("storm:"):
            # One alone is no storm, and says more than a list of one.
            store.fold_notifications([([held[0].id], as_it_stands(key, held[0], now))])
            continue
        for one, fault in in_halves(held, functools.partial(_fold, store, key, channel, bench.words(channel), now)):
            store.fold_notifications([([one.id], as_it_stands(key, one, now))])
            unlisted[str(one.id)] = fault
    if unlisted:
        send_notice(store, bench, _UNLISTED, None, now)
    return unlisted


def _fold(
    store: DatabaseStore, key: str, channel: Channel, words: Wording, now: datetime, held: Sequence[Notification]
) -> None:
    folds = fold_notifications(key, held, channel, words, now)
    store.fold_notifications([([member.id for member in members], message) for message, members in folds])


def _was_sent(store: DatabaseStore, key: str) -> bool:
    return key.startswith("digest:") and (store.was_folded(key) or store.get_mark(f"period:{key}") is not None)


def _hold_for_next_period(store: DatabaseStore, key: str, held: Sequence[Notification], channel: Channel) -> None:
    """*key* is ``digest:<channel>:<how often>:<period>``, and its messages know when it was due."""
    digest, due = Digest(key.split(":")[2]), max(one.not_before for one in held)
    name, until = next_period(digest, channel.digest_at, due, channel.timezone)
    store.hold_on([one.id for one in held], f"digest:{channel.id}:{name}", until)


def notices_to(
    bench: Bench, notice: Notice, failed: ChannelId | None, now: datetime, period: str = ""
) -> list[Notification]:
    """
    A notice for those who take them, once in a *period*; not for the channel it is about.

    Quiet hours hold it as they hold alerts.
    """
    channels: tuple[Channel, ...] = (
        notice_channels(bench.channels, failed)
        if failed is not None
        else tuple(channel for channel in bench.channels if channel.notices)
    )
    made = []
    for channel in channels:
        quiet = quiet_until(channel, notice.severity, now)
        key = f"quiet:{channel.id}:{quiet:%Y-%m-%dT%H:%M}" if quiet else ""
        words = bench.words(channel)
        made.append(notice_notification(notice, channel, words, now, period, until=quiet, fold_key=key))
    return made


def send_notice(
    store: DatabaseStore, bench: Bench, notice: Notice, failed: ChannelId | None, now: datetime, period: str = ""
) -> int:
    """Put a notice into the outbox of those who take them; how many have not been told of it yet."""
    return store.save_notifications(notices_to(bench, notice, failed, now, period))


def tell_of_unread(store: DatabaseStore, bench: Bench, now: datetime) -> int:
    """Tell those who take notices, once a day, that the program failed on articles; the log says on which."""
    detail = "the program failed on an article or a story: it is stored and can be found, but no alert can come of it"
    step = "look for article.unread and story.unjudged in the log, and report the fault that they name"
    return send_notice(store, bench, Notice(NoticeKind.GENERAL, "detection", detail, step), None, now)


def about_dead_letter(store: DatabaseStore, bench: Bench, letter: DeadLetter, now: datetime) -> Sequence[Notification]:
    """
    What others are told where a channel refuses a message: that it did, and by its fallback the message itself.

    The latter not where the fallback tells of that alert by itself.
    """
    channel, fault = letter.notification.channel, letter.delivery.detail or "refused"
    notice = Notice(NoticeKind.DEAD_LETTER, str(channel), f"{letter.notification.message.subject} ({fault})")
    return (
        *notices_to(bench, notice, channel, now),
        *stand_ins(bench.channels, channel, _unheard(store, bench.channels, channel, (letter.notification,)), now),
    )


def send_feed_notices(
    store: DatabaseStore, settings: Settings, bench: Bench, told: Sequence[FeedNote], now: datetime
) -> int:
    """Put what happened to feeds into the outbox of those whom the rules name."""
    feeds = {str(feed.id): feed for feed in feeds_of(settings)}
    health = store.health_of([FeedId(one.feed) for one in told])
    notices = [
        FeedNotice(
            feeds.get(one.feed) or Feed(FeedId(one.feed), ""),
            health.get(FeedId(one.feed), Health.FINE),
            one.text,
            one.over,
        )
        for one in told
    ]
    gather = settings.policy.poll.gather_notices
    made: list[Notification] = []

    def write(some: Sequence[FeedNotice]) -> None:
        made.extend(feed_notifications(some, settings.notices, bench.channels, bench.words, now, gather))

    # What cannot be put into words stands in the log, as all of them do.
    in_halves(notices, write)
    return store.save_notifications(made)


def hand_over(
    store: DatabaseStore, channels: Sequence[Channel], source: ChannelId, stuck: Sequence[Notification], now: datetime
) -> int:
    """Let the fallback of *source* say what *source* does not; how many messages that were not handed over yet."""
    made = {one.id: stand_ins(channels, source, [one], now) for one in stuck}
    count = store.save_notifications([part for parts in made.values() for part in parts])
    # Else an update would be written into what waits, and nobody would hear of it before the channel is back.
    store.count_as_heard([one for one, parts in made.items() if parts])
    return count


def stand_ins(
    channels: Sequence[Channel], source: ChannelId, stuck: Sequence[Notification], now: datetime
) -> list[Notification]:
    """What the fallback of *source* says in its place."""
    known = {channel.id: channel for channel in channels}
    made: list[Notification] = []
    for one in stuck:
        target = next_channel(source, channels, map(ChannelId, via_of(one)))
        if target is not None and not is_notice(one):
            made += handed_over(one, source, known[target], now)
    return made


def _unheard(
    store: DatabaseStore, channels: Sequence[Channel], source: ChannelId, stuck: Sequence[Notification]
) -> list[Notification]:
    """*stuck* without those alerts of which the fallback of *source* has a message of its own that says as much."""
    own = {
        (one.notification.channel, alert_of(one.notification), version_of(one.notification))
        for one in store.load_messages([one.alert_id for one in stuck if one.alert_id is not None])
        # What waits there for a digest or the morning is not heard yet, and what it refused never was.
        if not (one.notification.fold_key or one.is_dead)
    }
    targets = {one.id: next_channel(source, channels, map(ChannelId, via_of(one))) for one in stuck}
    return [one for one in stuck if (targets[one.id], alert_of(one), version_of(one)) not in own]


def hand_over_due(
    store: DatabaseStore,
    channels: Sequence[Channel],
    lane: Lane,
    now: datetime,
    patience: timedelta,
) -> int:
    """What waits for a channel that took nothing for *patience*, to its fallback."""
    since = lane.health.failing_since
    is_down = since is not None and now - since >= patience
    count = 0
    for skip in itertools.count(0, _HANDED_OVER) if is_down else ():
        waiting = store.stuck_notifications(lane.channel.id, _HANDED_OVER, skip)
        left = _unheard(store, channels, lane.channel.id, waiting)
        made = hand_over(store, channels, lane.channel.id, left, now)
        count += made
        if not waiting or (left and not made):
            # The newest come first: where a whole page is known to the fallback, so is what is older.
            return count
    return count


def upkeep(store: DatabaseStore, desk: Desk, now: datetime) -> tuple[Mapping[str, int], AssessReport]:
    """Everything that is due about once a minute; what was done, by name, and what came of closing."""
    closed = close_quiet(now, desk)
    done = {"close": closed.alerts, "empty-digest": _empty_digests(store, desk.bench, now)}
    return {key: count for key, count in done.items() if count}, closed


def prune_daily(store: DatabaseStore, settings: Settings, now: datetime) -> int:
    """Once a day, remove what is no longer kept; apart from the rest, which should not wait for it."""
    if not store.claim_period(f"prune:{now:%Y-%m-%d}", now):
        return 0
    return prune(store.database, settings.policy.retention, now)


def _empty_digests(store: DatabaseStore, bench: Bench, now: datetime) -> int:
    count = 0
    for channel in bench.channels:
        if channel.digest is Digest.NONE or not channel.empty_digest:
            continue
        name, due = last_period(channel.digest, channel.digest_at, now, channel.timezone)
        quiet = quiet_until(channel, Severity.INFO, due)
        if quiet is not None and channel.digest is Digest.HOURLY:
            continue
        key, due = f"digest:{channel.id}:{name}", quiet or due
        is_new = _is_new(store, channel, now)
        if due <= now and store.get_mark(f"period:{key}") is None and not store.has_fold(key):
            made = () if is_new else fold_notifications(key, (), channel, bench.words(channel), now)
            count += store.save_notifications([message for message, _ in made])
            # Marked afterwards: a crash between the two makes the same message again, which is known by its id.
            store.claim_period(key, now)
    return count


def _is_new(store: DatabaseStore, channel: Channel, now: datetime) -> bool:
    """Whether a channel is seen for the first time: it has no period behind it in which nothing happened."""
    key = f"digest:{channel.id}"
    return store.get_mark(f"period:{key}") is None and store.claim_period(key, now)
