"""Notices on their way: who is told of what ails the service, its feeds and its channels."""

from collections.abc import Sequence
from datetime import datetime

from monitor.adapters.database.store import DatabaseStore
from monitor.app import feeds_of
from monitor.domain.feed import Feed, FeedId, Health
from monitor.domain.fold_key import FoldKey, Hold
from monitor.domain.notification import Channel, ChannelId, Notice, NoticeKind, Notification
from monitor.domain.report import FeedNote
from monitor.domain.settings import Settings
from monitor.pipeline import in_halves
from monitor.stages.channels.delivery import notice_channels
from monitor.stages.channels.route import quiet_until
from monitor.stages.compose.notification import notice_notification
from monitor.stages.decide.judge import Bench
from monitor.stages.feeds.notices import FeedNotice, feed_notifications


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
        key = str(FoldKey.until(Hold.QUIET, channel.id, quiet)) if quiet else ""
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
