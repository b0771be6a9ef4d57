"""
Serves the hostile corpus and good feeds, in a process of its own: its documents are large, and no memory of the service's.

`python -m tests.hostile.site` prints its port and serves until its input ends.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.feed_documents import rss
from tests.hostile.documents import Hostile, all_cases

_PIECE = 64 * 2**10
_ROOT = Path(__file__).parents[2]


class Site:
    """Serves the corpus, and notes when each good feed was asked: by the clock that all processes share."""

    def __init__(self, cases: list[Hostile]) -> None:
        self.cases = cases
        self.asked: dict[str, float] = {}
        self.served = 0

    async def good(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        self.asked[number] = time.monotonic()
        item = f"<title>Good {number}</title><link>https://site-{number}.example/{time.monotonic_ns()}</link>"
        return web.Response(body=rss(item).encode(), content_type="application/rss+xml")

    async def hostile(self, request: web.Request) -> web.StreamResponse:
        case = self.cases[int(request.match_info["number"])]
        # Never the same twice: else its hash would keep it from being read again.
        self.served += 1
        response = web.StreamResponse(headers={"Content-Type": case.content_type.replace("\0", "")})
        response.content_length = len(case.body) + self.served
        await response.prepare(request)
        for start in range(0, len(case.body), _PIECE):
            await response.write(case.body[start : start + _PIECE])
        await response.write(b" " * self.served)
        return response

    async def drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while True:
                await response.write(b"<")
                await asyncio.sleep(1)
        return response

    async def known(self, _: web.Request) -> web.Response:
        cases = [{"name": case.name, "kept": case.kept, "may_fail": case.may_fail} for case in self.cases]
        return web.json_response({"asked": self.asked, "cases": cases})


@dataclass
class Served:
    """A site that another process serves."""

    port: int

    async def known(self) -> dict[str, Any]:
        """``cases``: what each of them is; ``asked``: when good feeds were asked last."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/known") as answer,
        ):
            found: dict[str, Any] = await answer.json()
            return found


@contextlib.asynccontextmanager
async def served_apart() -> AsyncIterator[Served]:
    site = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
    )
    try:
        assert site.stdout is not None
        yield Served(json.loads(await site.stdout.readline()))
    finally:
        await site.communicate(b"")  # the end of its input is its end


async def _serve() -> None:
    site = Site(all_cases())
    app = web.Application()
    app.router.add_get("/known", site.known)
    app.router.add_get("/good/{number}", site.good)
    app.router.add_get("/hostile/{number}", site.hostile)
    app.router.add_get("/drip/{number}", site.drip)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve())
