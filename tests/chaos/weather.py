"""
What may happen around a program that nobody kills: networks, disks, locks, clocks and databases that fail for a
while. The program has to go on by itself when it is over, and then nothing is lost and nothing was told twice.
"""

import asyncio
import contextlib
import functools
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import make_url

from tests.chaos.harness import (
    Outcome,
    Program,
    Source,
    configure,
    finish,
    found_faults,
    is_alive,
    opened,
    stored_guids,
)
from tests.chaos.proxy import Proxy, Way, proxied, to_port, to_socket
from tests.chaos.receivers import Oracle, served
from tests.processes import Installation

_PATIENCE_S = 150.0
_HOUR_S = 3600
# Some faults are several in a row.
_TURNS = {"everywhere": 4, "database": 3}
_WAYS = (Way.CUT, Way.RESET, Way.HALF_OPEN, Way.DELAY)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server that a proxy stands before, and that can die at once."""

    url: str
    proxy: Proxy
    die: Callable[[], Awaitable[None]]
    come_back: Callable[[], Awaitable[None]]


@contextlib.asynccontextmanager
async def behind_proxy(url: str, die: Callable[[], None], come_back: Callable[[], None]) -> AsyncIterator[Postgres]:
    """The database at *url*, which listens on a Unix socket, behind a proxy."""
    plain = make_url(url)
    async with proxied(to_socket(f"{plain.query['host']}/.s.PGSQL.5432")) as proxy:
        # Given up sooner than as shipped, so that a short form is short.
        rest = {key: value for key, value in plain.query.items() if key != "host"} | {"connect_timeout": "3"}
        spoilt = plain.set(drivername="postgresql+psycopg", host="127.0.0.1", port=proxy.port, query=rest)
        reached = spoilt.render_as_string(hide_password=False)
        yield Postgres(
            reached, proxy, functools.partial(asyncio.to_thread, die), functools.partial(asyncio.to_thread, come_back)
        )


@dataclass(slots=True)
class Scene:
    """The program, everything around it, and what can be done to that."""

    program: Program
    oracle: Oracle
    proxies: dict[str, Proxy]
    chance: random.Random
    hold_s: float
    postgres: Postgres | None = None
    lives: list[int] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.program.installation.root

    @property
    def file(self) -> Path:
        return self.root / "storage" / "monitor.db"

    async def spend(self, seconds: float | None = None) -> None:
        """Let time go by while news comes in."""
        ends = time.monotonic() + (self.hold_s if seconds is None else seconds)
        while time.monotonic() < ends:
            self.oracle.publish()
            await asyncio.sleep(0.7)

    async def told(self) -> float:
        """Wait until everything was told that is due; how long that took, in seconds."""
        started = time.monotonic()
        while self.oracle.missing():
            assert time.monotonic() - started < _PATIENCE_S, f"never told: {sorted(self.oracle.missing())[:3]}"
            await asyncio.sleep(0.05)
        return time.monotonic() - started


async def network(scene: Scene) -> None:
    """One connection is cut, reset, silent or slow: to the feed, a receiver or the database."""
    proxy = scene.proxies[scene.chance.choice(sorted(scene.proxies))]
    await proxy.turn(scene.chance.choice(_WAYS))
    await scene.spend()
    await proxy.turn(Way.PASS)


async def database(scene: Scene) -> None:
    """The connection to the database is reset, then silent, then refused."""
    for way in (Way.RESET, Way.HALF_OPEN, Way.CUT):
        await scene.proxies["database"].turn(way)
        await scene.spend(scene.hold_s / 2)
    await scene.proxies["database"].turn(Way.PASS)


async def everywhere(scene: Scene) -> None:
    """All connections at once, one way after the other."""
    for way in _WAYS:
        for proxy in scene.proxies.values():
            await proxy.turn(way)
        await scene.spend()
        for proxy in scene.proxies.values():
            await proxy.turn(Way.PASS)


async def disk(scene: Scene) -> None:
    """No file of the program may grow any more: every write beyond fails."""
    limit = scene.file.with_name("monitor.db-wal").stat().st_size
    for pid in scene.lives:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    await scene.spend()
    for pid in scene.lives:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def full(scene: Scene) -> None:
    """The disk that the store lies on has no byte left."""
    filler = scene.file.with_name("filler")
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    ends = time.monotonic() + scene.hold_s
    while time.monotonic() < ends:
        await scene.spend(1.0)
        # Whatever the service gives up is filled as well, but for what it needs to delete and to note.
    filler.unlink()


async def lock(scene: Scene) -> None:
    """Another program holds the store's lock."""
    holder = await asyncio.to_thread(_locked, scene.file)
    await scene.spend()
    holder.execute("ROLLBACK")
    holder.close()


async def clock(scene: Scene) -> None:
    """Somebody sets the clock, an hour forward or back."""
    path = scene.root / "clock"
    shift = int(path.read_text() or 0) + scene.chance.choice([_HOUR_S, -_HOUR_S])
    _write(path, str(shift))
    await scene.spend()


async def pause(scene: Scene) -> None:
    """One process sleeps."""
    pid = scene.chance.choice(scene.lives)
    os.kill(pid, signal.SIGSTOP)
    await scene.spend()
    os.kill(pid, signal.SIGCONT)


async def stop(scene: Scene) -> None:
    """PostgreSQL stops at once (mode immediate), and is started again."""
    assert scene.postgres is not None
    await scene.postgres.die()
    await scene.spend()
    await scene.postgres.come_back()


FAULTS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    one.__name__: one for one in (network, database, everywhere, disk, full, lock, clock, pause, stop)
}
ON_SQLITE = ("disk", "full", "lock")
ON_POSTGRES = ("stop", "database")


@dataclass(frozen=True, slots=True)
class Weathered:
    """
    The figures of a run; ``recovered_s`` is the longest that it took after a fault until all was told, ``said`` the
    most lines of one job about one fault.
    """

    fault: str
    rounds: int
    recovered_s: float
    said: int
    outcome: Outcome

    def lines(self) -> str:
        return (
            f"{self.fault}: {self.rounds} times, all told {self.recovered_s:.1f} s after its end at most,"
            f" {self.said} lines of a job about one at most; {self.outcome.lines()}"
        )


async def weather(
    installation: Installation,
    fault: str,
    *,
    rounds: int,
    hold_s: float,
    seed: int,
    postgres: Postgres | None = None,
    source: Source | None = None,
) -> Weathered:
    """Let *fault*, or each of several (``disk+clock``), happen *rounds* times to a program that runs, and count."""
    names = fault.split("+")
    chance = random.Random(seed)
    oracle = Oracle(chance, calm=True)
    started, recovered, said = time.monotonic(), 0.0, 0
    async with (
        served(oracle) as servers,
        proxied(to_port(servers.feed)) as feed,
        proxied(to_port(servers.hook)) as hook,
        proxied(to_port(servers.mail)) as mail,
        opened(installation, source) as program,
    ):
        proxies = {"feed": feed, "hook": hook, "mail": mail} | ({"database": postgres.proxy} if postgres else {})
        storage = postgres.url if postgres else "sqlite:///storage/monitor.db"
        turns = sum(len(_WAYS) if name == "everywhere" else 1 for name in names)
        most = int(rounds * (hold_s * 2 + 2) * turns) + 20
        reached = replace(servers, feed=feed.port, hook=hook.port, mail=mail.port)
        configure(installation, storage, reached, companies=most, more="retention: {reserve_bytes: 1MiB}\n")
        scene = Scene(program, oracle, proxies, chance, hold_s, postgres)
        _write(scene.root / "clock", "0")
        scene.lives = [await program.start(clock=str(scene.root / "clock")) for _ in range(2 if postgres else 1)]
        oracle.publish()
        await scene.told()
        for name in names * rounds:
            before = _said(program.log)
            await FAULTS[name](scene)
            oracle.publish()
            recovered = max(recovered, await scene.told())
            said = max(said, *(_said(program.log) - before).values(), 0)
        faults = ["a process ended by itself"] if not all(map(is_alive, scene.lives)) else []
        for pid in scene.lives:
            faults += await finish(program, oracle, pid)
    # In threads: the proxy before the database lives in this loop.
    stored = await asyncio.to_thread(stored_guids, storage, scene.root)
    damage = await asyncio.to_thread(found_faults, installation, program.log)
    outcome = Outcome.of(oracle, stored, (*faults, *damage), time.monotonic() - started)
    breaks = rounds * len(oracle.told) * sum(_TURNS.get(name, 1) for name in names)
    return Weathered(fault, rounds, recovered, said, replace(outcome, breaks=breaks))


def _said(log: Path) -> Counter[str]:
    """How many lines there are about faults of each job."""
    whole = log.read_text(encoding="utf-8", errors="replace").rpartition("\n")[0]
    return Counter(json.loads(line)["job"] for line in whole.splitlines() if '"job.failed"' in line)


def _locked(file: Path) -> sqlite3.Connection:
    holder = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    return holder


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(text)
    draft.replace(path)


@contextlib.contextmanager
def small_disk(folder: Path, size_mib: int) -> Iterator[None]:
    """A file system of its own for *folder*, which needs the right to mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    _call("mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs", str(folder))
    try:
        yield
    finally:
        _call("umount", str(folder))


def _call(*words: str) -> None:
    subprocess.run(words, check=True)
