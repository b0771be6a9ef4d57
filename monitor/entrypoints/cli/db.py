"""`monitor db`: backup, restore and what belongs to it, pruning, schema, integrity, and the move to PostgreSQL."""

import sys
from datetime import datetime
from pathlib import Path

import typer

from monitor.entrypoints.cli.configured import Config, read_settings
from monitor.entrypoints.cli.groups import group_of_commands

_BACKUP = typer.Argument(help="What `db backup` wrote.")
_TARGET = typer.Argument(help="An empty database: postgresql+psycopg://USER@HOST/DATABASE.")

commands = group_of_commands("The store: backup, restore, hush, prune, upgrade, check, move.", name="db")


@commands.command()
def backup(
    target: Path | None = typer.Argument(None, help="The file; else storage/backups/monitor-TIME.db."),
    config: Config = None,
) -> None:
    """Copy the store while it runs, and check the copy."""
    from monitor.adapters.database.backup import back_up
    from monitor.adapters.database.connect import Database
    from monitor.app import storage_folder
    from monitor.entrypoints.daemon import utc_now

    settings = read_settings(config)
    path = target or storage_folder(settings) / "backups" / f"monitor-{utc_now():%Y%m%dT%H%M%S}.db"
    database = Database(settings.storage)
    try:
        print(back_up(database, path))
    finally:
        database.close()


@commands.command()
def restore(source: Path = _BACKUP, config: Config = None) -> None:
    """Put a backup in the place of the store; stop the service first."""
    from monitor.adapters.database.backup import restore as put_back
    from monitor.adapters.database.connect import Database
    from monitor.app import only_service_on
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.daemon import utc_now

    settings = read_settings(config)
    file = Database(settings.storage).file
    if file is None:
        raise UsageError("a PostgreSQL store is restored with its own tools: pg_restore, then `monitor db hush`")
    if not source.is_file():
        raise UsageError(f"{source}: there is no such backup")
    # A service that is started again by itself has to wait until what the backup missed is known to be history.
    with only_service_on(settings):
        kept = put_back(source, file)
        hush_restored(settings.storage, utc_now())
    print(f"restored {source}" + (f"; the store that was there is now {kept}" if kept else ""))


@commands.command()
def hush(config: Config = None) -> None:
    """After restoring the store by other means: what it missed is history; stop every service first."""
    from monitor.app import only_service_on, open_store
    from monitor.entrypoints.daemon import utc_now

    settings = read_settings(config)
    # A dump may be of an earlier schema.
    with only_service_on(settings), open_store(settings, utc_now()):
        feeds, messages = hush_restored(settings.storage, utc_now())
    print(f"feeds that count as never read, so that what they show by now does not ring: {feeds}")
    print(f"messages that waited and may have left before, told as one list for each channel: {messages}")


@commands.command()
def prune(config: Config = None, dry_run: bool = typer.Option(False, "--dry-run", help="Only count.")) -> None:
    """Remove what is older than `retention` keeps; items that went do not come back as new."""
    from monitor.adapters.database.retention import prune as remove
    from monitor.app import open_store
    from monitor.entrypoints.daemon import utc_now

    settings = read_settings(config)
    with open_store(settings, utc_now()) as store:
        count = remove(store.database, settings.policy.retention, utc_now(), dry_run=dry_run)
    print(f"{count} articles {'would go' if dry_run else 'went'}")


@commands.command()
def upgrade(config: Config = None) -> None:
    """Bring the schema to this program's version, after a backup."""
    from monitor.adapters.database import migrate
    from monitor.adapters.database.connect import Database
    from monitor.app import storage_folder
    from monitor.entrypoints.daemon import utc_now

    settings = read_settings(config)
    database = Database(settings.storage)
    try:
        before = migrate.upgrade(database, utc_now(), backups=storage_folder(settings) / "backups")
    finally:
        database.close()
    print(f"schema {before or 'none'} -> {migrate.head()}")


@commands.command()
def check(config: Config = None) -> int:
    """Examine the whole store; exit code 1 where it is damaged."""
    from monitor.app import open_store
    from monitor.entrypoints.daemon import utc_now

    with open_store(read_settings(config), utc_now()) as store:
        faults, is_file = store.database.faults(), store.database.is_sqlite
    for fault in faults:
        print(fault, file=sys.stderr)
    sound = "sound" if is_file else "sound: every row can be read; indexes are examined by PostgreSQL's own pg_amcheck"
    print(f"damaged: restore a backup with {'`monitor db restore`' if is_file else 'pg_restore'}" if faults else sound)
    return 1 if faults else 0


@commands.command()
def move(target: str = _TARGET, config: Config = None) -> None:
    """Copy this SQLite store to PostgreSQL; verified by counts and checksums, and resumable."""
    from monitor.adapters.database.move import move as copy
    from monitor.app import only_service_on, open_store
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.daemon import utc_now
    from monitor.stages.addresses import store_address_fault

    settings = read_settings(config)
    if fault := store_address_fault(target):
        raise UsageError(f"what to move to is {fault}")
    # What a service saved meanwhile would be left behind.
    with only_service_on(settings), open_store(settings, utc_now()) as store:
        for table, rows in copy(store.database, target, utc_now()):
            print(f"{table}: {rows} rows, verified")
    print("moved: set `storage:` in monitor.yaml to the new address and start the service")


def hush_restored(storage: str, now: datetime) -> tuple[int, int]:
    """
    What a restored store has not seen is history, not news, and what it was about to send may be sent already.

    How many feeds and how many messages this was done to.
    """
    from monitor.adapters.database.connect import Database
    from monitor.adapters.database.store import DatabaseStore

    database = Database(storage)
    try:
        store = DatabaseStore(database)
        return store.forget_polls(now), store.gather_restored(now)
    finally:
        database.close()
