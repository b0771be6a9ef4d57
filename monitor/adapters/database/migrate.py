"""Schema versions: brought up to date at the start, after a backup, in one transaction, by one program at a time."""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from monitor.adapters.database.backup import back_up
from monitor.adapters.database.connect import Database
from monitor.domain.errors import StoreError

# Any fixed number: PostgreSQL's advisory lock on "somebody migrates this database".
_MIGRATION_LOCK = 0x6E6D6F6E


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
    scripts = ScriptDirectory.from_config(_config())
    head = scripts.get_current_head()
    if found == head:
        return found
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"the store is of a newer version ({found}) than this program ({head}): update the program,"
            " or restore a backup from before"
        )
    if found is not None and backups is not None and database.is_sqlite:
        # A name of its own: where two programs start in the same second, the later one may find a new schema.
        back_up(database, backups / f"before-{head}-{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}.db")
    with database.write() as connection, _alone(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return found


def version(database: Database) -> str | None:
    """The schema version of a store; None where it is empty."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The schema version of this program."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


@contextlib.contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    # SQLite's write transaction is the lock; PostgreSQL lets two migrate at once.
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    yield


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
