"""`monitor silence`: not to hear about something until a moment."""

import getpass
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, read_settings, story_of, watched_id
from monitor.entrypoints.cli.groups import group_of_commands
from monitor.entrypoints.cli.output import OUTPUT, Output, printable, show, time_of

if TYPE_CHECKING:
    from monitor.domain.alert import Silence
    from monitor.domain.settings import Settings

_COLUMNS = ("id", "ends_at", "entity", "rule", "story", "expression", "author", "comment")

commands = group_of_commands("Not to hear about something until a moment.", name="silence")


@commands.command("list", help="Silences that hold, the next to end first.")
def list_silences(
    config: Config = None,
    ended: bool = typer.Option(False, "--ended", help="Also those that have ended."),
    output: Output = OUTPUT,
) -> None:
    from monitor.app import open_catalogue
    from monitor.entrypoints.daemon import utc_now

    now = utc_now()
    with open_catalogue(read_settings(config), now) as catalogue:
        show([_row(one) for one in catalogue.silences(now, ended=ended)], output, _COLUMNS)


@commands.command("end", help="End a silence now.")
def end(silence_id: str = typer.Argument(help="As `silence list` shows it."), config: Config = None) -> None:
    from monitor.app import open_store
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.daemon import utc_now

    now = utc_now()
    with open_store(read_settings(config), now) as store:
        if not store.end_silence(silence_id, now):
            raise UsageError(f'no silence "{printable(silence_id)}" holds: `monitor silence list` shows those that do')
    print(f"{printable(silence_id)}: ended")


@commands.command("add", help="Silence what meets all of the conditions given, until a moment.")
def add(
    entity: str = typer.Option("", help="The id of a watched entity; others in the same story still alert."),
    rule: str = typer.Option("", help="The id of a rule."),
    story: str = typer.Option("", help="The id of a story."),
    text: str = typer.Option("", help="A text condition, such as '\"data breach\" NEAR/5 drill'."),
    until: str = typer.Option("24h", help="How long (30m, 24h, 7d), or until when (2026-12-01, 2026-12-01T09:00)."),
    comment: str = typer.Option("", help="Why, for the others."),
    author: str = typer.Option("", help="Who wishes it; else the name you are logged in with."),
    config: Config = None,
) -> None:
    from monitor.app import open_store
    from monitor.domain.alert import Silence
    from monitor.domain.story import StoryId
    from monitor.domain.watchlist import EntityId, RuleId
    from monitor.entrypoints.daemon import utc_now

    settings, now = read_settings(config), utc_now()
    _check(settings, entity, rule, story, text)
    entity = watched_id(settings, entity) if entity else ""
    story = story_of(settings, story, now) if story else ""
    ends_at = _end(until, now)
    name = author or getpass.getuser()
    key = hashlib.sha256(f"{name} {now.isoformat()} {entity} {rule} {story} {text}".encode()).hexdigest()[:10]
    made = Silence(
        f"si-{key}",
        name,
        now,
        ends_at,
        EntityId(entity) if entity else None,
        RuleId(rule) if rule else None,
        StoryId(story) if story else None,
        text,
        comment,
    )
    with open_store(settings, now) as store:
        store.save_silence(made)
    print(f"{made.id}: until {ends_at:%Y-%m-%d %H:%M} UTC; `monitor silence end {made.id}` ends it earlier")


def _check(settings: "Settings", entity: str, rule: str, story: str, text: str) -> None:
    """A silence that names nothing, or nothing that exists, is a mistake."""
    from monitor.domain.errors import UsageError
    from monitor.stages.rules.expression import parse_expression

    if not (entity or rule or story or text):
        raise UsageError("a silence over everything is no silence: give --entity, --rule, --story or --text")
    rules = sorted(str(one.id) for watchlist in settings.watchlists for one in watchlist.rules)
    if rule and rule not in rules:
        raise UsageError(f'no rule is "{printable(rule)}": there are {", ".join(rules)}')
    if text:
        parse_expression(text)


def _end(until: str, now: datetime) -> datetime:
    from monitor.adapters.yaml_settings.models import parse_duration
    from monitor.domain.errors import UsageError

    try:
        ends_at = now + parse_duration(until)
    except (ValueError, OverflowError):
        ends_at = _moment(until)
    if ends_at <= now:
        raise UsageError(f"--until: {until} is over already")
    if ends_at > now + timedelta(days=3650):
        raise UsageError(f"--until: {until} is more than ten years ahead; take the rule out instead")
    return ends_at


def _moment(until: str) -> datetime:
    from monitor.domain.errors import UsageError

    try:
        moment = datetime.fromisoformat(until)
    except ValueError as error:
        raise UsageError(f'--until: "{printable(until)}" is neither a duration such as 24h nor a date') from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _row(silence: "Silence") -> dict[str, object]:
    return {
        "id": silence.id,
        "ends_at": time_of(silence.ends_at),
        "entity": silence.entity_id or "",
        "rule": silence.rule_id or "",
        "story": silence.story_id or "",
        "expression": silence.expression,
        "author": silence.author,
        "created_at": time_of(silence.created_at),
        "comment": silence.comment,
    }
