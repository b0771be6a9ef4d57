"""Statements that the two databases spell differently, and those for many rows."""

import functools
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg

from monitor.adapters.database import tables as t
from monitor.adapters.database.rows import chunks, dump
from monitor.domain.notification import Notification, OutboxState

Rows = Sequence[Mapping[str, Any]]


def write_rows(connection: Connection, statement: Any, rows: Rows) -> None:
    """
    Execute *statement*, which gives nothing back, for each of *rows*; all have the names of the first.

    They go to the driver as it takes them, since SQLAlchemy looks at each value of each row by itself.
    """
    if rows:
        driven = _driven(statement, connection.dialect.name, tuple(rows[0]))
        connection.exec_driver_sql(driven.text, driven.values(rows))


@dataclass(frozen=True, slots=True)
class _Driven:
    """A statement as its driver takes it, and where each of its values comes from."""

    text: str
    names: Sequence[str]
    is_positional: bool
    columns: Sequence[Callable[[Rows], Iterable[Any]]]

    def values(self, rows: Rows) -> list[Any]:
        lines = zip(*(column(rows) for column in self.columns), strict=False)
        return list(lines) if self.is_positional else [dict(zip(self.names, line, strict=True)) for line in lines]


@functools.cache
def _driven(statement: Any, dialect_name: str, given: tuple[str, ...]) -> _Driven:
    dialect = _dialect(dialect_name)
    compiled = statement.compile(dialect=dialect, column_keys=list(given), for_executemany=True)
    names = compiled.positiontup or list(compiled.bind_names.values())
    missing = [name for name in names if compiled.binds[name].required and name not in given]
    if missing := [*missing, *(column.key for column in compiled.insert_prefetch)]:
        raise TypeError(f"the rows have no {', '.join(missing)}")
    columns = [_column(compiled.binds[name], given, dialect) for name in names]
    return _Driven(str(compiled), names, bool(compiled.positiontup), columns)


def _column(bind: Any, given: Collection[str], dialect: Dialect) -> Callable[[Rows], Iterable[Any]]:
    read, to_driver = itemgetter(bind.key), bind.type.dialect_impl(dialect).bind_processor(dialect)
    if bind.key not in given:
        value = to_driver(bind.value) if to_driver else bind.value
        return lambda _: itertools.repeat(value)
    return lambda rows: map(to_driver, map(read, rows)) if to_driver else map(read, rows)


@functools.cache
def _dialect(name: str) -> Dialect:
    return sqlite.dialect() if name == "sqlite" else psycopg.dialect()  # type: ignore[no-untyped-call]


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
    write_rows(connection, _insert_missing(insert_into(connection, table)), rows)


@functools.cache
def _insert_missing(insert: Any) -> Any:
    return insert.on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, rows: Rows, keys: list[str], kept: Collection[str] = ()) -> None:
    """Insert rows, or give the one with the same *keys* the new values, except of the columns *kept*."""
    if not rows:
        return
    newest = tuple(name for name in rows[0] if name not in keys and name not in kept)
    write_rows(connection, _upsert(insert_into(connection, table), tuple(keys), newest), rows)


@functools.cache
def _upsert(insert: Any, keys: tuple[str, ...], newest: tuple[str, ...]) -> Any:
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in newest})


def put_notifications(connection: Connection, notifications: Sequence[Notification]) -> int:
    """Put notifications into the outbox; one that is there already stays as it is, unless it was withdrawn."""
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
    n = t.notifications.c
    for part in chunks([notification.id for notification in notifications]):
        connection.execute(delete(t.notifications).where(n.id.in_(part), n.state == OutboxState.WITHDRAWN))
    return insert_new(connection, t.notifications, rows)


def waiting_row(notification: Notification) -> dict[str, Any]:
    """The columns that say how a notification waits: by itself, or held with others of its key."""
    return {
        "state": str(OutboxState.HELD if notification.fold_key else OutboxState.PENDING),
        "next_at": notification.not_before,
        "fold_key": notification.fold_key,
    }
