"""`monitor feeds`: what is polled and how it is doing; add, try, import, export and discover feeds."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, config_dir, read_settings
from monitor.entrypoints.cli.groups import group_of_commands
from monitor.entrypoints.cli.output import OUTPUT, Output, many, show, time_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.domain.feed import Feed, FeedState
    from monitor.domain.settings import Settings
    from monitor.entrypoints.feed_trial import Trial

_LIST = ("id", "health", "language", "tags", "next_check_at", "last_new_at", "url")
_HEALTH = ("id", "health", "failures", "last_read_at", "last_new_at", "per_day", "interval", "reason", "next_check_at")
_ENTRIES = ("published_at", "language", "title", "url")
_FOUND = ("url", "kind", "title", "entries", "why")
_MOST_REFUSED = 10
# What stands for a secret in a list that was exported.
_HIDDEN = "=***"

commands = group_of_commands("What is polled, and how it is doing.", name="feeds")


@commands.command("list", help="Every feed, with its state where the service has run.")
def list_feeds(
    config: Config = None,
    output: Output = OUTPUT,
    tag: str = typer.Option("", help="Only feeds with this tag."),
    every: bool = typer.Option(False, "--all", help="Those that are switched off, too."),
) -> None:
    rows = [
        _row(feed, state)
        for feed, state in _states(read_settings(config))
        if (feed.is_enabled or every) and (not tag or tag in feed.tags)
    ]
    show(rows, output, _LIST)


@commands.command("health", help="Feeds that are unwell, and why; exit code 1 where there are any.")
def health(
    config: Config = None,
    output: Output = OUTPUT,
    every: bool = typer.Option(False, "--all", help="Those that are well, too."),
) -> int:
    rows = [
        _row(feed, state) for feed, state in _states(read_settings(config)) if feed.is_enabled and state is not None
    ]
    unwell = [row for row in rows if row["health"] != "fine"]
    show(rows if every else unwell, output, _HEALTH)
    return 1 if unwell else 0


@commands.command("export", help="Write the feeds as OPML to standard output; tags become folders.")
def export(
    config: Config = None,
    every: bool = typer.Option(False, "--all", help="Those that are switched off, too."),
) -> None:
    from monitor.domain.feed import FeedKind
    from monitor.stages.feeds.lists import write_opml

    chosen = [
        feed
        for feed in read_settings(config).feeds
        if (feed.is_enabled or every) and feed.kind in {FeedKind.WEB, FeedKind.SITEMAP}
    ]
    sys.stdout.write(write_opml(map(_without_secrets, chosen), "News Monitor"))


@commands.command("add", help="Poll one more feed; it is written to feeds.d/added.yaml, after a try.")
def add(
    url: str = typer.Argument(help="The address of the feed."),
    config: Config = None,
    id_: str = typer.Option("", "--id", help="Its id; else derived from the address."),
    language: str = typer.Option("", help="The language that it writes, such as nl."),
    tag: list[str] = typer.Option([], "--tag", help="A tag; may be given more than once."),
    every: str = typer.Option("", help="How often it is polled, such as 15m; else as it publishes."),
    untried: bool = typer.Option(False, "--untried", help="Add it without trying it first."),
) -> int:
    settings = read_settings(config)
    url = _web_address(url)
    _refuse_known(settings, url)
    row: dict[str, object] = {"id": id_, "url": url, "language": language, "tags": tag, "every": every}
    if not untried:
        tried = _try(settings, _feed(url))
        row["title"] = tried.title
    ids = _write(config, "added", [row], settings)
    print(f"{ids[0]} is polled from the next reload (SIGHUP) or start on")
    return 0


@commands.command("import", help="Take feeds over from OPML, CSV, JSON or a list of addresses; folders become tags.")
def import_feeds(
    file: Path = typer.Argument(help="The list, as another reader exports it."),
    config: Config = None,
    name: str = typer.Option("", help="The file in feeds.d/ that they go to; else named like the list."),
    tag: list[str] = typer.Option([], "--tag", help="A tag for all of them; may be given more than once."),
) -> int:
    from monitor.domain.errors import ParseError, UsageError
    from monitor.stages.feeds.lists import read_feed_list

    settings = read_settings(config)
    try:
        listed, refused = read_feed_list(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except ParseError as error:
        raise UsageError(f"{file}: {error}") from error
    known = {address for feed in settings.feeds for address in (feed.url, _without_secrets(feed).url)}
    new = [feed for feed in listed if feed.url not in known]
    hidden = [feed.url for feed in new if _HIDDEN in feed.url]
    rows: list[dict[str, object]] = [
        {
            "url": feed.url,
            "title": feed.title,
            "language": feed.language if feed.language.isalpha() else "",
            "tags": [*feed.tags, *(one for one in tag if one not in feed.tags)],
        }
        for feed in new
        if _HIDDEN not in feed.url
    ]
    ids = _write(config, name or _file_name(file), rows, settings) if rows else []
    when = "; polled from the next reload (SIGHUP) or start on" if ids else ""
    print(f"{many(len(ids), 'feed')} added, {len(listed) - len(new)} there already{when}")
    _say_left_out(hidden, "an export kept its secret back: write that where *** stands")
    _say_left_out(refused, "it is no http(s) address")
    return 0


def _say_left_out(addresses: "Sequence[str]", reason: str) -> None:
    for one in addresses[:_MOST_REFUSED]:
        print(f'  left out, since {reason}: "{one}"', file=sys.stderr)
    if len(addresses) > _MOST_REFUSED:
        print(f"  and {len(addresses) - _MOST_REFUSED} more", file=sys.stderr)


@commands.command("test", help="Fetch and read a feed now, by its id or address, and show its entries.")
def show_trial(
    feed: str = typer.Argument(help="The id of a feed of yours, or an address."),
    config: Config = None,
    output: Output = OUTPUT,
) -> None:
    from monitor.app import feeds_of

    settings = read_settings(config)
    known = next((one for one in feeds_of(settings) if feed in {str(one.id), one.url}), None)
    tried = _try(settings, known or _feed(feed))
    show(tried.rows, output, _ENTRIES)
    print(tried.summary, file=sys.stderr)
    for note in tried.notes:
        print(f"  {note}", file=sys.stderr)


@commands.command("discover", help="The feeds of a web page; each is tried. Exit code 1 where there are none.")
def discover(
    url: str = typer.Argument(help="A page of the site, or its name, such as example.org."),
    config: Config = None,
    output: Output = OUTPUT,
) -> int:
    import asyncio

    from monitor.domain.errors import FetchError, MonitorError
    from monitor.entrypoints.daemon import utc_now
    from monitor.entrypoints.feed_trial import discover_feeds

    address = _web_address(url)
    # Whoever typed a scheme means it; else old sites are asked in the old way, too.
    ways = (address,) if address == url else (address, f"http://{url}")
    try:
        found = asyncio.run(discover_feeds(read_settings(config), ways, utc_now()))
    except FetchError as error:
        # What follows a status advises to look here.
        told = str(error) if error.status is None else str(error).partition(": ")[0]
        raise MonitorError(f"{address}: {told}") from error
    if not found:
        raise MonitorError(
            f"{address}: no feed and no sitemap of news was found:"
            " give the page that lists its news, or look for RSS at its foot"
        )
    show(found, output, _FOUND)
    return 0


def _states(settings: "Settings") -> "list[tuple[Feed, FeedState | None]]":
    """The feeds of the configuration with what the store knows of them, as far as there is a store."""
    from monitor.app import feeds_of, open_catalogue
    from monitor.entrypoints.daemon import utc_now

    prefix = "sqlite:///"
    known: dict[str, FeedState] = {}
    if not settings.storage.startswith(prefix) or Path(settings.storage.removeprefix(prefix)).exists():
        with open_catalogue(settings, utc_now()) as catalogue:
            known = {str(feed.id): state for feed, state in catalogue.feeds()}
    return [(feed, known.get(str(feed.id))) for feed in feeds_of(settings)]


def _row(feed: "Feed", state: "FeedState | None") -> dict[str, object]:
    row: dict[str, object] = {
        "id": str(feed.id),
        "url": _without_secrets(feed).url,
        "title": feed.title,
        "kind": str(feed.kind),
        "language": feed.language or "",
        "tags": list(feed.tags),
        "is_enabled": feed.is_enabled,
        "health": "" if feed.is_enabled else "off",
    }
    if state is None or not feed.is_enabled:
        return row
    return row | {
        "health": str(state.health) if state.last_checked_at else "not read yet",
        "reason": state.health_reason,
        "failures": state.failures,
        # Learnt from what was read, so of a feed that never was there is none.
        "interval": _length(state.interval) if state.last_success_at else "",
        "per_day": None if state.publishes_per_day is None else round(state.publishes_per_day, 1),
        "next_check_at": time_of(state.next_check_at),
        "last_checked_at": time_of(state.last_checked_at),
        "last_read_at": time_of(state.last_success_at),
        "last_new_at": time_of(state.last_changed_at),
    }


def _length(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds:.0f}s" if seconds < 90 else f"{seconds / 60:.0f}m"


def _without_secrets(feed: "Feed") -> "Feed":
    from dataclasses import replace

    from monitor.domain.feed import shown_url

    return replace(feed, url=shown_url(feed.url))


def _feed(url: str) -> "Feed":
    from monitor.domain.errors import UsageError
    from monitor.domain.feed import Feed, FeedId

    if "://" not in _address(url):
        raise UsageError(f'"{url}" is neither an address nor the id of a feed: `monitor feeds list --all` shows those')
    return Feed(FeedId("test"), _web_address(url))


def _address(typed: str) -> str:
    """What people type is what they see in the address bar, and that has no scheme any more."""
    is_host = "." in typed.partition("/")[0]
    return typed if "://" in typed or not is_host else f"https://{typed}"


def _web_address(typed: str) -> str:
    from monitor.adapters.http.client import parse_address
    from monitor.domain.errors import FetchError, UsageError

    address = _address(typed)
    try:
        parse_address(address)
    except FetchError as error:
        raise UsageError(f'"{typed}" is no http(s) address, such as https://example.org/feed') from error
    return address


def _refuse_known(settings: "Settings", url: str) -> None:
    from monitor.domain.errors import UsageError

    known = next((feed for feed in settings.feeds if feed.url == url), None)
    if known is not None:
        how = "polled already" if known.is_enabled else "there already, and switched off"
        raise UsageError(f'{url} is {how}, as "{known.id}"')


def _try(settings: "Settings", feed: "Feed") -> "Trial":
    import asyncio

    from monitor.domain.errors import FetchError, MonitorError, ParseError
    from monitor.entrypoints.daemon import utc_now
    from monitor.entrypoints.feed_trial import try_feed

    try:
        return asyncio.run(try_feed(settings, feed, utc_now()))
    except (FetchError, ParseError) as error:
        raise MonitorError(f"{_without_secrets(feed).url}: {error}") from error


def _write(config: Path | None, name: str, rows: list[dict[str, object]], settings: "Settings") -> list[str]:
    from monitor.adapters.yaml_settings.feed_files import append_feeds, drop_in

    path = drop_in(config_dir(config), name)
    before = path.read_bytes() if path.exists() else None
    ids = append_feeds(path, rows, (str(feed.id) for feed in settings.feeds))
    try:
        read_settings(config)  # a fault must show now, not at the next reload
    except Exception:
        path.unlink() if before is None else path.write_bytes(before)
        raise
    return ids


def _file_name(file: Path) -> str:
    import re

    return re.sub(r"[^A-Za-z0-9._-]+", "-", file.stem).strip("-._") or "imported"
