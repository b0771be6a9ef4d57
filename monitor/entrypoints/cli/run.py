"""`monitor run` is the service, `monitor once` one round of it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, config_dir

if TYPE_CHECKING:
    from monitor.observe import Log

_CONCURRENCY = 8
_STORAGE = typer.Option(None, help="The store, such as sqlite:///storage/monitor.db; else as configured.")

commands = typer.Typer()


@commands.command(help="Run the service until Ctrl-C or SIGTERM; SIGHUP takes up a changed configuration.")
def run(config: Config = None, storage: str | None = _STORAGE) -> None:
    import asyncio

    asyncio.run(_run(config_dir(config), {"storage": storage}))


@commands.command(help="Poll, assess and deliver what is due now, then stop.")
def once(config: Config = None, storage: str | None = _STORAGE) -> None:
    import asyncio

    asyncio.run(_once(config_dir(config), {"storage": storage}))


async def _run(folder: Path, flags: dict[str, object]) -> None:
    from monitor.adapters.long_lived import settle, spare_memory
    from monitor.entrypoints.early_reload import EARLY_RELOAD

    EARLY_RELOAD.listen()
    from monitor.entrypoints.opening import open_service

    spare_memory()
    async with open_service(folder, os.environ, flags, service_log(folder, flags), sys.stdout) as service:
        settle()
        if service.store.database.is_sqlite:
            await service.run()
        else:
            from monitor.adapters.engine import QUEUES
            from monitor.entrypoints.worker import Worker

            # On a shared store every `run` is a worker for everything; the queue elects nobody.
            await Worker(service).run(QUEUES, _CONCURRENCY)


async def _once(folder: Path, flags: dict[str, object]) -> None:
    from monitor.adapters.long_lived import settle, spare_memory
    from monitor.entrypoints.opening import open_service

    spare_memory()
    log = service_log(folder, flags)
    # Nobody finds pages that are gone in a moment, and their port may be that of a service beside this round.
    async with open_service(folder, os.environ, flags, log, sys.stdout, hurried=True, serves=False) as service:
        settle()
        await service.once()


def service_log(folder: Path, flags: dict[str, object]) -> "Log":
    """The log of a service: short lines on a terminal, else JSON, without the secrets of the channels."""
    from monitor.adapters.yaml_settings.load import load_settings
    from monitor.entrypoints.gear import secrets_of
    from monitor.observe import terminal_log

    hidden = [secret for secret in secrets_of(load_settings(folder, os.environ, flags)) if secret]
    return terminal_log(lambda: hidden)
