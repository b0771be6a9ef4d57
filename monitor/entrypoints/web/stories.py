"""The API on stories: what was grouped and why, and what people say of it - merge, split, pin and unpin."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from monitor.domain.article import Article, ArticleId
from monitor.domain.errors import UsageError
from monitor.domain.story import EditKind, Join, NotedEdit, Story, StoryEdit, StoryId
from monitor.entrypoints.shown import entities_shown
from monitor.entrypoints.web.bodies import TEXT, WORD, how_many, json_object, word
from monitor.entrypoints.web.desk import DESK, WebDesk
from monitor.stages.compose.neutral import clean
from monitor.stages.group import split_story_id
from monitor.stages.story.summary import as_of
from monitor.stages.story.voices import owner_of


def routes() -> list[web.RouteDef]:
    return [
        web.get("/api/stories", _stories),
        web.get("/api/stories/{story}", _story),
        web.post("/api/stories/{story}/merge", _merge),
        web.post("/api/stories/{story}/split", _split),
        web.post("/api/stories/{story}/pin", _pin),
        web.delete("/api/stories/{story}/pin", _unpin),
    ]


async def _stories(request: web.Request) -> web.Response:
    desk, limit = request.app[DESK], how_many(request)
    found = await asyncio.to_thread(lambda: list(desk.records.stories(limit)))
    return web.json_response([_shown(story, desk) for story in found])


async def _story(request: web.Request) -> web.Response:
    desk = request.app[DESK]
    story = await _known(desk, request.match_info["story"])
    joins = await asyncio.to_thread(desk.records.joins, str(story.id))
    edits = await asyncio.to_thread(desk.records.edits_on, str(story.id))
    more = {"members": [_member(*one) for one in joins], "edits": [_edit(one) for one in edits]}
    return web.json_response({**_shown(story, desk), **more})


async def _merge(request: web.Request) -> web.Response:
    desk, body = request.app[DESK], await json_object(request, "author", "other")
    author, named = word(body, "author", is_needed=True), word(body, "other", is_needed=True)
    story = await _known(desk, request.match_info["story"])
    other = await asyncio.to_thread(desk.records.story, named)
    if other is None:
        raise web.HTTPBadRequest(reason="other is no story")
    if other.id == story.id:
        raise web.HTTPBadRequest(reason="the two are one story already")
    await _done(desk, StoryEdit(EditKind.MERGE, story.id, str(other.id)), author, "one of them is no story any more")
    return web.json_response({"story": str(story.id), "merged": str(other.id), "by": author}, status=201)


async def _split(request: web.Request) -> web.Response:
    desk, body = request.app[DESK], await json_object(request, "author", "article")
    author, named = word(body, "author", is_needed=True), word(body, "article", is_needed=True, limit=TEXT)
    story = await _known(desk, request.match_info["story"])
    fault = "article is the id or URL of one of several articles of this story"
    done = await _done(desk, StoryEdit(EditKind.SPLIT, story.id, named), author, fault)
    opened = split_story_id(ArticleId(done.other), done.story_id)
    return web.json_response(
        {"story": str(story.id), "article": done.other, "opened": opened, "by": author}, status=201
    )


async def _pin(request: web.Request) -> web.Response:
    desk, body = request.app[DESK], await json_object(request, "author")
    author = word(body, "author", is_needed=True)
    story = await _known(desk, request.match_info["story"])
    await _done(desk, StoryEdit(EditKind.PIN, story.id), author, "it is no story any more")
    return web.json_response({"story": str(story.id), "pinned_by": author}, status=201)


async def _unpin(request: web.Request) -> web.Response:
    story_id = StoryId(request.match_info["story"])
    if not await asyncio.to_thread(request.app[DESK].people.end_pin, story_id):
        raise web.HTTPNotFound(reason="there is no such story, or nobody pinned it")
    return web.Response(status=204)


async def _known(desk: WebDesk, named: str) -> Story:
    story = await asyncio.to_thread(desk.records.story, named)
    if story is None:
        raise web.HTTPNotFound(reason="there is no such story")
    return story


async def _done(desk: WebDesk, edit: StoryEdit, author: str, fault: str) -> StoryEdit:
    try:
        return await desk.edit(edit, author)
    except UsageError as error:
        raise web.HTTPBadRequest(reason=fault) from error


def _shown(known: Story, desk: WebDesk) -> dict[str, object]:
    story = as_of(known, desk.clock(), desk.policy.closes_after)
    return {
        "id": str(story.id),
        "state": str(story.state),
        "headline": clean(story.headline, TEXT),
        "headlines": {language: clean(text, TEXT) for language, text in story.headlines.items()},
        "articles": len(story.sources),
        "independent_sources": story.independent_sources,
        "languages": list(story.languages),
        "entities": entities_shown(story.entities),
        "attacks": {str(kind): str(status) for kind, status in story.attacks.items()},
        "first_reported_at": story.first_reported_at.isoformat(),
        "confirmed_at": _time(story.confirmed_at),
        "updated_at": story.updated_at.isoformat(),
    }


def _member(article: Article, join: Join) -> dict[str, object]:
    return {
        "article": str(article.id),
        "title": clean(article.title, TEXT),
        "url": article.url,
        "outlet": clean(owner_of(article), WORD),
        "language": article.language,
        "published_at": article.published_at.isoformat(),
        "score": join.score,
        "copy_of": join.duplicate_of,
        "shared": _facts(join.facts),
        "signs": dict(join.signs),
    }


def _facts(shared: Sequence[tuple[str, str, float]]) -> list[dict[str, object]]:
    return [{"kind": kind, "value": clean(value, WORD), "weight": weight} for kind, value, weight in shared]


def _edit(one: NotedEdit) -> dict[str, object]:
    return {
        "kind": str(one.edit.kind),
        "story": str(one.edit.story_id),
        "other": one.edit.other,
        "author": one.author,
        "at": one.at.isoformat(),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
