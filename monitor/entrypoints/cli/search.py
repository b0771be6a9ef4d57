"""`monitor search`: full-text search in everything stored."""

import sys

import typer

from monitor.entrypoints.cli.configured import Config, read_settings
from monitor.entrypoints.cli.output import OUTPUT, Output, show

_COLUMNS = ("published_at", "feed", "language", "title", "url", "id")

commands = typer.Typer()


@commands.command(help='Find articles that hold all words; "a phrase" in quotes, and a prefix as secur*.')
def search(
    words: list[str] = typer.Argument(help="What they hold."),
    config: Config = None,
    output: Output = OUTPUT,
    limit: int = typer.Option(20, min=1, max=10_000, help="At most so many, the best first."),
) -> None:
    from monitor.app import open_catalogue
    from monitor.entrypoints.daemon import utc_now

    with open_catalogue(read_settings(config), utc_now()) as catalogue:
        found = catalogue.search(" ".join(words), limit)
    show(found, output, _COLUMNS)
    if not found:
        print("nothing stored holds all of these words", file=sys.stderr)
