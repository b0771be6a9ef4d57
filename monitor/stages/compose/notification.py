"""
Notifications that are about no single alert. How to call it:

    fold_notifications(fold_key, held, channel, words, now)   the held messages of one fold key, when it is due
    as_it_stands(fold_key, held, now)                         one of them that cannot be put into a list
    notice_notification(notice, channel, words, now)          one notice for one channel
    handed_over(notification, source, channel, now)           what *source* does not take, for who takes over

Ids derive from what is said to whom: saving the same decision twice makes one notification.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.domain.fold_key import FoldKey, Hold
from monitor.domain.notification import Channel, ChannelId, Notice, NoticeKind, Notification, NotificationId
from monitor.domain.wording import Wording
from monitor.stages.channels.route import quiet_until
from monitor.stages.compose.fold import alert_of, fold_groups, is_brief, is_notice, outline_fold, parts_of, via_of
from monitor.stages.compose.message import write
from monitor.stages.compose.notice import outline_notice

_OF_WORDS = frozenset({NoticeKind.GENERAL, NoticeKind.FEED_NOTE})


def fold_notifications(
    fold_key: str, held: Sequence[Notification], channel: Channel, words: Wording, now: datetime
) -> tuple[tuple[Notification, tuple[Notification, ...]], ...]:
    """
    The messages that stand for *held*, each with those that it lists; together they list all of them.

    An empty *held* makes an empty digest.
    """
    if len(held) == 1 and is_notice(held[0]):
        # A notice that remained alone says more than a list of one.
        return ((as_it_stands(fold_key, held[0], now), tuple(held)),)
    groups = fold_groups(held, channel) or ((),)
    made = []
    for group in groups:
        outline = outline_fold(fold_key, group, words, brief=is_brief(channel))
        listed = {alert_of(one) for one in group} - {""}
        # Earlier messages about a listed alert are in its line as well.
        members = tuple(one for one in held if one in group or alert_of(one) in listed)
        notification = Notification(
            # By its members: one that comes too late for its list makes a list of its own and is not lost.
            id=_id("fold", fold_key, str(channel.id), *sorted(str(one.id) for one in members)),
            channel=channel.id,
            alert_id=None,
            severity=outline.severity,
            message=write(outline, channel),
            created_at=now,
            not_before=now,
        )
        made.append((notification, members))
    return tuple(made)


def as_it_stands(fold_key: str, held: Notification, now: datetime) -> Notification:
    """*held* by itself, as it was written when it was held."""
    return replace(held, id=_id("fold", fold_key, str(held.id)), created_at=now, not_before=now, fold_key="")


def handed_over(one: Notification, source: ChannelId, channel: Channel, now: datetime) -> tuple[Notification, ...]:
    """
    *one*, which waits for *source* or died there, for *channel* in its stead; the same however often it is asked.

    It is held for a moment, or for the quiet hours of *channel*, so that a backlog arrives as one list; a list is
    handed over line by line.
    """
    return tuple(_handed_over(part, source, channel, now) for part in parts_of(one))


def _handed_over(one: Notification, source: ChannelId, channel: Channel, now: datetime) -> Notification:
    due = quiet_until(channel, one.severity, now) or now
    fields = {**json.loads(one.message.fields or "{}"), "native": None, "via": [*via_of(one), str(source)]}
    return Notification(
        id=_id("handover", str(one.id), str(channel.id)),
        channel=channel.id,
        # No message of the alert's own: the next update on this channel does not follow up on it.
        alert_id=None,
        severity=one.severity,
        message=replace(one.message, html="", fields=json.dumps(fields, ensure_ascii=False)),
        created_at=now,
        not_before=due,
        fold_key=str(FoldKey.until(Hold.HANDOVER, channel.id, due, source)),
    )


def notice_notification(
    notice: Notice,
    channel: Channel,
    words: Wording,
    now: datetime,
    period: str = "",
    *,
    until: datetime | None = None,
    fold_key: str = "",
) -> Notification:
    """
    A notice for *channel*, sent once in a *period*: an hour for dead letters, else a day.

    General notices, and notes on feeds, are told apart by what they say, all others by whom they are about. One with a
    *fold_key* is held *until* then, and leaves with all others of that key.
    """
    hour = now.isoformat(timespec="hours")
    period = period or (hour if notice.kind is NoticeKind.DEAD_LETTER else now.date().isoformat())
    about = f"{notice.name}\0{notice.detail}" if notice.kind in _OF_WORDS else notice.name
    outline = outline_notice(notice, words)
    return Notification(
        id=_id("notice", str(notice.kind), about, period, str(channel.id)),
        channel=channel.id,
        alert_id=None,
        severity=outline.severity,
        message=write(outline, channel),
        created_at=now,
        not_before=until or now,
        fold_key=fold_key,
    )


def _id(*parts: str) -> NotificationId:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return NotificationId(f"n{digest[:24]}")
