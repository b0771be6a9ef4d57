"""The deliver side of the store: claims fenced by an epoch, deliveries, dead letters and replay."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, or_, select, type_coerce, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.channel_rows import put_channel_state
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import chunks, load
from monitor.adapters.database.writing import put_notifications
from monitor.domain.notification import ChannelId, Delivery, Notification, NotificationId, OutboxState, Outcome
from monitor.ports import ChannelState

SEVEREST_FIRST = case({"critical": 0, "warning": 1}, value=t.notifications.c.severity, else_=2)


def _in_order(one: Notification) -> tuple[int, datetime, int, str]:
    """Severest first, then as they were made; of one alert the earlier version, where both were made at once."""
    data = json.loads(one.message.fields).get("data")
    version = data.get("version", 0) if isinstance(data, dict) else 0
    return (-one.severity.rank, one.created_at, version, one.id)


class OutboxRows:
    """Notifications and deliveries; part of DatabaseStore."""

    database: Database

    def save_notifications(self, notifications: Sequence[Notification]) -> int:
        """Put digests and notices into the outbox; the number of those that were not there yet."""
        with self.database.write() as connection:
            return put_notifications(connection, notifications)

    def claim_notifications(
        self, channel: ChannelId, now: datetime, limit: int, lease: timedelta
    ) -> tuple[Notification, ...]:
        """
        Take what is due on *channel*, severest first, then in order, until *lease* runs out.

        A claim that ran out may be claimed again: its sender died, or its outcome is unknown. What failed and was
        overtaken by a later message about the same alert is not sent any more.
        """
        n = t.notifications.c
        due = (
            select(n.id)
            .where(n.channel == channel, n.next_at <= now)
            .where(or_(n.state == OutboxState.PENDING, and_(n.state == OutboxState.LEASED, n.lease_until <= now)))
            .order_by(SEVEREST_FIRST, n.created_at, n.id)
            .limit(limit)
        )
        if not self.database.is_sqlite:
            due = due.with_for_update(skip_locked=True)
        claim = (
            update(t.notifications)
            .where(n.id.in_(due.scalar_subquery()))
            .values(state=OutboxState.LEASED, lease_until=now + lease, epoch=n.epoch + 1)
            .returning(n.data, n.epoch, n.attempts, n.severity, n.created_at, n.id)
        )
        with self.database.write() as connection:
            connection.execute(_overtaken(channel))
            rows = connection.execute(claim).all()
        claimed = [
            # A replayed message is as old as its replay, or it would be given up at once.
            dataclasses.replace(
                load(Notification, row.data), epoch=row.epoch, attempts=row.attempts, created_at=row.created_at
            )
            for row in rows
        ]
        return tuple(sorted(claimed, key=_in_order))

    def stuck_notifications(self, channel: ChannelId, limit: int, skip: int = 0) -> tuple[Notification, ...]:
        """What waits for *channel*, newest first, without the first *skip*: for a channel that takes over."""
        n = t.notifications.c
        query = (
            select(n.data)
            .where(n.channel == channel, n.state == OutboxState.PENDING)
            .order_by(n.created_at.desc(), n.id)
            .limit(limit)
            .offset(skip)
        )
        with self.database.read() as connection:
            return tuple(load(Notification, row.data) for row in connection.execute(query))

    def count_as_heard(self, notification_ids: Sequence[NotificationId]) -> None:
        """Somebody was told of these in their channel's stead: what is new follows them, and does not replace them."""
        n = t.notifications.c
        with self.database.write() as connection:
            for part in chunks(notification_ids):
                connection.execute(update(t.notifications).where(n.id.in_(part), n.attempts == 0).values(attempts=1))

    def release_notifications(self, notifications: Sequence[Notification]) -> None:
        """Give back what was claimed and not tried, so that nobody waits for the claim to run out."""
        n = t.notifications.c
        with self.database.write() as connection:
            for one in notifications:
                connection.execute(
                    update(t.notifications)
                    .where(n.id == one.id, n.epoch == one.epoch, n.state == OutboxState.LEASED)
                    .values(state=OutboxState.PENDING, lease_until=None)
                )

    def release_channel(self, channel: ChannelId, claimed_until: datetime) -> int:
        """The same for what a worker that is no more claimed on *channel*."""
        n = t.notifications.c
        claimed = and_(n.channel == channel, n.state == OutboxState.LEASED, n.lease_until <= claimed_until)
        with self.database.write() as connection:
            free = update(t.notifications).where(claimed).values(state=OutboxState.PENDING, lease_until=None)
            return int(connection.execute(free).rowcount)

    def release_claims(self) -> None:
        """Give back all that was claimed, where nobody else works on this store: what claimed it before is no more."""
        n, f = t.notifications.c, t.feeds.c
        with self.database.write() as connection:
            leased = update(t.notifications).where(n.state == OutboxState.LEASED)
            connection.execute(leased.values(state=OutboxState.PENDING, lease_until=None))
            connection.execute(update(t.feeds).where(f.lease_until.is_not(None)).values(lease_until=None))

    def holds(self, notification: Notification) -> bool:
        """Whether a claim is still the claimant's: one that slept may have lost it."""
        n = t.notifications.c
        query = select(n.id).where(
            n.id == notification.id, n.epoch == notification.epoch, n.state == OutboxState.LEASED
        )
        with self.database.read() as connection:
            return connection.execute(query).first() is not None

    def save_delivery(
        self,
        notification: Notification,
        delivery: Delivery,
        next_at: datetime | None,
        state: ChannelState | None = None,
        follow: Sequence[Notification] = (),
    ) -> bool:
        """
        Save one attempt. *next_at* plans the next one; None ends it: sent, or dead where it was not delivered.

        With it goes how its channel is doing now, and what others are told because of it (*follow*): a dead letter
        and word of it are not parted by a crash.

        Returns:
            False where the claim was lost meanwhile: the attempt is recorded, the state is somebody else's.
        """
        n = t.notifications.c
        values: dict[str, Any] = {"lease_until": None, "attempts": n.attempts + 1}
        if delivery.outcome is Outcome.DELIVERED:
            values["state"] = OutboxState.SENT
        else:
            values["state"] = OutboxState.PENDING if next_at is not None else OutboxState.DEAD
        if next_at is not None:
            values["next_at"] = next_at
        with self.database.write() as connection:
            connection.execute(t.deliveries.insert().values(**_record(delivery)))
            result = connection.execute(
                update(t.notifications)
                .where(n.id == notification.id, n.epoch == notification.epoch, n.state == OutboxState.LEASED)
                .values(**values)
            )
            if result.rowcount != 1:
                return False
            if state is not None:
                put_channel_state(connection, state)
            put_notifications(connection, follow)
            return True

    def replay(self, notification_ids: Sequence[NotificationId], now: datetime) -> int:
        """Let dead letters try again from the start; how many there were."""
        n = t.notifications.c
        count = 0
        with self.database.write() as connection:
            for part in chunks(notification_ids):
                result = connection.execute(
                    update(t.notifications)
                    .where(n.id.in_(part), n.state == OutboxState.DEAD)
                    .values(state=OutboxState.PENDING, next_at=now, lease_until=None, attempts=0, created_at=now)
                )
                count += result.rowcount
        return count

    def due_channels(self, now: datetime) -> frozenset[str]:
        """Channels with something to send now."""
        n = t.notifications.c
        query = (
            select(n.channel)
            .where(n.next_at <= now)
            .where(or_(n.state == OutboxState.PENDING, and_(n.state == OutboxState.LEASED, n.lease_until <= now)))
            .distinct()
        )
        with self.database.read() as connection:
            return frozenset(row.channel for row in connection.execute(query))

    def waiting(self) -> Mapping[str, tuple[int, datetime]]:
        """For each channel with pending notifications: how many, and when the oldest was due."""
        with self.database.read() as connection:
            return find_waiting(connection)


def find_waiting(connection: Connection) -> Mapping[str, tuple[int, datetime]]:
    """
    For each channel with pending notifications: how many, and when the oldest was due first.

    Each failed attempt plans a later one: what was tried has been due since its first attempt.
    """
    n, d = t.notifications.c, t.deliveries.c
    first_tried = (
        select(func.min(d.at))
        .where(d.notification_id == n.id, d.at >= n.created_at)
        .correlate(t.notifications)
        .scalar_subquery()
    )
    due = case((n.attempts == 0, n.next_at), else_=func.coalesce(first_tried, n.created_at))
    waits = n.state.in_([OutboxState.PENDING, OutboxState.LEASED])
    pending = select(n.channel, type_coerce(due, t.Moment()).label("due")).where(waits).subquery()
    oldest = type_coerce(func.min(pending.c.due), t.Moment()).label("oldest")
    query = select(pending.c.channel, func.count().label("held"), oldest).group_by(pending.c.channel)
    return {row.channel: (row.held, row.oldest) for row in connection.execute(query)}


def _overtaken(channel: ChannelId) -> Any:
    """
    Takes what failed out of the way where a later message about the same alert has arrived meanwhile.

    That one told how the alert stands; the older one behind it would tell how it stood.
    """
    n, later = t.notifications.c, t.notifications.alias("later")
    has_arrived = exists().where(
        later.c.alert_id == n.alert_id,
        later.c.channel == n.channel,
        later.c.state == OutboxState.SENT,
        later.c.created_at > n.created_at,
    )
    failed = and_(n.channel == channel, n.state == OutboxState.PENDING, n.attempts > 0, n.alert_id.is_not(None))
    return update(t.notifications).where(failed, has_arrived).values(state=OutboxState.FOLDED)


def _record(delivery: Delivery) -> dict[str, Any]:
    """A delivery in the columns of its table: the wish to be tried later is in the plan, not in the record."""
    return {
        "notification_id": delivery.notification_id,
        "channel": delivery.channel,
        "attempt": delivery.attempt,
        "outcome": str(delivery.outcome),
        "at": delivery.at,
        "elapsed_s": delivery.elapsed_s,
        "detail": delivery.detail,
    }
