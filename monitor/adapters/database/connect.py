"""
Connections: one writer, many readers, and database errors turned into StoreError.

SQLite (WAL): the writer is the only connection that writes and the only one that checkpoints; a write
transaction begins IMMEDIATE, because a reader that upgrades fails at once whatever the time-out says.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    InterfaceError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.pool import QueuePool

from monitor.adapters.database.reserve import Reserve
from monitor.adapters.postgres_link import LET_GO_OF_LOCKS, link_limits
from monitor.domain.errors import FullDiskError, StoreError, ValueRefusedError
from monitor.stages.addresses import store_address_fault

_BUSY_S = 10
# What SQLite does by itself, and as seldom as it has to be for a small reserve.
_LOG_PAGES, _LEAST_LOG_PAGES, _PAGE_BYTES = 1000, 32, 4096
# The bug that can damage a WAL when two connections checkpoint at once: SQLite's own page on the WAL-reset bug.
_SAFE_SQLITE = (3, 51, 3)


class Database:
    """The engines of one store. ``write`` and ``read`` are transactions; StoreError is all they raise."""

    def __init__(self, url: str, *, reserve_bytes: int = 0) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._lock = threading.RLock()
        self._has_written = False
        if fault := store_address_fault(url):
            raise StoreError(f"storage: {fault}")
        try:
            log_pages = _log_pages(reserve_bytes)
            self._writer = _sqlite_engine(url, log_pages) if self.is_sqlite else _postgres_engine(url)
            self._reader = _sqlite_engine(url) if self.is_sqlite else self._writer
        except (ArgumentError, NoSuchModuleError) as error:
            raise StoreError(f"storage: {_masked(url)} is no address of a store: {error}") from error
        except ModuleNotFoundError as error:
            raise StoreError(
                f"storage: {_masked(url)} needs the package {error.name}: `make postgres` installs it"
            ) from error

        file = self.file
        self._reserve = (
            Reserve(file.with_name(f"{file.name}.reserve"), reserve_bytes) if file and reserve_bytes else None
        )

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for PostgreSQL."""
        return Path(str(make_url(self.url).database)) if self.is_sqlite else None

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: all of it or nothing."""
        # One writer at a time in this process; other processes wait for the database's own lock.
        with self._locked(), self._explained(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(LET_GO_OF_LOCKS, (True,))
            self._has_written = True
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction; long answers are to be taken in pages, since a reader holds the WAL back."""
        with self._explained(), self._reader.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def raw(self) -> Iterator[sqlite3.Connection]:
        """The writer's own SQLite connection, outside a transaction, for maintenance."""
        with self._locked(), self._explained():
            holder = self._writer.raw_connection()
            try:
                connection = holder.driver_connection
                if not isinstance(connection, sqlite3.Connection):
                    raise StoreError("this is done with PostgreSQL's own tools (pg_dump, VACUUM)")
                yield connection
            finally:
                holder.close()

    @property
    def is_tight(self) -> bool:
        """Whether the disk was full, and the reserve has not come back yet."""
        return self._reserve is not None and not self._reserve.path.exists()

    def check_room(self) -> None:
        """
        Look whether there is room to collect.

        Raises:
            StoreError: the disk was full and still nearly is; what is to be sent is still sent.
        """
        if self._reserve is not None and not self._reserve.hold():
            raise StoreError(
                f"{self._reserve.path.parent}: the disk is nearly full, so nothing is collected until there is room;"
                " messages are still sent. Free some, or let `monitor db prune` keep less"
            )

    def faults(self) -> tuple[str, ...]:
        """What the database finds wrong with its own file, or where it cannot give its rows back; empty means sound."""
        if not self.is_sqlite:
            return tuple(self._unreadable())
        with self.read() as connection:
            rows = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
        return () if rows == ["ok"] else tuple(rows)

    def _unreadable(self) -> Iterator[str]:
        """The tables of PostgreSQL that cannot be read to the end; indexes ask for more rights than ours."""
        with self.read() as connection:
            names = inspect(connection).get_table_names()
        for name in names:
            with self.read() as connection:
                try:
                    # As text, so that each value is unpacked.
                    connection.exec_driver_sql(f'SELECT SUM(LENGTH("{name}"::text)) FROM "{name}"')  # noqa: S608
                except InternalError as error:
                    yield f"{name}: {_words(error)}"

    def warnings(self) -> tuple[str, ...]:
        """What `monitor doctor` should say about the database library."""
        if not self.is_sqlite or sqlite3.sqlite_version_info >= _SAFE_SQLITE:
            return ()
        return (
            f"SQLite {sqlite3.sqlite_version} can damage a store when two programs checkpoint at once"
            " (fixed in 3.51.3): let no other program write to the file",
        )

    def close(self) -> None:
        with self._locked():
            # A command that only read leaves the WAL to the service: two that write it back at once are one too many.
            if self.is_sqlite and self._has_written:
                with contextlib.suppress(StoreError), self.raw() as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._reader.dispose()
            self._writer.dispose()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        with self._lock:
            yield

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except NoConnectionError as error:
            raise StoreError(f"{_masked(self.url)}: all connections were busy for too long ({error})") from error
        except (DBAPIError, sqlite3.Error) as error:
            if self._reserve is not None and "disk is full" in str(error):
                self._reserve.give_up()
            raise _explain(error, _masked(self.url)) from error


def _log_pages(reserve_bytes: int) -> int:
    """
    After how many pages the log is written back.

    On a full disk the reserve has to take what the log still holds, so that it may hold half of that at most.
    """
    return min(_LOG_PAGES, max(_LEAST_LOG_PAGES, reserve_bytes // _PAGE_BYTES // 2)) if reserve_bytes else _LOG_PAGES


def _sqlite_engine(url: str, log_pages: int = 0) -> Engine:
    """Connections that write, and write the log back after *log_pages*; with none they only read."""
    writes = log_pages > 0
    path = make_url(url).database
    if not path or path == ":memory:":
        raise ArgumentError("a store in memory would forget everything: give a file, sqlite:///storage/monitor.db")
    with contextlib.suppress(OSError):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else 4,
        max_overflow=0 if writes else 8,
        connect_args={"timeout": _BUSY_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def settle(connection: sqlite3.Connection, _: object) -> None:
        # The driver's own transactions begin too late and split DDL: ours are explicit.
        connection.isolation_level = None
        if writes:
            _keep_private(Path(path))
            # Takes effect only before the first table is made.
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
        else:
            connection.execute("PRAGMA query_only=1")
        connection.execute(f"PRAGMA wal_autocheckpoint={log_pages}")
        connection.execute("PRAGMA cache_size=-16000")
        connection.execute("PRAGMA temp_store=MEMORY")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _keep_private(file: Path) -> None:
    """A store is made for its owner alone, as is what SQLite puts beside it: passwords of feeds stand in it."""
    with contextlib.suppress(OSError):
        if file.stat().st_size == 0:
            file.chmod(0o600)


def _postgres_engine(url: str) -> Engine:
    limits = link_limits(make_url(url).query)
    return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8, pool_timeout=30, connect_args=limits)


def _explain(error: Exception, place: str) -> StoreError:
    text = _words(error)
    hints = {
        "database or disk is full": "the disk is full: make room; what was not stored is fetched again",
        "no space left on device": "the disk of the database is full: make room; what was not stored is fetched again",
        "disk i/o error": "the disk refused to write: is it full, gone or over a limit?",
        "readonly database": "the store cannot be written: check owner and permissions of the file and its folder",
        "read-only transaction": "the store can only be read: is this a standby, or was the database set to read only?",
        "unable to open": "the store cannot be opened: does its folder exist, and may this user write there?",
        "database is locked": "another program holds the store's lock: stop it, or try again",
        "malformed": "the store is damaged: restore a backup with `monitor db restore`",
        "not a database": "this file is no store: check `storage:` in monitor.yaml",
    }
    lowered = text.lower()
    for sign, hint in hints.items():
        if sign in lowered:
            kind = FullDiskError if "is full" in sign else StoreError
            return kind(f"{place}: {hint} ({text})")
    if isinstance(error, DataError):
        return ValueRefusedError(f"{place}: the store does not take a value ({text})")
    if isinstance(error, OperationalError | InterfaceError):
        return StoreError(f"{place}: the store cannot be reached ({text})")
    return StoreError(f"{place}: {text}")


def _words(error: Exception) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _masked(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "storage"
