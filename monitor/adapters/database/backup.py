"""Online backup and restore of the SQLite store; a copy counts only once it was checked."""

import contextlib
import os
import sqlite3
from pathlib import Path

from monitor.adapters.database.connect import Database
from monitor.domain.errors import StoreError


def back_up(database: Database, target: Path) -> Path:
    """
    Copy a running store to *target*, check the copy, and only then give it its name.

    Raises:
        StoreError: the copy could not be written or is damaged.
    """
    if database.file is None:
        raise StoreError("back a PostgreSQL store up with its own tools: pg_dump --format=custom")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.part")
    draft.unlink(missing_ok=True)
    try:
        with database.raw() as source, contextlib.closing(sqlite3.connect(draft)) as copy:
            source.backup(copy, pages=2000)
        faults = check_file(draft)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{target}: the backup could not be written: {error}") from error
    if faults:
        raise StoreError(f"{target}: the backup is damaged ({faults[0]}): check the store with `monitor db check`")
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    return draft.replace(target)


def restore(source: Path, database_file: Path) -> Path | None:
    """
    Put a checked backup in the place of the store, which no program may have open.

    Returns:
        Where the store that was there has been moved to, or None.
    """
    if not source.is_file():
        raise StoreError(f"{source}: there is no such backup")
    faults = check_file(source)
    if faults:
        raise StoreError(f"{source}: the backup is damaged ({faults[0]}): take another one")
    kept = None
    if database_file.exists():
        kept = database_file.with_name(f"{database_file.name}.replaced")
        kept.unlink(missing_ok=True)
        database_file.replace(kept)
    for suffix in ("-wal", "-shm"):
        database_file.with_name(database_file.name + suffix).unlink(missing_ok=True)
    database_file.parent.mkdir(parents=True, exist_ok=True)
    draft = database_file.with_name(f"{database_file.name}.part")
    draft.write_bytes(source.read_bytes())
    draft.replace(database_file)
    return kept


def check_file(path: Path) -> list[str]:
    """What SQLite finds wrong with a file; empty means sound."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if rows == ["ok"] else rows
