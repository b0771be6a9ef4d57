"""From SQLite to PostgreSQL: table by table, in key order, resumable, each verified by count and checksum."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select, text, tuple_

from monitor.adapters.database import migrate
from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import article_from
from monitor.adapters.database.search_index import add_words
from monitor.adapters.database.writing import insert_new
from monitor.domain.errors import StoreError, UsageError

_PAGE = 1000


def move(source: Database, target_url: str, now: datetime) -> Iterator[tuple[str, int]]:
    """
    Copy everything; after an interruption the same call goes on where it stopped.

    Yields:
        Each table with its number of rows, once both sides were found to hold the same.

    Raises:
        UsageError: a side is of the wrong kind.
        StoreError: a side cannot be reached, the target is the store of somebody else, or a table differs after the
            copy.
    """
    target = Database(target_url)
    try:
        _check_sides(source, target)
        migrate.upgrade(target, now)
        for table in t.metadata.sorted_tables:
            _check_own(source, target, table)
        for table in t.metadata.sorted_tables:
            _copy(source, target, table)
            count = _verified(source, target, table)
            yield table.name, count
        _reset_sequences(target)
    finally:
        target.close()


def _check_sides(source: Database, target: Database) -> None:
    if not source.is_sqlite:
        raise UsageError(
            "only an SQLite store is moved; PostgreSQL's own tools copy one to another: pg_dump, pg_restore"
        )
    if target.is_sqlite:
        raise UsageError("a store is moved to PostgreSQL: give postgresql+psycopg://USER@HOST/DATABASE")


def _check_own(source: Database, target: Database, table: Table) -> None:
    """Refuse a target that holds what the source does not, before anything is written into it."""
    keys = list(table.primary_key.columns)
    with target.read() as connection:
        for rows in connection.execution_options(yield_per=_PAGE).execute(select(*keys)).partitions():
            query = select(func.count()).select_from(table).where(tuple_(*keys).in_([tuple(row) for row in rows]))
            with source.read() as own:
                known = own.execute(query).scalar_one()
            if known != len(rows):
                raise StoreError(
                    f"the database there holds rows of another store in {table.name}, or a service works on it already:"
                    " nothing was copied; give an empty one"
                )


def _copy(source: Database, target: Database, table: Table) -> None:
    keys = list(table.primary_key.columns)
    last = _last_key(target, table)
    while True:
        query = select(table).order_by(*keys).limit(_PAGE)
        if last is not None:
            query = query.where(tuple_(*keys) > tuple_(*last))
        with source.read() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return
        with target.write() as connection:
            insert_new(connection, table, [dict(row._mapping) for row in rows])
            if table is t.articles:
                add_words(connection, [article_from(row) for row in rows])
        last = tuple(rows[-1]._mapping[key.name] for key in keys)


def _last_key(target: Database, table: Table) -> tuple[Any, ...] | None:
    keys = list(table.primary_key.columns)
    with target.read() as connection:
        row = connection.execute(select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).one_or_none()
    # PostgreSQL may sort text by another rule than SQLite: only numbered tables can go on in the middle.
    is_numbered = len(keys) == 1 and keys[0].name == "seq"
    return tuple(row) if row is not None and is_numbered else None


def _verified(source: Database, target: Database, table: Table) -> int:
    with source.read() as one, target.read() as other:
        counts = [side.execute(select(func.count()).select_from(table)).scalar_one() for side in (one, other)]
        sums = [_checksum(side, table) for side in (one, other)]
    if counts[0] != counts[1] or sums[0] != sums[1]:
        raise StoreError(
            f"{table.name}: {counts[0]} rows here, {counts[1]} there, or their contents differ:"
            " is the service still running? Stop it and move again"
        )
    return int(counts[0])


def _checksum(connection: Connection, table: Table) -> int:
    """A sum over the hashes of all rows, so that their order does not matter."""
    total = 0
    for row in connection.execute(select(table)).yield_per(_PAGE):
        total ^= int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()[:8], "big")
    return total


def _reset_sequences(target: Database) -> None:
    with target.write() as connection:
        for table in t.metadata.sorted_tables:
            if "seq" in table.c:
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'seq'),"  # noqa: S608 - our own names
                        f" COALESCE((SELECT MAX(seq) FROM {table.name}), 0) + 1, false)"
                    )
                )
