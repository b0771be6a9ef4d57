"""What a channel does not take, by its fallback."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.adapters.database.store import DatabaseStore
from monitor.domain.notification import Channel, ChannelId, Notice, NoticeKind, Notification
from monitor.entrypoints.notices import notices_to
from monitor.pipeline import DeadLetter, Lane
from monitor.stages.channels.route import next_channel
from monitor.stages.compose.fold import alert_of, is_notice, version_of, via_of
from monitor.stages.compose.notification import handed_over
from monitor.stages.decide.judge import Bench

# Messages that are handed over at once.
_HANDED_OVER = 500


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


def hand_over(
    store: DatabaseStore, channels: Sequence[Channel], source: ChannelId, stuck: Sequence[Notification], now: datetime
) -> int:
    """Let the fallback of *source* say what *source* does not; how many messages that were not handed over yet."""
    made = {one.id: stand_ins(channels, source, [one], now) for one in stuck}
    count = store.save_notifications([message for messages in made.values() for message in messages])
    # Else an update would be written into what waits, and nobody would hear of it before the channel is back.
    store.count_as_heard([one for one, messages in made.items() if messages])
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
