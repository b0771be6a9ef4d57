"""
Schema versions: brought up to date at the start, after a backup, in one transaction, by one program at a time.

Alembic is loaded where there is something to do: every command asks for the version, and nearly none has to change it.
"""

import contextlib
import functools
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from monitor.adapters.database.backup import back_up
from monitor.adapters.database.connect import Database
from monitor.domain.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

# Any fixed number: PostgreSQL's advisory lock on "somebody migrates this database".
_MIGRATION_LOCK = 0x6E6D6F6E
_SCRIPTS = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"


def upgrade(database: Database, now: datetime, *, backups: Path | None = None) -> str | None:
    """
    Bring the schema to this program's version.

    A store with data is backed up into *backups* first (SQLite; PostgreSQL's own tools do it there).
    The steps run in one transaction: a program killed half-way leaves the schema it found.

    Returns:
        The version it had, or None for a new store. Nothing is done where it is up to date.

    Raises:
        StoreError: the store is of a newer program, or cannot be written.
    """
    found = version(database)
    if found == head():
        return found
    if found is not None and found not in _versions():
        raise StoreError(
            f"the store is of a newer version ({found}) than this program ({head()}): update the program,"
            " or restore a backup from before"
        )
    if found is not None and backups is not None and database.is_sqlite:
        # A name of its own: where two programs start in the same second, the later one may find a new schema.
        back_up(database, backups / f"before-{head()}-{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}.db")
    with database.write() as connection, _alone(connection):
        from alembic import command

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return found


def version(database: Database) -> str | None:
    """The schema version of a store; None where it is empty."""
    with database.read() as connection:
        if not inspect(connection).has_table(_TABLE):
            return None
        return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar()  # noqa: S608  # our own word


def head() -> str:
    """The schema version of this program."""
    return _versions()[-1]


@functools.cache
def _versions() -> tuple[str, ...]:
    """All there are, the first one first: each step is a file that begins with its number (`v0001_first.py`)."""
    return tuple(sorted(path.name[1:5] for path in (_SCRIPTS / "versions").glob("v[0-9]*_*.py")))


@contextlib.contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    # SQLite's write transaction is the lock; PostgreSQL lets two migrate at once.
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    yield


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
