"""`monitor check` tells whether the configuration is right, `monitor schema` describes it for editors."""

import sys
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, read_settings
from monitor.entrypoints.cli.output import OUTPUT, Output, as_json, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.domain.errors import Fault
    from monitor.domain.settings import Settings

_COLUMNS = ("kind", "file", "line", "column", "key", "text")

commands = typer.Typer()


@commands.command(help="Check every configuration file; all faults at once, exit code 2 where there are any.")
def check(
    config: Config = None,
    strict: bool = typer.Option(False, "--strict", help="Exit code 1 where there are warnings."),
    output: Output = OUTPUT,
) -> int:
    from monitor.adapters.yaml_settings.ways import warnings_of
    from monitor.domain.errors import ConfigError

    try:
        settings = read_settings(config)
    except ConfigError as error:
        _tell("fault", error.faults, output)
        print(_count(len(error.faults), "fault"), file=sys.stderr)
        return 2
    warnings = (*warnings_of(settings), *_incomplete(settings))
    _tell("warning", warnings, output)
    entities, rules = settings.entities(), [rule for one in settings.watchlists for rule in one.rules]
    polled = sum(feed.is_enabled for feed in settings.feeds)
    counts = (
        f"{_count(polled, 'feed')} polled ({len(settings.feeds) - polled} more switched off)",
        f"{_count(len(entities), 'entity', 'entities')} in {_count(len(settings.watchlists), 'watchlist')}",
        _count(len(rules), "rule"),
        _count(len(settings.channels), "channel"),
    )
    verdict = f"right, with {_count(len(warnings), 'warning')}" if warnings else "fine"
    print(f"{verdict}: {', '.join(counts)}", file=sys.stdout if output is Output.TABLE else sys.stderr)
    return 1 if strict and warnings else 0


@commands.command(help="Print the JSON schema of a configuration file, for editors.")
def schema(name: str = typer.Argument("monitor", help="monitor, feeds, channels or watchlist")) -> None:
    from monitor.adapters.yaml_settings.load import schemas
    from monitor.domain.errors import UsageError

    known = dict(schemas())
    if name not in known:
        raise UsageError(f'there is no schema "{name}": it is one of {", ".join(known)}')
    print(as_json(known[name], indent=2))


def _tell(kind: str, found: "Sequence[Fault]", output: Output) -> None:
    """Faults or warnings: a line each for people, rows for programs."""
    if output is Output.TABLE:
        for one in found:
            print(one if kind == "fault" else f"{kind}: {one}")
        return
    rows = [
        {"kind": kind, "file": one.file, "line": one.line, "column": one.column, "key": one.path, "text": one.message}
        for one in found
    ]
    show(rows, output, _COLUMNS)


def _incomplete(settings: "Settings") -> "Iterator[Fault]":
    """Channels whose service wants more than their address says: nothing would ever arrive."""
    from monitor.adapters.senders.address_check import is_complete
    from monitor.domain.errors import Fault

    for channel in settings.channels:
        if not is_complete(channel):
            text = "it is no complete address of that service, nothing would arrive: docs/channels.md shows its form"
            yield Fault(str(settings.config_dir / "channels.yaml"), 0, 0, f"channels.{channel.id}.url", text)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"
