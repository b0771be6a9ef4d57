"""What is told of feeds that are unwell: to whom, and all that comes within a while as one message."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.domain.feed import Feed, Health
from monitor.domain.fold_key import FoldKey, Hold
from monitor.domain.notification import Channel, Notice, NoticeKind, NoticeRule, Notification
from monitor.domain.watchlist import Severity
from monitor.domain.wording import Wording
from monitor.stages.channels.route import quiet_until
from monitor.stages.compose.notification import notice_notification

_KINDS = {
    Health.GONE: NoticeKind.FEED_GONE,
    Health.SILENT: NoticeKind.FEED_SILENT,
    Health.FAILING: NoticeKind.FEED_FAILING,
    Health.BLOCKED: NoticeKind.FEED_FAILING,
    Health.WALLED: NoticeKind.FEED_FAILING,
    Health.CHANGED: NoticeKind.FEED_CHANGED,
    Health.OVERFLOWING: NoticeKind.FEED_OVERFLOWING,
}
_EVERYBODY = (NoticeRule(),)
_WELL = frozenset({str(Health.FINE), str(Health.SLOW)})


@dataclass(frozen=True, slots=True)
class FeedNotice:
    """Something to tell of a feed, in plain words, how the feed is, and the told illnesses that are over now."""

    feed: Feed
    health: Health
    text: str
    over: frozenset[Health] = frozenset()


def feed_notifications(
    told: Iterable[FeedNotice],
    rules: Sequence[NoticeRule],
    channels: Sequence[Channel],
    words: Callable[[Channel], Wording],
    now: datetime,
    gather: timedelta,
) -> tuple[Notification, ...]:
    """
    *told* for the channels that *rules* name; without any rule for all channels that take notices.

    They are held until the end of the current span of *gather*, or of the channel's quiet hours, and leave as one
    message for each channel.
    """
    ends = _end_of_span(now, gather)
    made = []
    for one in told:
        kind = _KINDS.get(one.health, NoticeKind.FEED_WELL if one.over else NoticeKind.FEED_NOTE)
        for channel, severity in _listeners(one, rules or _EVERYBODY, channels):
            # That it is over wakes nobody, however grave it was.
            gravity = Severity.INFO if kind is NoticeKind.FEED_WELL else severity
            notice = Notice(kind, str(one.feed.id), one.text, severity=gravity)
            quiet = quiet_until(channel, gravity, ends)
            until = quiet or ends
            # Those of one span of time leave as one, and spans may be shorter than a minute.
            key = str(FoldKey(Hold.NOTICES, channel.id, (f"{until:%Y-%m-%dT%H:%M:%S}",))) if gather or quiet else ""
            # Each change is told once by its nature; a feed that falls ill twice a day is told of twice.
            moment = now.isoformat(timespec="seconds")
            made.append(notice_notification(notice, channel, words(channel), now, moment, until=until, fold_key=key))
    return tuple(made)


def _end_of_span(now: datetime, gather: timedelta) -> datetime:
    if not gather:
        return now
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return start + gather * ((now - start) // gather + 1)


def _listeners(
    one: FeedNotice, rules: Sequence[NoticeRule], channels: Sequence[Channel]
) -> Iterator[tuple[Channel, Severity]]:
    loudest: dict[str, Severity] = {}
    for rule in rules:
        if not _is_about(rule, one):
            continue
        names = rule.channels or tuple(str(channel.id) for channel in channels if channel.notices)
        for name in names:
            loudest[name] = max(loudest.get(name, rule.severity), rule.severity, key=lambda severity: severity.rank)
    return ((channel, loudest[str(channel.id)]) for channel in channels if str(channel.id) in loudest)


def _is_about(rule: NoticeRule, one: FeedNotice) -> bool:
    # A recovery is for those who were told of the illness; what is no illness at all, such as a new address, for all.
    about = {str(health) for health in one.over | {one.health}} - _WELL
    is_state = not rule.states or not about or not about.isdisjoint(rule.states)
    return is_state and (not rule.tags or not rule.tags.isdisjoint(one.feed.tags))
