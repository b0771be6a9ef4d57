"""Options that many commands have, the settings that `--config` leads to, and what is named beside it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from monitor.domain.settings import Settings

Config = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration folder; else $MONITOR_CONFIG, else ./config.", show_default=False),
]
AUTHOR = typer.Option("", help="Who says so; else the name you are logged in with.")


def config_dir(given: Path | None) -> Path:
    """The configuration folder: the flag, else $MONITOR_CONFIG, else ./config."""
    return given or Path(os.environ.get("MONITOR_CONFIG") or "config")


def read_settings(given: Path | None, **flags: object) -> "Settings":
    """The settings of that folder; ConfigError holds every fault."""
    from monitor.adapters.yaml_settings.load import load_settings

    return load_settings(config_dir(given), os.environ, flags)


def watched_id(settings: "Settings", typed: str) -> str:
    """The id of the watched entity that is meant by its id or by one of its names, in any case; UsageError for none."""
    from monitor.adapters.yaml_settings.faults import closest
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.cli.output import printable

    entities = settings.entities()
    if any(typed == str(entity.id) for entity in entities):
        return typed
    wanted = typed.casefold()
    found = {
        str(entity.id)
        for entity in entities
        if wanted in {name.casefold() for name in (str(entity.id), entity.name, *entity.aliases)}
    }
    if len(found) == 1:
        return found.pop()
    if found:
        raise UsageError(f'"{printable(typed)}" may be {" or ".join(sorted(found))}: give one of these ids')
    near = closest(typed, [name for entity in entities for name in (str(entity.id), entity.name)])
    raise UsageError(f'no watched entity is "{printable(typed)}"{near}: `monitor watch list` shows all')


def story_of(settings: "Settings", typed: str, now: "datetime") -> str:
    """The id of a story, of what it is part of by now where it was merged; UsageError for none."""
    from monitor.app import open_catalogue
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.cli.output import printable

    with open_catalogue(settings, now) as catalogue:
        known = catalogue.story(typed)
    if known is None:
        raise UsageError(f'no story has the id "{printable(typed)}": `monitor stories list` shows them')
    return str(known.id)


def span_of(text: str, option: str = "--since") -> "timedelta":
    """A span of time as typed (``7d``); UsageError where it is none."""
    from monitor.adapters.yaml_settings.models import parse_duration
    from monitor.domain.errors import UsageError

    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
