"""`monitor run` is the service, `monitor once` one round of it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, config_dir

if TYPE_CHECKING:
    from monitor.observe import Log

_STORAGE = typer.Option(None, help="The store, such as sqlite:///storage/monitor.db; else as configured.")


def register(app: typer.Typer) -> None:
    @app.command(help="Run the service until Ctrl-C or SIGTERM; SIGHUP takes up a changed configuration.")
    def run(config: Config = None, storage: str | None = _STORAGE) -> None:
        import asyncio

        asyncio.run(_run(config_dir(config), {"storage": storage}))

    @app.command(help="Poll, assess and deliver what is due now, then stop.")
    def once(config: Config = None, storage: str | None = _STORAGE) -> None:
        import asyncio

        asyncio.run(_once(config_dir(config), {"storage": storage}))


async def _run(folder: Path, flags: dict[str, object]) -> None:
    from monitor.entrypoints.service import open_service

    async with open_service(folder, os.environ, flags, _log(folder, flags), sys.stdout) as service:
        await service.run()


async def _once(folder: Path, flags: dict[str, object]) -> None:
    from monitor.entrypoints.service import open_service

    async with open_service(folder, os.environ, flags, _log(folder, flags), sys.stdout, hurried=True) as service:
        await service.once()


def _log(folder: Path, flags: dict[str, object]) -> "Log":
    from monitor.adapters.yaml_settings.load import load_settings
    from monitor.entrypoints.service import secrets_of
    from monitor.observe import terminal_log

    hidden = [secret for secret in secrets_of(load_settings(folder, os.environ, flags)) if secret]
    return terminal_log(lambda: hidden)
