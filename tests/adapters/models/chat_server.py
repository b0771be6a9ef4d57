"""A chat endpoint in OpenAI's manner on loopback, that answers as a test tells it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.loopback import serving

Say = Callable[[dict[str, Any]], object]


@dataclass
class ChatServer:
    """``say`` gets the material of a question and gives the text of the answer, a status, or bytes for the body."""

    say: Say
    base: str = ""
    tokens: int = 400
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    connections: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        self.keys.append(request.headers.get("Authorization", ""))
        body = await request.json()
        self.bodies.append(body)
        said = self.say(json.loads(body["messages"][1]["content"]))
        if said == "hang":
            await self.release.wait()
            return web.Response(status=204)
        if said == "elsewhere":
            return web.Response(status=307, headers={"Location": f"{self.base}/other"})
        if isinstance(said, int):
            return web.Response(status=said, text="no")
        if isinstance(said, bytes):
            return web.Response(body=said, content_type="application/json")
        choice = {"index": 0, "message": {"role": "assistant", "content": said}}
        return web.json_response({"choices": [choice], "usage": {"total_tokens": self.tokens}})


def verdict(role: str, status: str = "confirmed", quote: str = "") -> str:
    """An answer as the reader is told to give it."""
    return json.dumps({"role": role, "status": status, "quote": quote})


@asynccontextmanager
async def chat_server(say: Say) -> AsyncIterator[ChatServer]:
    server = ChatServer(say)
    async with serving(server.answer) as server.base:
        try:
            yield server
        finally:
            server.release.set()
