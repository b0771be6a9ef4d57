"""Workers on a shared PostgreSQL store: any of them may die, none is special."""

import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.processes import END_S, Installation, came, install, open_newsstand

SECRET = "whsec_" + "c2VjcmV0" * 5


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    found = install(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def storage(new_postgres_url: Callable[[], str]) -> str:
    return new_postgres_url()


async def test_work_goes_on_when_a_worker_is_killed(installation: Installation, storage: str) -> None:
    async with open_newsstand() as stand:
        installation.write(
            "config/monitor.yaml",
            f"storage: {storage}\nseeds: []\nallow_private_addresses: [127.0.0.0/8]\nalerts: {{group_wait: 0s}}\n"
            # Missed sooner than as shipped; claims are as long as that.
            "engine: {heartbeat: 500ms, missed_after: 5s, sweep: 1s}\n",
        )
        installation.write(
            "config/feeds.yaml", f"feeds: [{{id: stand, url: '{stand.base}/feed.xml', every: 1s, rings: always}}]\n"
        )
        installation.write(
            "config/channels.yaml",
            f"channels: {{hook: {{webhook: '{stand.base}/hook', secret: '{SECRET}', default: true}}}}\n",
        )
        stand.publish("Okta hit by ransomware", "Okta was hit by ransomware. The company confirmed the attack.", "okta")
        first = installation.start("worker")
        await came(lambda: len(stand.received) == 1, "the alert through the first worker")
        second = installation.start("run")
        await came(lambda: any(e["event"] == "monitor.started" for e in installation.events(1)), "the second worker")
        first.send_signal(signal.SIGKILL)
        first.wait()
        stand.publish(
            "Adobe breached", "Hackers broke into Adobe and stole customer data, Adobe confirmed on Monday.", "adobe"
        )
        await came(lambda: len(stand.received) == 2, "the alert through the worker that is left")
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=END_S) == 0
    attacked = [message["data"]["under_attack"] for message in stand.received]
    assert attacked == [["okta"], ["adobe"]]


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler of its own by now: it says that it is configured a little earlier."""
    caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


async def test_a_worker_serves_the_pages_where_it_is_asked_to(installation: Installation, storage: str) -> None:
    installation.write("config/monitor.yaml", f"storage: {storage}\nseeds: []\nweb: {{listen: '127.0.0.1:0'}}\n")
    console = installation.start("worker", "--queues", "upkeep", "--serve")
    plain = installation.start("worker", "--queues", "beat")

    def said(number: int, name: str) -> list[dict[str, Any]]:
        return [one for one in installation.events(number) if one["event"] == name]

    await came(lambda: bool(said(0, "web.listening")), "the console")
    await came(lambda: bool(said(1, "config.loaded")), "the worker beside it")
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{said(0, 'web.listening')[0]['port']}/healthz") as answer,
    ):
        assert (answer.status, (await answer.json())["reasons"]) == (200, [])
    for process in (console, plain):
        await came(partial(catches, process.pid, signal.SIGTERM), "the handler of the signal")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=END_S) == 0
    assert not said(1, "web.listening")


def test_workers_want_a_shared_store(installation: Installation) -> None:
    done = installation.told("worker", check=False)
    assert done.returncode == 2
    assert "PostgreSQL" in done.stderr
