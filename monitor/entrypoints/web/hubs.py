"""What hubs of WebSub call: to confirm a subscription, and to say that a feed has something new."""

import asyncio
import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from aiohttp import web

from monitor.adapters.database.pokes import poke_feed
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.key_file import read_or_make_key
from monitor.app import storage_folder
from monitor.domain.feed import FeedId
from monitor.domain.policy import WebSubPolicy
from monitor.domain.settings import Settings
from monitor.entrypoints.websub import mark_of, mark_of_left
from monitor.stages.feeds.websub import Subscription, confirmed, dump, hint_due, is_denied, is_goodbye, is_signed, load

_CHUNK = 64 * 2**10


class Marks(Protocol):
    """The part of the store that keeps small notes."""

    def get_mark(self, key: str) -> str | None: ...
    def set_mark(self, key: str, value: str) -> None: ...
    def drop_mark(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class HubDesk:
    """What the handlers work with; *poke* makes a feed due, as soon as a hub may."""

    marks: Marks
    poke: Callable[[FeedId, datetime], bool]
    key: bytes
    policy: WebSubPolicy
    clock: Callable[[], datetime]


def open_hub_desk(settings: Settings, store: DatabaseStore, clock: Callable[[], datetime]) -> HubDesk:
    """The desk for hubs; also where we gave our public address up, since hubs ask whether we really want to end it."""
    return HubDesk(
        marks=store,
        poke=functools.partial(poke_feed, store.database, functools.partial(hint_due, policy=settings.policy.websub)),
        key=read_or_make_key(storage_folder(settings) / "links.key"),
        policy=settings.policy.websub,
        clock=clock,
    )


HUBS: web.AppKey[HubDesk] = web.AppKey("hubs", HubDesk)


def routes() -> list[web.RouteDef]:
    return [web.get("/websub/{feed}/{token}", _confirm), web.post("/websub/{feed}/{token}", _told)]


async def _confirm(request: web.Request) -> web.Response:
    desk = request.app[HUBS]
    left = await _kept(request, desk, mark_of_left(request.match_info["token"]))
    if left is not None and (goodbye := is_goodbye(left, request.query)):
        await asyncio.to_thread(desk.marks.drop_mark, mark_of_left(left.token(desk.key)))
        return web.Response(text=goodbye, content_type="text/plain")
    subscription = await _known(request, desk)
    if is_denied(subscription, request.query):
        # Asked again when it is time: until then the feed is polled as ever.
        denied = replace(subscription, until=None)
        await asyncio.to_thread(desk.marks.set_mark, mark_of(denied.feed_id), dump(denied))
        return web.Response(status=200)
    outcome = confirmed(subscription, request.query, desk.clock(), desk.policy)
    if outcome is None:
        raise web.HTTPNotFound
    challenge, leased = outcome
    await asyncio.to_thread(desk.marks.set_mark, mark_of(leased.feed_id), dump(leased))
    return web.Response(text=challenge, content_type="text/plain")


async def _told(request: web.Request) -> web.Response:
    desk = request.app[HUBS]
    subscription = await _known(request, desk)
    body = await _body(request, desk.policy.max_body_bytes)
    if is_signed(subscription.secret(desk.key), request.headers.get("X-Hub-Signature", ""), body):
        await asyncio.to_thread(desk.poke, subscription.feed_id, desk.clock())
    # The standard wants a kind answer in any case: who tries signatures shall learn nothing.
    return web.Response(status=202)


async def _known(request: web.Request, desk: HubDesk) -> Subscription:
    subscription = await _kept(request, desk, mark_of(FeedId(request.match_info["feed"])))
    if subscription is None:
        raise web.HTTPNotFound
    return subscription


async def _kept(request: web.Request, desk: HubDesk, mark: str) -> Subscription | None:
    """What is kept under *mark*, where the address called ends in its token."""
    subscription = load(await asyncio.to_thread(desk.marks.get_mark, mark))
    given = request.match_info["token"].encode("utf-8", "replace")
    if subscription is None or not hmac.compare_digest(subscription.token(desk.key).encode(), given):
        return None
    return subscription


async def _body(request: web.Request, most: int) -> bytes:
    parts, length = [], 0
    async for part in request.content.iter_chunked(_CHUNK):
        length += len(part)
        if length > most:
            raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=length)
        parts.append(part)
    return b"".join(parts)
