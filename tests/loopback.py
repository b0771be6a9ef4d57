"""Web servers on loopback: one way to start and end them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(what: web.Application | Answer, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """The address of a server that is there for the while: an application, or one answer to every request."""
    app = what if isinstance(what, web.Application) else web.Application(client_max_size=2**24)
    if not isinstance(what, web.Application):
        app.router.add_route("*", "/{path:.*}", what)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
