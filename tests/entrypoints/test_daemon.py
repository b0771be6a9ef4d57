"""The daemon by itself: what feeds the watchdog, what ends it, and a clock that is set while the store is away."""

import asyncio
import io
import json
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.domain.errors import StoreError
from monitor.entrypoints.daemon import Beat, Daemon, Pulse
from monitor.observe import open_log
from tests.processes import END_S, install, wait_until


async def nothing() -> bool:
    return False


async def yes() -> bool:
    return True


async def no_reload() -> None:
    return None


async def no_replan(now: datetime, jump: timedelta) -> None:
    assert now
    assert jump is not None


class Told:
    """A daemon with one beat and what it logged."""

    def __init__(
        self,
        run: Callable[[], Awaitable[bool]] = nothing,
        is_alive: Callable[[], Awaitable[bool]] = yes,
        replan: Callable[[datetime, timedelta], Awaitable[None]] = no_replan,
    ) -> None:
        self.stream = io.StringIO()
        log = open_log(self.stream, as_json=True, secrets=tuple)
        self.daemon = Daemon((Beat("collect", run),), log, reload=no_reload, replan=replan, is_alive=is_alive)

    def events(self) -> list[tuple[str, str]]:
        lines = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        return [(one["event"], one.get("job", "")) for one in lines]


@pytest.mark.parametrize(("age_s", "found"), [(60, ()), (121, ("collect",))])
def test_a_beat_that_is_not_heard_of_is_stale(age_s: float, found: tuple[str, ...]) -> None:
    pulse = Pulse()
    assert pulse.stale() == ()
    pulse.ended_at["collect"] = time.monotonic() - age_s
    assert pulse.stale() == found


def test_a_sign_of_life_within_a_long_round_counts() -> None:
    pulse = Pulse({"collect": time.monotonic() - 3600, "assess": time.monotonic() - 3600})
    pulse.beat("collect")
    assert pulse.stale() == ("assess",)


async def test_a_bug_beside_the_beats_ends_the_service_and_a_fault_that_passes_does_not() -> None:
    told = Told()
    running = asyncio.create_task(told.daemon.run())
    await asyncio.sleep(0)
    told.daemon.note_end("deliver mail", StoreError("the store is locked"))
    assert not told.daemon.is_stopping
    told.daemon.note_end("deliver chat", None)
    told.daemon.note_end("deliver chat", KeyError("a bug"))
    with pytest.raises(KeyError, match="a bug"):
        await running
    assert told.events() == [("job.failed", "deliver mail")]


async def test_a_bug_within_a_beat_ends_the_service() -> None:
    async def buggy() -> bool:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        await Told(buggy).daemon.run()


async def test_a_round_in_hand_at_a_stop_is_finished_without_an_error() -> None:
    has_begun, may_end, ended = asyncio.Event(), asyncio.Event(), []

    async def slow() -> bool:
        has_begun.set()
        await may_end.wait()
        ended.append(True)
        return False

    told = Told(slow)
    running = asyncio.create_task(told.daemon.run())
    await has_begun.wait()
    told.daemon.stop()
    for _ in range(20):
        await asyncio.sleep(0)
    assert not running.done()
    may_end.set()
    await running
    assert ended == [True]
    assert told.events() == []


async def test_the_watchdog_is_fed_while_alive_and_then_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    answers = iter([True, False, False])
    asked = 0
    heard: list[str] = []

    async def is_alive() -> bool:
        nonlocal asked
        asked += 1
        found = next(answers, None)
        if found is None:
            told.daemon.stop()
        return bool(found)

    told = Told(is_alive=is_alive)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        loop.add_reader(manager.fileno(), lambda: heard.append(manager.recv(100).decode()))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        await told.daemon.run()
        while "STOPPING=1" not in heard:
            await asyncio.sleep(0)
        loop.remove_reader(manager.fileno())
    assert heard == ["READY=1", "WATCHDOG=1", "STOPPING=1"]
    assert asked == 4


async def test_what_a_set_clock_asks_for_is_done_once_the_store_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = [timedelta(0)]
    jumps: list[int] = []
    monkeypatch.setattr("monitor.entrypoints.daemon.utc_now", lambda: datetime.now(UTC) + ahead[0])

    async def is_alive() -> bool:
        ahead[0] = timedelta(hours=-1)
        return True

    async def replan(now: datetime, jump: timedelta) -> None:
        assert now < datetime.now(UTC) - timedelta(minutes=59)
        jumps.append(round(jump.total_seconds() / 60))
        if len(jumps) == 1:
            raise StoreError("the store is locked")
        told.daemon.stop()

    told = Told(is_alive=is_alive, replan=replan)
    await told.daemon.run()
    assert jumps == [-60, -60]
    assert ("job.failed", "replan") in told.events()


def test_a_reload_that_is_asked_for_while_it_starts_is_heeded(tmp_path: Path) -> None:
    installation = install(tmp_path)
    process = installation.start("run")
    try:
        # The lock is taken before the words of seven languages are read, which takes seconds.
        wait_until(lambda: (tmp_path / "storage" / "monitor.db.lock").exists(), "the lock of the store")
        process.send_signal(signal.SIGHUP)
        loaded = "config.loaded"
        wait_until(lambda: [e["event"] for e in installation.events()].count(loaded) == 2, "the reload")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=END_S) == 0
    finally:
        installation.stop()
