"""One round of collect over good and hostile feeds: a real server, real workers, a real store."""

import asyncio
import json
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from monitor.adapters.database import migrate
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.http.fetcher import HttpFetcher
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.parse_workers.pool import ParseWorkers
from monitor.domain.article import Parsed
from monitor.domain.feed import Feed, FeedId, FeedKind, FeedState, Fetched
from monitor.domain.policy import FetchPolicy, Policy
from monitor.domain.report import CollectReport
from monitor.pipeline import Intake, collect
from tests.feed_documents import rss
from tests.hostile.documents import Hostile, all_cases
from tests.hostile.memory import watched
from tests.loopback import serving

POLICY = Policy(fetch=FetchPolicy(per_host=64, timeout=timedelta(seconds=3), read_timeout=timedelta(seconds=1)))
_ROOT = Path(__file__).parents[2]
_PACKED = {"\r", "\n", "\0"}


@dataclass
class Round:
    """
    What came of it: the report, how long each feed took from fetch to parsed, how many workers were killed, how long
    any of them was let work on one document at most, and how large the largest grew.
    """

    report: CollectReport
    took_s: Mapping[FeedId, float]
    killed: int
    longest_s: float
    worker_mib: float
    store: DatabaseStore = field(repr=False)


@dataclass
class _Timed:
    """Passes on what fetcher and workers do, and takes the time."""

    fetcher: HttpFetcher
    workers: ParseWorkers
    started: dict[FeedId, float] = field(default_factory=dict)
    took_s: dict[FeedId, float] = field(default_factory=dict)

    async def fetch(self, feed: Feed, state: FeedState, now: datetime) -> Fetched:
        self.started[feed.id] = asyncio.get_running_loop().time()
        return await self.fetcher.fetch(feed, state, now)

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        try:
            return await self.workers.parse(feed, state, fetched, known, now)
        finally:
            self.took_s[feed.id] = asyncio.get_running_loop().time() - self.started[feed.id]

    async def close(self) -> None:
        await self.workers.close()
        await self.fetcher.close()


@asynccontextmanager
async def _served(pages: Mapping[str, Hostile]) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/drip":
            return await _drip(request)
        page = pages[request.path]
        kind = "".join(" " if char in _PACKED else char for char in page.content_type)
        return web.Response(body=page.body, headers={"Content-Type": kind})

    async with serving(answer) as base:
        yield base


@asynccontextmanager
async def _served_apart(good: int) -> AsyncIterator[tuple[str, list[str]]]:
    """All cases and *good* good feeds, served by a process of their own: their documents are large, and not ours."""
    site = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, str(good), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
    )
    try:
        assert site.stdout is not None
        base, *paths = json.loads(await site.stdout.readline())
        yield base, paths
    finally:
        await site.communicate(b"")  # the end of its input is its end


async def _serve(good: int) -> None:
    pages = _pages(good, all_cases())
    async with _served(pages) as base:
        sys.stdout.write(json.dumps([base, *pages]) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


def _pages(good: int, cases: list[Hostile]) -> dict[str, Hostile]:
    pages = {
        f"/good-{n}": Hostile("", rss(f"<title>Good {n}</title><link>https://g.example/{n}</link>").encode())
        for n in range(good)
    }
    return pages | {f"/bad-{n}": case for n, case in enumerate(cases)}


@asynccontextmanager
async def _site(good: int, cases: list[Hostile] | None) -> AsyncIterator[tuple[str, list[str]]]:
    if cases is None:
        async with _served_apart(good) as found:
            yield found
    else:
        pages = _pages(good, cases)
        async with _served(pages) as base:
            yield base, list(pages)


async def _drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while request.transport is not None and not request.transport.is_closing():
        await response.write(b"<")
        await asyncio.sleep(0.2)  # that is what a drip is
    return response


@asynccontextmanager
async def hostile_round(
    good: int, cases: list[Hostile] | None, folder: Path, now: datetime, policy: Policy = POLICY
) -> AsyncIterator[Round]:
    """
    Collect once from *good* good feeds, all *cases* and a server that drips; the store lives in *folder*.

    Without *cases* all there are come from a process of their own, so that the memory of this one is its own.
    """
    async with _site(good, cases) as (base, pages):
        fetcher = HttpFetcher(policy.fetch, ["127.0.0.0/8"], "NewsMonitor/1")
        timed = _Timed(fetcher, ParseWorkers(policy.parse, policy.normalise, load_lexicon()))
        database = Database(f"sqlite:///{folder / 'monitor.db'}")
        try:
            migrate.upgrade(database, now, backups=folder / "backups")
            store = DatabaseStore(database)
            # Well mixed, and alike in every run.
            paths = sorted([*pages, "/drip"], key=lambda path: zlib.crc32(path.encode()))
            feeds = [Feed(FeedId(path[1:]), base + path) for path in paths]
            store.sync_feeds(feeds, now - timedelta(hours=1))
            async with watched() as peak:
                report = await collect(lambda: now, store, {FeedKind.WEB: Intake(timed, timed)}, policy)
            workers = timed.workers
            yield Round(report, timed.took_s, workers.killed, workers.longest_s, peak.mib, store)
        finally:
            database.close()
            await timed.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
