"""Statements that the two databases spell differently."""

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.database import tables as t
from monitor.adapters.database.rows import chunks, dump
from monitor.domain.notification import Notification, OutboxState

Rows = Sequence[Mapping[str, Any]]


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT; always the same one, since putting it together costs as much as a few rows."""
    return _insert(table, connection.dialect.name)


@functools.cache
def _insert(table: Table, dialect: str) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_new(connection: Connection, table: Table, rows: Rows) -> int:
    """Insert the rows whose key is not there yet; how many those were."""
    # Counted by what comes back: drivers disagree on the row count of many inserts at once.
    statement = insert_into(connection, table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return sum(len(connection.execute(statement, list(part)).all()) for part in chunks(rows))


def insert_missing(connection: Connection, table: Table, rows: Rows) -> None:
    """The same for many rows, uncounted and several times as fast."""
    if rows:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), list(rows))


def upsert(connection: Connection, table: Table, rows: Rows, keys: list[str], kept: Collection[str] = ()) -> None:
    """Insert rows, or give the one with the same *keys* the new values, except of the columns *kept*."""
    if not rows:
        return
    newest = tuple(name for name in rows[0] if name not in keys and name not in kept)
    statement = _upsert(insert_into(connection, table), tuple(keys), newest)
    for part in chunks(rows):
        connection.execute(statement, list(part))


@functools.cache
def _upsert(insert: Any, keys: tuple[str, ...], newest: tuple[str, ...]) -> Any:
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in newest})


def put_notifications(connection: Connection, notifications: Sequence[Notification]) -> int:
    """Put notifications into the outbox; one that is there already stays as it is."""
    rows = [
        {
            "id": notification.id,
            "channel": notification.channel,
            "alert_id": notification.alert_id,
            "severity": str(notification.severity),
            "created_at": notification.created_at,
            "epoch": 0,
            "attempts": 0,
            **waiting_row(notification),
            "data": dump(notification),
        }
        for notification in notifications
    ]
    return insert_new(connection, t.notifications, rows)


def waiting_row(notification: Notification) -> dict[str, Any]:
    """The columns that say how a notification waits: by itself, or held with others of its key."""
    return {
        "state": str(OutboxState.HELD if notification.fold_key else OutboxState.PENDING),
        "next_at": notification.not_before,
        "fold_key": notification.fold_key,
    }
