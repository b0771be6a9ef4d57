"""
Starts and guards the web server: who may ask what, how much, and for how long.

Everything needs the token but the few paths of `_PUBLIC`; a path that is forgotten is closed, not open.
"""

import asyncio
import hmac
import ipaddress
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.key_file import read_or_make_key
from monitor.app import storage_folder
from monitor.domain.alert import Alert
from monitor.domain.errors import StoreError, UsageError
from monitor.domain.policy import WebPolicy
from monitor.domain.settings import Settings
from monitor.domain.story import Story, StoryEdit
from monitor.entrypoints.gear import Gear
from monitor.entrypoints.web import api, health, hubs, links, stories
from monitor.entrypoints.web.desk import DESK, WatchedIds, WebDesk, as_stored
from monitor.entrypoints.web.hubs import HUBS, HubDesk
from monitor.stages.addresses import listen_address
from monitor.stages.decide.quoting import Cause, Quoted, quoted
from monitor.stages.story.summary import Background, read_of

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PUBLIC = ("/healthz", "/readyz", "/do/", "/websub/")
_ANY_HOST = ("/healthz", "/readyz")
_BODY_BYTES, _LINE_BYTES = 16 * 1024, 4_096
_CONNECTIONS, _LIFETIME_S, _ANSWER_S = 100, 30.0, 15.0
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src '{links.STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "monitor",
}


def hosts_of(policy: WebPolicy) -> frozenset[str]:
    """The names the server answers to: a page of somebody else's cannot use it under a name of its own."""
    host, port = listen_address(policy)
    shown = f"[{host}]" if ":" in host else host
    names = {shown, "localhost"}
    if ipaddress.ip_address(host).is_unspecified:
        # What listens everywhere is also reached by these.
        names |= {"127.0.0.1", "[::1]"}
    public = urlsplit(policy.base_url).netloc.rpartition("@")[2].lower() if policy.base_url else ""
    return frozenset({*names, *(f"{name}:{port}" for name in names), public} - {""})


def open_web_desk(
    gear: Callable[[], Gear],
    store: DatabaseStore,
    ailments: Callable[[], tuple[str, ...]],
    clock: Callable[[], datetime],
    edit: Callable[[StoryEdit, str], Awaitable[StoryEdit]],
) -> WebDesk:
    """
    The desk of the service; *gear* is that in use now, since a new configuration brings another, and *edit* is
    how the service carries out what people say of stories.
    """
    settings = gear().settings
    return WebDesk(
        people=store,
        records=DatabaseCatalogue(store.database),
        wordings=gear().desk.bench.wordings,
        ailments=ailments,
        clock=clock,
        token=settings.policy.web.token,
        key=read_or_make_key(storage_folder(settings) / "links.key"),
        hosts=hosts_of(settings.policy.web),
        policy=settings.policy.alerts,
        zones=lambda: {one.id: one.timezone for one in gear().settings.channels},
        watched=lambda: _watched(gear().settings),
        edit=edit,
        retold=lambda alert, story, language: retold(store, gear().desk.bench.background, alert, story, language),
    )


def _watched(settings: Settings) -> WatchedIds:
    return WatchedIds(
        entities=frozenset(str(entity.id) for entity in settings.entities()),
        rules=frozenset(str(rule.id) for watchlist in settings.watchlists for rule in watchlist.rules),
    )


def retold(store: DatabaseStore, background: Background, alert: Alert, story: Story, language: str) -> Quoted:
    """What the articles of a story say by now of the companies of an alert, for a reader of *language*."""
    record = store.load_stories([alert.story_id]).get(alert.story_id)
    if record is None:
        return as_stored(alert, story, language)
    read = read_of(record.articles, record.analyses, background)
    return quoted(story, alert.entities, read, Cause(), language, background)


def build(desk: WebDesk, hub_desk: HubDesk | None = None) -> web.Application:
    """The application with all its routes, closed by default; those for hubs where there is a desk for them."""
    app = web.Application(
        middlewares=[_headers, _faults, _door, _patience],
        client_max_size=_BODY_BYTES,
        handler_args={"max_line_size": _LINE_BYTES, "max_field_size": _LINE_BYTES, "keepalive_timeout": 5.0},
    )
    app[DESK] = desk
    app.add_routes([*health.routes(), *links.routes(), *api.routes(), *stories.routes()])
    if hub_desk is not None:
        app[HUBS] = hub_desk
        app.add_routes(hubs.routes())
    return app


@asynccontextmanager
async def serve(desk: WebDesk, host: str, port: int, hub_desk: HubDesk | None = None) -> AsyncIterator[int]:
    """
    Serve until the block ends; yields the port, which differs from *port* where that is 0.

    Raises:
        UsageError: the address cannot be listened on.
    """
    logging.getLogger("aiohttp.server").addFilter(_is_ours)
    runner = web.AppRunner(build(desk, hub_desk), access_log=None)
    await runner.setup()
    loop = asyncio.get_running_loop()
    try:
        try:
            server = await loop.create_server(lambda: _protocol(runner, loop), host, port, backlog=64)
        except OSError as error:
            raise UsageError(f"web.listen: {host}:{port} cannot be listened on: {error.strerror}") from error
        bound: socket.socket = server.sockets[0]
        try:
            yield int(bound.getsockname()[1])
        finally:
            server.close()
    finally:
        await runner.cleanup()


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a fault of the server's is one of the program: what strangers send that is no HTTP fills no log."""
    return not isinstance(record.exc_info[1] if record.exc_info else None, HttpProcessingError)


class _Full(asyncio.Protocol):
    """Turns a connection away."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.abort()


def _protocol(runner: web.AppRunner, loop: asyncio.AbstractEventLoop) -> asyncio.BaseProtocol:
    server = runner.server
    if server is None or len(server.connections) >= _CONNECTIONS:
        return _Full()
    protocol = server()
    # aiohttp waits for ever for the rest of a request: every connection has an end of its own.
    loop.call_later(_LIFETIME_S, protocol.force_close)
    return protocol


@web.middleware
async def _headers(request: web.Request, handler: _Handler) -> web.StreamResponse:
    response = await handler(request)
    response.headers.update(_HEADERS)
    return response


@web.middleware
async def _faults(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Faults in words that repeat nothing of the request."""
    try:
        return await handler(request)
    except web.HTTPException as fault:
        if fault.status < 400:
            raise
        return web.json_response({"error": fault.reason}, status=fault.status)
    except StoreError:
        return web.json_response({"error": "the store cannot be reached"}, status=503)
    except TimeoutError:
        return web.json_response({"error": "it took too long"}, status=503)


@web.middleware
async def _door(request: web.Request, handler: _Handler) -> web.StreamResponse:
    desk = request.app[DESK]
    # Hubs may know us by a name that we gave up: what they call ends in a token that only we can make.
    is_any = request.path in _ANY_HOST or request.path.startswith("/websub/")
    if not is_any and request.host.lower() not in desk.hosts:
        raise web.HTTPMisdirectedRequest(reason="it is not known here by that name: set web.base_url")
    is_public = any(request.path == path or (path.endswith("/") and request.path.startswith(path)) for path in _PUBLIC)
    if not is_public and not _has_token(request, desk.token):
        raise web.HTTPUnauthorized
    return await handler(request)


@web.middleware
async def _patience(request: web.Request, handler: _Handler) -> web.StreamResponse:
    async with asyncio.timeout(_ANSWER_S):
        return await handler(request)


def _has_token(request: web.Request, token: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
    return bool(token) and kind.lower() == "bearer" and same
