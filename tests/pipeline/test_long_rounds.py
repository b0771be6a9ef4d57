"""Where feeds are always due, polling never pauses: people hear of what happened all the same, and a reload gets in."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from monitor.domain.feed import FeedKind
from monitor.domain.report import CollectReport
from monitor.entrypoints.opening import open_service
from monitor.observe import open_log
from monitor.pipeline import collect
from tests.feed_documents import rss
from tests.loopback import serving
from tests.pipeline.test_polite_rounds import HOUR, POLICY, rounds
from tests.processes import Installation, came

PATIENCE_S = 60
DOCUMENT = rss("<title>A</title><link>https://example.org/a</link>")


@dataclass
class Stand:
    """A server whose answers wait until the test lets them go."""

    base: str = ""
    asked: list[str] = field(default_factory=list)
    has_come: asyncio.Event = field(default_factory=asyncio.Event)
    may_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.has_come.set()
        if request.path == "/gone":
            return web.Response(status=410)
        await self.may_go.wait()
        return web.Response(text=DOCUMENT, content_type="application/xml")


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    found = Stand()
    async with serving(found.answer) as found.base:
        yield found


async def test_what_people_are_to_hear_is_told_while_the_round_goes_on(tmp_path: Path) -> None:
    async with stand() as server, rounds(tmp_path) as round_:
        round_.base = server.base
        round_.poll("slow", "gone")
        round_.now += HOUR
        told: list[CollectReport] = []

        async def tell(report: CollectReport) -> None:
            told.append(report)
            server.may_go.set()

        rest = await asyncio.wait_for(
            collect(lambda: round_.now, round_.store, {FeedKind.WEB: round_.source}, POLICY, on_report=tell), PATIENCE_S
        )
    (first,) = told
    assert [note.feed for note in first.notices] == ["gone"]
    assert (len(first.failures), first.articles_new) == (1, 0)
    # Nothing is told twice.
    assert (rest.notices, rest.failures, rest.articles_new) == ((), (), 1)
    assert first.due + rest.due == 2


async def test_a_reload_waits_for_what_is_under_way_and_for_no_more(tmp_path: Path) -> None:
    async with stand() as server:
        installation = Installation(tmp_path)
        installation.write(
            "config/monitor.yaml",
            "seeds: []\nallow_private_addresses: [127.0.0.0/8]\nfetch: {concurrency: 1, overtime: 0}\n",
        )
        rows = "".join(f"  - {{id: f{number}, url: '{server.base}/f{number}'}}\n" for number in range(5))
        installation.write("config/feeds.yaml", f"feeds:\n{rows}")
        installation.write("config/watchlists/w.yaml", "watchlist: w\nentities: [Okta]\n")
        log = io.StringIO()
        opened = open_log(log, as_json=True, secrets=tuple)
        async with open_service(installation.config, {}, {}, opened, io.StringIO()) as service:
            polling = asyncio.create_task(service._collect())
            await asyncio.wait_for(server.has_come.wait(), PATIENCE_S)
            reloading = asyncio.create_task(service.reload())
            await came(lambda: service._is_reloading, "the reload waits for the round")
            server.may_go.set()
            await asyncio.wait_for(reloading, PATIENCE_S)
            assert await polling
            assert len(server.asked) == 1
            # The others are due still.
            await service._collect()
            assert len(server.asked) == 5
        assert log.getvalue().count('"config.loaded"') == 2
