"""Real receivers on loopback: an HTTP server that plays services in every mood, and an SMTP server."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import Envelope

from tests.loopback import mailing, serving


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpReceiver:
    """Takes everything and answers by the path: /ok, /500, /429, /login, /hang, /big, /drip, /half, /late ..."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.posts.append(Post(request.path, dict(request.headers), await request.read()))
        mood = request.path.strip("/").partition("/")[0]
        if mood.isdigit():
            return web.Response(status=int(mood), headers={"Retry-After": "77"})
        special = {"login": self._login, "hang": self._hang, "big": self._big, "drip": self._drip, "close": self._close}
        if mood in special:
            return await special[mood](request)
        return web.Response(text="ok")

    async def _login(self, _: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/ok/login-page")

    async def _hang(self, _: web.Request) -> web.StreamResponse:
        await self.released.wait()
        return web.Response(text="ok")

    async def _big(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(200):
            await response.write(b"x" * 2**20)
        return response

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not self.released.is_set():
            await response.write(b"x")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.released.wait(), 0.1)
        return response

    async def _close(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


@contextlib.asynccontextmanager
async def http_receiver(receiver: HttpReceiver | None = None) -> AsyncIterator[HttpReceiver]:
    receiver = receiver or HttpReceiver()
    async with serving(receiver.answer) as base:
        receiver.port = int(base.rpartition(":")[2])
        try:
            yield receiver
        finally:
            receiver.released.set()


@dataclass
class Mailbox:
    """Takes mail, or refuses as it was told to; the names of its methods are those aiosmtpd calls."""

    port: int = 0
    rcpt: str = "250 OK"
    data: str = "250 OK"
    mails: list[Envelope] = field(default_factory=list)
    hang_in_data: bool = False

    async def handle_RCPT(self, _: Any, __: Any, envelope: Envelope, address: str, *___: Any) -> str:  # noqa: N802
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        if self.hang_in_data:
            await asyncio.sleep(60)
        return self.data


@contextlib.contextmanager
def mailbox(**moods: Any) -> Iterator[Mailbox]:
    """A mail server in a thread of its own, for tests that wait."""
    box = Mailbox(**moods)
    begun: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        may_end = asyncio.Event()
        async with mailing(box) as port:
            begun.set_result((port, asyncio.get_running_loop(), may_end))
            await may_end.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    box.port, loop, may_end = begun.result()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(may_end.set)
        thread.join()
