"""A web site on loopback that serves what a test gives it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.loopback import serving


@dataclass
class WebSite:
    """
    Pages by path: (content type, body), or a status. ``asked`` holds the paths that were asked for, ``tokens`` what
    came as authorization.
    """

    pages: dict[str, tuple[str, bytes] | int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    base: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self.tokens.append(request.headers.get("Authorization", ""))
        if target := self.redirects.get(request.path):
            return web.Response(status=302, headers={"Location": target})
        page = self.pages.get(request.path, 404)
        if isinstance(page, int):
            return web.Response(status=page)
        return web.Response(body=page[1], headers={"Content-Type": page[0]})


@asynccontextmanager
async def web_site(host: str = "127.0.0.1") -> AsyncIterator[WebSite]:
    site = WebSite()
    async with serving(site.answer, host) as site.base:
        yield site
