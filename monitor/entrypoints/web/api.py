"""The API for programs: alerts to read, and what people say of them - silences, acknowledgements, feedback."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from monitor.domain.alert import Alert, AlertId, Silence
from monitor.domain.errors import UsageError
from monitor.domain.opinion import Feedback, OpinionKind
from monitor.domain.story import StoryId
from monitor.domain.watchlist import EntityId, RuleId
from monitor.entrypoints.shown import entities_shown
from monitor.entrypoints.web.bodies import TEXT, how_many, json_object, word
from monitor.entrypoints.web.desk import DESK, WebDesk
from monitor.stages.compose.neutral import clean
from monitor.stages.compose.said import is_attacked
from monitor.stages.compose.signed_links import FEEDBACK
from monitor.stages.decide.feedback import Worth, weigh
from monitor.stages.rules.expression import parse_expression

_LONGEST_SILENCE = timedelta(days=366)
_OPINION = ("kind", "author", "comment", "entity")
_SILENCE = ("author", "ends_at", "entity", "rule", "story", "expression", "comment")


def routes() -> list[web.RouteDef]:
    return [
        web.get("/api/alerts", _alerts),
        web.get("/api/alerts/{alert}", _alert),
        web.post("/api/alerts/{alert}/acknowledge", _acknowledge),
        web.post("/api/alerts/{alert}/feedback", _feedback),
        web.get("/api/feedback", _worth),
        web.get("/api/silences", _silences),
        web.post("/api/silences", _silence),
        web.delete("/api/silences/{silence}", _end_silence),
    ]


async def _alerts(request: web.Request) -> web.Response:
    limit = how_many(request)
    is_open = request.query.get("open", "") in {"1", "true", "yes"}
    records = request.app[DESK].records
    found = await asyncio.to_thread(lambda: list(records.alerts(limit=limit, open_only=is_open)))
    return web.json_response([_shown(alert) for alert in found])


async def _alert(request: web.Request) -> web.Response:
    alert = await asyncio.to_thread(request.app[DESK].records.alert, request.match_info["alert"])
    if alert is None:
        raise web.HTTPNotFound(reason="there is no such alert")
    return web.json_response(_shown(alert))


async def _acknowledge(request: web.Request) -> web.Response:
    desk, body = request.app[DESK], await json_object(request, "author")
    author = word(body, "author", is_needed=True)
    alert_id = AlertId(request.match_info["alert"])
    if not await asyncio.to_thread(desk.people.acknowledge, alert_id, author, desk.clock()):
        raise web.HTTPNotFound(reason="there is no such alert")
    return web.json_response({"acknowledged_by": author})


async def _feedback(request: web.Request) -> web.Response:
    desk, body = request.app[DESK], await json_object(request, *_OPINION)
    kind, author = word(body, "kind", is_needed=True), word(body, "author", is_needed=True)
    known = sorted(str(deed) for deed in FEEDBACK)
    if kind not in known:
        raise web.HTTPBadRequest(reason=f"kind is one of {', '.join(known)}")
    comment = clean(word(body, "comment", limit=TEXT), TEXT)
    alert_id = AlertId(request.match_info["alert"])
    entity = word(body, "entity")
    said = Feedback(alert_id, OpinionKind(kind), author, comment, EntityId(entity) if entity else None)
    if not await asyncio.to_thread(desk.people.save_feedback, said, desk.clock()):
        raise web.HTTPNotFound(reason="there is no such alert, or it says nothing of that entity")
    return web.json_response({"kind": kind}, status=201)


async def _worth(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    opinions = await asyncio.to_thread(desk.records.opinions)
    return web.json_response([_worth_shown(worth) for worth in weigh(opinions, desk.policy)])


async def _silences(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    found = await asyncio.to_thread(desk.records.silences, desk.clock())
    return web.json_response([_silence_shown(silence) for silence in found])


async def _silence(request: web.Request) -> web.Response:
    desk, body = request.app[DESK], await json_object(request, *_SILENCE)
    now = desk.clock()
    entity, rule, story = (word(body, name) for name in ("entity", "rule", "story"))
    expression = word(body, "expression", limit=TEXT)
    if not (entity or rule or story or expression):
        raise web.HTTPBadRequest(reason="a silence names an entity, a rule, a story or an expression")
    if expression:
        try:
            parse_expression(expression)
        except UsageError as error:
            raise web.HTTPBadRequest(reason="the expression cannot be read") from error
    _refuse_unknown(desk, entity, rule)
    if story:
        known = await asyncio.to_thread(desk.records.story, story)
        if known is None:
            raise web.HTTPBadRequest(reason="there is no such story")
        story = str(known.id)
    ends_at = _moment(body, now)
    author = word(body, "author", is_needed=True)
    key = hashlib.sha256(f"{now.isoformat()} {author} {entity} {rule} {story} {expression}".encode()).hexdigest()[:12]
    silence = Silence(
        id=f"si-{key}",
        author=author,
        created_at=now,
        ends_at=ends_at,
        entity_id=EntityId(entity) if entity else None,
        rule_id=RuleId(rule) if rule else None,
        story_id=StoryId(story) if story else None,
        expression=expression,
        comment=word(body, "comment", limit=TEXT),
    )
    await asyncio.to_thread(desk.people.save_silence, silence)
    return web.json_response(_silence_shown(silence), status=201)


def _refuse_unknown(desk: WebDesk, entity: str, rule: str) -> None:
    """A silence over what nobody watches would hold back nothing, and somebody would count on it."""
    watched = desk.watched()
    if watched is None:
        return
    if entity and entity not in watched.entities:
        raise web.HTTPBadRequest(reason="there is no such entity: it is the id of one that is watched")
    if rule and rule not in watched.rules:
        raise web.HTTPBadRequest(reason="there is no such rule")


async def _end_silence(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    if not await asyncio.to_thread(desk.people.end_silence, request.match_info["silence"], desk.clock()):
        raise web.HTTPNotFound(reason="there is no such silence, or it is over")
    return web.Response(status=204)


def _moment(body: Mapping[str, Any], now: datetime) -> datetime:
    try:
        ends_at = datetime.fromisoformat(str(body.get("ends_at", "")))
    except ValueError as error:
        raise web.HTTPBadRequest(reason="ends_at is a time such as 2026-11-26T09:00:00Z") from error
    if ends_at.tzinfo is None or not now < ends_at <= now + _LONGEST_SILENCE:
        raise web.HTTPBadRequest(reason="ends_at has a time zone and lies within a year from now")
    return ends_at.astimezone(UTC)


def _shown(alert: Alert) -> dict[str, object]:
    return {
        "id": str(alert.id),
        "rule": str(alert.rule_id),
        "story": str(alert.story_id),
        "severity": str(alert.severity),
        "version": alert.version,
        "opened_at": alert.opened_at.isoformat(),
        "updated_at": alert.updated_at.isoformat(),
        "closed": alert.is_closed,
        "acknowledged_by": alert.acknowledged_by,
        "under_attack": [str(entity.entity_id) for entity in alert.entities if is_attacked(entity)],
        "entities": entities_shown(alert.entities),
    }


def _worth_shown(worth: Worth) -> dict[str, object]:
    return {
        "kind": worth.kind,
        "id": worth.id,
        "alerts": worth.alerts,
        **{str(kind): worth.counts.get(kind, 0) for kind in OpinionKind},
        "bad_share": round(worth.bad_share, 3),
        "advice": worth.advice,
    }


def _silence_shown(silence: Silence) -> dict[str, object]:
    return {
        "id": silence.id,
        "author": silence.author,
        "created_at": silence.created_at.isoformat(),
        "ends_at": silence.ends_at.isoformat(),
        "entity": silence.entity_id,
        "rule": silence.rule_id,
        "story": silence.story_id,
        "expression": silence.expression,
        "comment": silence.comment,
    }
