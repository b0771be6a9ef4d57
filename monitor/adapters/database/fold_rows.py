"""Messages that are held to leave as one: for a digest, for the end of quiet hours, in a storm or after a restore."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, literal, or_, select, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.outbox_rows import SEVEREST_FIRST
from monitor.adapters.database.rows import chunks, load
from monitor.adapters.database.writing import put_notifications
from monitor.domain.fold_key import Hold
from monitor.domain.notification import Notification, NotificationId, OutboxState


class FoldRows:
    """Held notifications; part of DatabaseStore."""

    database: Database

    def fold_notifications(self, folds: Sequence[tuple[Sequence[NotificationId], Notification]]) -> bool:
        """
        Replace held notifications by messages that list them, all at once; nothing is dropped.

        Returns:
            False where somebody else has folded some of them meanwhile: then nothing is changed.
        """
        n = t.notifications.c
        parts = [part for folded, _ in folds for part in chunks(folded)]
        with self.database.write() as connection:
            for part in parts:
                held = select(n.id).where(n.id.in_(part), n.state == OutboxState.HELD).with_for_update()
                if len(connection.execute(held).all()) != len(part):
                    return False
            for part in parts:
                folding = update(t.notifications).where(n.id.in_(part))
                connection.execute(folding.values(state=OutboxState.FOLDED, lease_until=None))
            put_notifications(connection, [into for _, into in folds])
        return True

    def hold_on(self, notification_ids: Sequence[NotificationId], fold_key: str, until: datetime) -> None:
        """Hold held notifications longer, under another key."""
        n = t.notifications.c
        with self.database.write() as connection:
            for part in chunks(notification_ids):
                connection.execute(
                    update(t.notifications)
                    .where(n.id.in_(part), n.state == OutboxState.HELD)
                    .values(next_at=until, fold_key=fold_key)
                )

    def was_folded(self, fold_key: str) -> bool:
        """Whether a message for this key has left, or was put into the outbox."""
        n = t.notifications.c
        query = select(n.id).where(n.fold_key == fold_key, n.state == OutboxState.FOLDED).limit(1)
        with self.database.read() as connection:
            return connection.execute(query).first() is not None

    def has_fold(self, fold_key: str) -> bool:
        """Whether anything was ever held under this key."""
        query = select(t.notifications.c.id).where(t.notifications.c.fold_key == fold_key).limit(1)
        with self.database.read() as connection:
            return connection.execute(query).first() is not None

    def due_folds(self, now: datetime) -> Mapping[str, tuple[Notification, ...]]:
        """What was held and is due by now, by the key under which it leaves as one message."""
        n = t.notifications.c
        query = (
            select(n.data, n.fold_key)
            .where(n.state == OutboxState.HELD, n.next_at <= now)
            .order_by(SEVEREST_FIRST, n.created_at, n.id)
        )
        found: dict[str, list[Notification]] = {}
        with self.database.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.fold_key, []).append(load(Notification, row.data))
        return {key: tuple(held) for key, held in found.items()}

    def gather_restored(self, now: datetime) -> int:
        """
        After a restore: what waited may have left since the backup, so it is told as one list for each channel.

        What is held for a later hour stays; how many messages are gathered.
        """
        n = t.notifications.c
        waits = n.state.in_([OutboxState.PENDING, OutboxState.LEASED])
        is_due = and_(n.state == OutboxState.HELD, n.next_at <= now)
        key = literal(f"{Hold.RESTORED}:") + n.channel + literal(f":{now:%Y-%m-%dT%H:%M:%S}")
        with self.database.write() as connection:
            result = connection.execute(
                update(t.notifications)
                .where(or_(waits, is_due))
                .values(state=OutboxState.HELD, fold_key=key, next_at=now, lease_until=None)
            )
            return int(result.rowcount)
