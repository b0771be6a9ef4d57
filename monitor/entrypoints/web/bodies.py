"""What requests of the API carry: JSON objects with words in them, and faults that repeat nothing of them."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from monitor.stages.compose.neutral import clean

MOST_LISTED = 500
WORD, TEXT = 200, 1_000


async def json_object(request: web.Request, *names: str) -> Mapping[str, Any]:
    """
    The body of *request*; a fault where it is no JSON object, or has other keys than *names*.

    A condition that is misspelt would be no condition, and what it was to narrow would hold for everything.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="send application/json")
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(reason="the body is no JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(reason="the body is no JSON object")
    if not body.keys() <= set(names):
        raise web.HTTPBadRequest(reason=f"the body has other keys than {', '.join(names)}")
    return body


def word(body: Mapping[str, Any], name: str, *, is_needed: bool = False, limit: int = WORD) -> str:
    """The text under *name*, empty where there is none and none is needed."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > limit:
        raise web.HTTPBadRequest(reason=f"{name} is a text of at most {limit} characters")
    text = clean(value, limit)
    if is_needed and not text:
        raise web.HTTPBadRequest(reason=f"{name} is missing")
    return text


def how_many(request: web.Request) -> int:
    """The ``limit`` of a list."""
    text = request.query.get("limit", "50")
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MOST_LISTED):
        raise web.HTTPBadRequest(reason=f"limit is a number from 1 to {MOST_LISTED}")
    return int(text)
