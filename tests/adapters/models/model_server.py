"""An endpoint in OpenAI's manner on loopback, that answers as a test tells it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from tests.loopback import serving


@dataclass
class ModelServer:
    """
    ``say`` gets what is asked, and gives what is answered, a status, or bytes for the body; "hang" answers never, and
    "elsewhere" with a redirect.
    """

    say: Callable[[Any], object]
    base: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        self.keys.append(request.headers.get("Authorization", ""))
        body = await request.json()
        self.bodies.append(body)
        said = self.say(self.asked(body))
        if said == "hang":
            await self.release.wait()
            return web.Response(status=204)
        if said == "elsewhere":
            return web.Response(status=307, headers={"Location": f"{self.base}/other"})
        if isinstance(said, int):
            return web.Response(status=said, text="no")
        if isinstance(said, bytes):
            return web.Response(body=said, content_type="application/json")
        return web.json_response(self.answered(said))

    def asked(self, body: dict[str, Any]) -> object:
        """What of a request is the question."""
        raise NotImplementedError

    def answered(self, said: Any) -> object:
        """The body of the response that says it."""
        raise NotImplementedError


S = TypeVar("S", bound=ModelServer)


@asynccontextmanager
async def served(server: S) -> AsyncIterator[S]:
    async with serving(server.answer) as server.base:
        try:
            yield server
        finally:
            server.release.set()
