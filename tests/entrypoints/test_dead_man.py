"""The dead-man's URL hears of rounds that were healthy, of each once, and of nothing else."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from monitor.domain.errors import StoreError
from monitor.entrypoints.daemon import utc_now
from monitor.entrypoints.worker import Worker
from tests.entrypoints.test_unwell import Running, message, running
from tests.loopback import serving

OFTEN = timedelta(0)


@dataclass
class Switch:
    """A server that counts pings."""

    url: str = ""
    status: int = 200
    pings: list[str] = field(default_factory=list)

    async def ping(self, request: web.Request) -> web.Response:
        self.pings.append(request.headers["User-Agent"])
        return web.Response(status=self.status)


@pytest.fixture
async def switch() -> AsyncIterator[Switch]:
    made, app = Switch(), web.Application()
    app.router.add_get("/ping", made.ping)
    async with serving(app) as base:
        made.url = f"{base}/ping"
        yield made


def tell(found: Running, url: str, every: timedelta = OFTEN) -> None:
    settings = found.service.gear.settings
    health = replace(settings.policy.health, heartbeat_url=url, heartbeat_every=every)
    policy = replace(settings.policy, health=health)
    found.service.gear = replace(
        found.service.gear,
        settings=replace(settings, policy=policy, allow_private_addresses=("127.0.0.0/8",)),
    )


async def test_each_healthy_round_is_told_once(tmp_path: Path, switch: Switch) -> None:
    async with running(tmp_path) as found:
        tell(found, switch.url)
        await found.service.write_health()
        assert switch.pings == []  # no round has ended yet
        await found.service.once()
        assert len(switch.pings) == 1  # also where there is no service, and rounds are somebody's cron
        await found.service.write_health()
        found.service.note_round()
        await found.service.write_health()
        assert len(switch.pings) == 2
        await found.service.write_health()
        assert len(switch.pings) == 2  # the same round
        assert "NewsMonitor" in switch.pings[0]


async def test_nothing_is_told_while_anything_ails(
    tmp_path: Path, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise StoreError("the store does not answer")

    async with running(tmp_path) as found:
        tell(found, switch.url)
        found.service.store.save_notifications([message(created_s=600)])
        found.service.note_round()
        await found.service.write_health()
        with monkeypatch.context() as patch:
            patch.setattr(found.service.store, "waiting", broken)
            await found.service.write_health()
        assert switch.pings == []


async def test_rounds_that_follow_soon_are_one_ping(tmp_path: Path, switch: Switch) -> None:
    async with running(tmp_path) as found:
        tell(found, switch.url, every=timedelta(hours=1))
        for _ in range(3):
            found.service.note_round()
            await found.service.write_health()
        assert len(switch.pings) == 1


async def test_a_switch_that_refuses_is_a_line_in_the_log(tmp_path: Path, switch: Switch) -> None:
    switch.status = 500
    async with running(tmp_path) as found:
        tell(found, switch.url)
        found.service.note_round()
        await found.service.write_health()
        assert "it answers with status 500" in found.log.getvalue()


async def test_a_worker_that_finds_nothing_due_had_its_round(tmp_path: Path, switch: Switch) -> None:
    async with running(tmp_path) as found:
        tell(found, switch.url)
        worker = Worker(found.service, "here-1")
        found.service.store.sync_feeds([], utc_now())
        await worker.look()
        await found.service.write_health()
        assert len(switch.pings) == 1
        found.service.last_round_at = None  # one that does not poll has no rounds
        await worker.look()
        await found.service.write_health()
        assert len(switch.pings) == 1


async def test_a_url_that_fails_is_said_when_it_begins_now_and_then_and_when_it_is_over(
    tmp_path: Path, switch: Switch
) -> None:
    async with running(tmp_path) as found:
        tell(found, switch.url)
        now_s = 0.0
        found.service._faults.clock = lambda: now_s
        switch.status = 500
        for _ in range(20):
            now_s += 60
            found.service.note_round()
            await found.service.write_health()
        switch.status = 200
        for _ in range(2):
            now_s += 60
            found.service.note_round()
            await found.service.write_health()
        assert len(switch.pings) == 22
        said = [json.loads(line) for line in found.log.getvalue().splitlines()]
        about = [(one["event"], one.get("times")) for one in said if one.get("job") == "heartbeat"]
        assert about == [("job.failed", None), ("job.failed", 16), ("job.resumed", 20)]
