"""Servers on loopback: one way to start and end those that speak HTTP, those that take mail, and those that say anything."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.abc import ResolveResult
from aiosmtpd.smtp import SMTP

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class NamesOfOurs(aiohttp.abc.AbstractResolver):
    """In place of ``aiohttp.AsyncResolver``: every name is that of this machine."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        """Nothing is open."""


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


@asynccontextmanager
async def talking(talk: Talk, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """
    The port of a server that has *talk* with whoever comes, until that ends or the server does.

    Nothing of it is left open: where it was found as garbage, another test would fail.
    """
    talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks[task] = writer
        # Of one that is called off the streams of Python 3.11 make a traceback.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(listen, host, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        for writer in talks.values():
            writer.transport.abort()
        await asyncio.sleep(0)


@asynccontextmanager
async def mailing(handler: Any) -> AsyncIterator[int]:
    """The port of a mail server that asks *handler*, as aiosmtpd does. Nothing of it is left open either."""
    loop, made = asyncio.get_running_loop(), list[SMTP]()

    def make() -> SMTP:
        made.append(SMTP(handler, hostname="mail.example", loop=loop, enable_SMTPUTF8=True))
        return made[-1]

    server = await loop.create_server(make, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for one in made:
            if one.transport is not None:
                one.transport.abort()
        await asyncio.gather(
            *(one._handler_coroutine for one in made if one._handler_coroutine), return_exceptions=True
        )


@contextlib.contextmanager
def held_port() -> Iterator[int]:
    """A port that the system gives to nobody else: it refuses connections until one that was told of it listens there."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
