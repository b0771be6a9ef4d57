"""`monitor articles list`: what is stored."""

from datetime import UTC, datetime

import typer

from monitor.entrypoints.cli.configured import Config, read_settings
from monitor.entrypoints.cli.groups import group_of_commands
from monitor.entrypoints.cli.output import OUTPUT, Output, show

_COLUMNS = ("id", "feed", "guid", "title", "url", "published_at", "first_seen_at", "language", "story")

commands = group_of_commands("What is stored.", name="articles")


@commands.command("list", help="Every stored article, oldest first.")
def list_articles(
    config: Config = None,
    output: Output = OUTPUT,
    limit: int = typer.Option(0, help="At most so many; 0 for all.", min=0),
    feed: str = typer.Option("", help="Only those of this feed."),
    since: str = typer.Option("", help="Only those first seen since then, such as 2026-11-25 or 2026-11-25T09:00."),
) -> None:
    from monitor.app import open_catalogue
    from monitor.entrypoints.daemon import utc_now

    moment = _moment(since) if since else None
    with open_catalogue(read_settings(config), utc_now()) as catalogue:
        show(catalogue.articles(limit, feed, moment), output, _COLUMNS)


def _moment(text: str) -> datetime:
    from monitor.domain.errors import UsageError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'--since: "{text}" is no date such as 2026-11-25') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
