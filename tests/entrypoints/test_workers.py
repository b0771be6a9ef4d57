"""Workers as processes on one PostgreSQL store: killed, paused, without their database; nothing is lost or told twice."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.observe import EVENTS
from tests.chaos.silence import SlowStand, configured, ended, fall_silent
from tests.own_postgres import begun, own_postgres
from tests.processes import came, open_newsstand

# Quick to miss each other; claims are as long as shipped.
ENGINE = "engine: {heartbeat: 500ms, missed_after: 5s, sweep: 1s, reconnect: 200ms, finish: 5s}\n"


@pytest.fixture
async def stand() -> AsyncIterator[SlowStand]:
    async with open_newsstand(SlowStand()) as found:
        assert isinstance(found, SlowStand)
        yield found
        found.go_on.set()


@pytest.mark.parametrize("blow", ["killed", "paused"])
async def test_the_batch_of_a_worker_that_fell_silent_goes_to_another(
    tmp_path: Path, new_postgres_url: Callable[[], str], stand: SlowStand, blow: str
) -> None:
    storage = new_postgres_url()
    installation = configured(tmp_path / "installation", storage, stand.base, ENGINE)
    found = await fall_silent(installation, stand, storage, blow, asleep_s=0)
    assert found.is_fine, found.lines()
    listed = installation.told("articles", "list", "-o", "jsonl").stdout.splitlines()
    assert len(listed) == 3
    assert "worker.missed" in {event["event"] for event in installation.events(1)}


@pytest.fixture
def own_server() -> Iterator["Server"]:
    with own_postgres() as server:
        yield Server(server)


@dataclass
class Server:
    """A PostgreSQL server that dies at once and comes back."""

    server: object

    @property
    def url(self) -> str:
        return str(self.server.get_uri()).replace("postgresql://", "postgresql+psycopg://")

    def die(self) -> None:
        os.kill(self.server.get_pid(), signal.SIGQUIT)

    def is_gone(self) -> bool:
        pid = self.server.get_pid()
        return subprocess.run(["ps", "-p", str(pid), "-o", "stat="], capture_output=True, text=True).stdout.strip() in {
            "",
            "Z",
        }

    def come_back(self) -> None:
        begun(self.server.ensure_postgres_running)


async def test_workers_share_a_host_and_wait_for_a_database_that_went_away(
    tmp_path: Path, own_server: Server, stand: SlowStand
) -> None:
    installation = configured(tmp_path / "installation", own_server.url, stand.base, ENGINE, feeds=6)
    stand.report("Microsoft")
    async with ended(installation):
        other = {"MONITOR_FETCH__CONTACT_URL": "https://other.example"}
        # Both begin at once, on a database without any table.
        workers = [installation.start("worker", "--concurrency", "4"), installation.start("run", **other)]
        await came(lambda: len(stand.received) == 1, "the first alert")
        await came(lambda: len(stand.callers) == 2, "polls of both")
        assert stand.most_at_once == 1, "the feeds of a host are polled by one worker at a time"
        own_server.die()
        await came(own_server.is_gone, "the end of the database")
        stand.report("Apple")
        await came(lambda: any(e["event"] == "job.failed" for e in installation.events(0)), "word of the fault")
        own_server.come_back()
        await came(lambda: len(stand.told()) >= 2, "the second alert")
        workers[1].send_signal(signal.SIGHUP)
        await came(lambda: [e["event"] for e in installation.events(1)].count("config.loaded") == 2, "the reload")
        stand.report("Amazon")
        workers[0].send_signal(signal.SIGTERM)
        await came(lambda: len(stand.told()) >= 3, "an alert by the worker that reloaded")
        assert workers[1].poll() is None
        assert len(stand.told()) == 3
    assert [worker.returncode for worker in workers] == [0, 0]
    # What its libraries say of each attempt to reach the database is no news.
    assert {event["event"] for number in (0, 1) for event in installation.events(number)} <= EVENTS.keys()
