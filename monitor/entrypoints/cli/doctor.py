"""`monitor doctor` looks at everything an installation stands on; `monitor healthcheck` asks whether it is well now."""

import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, read_settings
from monitor.entrypoints.cli.output import OUTPUT, Output, show

if TYPE_CHECKING:
    from monitor.domain.settings import Settings

_LEAST_FREE = 0.05

commands = typer.Typer()


@commands.command(help="Check the installation: configuration, store, disk, library versions; exit code 1 for faults.")
def doctor(config: Config = None, output: Output = OUTPUT) -> int:
    settings = read_settings(config)
    rows = [{"what": what, "state": state, "detail": detail} for what, state, detail in _looks(settings)]
    show(rows, output, ("what", "state", "detail"))
    return 1 if any(row["state"] == "fault" for row in rows) else 0


@commands.command(help="Whether what runs on this machine is well; exit code 1 and the reasons where it is not.")
def healthcheck(config: Config = None) -> int:
    from monitor.entrypoints.daemon import utc_now
    from monitor.entrypoints.health_files import told_ailments

    found = told_ailments(read_settings(config), utc_now())
    for ailment in found:
        print(f"unwell: {ailment}", file=sys.stderr)
    if not found:
        print("well")
    return 1 if found else 0


def _looks(settings: "Settings") -> Iterator[tuple[str, str, str]]:
    from monitor.adapters.database import migrate
    from monitor.adapters.database.catalogue import DatabaseCatalogue
    from monitor.adapters.database.connect import Database
    from monitor.adapters.database.retention import size_bytes
    from monitor.app import storage_folder
    from monitor.domain.errors import StoreError

    yield "configuration", "fine", f"version {settings.version}"
    database = Database(settings.storage)
    try:
        found = migrate.version(database)
        state = "fine" if found == migrate.head() else "note"
        yield "schema", state, f"{found or 'none yet'}, this program has {migrate.head()}"
        for warning in database.warnings():
            yield "database", "note", warning
        if found:
            for fault in database.faults():
                yield "integrity", "fault", fault
            counts = DatabaseCatalogue(database).counts()
            yield "rows", "fine", ", ".join(f"{name} {count}" for name, count in counts.items() if count)
            yield "size", "fine", f"{size_bytes(database) / 2**20:.1f} MiB"
            yield from _work(DatabaseCatalogue(database), frozenset(str(one.id) for one in settings.channels))
    except StoreError as error:
        yield "store", "fault", str(error)
    finally:
        database.close()
    folder = storage_folder(settings)
    usage = shutil.disk_usage(folder if folder.exists() else settings.root)
    free = usage.free / usage.total
    yield (
        "disk",
        "fine" if free >= _LEAST_FREE else "fault",
        f"{usage.free / 2**30:.1f} GiB free, {free:.0%} of the disk",
    )
    yield from _mode(settings)
    yield from _full_text(settings)


def _full_text(settings: "Settings") -> Iterator[tuple[str, str, str]]:
    import importlib.util

    from monitor.domain.feed import Fulltext

    wanted = sum(feed.is_enabled and feed.fulltext is not Fulltext.NEVER for feed in settings.feeds)
    if wanted and importlib.util.find_spec("trafilatura") is None:
        yield (
            "full text",
            "note",
            f"{wanted} feeds want the pages behind articles, and the extra is missing: make fulltext",
        )


def _work(catalogue: object, channels: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    from monitor.adapters.database.catalogue import DatabaseCatalogue
    from monitor.domain.feed import Health
    from monitor.domain.notification import OutboxState

    if not isinstance(catalogue, DatabaseCatalogue):
        return
    unwell = [feed.id for feed, state in catalogue.feeds() if state.health not in {Health.FINE, Health.SLOW}]
    hint = "; see `monitor feeds health`" if unwell else ""
    yield "feeds", "note" if unwell else "fine", f"{len(unwell)} of {len(catalogue.feeds())} not well{hint}"
    dead = sum(1 for _ in catalogue.notifications(state=OutboxState.DEAD))
    yield "dead letters", "note" if dead else "fine", f"{dead}{'; see `monitor alerts dead`' if dead else ''}"
    if unread := catalogue.unread():
        hint = f"the program failed on them, see `monitor why {unread[0]}`: worth a report"
        yield "unread articles", "note", f"{len(unread)}; {hint}"
    for channel, (count, oldest) in catalogue.waiting().items():
        yield f"channel {channel}", "fine", f"{count} waiting, the oldest due {oldest:%Y-%m-%d %H:%M} UTC"
    for name in sorted({*catalogue.waiting(), *catalogue.held()} - channels):
        yield (
            f"channel {name}",
            "note",
            "messages wait for it, and it is not in channels.yaml: see `monitor channels list`",
        )


def _mode(settings: "Settings") -> Iterator[tuple[str, str, str]]:
    path = settings.config_dir / "channels.yaml"
    secrets = any("://" in channel.target and "@" in channel.target for channel in settings.channels)
    if secrets and path.exists() and path.stat().st_mode & 0o077:
        yield "channels.yaml", "note", "others may read it and it seems to hold secrets: chmod 600, or use ${NAME}"
