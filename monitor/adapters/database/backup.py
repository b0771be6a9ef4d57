"""Online backup and restore of the SQLite store; a copy counts only once it was checked."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from monitor.adapters.database.connect import Database
from monitor.domain.errors import StoreError, UsageError


def back_up(database: Database, target: Path) -> Path:
    """
    Copy a running store to *target*, check the copy, and only then give it its name.

    Raises:
        UsageError: the store is no SQLite file.
        StoreError: the copy could not be written or is damaged.
    """
    if database.file is None:
        raise UsageError("back a PostgreSQL store up with its own tools: pg_dump --format=custom")
    if not database.file.is_file():
        raise StoreError(f"{database.file}: there is no store yet")
    draft = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        draft.touch(0o600)
        # A reader's snapshot, so that the writer goes on meanwhile; and the copy holds no free pages.
        with contextlib.closing(sqlite3.connect(database.file, timeout=10)) as source:
            source.execute("PRAGMA wal_autocheckpoint=0")
            source.execute("VACUUM INTO ?", (str(draft),))
        faults = check_file(draft)
        _sync(draft)
    except (OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        raise StoreError(f"{target}: the backup could not be written: {error}") from error
    if faults:
        raise StoreError(f"{target}: the backup is damaged ({faults[0]}): check the store with `monitor db check`")
    return draft.replace(target)


def restore(source: Path, database_file: Path) -> Path | None:
    """
    Put a checked backup in the place of the store. Killed at any moment, one of the two is there.

    Returns:
        Where the store that was there has been moved to, or None.

    Raises:
        StoreError: there is no such backup, it is damaged, or a program has the store open.
    """
    if not source.is_file():
        raise StoreError(f"{source}: there is no such backup")
    faults = check_file(source)
    if faults:
        raise StoreError(f"{source}: the backup is damaged ({faults[0]}): take another one")
    draft = database_file.with_name(f"{database_file.name}.part")
    kept = database_file.with_name(f"{database_file.name}.replaced")
    try:
        database_file.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        draft.touch(0o600)
        shutil.copyfile(source, draft)
        _sync(draft)
        _give_to_owner_of(draft, database_file if database_file.exists() else database_file.parent)
        if database_file.exists():
            shutil.copymode(database_file, draft)
        else:
            draft.replace(database_file)
            return None
        _leave_wal(database_file)
        kept.unlink(missing_ok=True)
        os.link(database_file, kept)
        for suffix in ("-wal", "-shm"):
            rest = database_file.with_name(database_file.name + suffix)
            if rest.exists():
                rest.replace(kept.with_name(kept.name + suffix))
        draft.replace(database_file)
    except OSError as error:
        raise StoreError(f"{database_file}: the backup could not be put in its place: {error}") from error
    return kept


def _give_to_owner_of(path: Path, other: Path) -> None:
    """Whoever restores may be root; the service is not, and has to write to the store."""
    owner = other.stat()
    with contextlib.suppress(PermissionError):
        os.chown(path, owner.st_uid, owner.st_gid)


def _leave_wal(file: Path) -> None:
    """Write the WAL of a store back into its file, which only works while nobody else has it open."""
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreError(f"{file}: a program has the store open: stop the service, then restore again") from error
    except sqlite3.DatabaseError:
        # Damaged: this is what a restore is for. It is kept as it is, with its WAL.
        return


def _sync(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def check_file(path: Path) -> list[str]:
    """What SQLite finds wrong with a file; empty means sound."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if rows == ["ok"] else rows
