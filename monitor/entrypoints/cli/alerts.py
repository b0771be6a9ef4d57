"""`monitor alerts`: what was raised, what became of each message, dead letters, and what people say of it."""

import getpass
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import typer

from monitor.entrypoints.cli.configured import AUTHOR, Config, read_settings
from monitor.entrypoints.cli.groups import group_of_commands
from monitor.entrypoints.cli.output import OUTPUT, Output, printable, show, time_of

if TYPE_CHECKING:
    from monitor.domain.alert import Alert
    from monitor.domain.opinion import Opinion
    from monitor.domain.story import Story
    from monitor.stages.decide.feedback import Worth

_LIST = ("id", "severity", "rule", "entities", "state", "version", "updated_at", "acknowledged_by")
_DEAD = ("id", "channel", "severity", "created_at", "attempts", "subject", "fault")
_WORTH = (
    "kind", "id", "alerts", "acknowledge", "useful", "noise", "wrong-company", "wrong-role", "duplicate", "bad_share",
    "advice",
)  # fmt: skip
_OPINIONS = ("at", "alert", "rule", "kind", "author", "entity", "role", "confidence", "attacks", "article", "comment")
_ALERT = typer.Argument(help="The id of an alert; it stands at the end of each message.")

commands = group_of_commands("What was raised, what became of it, and what people say of it.", name="alerts")


@commands.command("list", help="Alerts, newest first.")
def list_alerts(
    config: Config = None,
    open_only: bool = typer.Option(False, "--open", help="Only those that are not closed."),
    limit: int = typer.Option(50, min=0, help="How many; 0 for all."),
    output: Output = OUTPUT,
) -> None:
    from monitor.app import open_catalogue
    from monitor.entrypoints.daemon import utc_now

    with open_catalogue(read_settings(config), utc_now()) as catalogue:
        rows = [_row(alert) for alert in catalogue.alerts(limit=limit, open_only=open_only)]
    show(rows, output, _LIST)


@commands.command("show", help="One alert: its story, its messages, and every attempt to deliver them.")
def show_alert(alert_id: str = _ALERT, config: Config = None, output: Output = OUTPUT) -> int:
    from monitor.app import open_catalogue
    from monitor.entrypoints.daemon import utc_now

    with open_catalogue(read_settings(config), utc_now()) as catalogue:
        alert = catalogue.alert(alert_id)
        if alert is None:
            raise _unknown(alert_id)
        story = catalogue.story(str(alert.story_id))
        messages = [_message(one) for one in catalogue.notifications(alert=alert_id)]
    if output is Output.TABLE:
        for line in _told(alert, story, messages):
            print(line)
        return 0
    row = {**_row(alert), "headline": story.headline if story else "", "messages": messages}
    show([row], output, (*_LIST, "headline"))
    return 0


@commands.command("dead", help="Messages that their channel refused, or that grew too old.")
def dead(config: Config = None, output: Output = OUTPUT) -> None:
    from monitor.app import open_catalogue
    from monitor.domain.notification import OutboxState
    from monitor.entrypoints.daemon import utc_now

    with open_catalogue(read_settings(config), utc_now()) as catalogue:
        rows = [_message(one) for one in catalogue.notifications(state=OutboxState.DEAD)]
    show(rows, output, _DEAD)


@commands.command("replay", help="Let dead messages try again: those named, those of a channel, or all.")
def replay(
    ids: list[str] = typer.Argument(None, help="Ids of dead messages, as `alerts dead` shows them."),
    channel: str = typer.Option("", help="All dead messages of this channel."),
    every: bool = typer.Option(False, "--all", help="All dead messages."),
    config: Config = None,
) -> int:
    from monitor.adapters.database.catalogue import DatabaseCatalogue
    from monitor.app import open_store
    from monitor.domain.errors import UsageError
    from monitor.domain.notification import NotificationId, OutboxState
    from monitor.entrypoints.daemon import utc_now

    if not ids and not channel and not every:
        raise UsageError("name the messages to replay, or --channel NAME, or --all: `monitor alerts dead` lists them")
    now = utc_now()
    with open_store(read_settings(config), now) as store:
        dead = [
            NotificationId(str(one["id"]))
            for one in DatabaseCatalogue(store.database).notifications(state=OutboxState.DEAD)
            if every or one["id"] in (ids or ()) or one["channel"] == channel
        ]
        count = store.replay(dead, now)
    print(f"{count} message{'' if count == 1 else 's'} will be sent again by the running service")
    missing = sorted(set(ids or ()) - set(dead))
    for one in missing:
        typer.echo(f"no dead message has the id {printable(one)}", err=True)
    return 1 if missing else 0


@commands.command("ack", help="Say that somebody takes care of an alert.")
def acknowledge(alert_id: str = _ALERT, config: Config = None, author: str = AUTHOR) -> None:
    from monitor.app import open_store
    from monitor.domain.alert import AlertId
    from monitor.entrypoints.daemon import utc_now

    name = author or getpass.getuser()
    with open_store(read_settings(config), utc_now()) as store:
        if not store.acknowledge(AlertId(alert_id), name, utc_now()):
            raise _unknown(alert_id)
    print(f"{alert_id}: {printable(name)} takes care of it")


@commands.command("feedback", help="Say what an alert was worth: it is kept with the finding and the rule.")
def feedback(
    alert_id: str = _ALERT,
    kind: str = typer.Argument(help="useful, noise, wrong-company, wrong-role or duplicate."),
    comment: str = typer.Option("", help="In your own words."),
    entity: str = typer.Option("", help="The id of the company it is about; else those under attack."),
    config: Config = None,
    author: str = AUTHOR,
) -> None:
    from monitor.adapters.database.catalogue import DatabaseCatalogue
    from monitor.app import open_store
    from monitor.domain.alert import AlertId
    from monitor.domain.errors import UsageError
    from monitor.domain.opinion import JUDGEMENTS, Feedback, OpinionKind
    from monitor.domain.watchlist import EntityId
    from monitor.entrypoints.daemon import utc_now

    known = [str(one) for one in JUDGEMENTS]
    if kind not in known:
        raise UsageError(f'"{printable(kind)}" is no feedback: it is one of {", ".join(known)}')
    name = author or getpass.getuser()
    said = Feedback(AlertId(alert_id), OpinionKind(kind), name, comment, EntityId(entity) if entity else None)
    with open_store(read_settings(config), utc_now()) as store:
        alert = DatabaseCatalogue(store.database).alert(alert_id)
        if alert is None:
            raise _unknown(alert_id)
        if not store.save_feedback(said, utc_now()):
            named = ", ".join(str(one.entity_id) for one in alert.entities)
            raise UsageError(f'{alert_id} says nothing of "{printable(entity)}": it names {named}')
    print(f"{alert_id}: {kind}, thank you")


@commands.command("report", help="What alerts were worth to people, by rule and by company, and what to change.")
def report(
    config: Config = None,
    since: str = typer.Option("90d", help="How far back: 7d, 90d."),
    each: bool = typer.Option(False, "--each", help="Every opinion with the findings it is about."),
    output: Output = OUTPUT,
) -> None:
    from monitor.app import open_catalogue
    from monitor.entrypoints.cli.configured import span_of
    from monitor.entrypoints.daemon import utc_now
    from monitor.stages.decide.feedback import weigh

    settings, now = read_settings(config), utc_now()
    span = span_of(since)
    with open_catalogue(settings, now) as catalogue:
        opinions = catalogue.opinions(now - span)
    if each:
        show([row for opinion in opinions for row in _opinion_rows(opinion)], output, _OPINIONS)
    else:
        show([_worth_row(worth) for worth in weigh(opinions, settings.policy.alerts)], output, _WORTH)


def _opinion_rows(opinion: "Opinion") -> Iterator[dict[str, object]]:
    said = {
        "at": time_of(opinion.at),
        "alert": str(opinion.alert_id),
        "rule": str(opinion.rule_id),
        "kind": str(opinion.kind),
        "author": opinion.author,
        "comment": opinion.comment,
    }
    for finding in opinion.findings:
        yield {
            **said,
            "entity": str(finding.entity_id),
            "role": str(finding.role),
            "confidence": round(finding.confidence, 3),
            "attacks": {str(kind): str(status) for kind, status in finding.attacks.items()},
            "article": str(finding.article_id),
        }
    if not opinion.findings:
        yield {**said, "entity": "", "role": "", "confidence": None, "attacks": {}, "article": ""}


def _worth_row(worth: "Worth") -> dict[str, object]:
    from monitor.domain.opinion import OpinionKind

    return {
        "kind": worth.kind,
        "id": worth.id,
        "alerts": worth.alerts,
        **{str(kind): worth.counts.get(kind, 0) for kind in OpinionKind},
        "bad_share": round(worth.bad_share, 2),
        "advice": worth.advice,
    }


def _unknown(alert_id: str) -> Exception:
    from monitor.domain.errors import UsageError

    return UsageError(f'no alert has the id "{printable(alert_id)}": `monitor alerts list` shows them')


def _row(alert: "Alert") -> dict[str, object]:
    from monitor.entrypoints.shown import entities_shown
    from monitor.stages.compose.said import is_attacked

    return {
        "id": str(alert.id),
        "severity": str(alert.severity),
        "rule": str(alert.rule_id),
        "story": str(alert.story_id),
        "entities": entities_shown(alert.entities),
        "under_attack": [str(entity.entity_id) for entity in alert.entities if is_attacked(entity)],
        "state": "closed" if alert.is_closed else "open",
        "version": alert.version,
        "opened_at": time_of(alert.opened_at),
        "updated_at": time_of(alert.updated_at),
        "acknowledged_by": alert.acknowledged_by,
    }


def _message(one: Mapping[str, Any]) -> dict[str, object]:
    deliveries = [
        {
            "attempt": attempt["attempt"],
            "outcome": str(attempt["outcome"]),
            "at": time_of(attempt["at"]),
            "elapsed_s": attempt["elapsed_s"],
            "detail": attempt["detail"],
        }
        for attempt in one["deliveries"]
    ]
    return {
        "id": one["id"],
        "channel": one["channel"],
        "alert": one["alert"] or "",
        "severity": one["severity"],
        "state": str(one["state"]),
        "created_at": time_of(one["created_at"]),
        "next_at": time_of(one["next_at"]),
        "attempts": one["attempts"],
        "subject": one["subject"],
        "fault": deliveries[-1]["detail"] if deliveries else "",
        "deliveries": deliveries,
    }


def _told(alert: "Alert", story: "Story | None", messages: list[dict[str, Any]]) -> Iterator[str]:
    yield f"alert {alert.id}  {alert.severity}  rule {alert.rule_id}  {'closed' if alert.is_closed else 'open'}"
    if story is not None:
        yield f"story {story.id}  {story.state}  {printable(story.headline)}"
        for source in story.sources:
            said = f"{'' if source.independent else '(copy) '}{printable(source.title)}"
            yield f"  {said}  {f'{printable(source.outlet)}  ' if source.outlet else ''}{printable(source.url)}"
    for entity in alert.entities:
        attacks = ", ".join(f"{kind} {status}" for kind, status in entity.statuses.items())
        yield f"{printable(entity.name)}: {entity.role}{f' ({attacks})' if attacks else ''}"
    if alert.acknowledged_by:
        yield f"{printable(alert.acknowledged_by)} takes care of it"
    for one in messages:
        yield f"message {one['id']} to {one['channel']}: {one['state']}  {printable(one['subject'])}"
        for attempt in one["deliveries"]:
            detail = printable(attempt["detail"])
            yield f"  {attempt['at']}  attempt {attempt['attempt']}: {attempt['outcome']}  {detail}".rstrip()
