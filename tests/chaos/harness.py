"""
Kills the real program again and again, and counts what was lost and what came twice.

A news server on loopback publishes attacks on made-up companies, one company an item. A webhook and a mail server
fail, hang, or succeed after the program has given up. In the end the program runs in peace, and then: every item
that was served is stored, every attack was told wherever it was due, and what came twice has the same id.
"""

import asyncio
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from pathlib import Path
from subprocess import PIPE

from sqlalchemy import select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from tests.chaos.news import reports
from tests.chaos.program import COMMIT, STEPS
from tests.chaos.receivers import MAILED, SECRET, Addresses, Oracle, served
from tests.processes import ROOT, Installation

# Each report a story of its own: texts of one mould look alike.
GROUP = {"join": 9.0, "merge": 9.0, "copy_share": 9.0}
_PUBLISHED_A_LIFE = 2
_LONGEST_LIFE_S = 5.0
_LONGEST_START_S = 30.0
# The share of lives that may end before they have polled anything.
_FROM_START = 0.15
_PATIENCE_S = 150.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of a run; ``faults`` is what should never be: damage, exceptions, lives that ended by themselves."""

    served: int
    stored: int
    lost_items: int
    due: int
    lost_alerts: int
    duplicates: int
    late: int
    two_ids: int
    faults: tuple[str, ...]
    seconds: float
    kills: int = 0
    bombs: int = 0
    # Each fault may catch one message of each channel between its sending and the note of it.
    breaks: int = 0

    @classmethod
    def of(cls, oracle: Oracle, stored: set[str], faults: tuple[str, ...], seconds: float) -> "Outcome":
        """What became of all that *oracle* published, in a run without kills."""
        missing = oracle.missing()
        faults = (*faults, *oracle.twice_told())
        return cls(
            served=len(oracle.served),
            stored=len(stored),
            lost_items=len(oracle.served - stored),
            due=sum(len(oracle.due(channel)) for channel in oracle.told),
            lost_alerts=len(missing),
            duplicates=oracle.duplicates(),
            late=oracle.late,
            two_ids=len(oracle.told_under_two_ids()),
            faults=(*faults, *([f"lost: {', '.join(sorted(missing)[:5])}"] if missing else [])),
            seconds=seconds,
        )

    @property
    def is_fine(self) -> bool:
        """Whether everything that is promised was kept."""
        lost = self.lost_items or self.lost_alerts or self.two_ids or self.faults
        return not lost and self.duplicates <= self._allowed

    @property
    def _allowed(self) -> int:
        return self.kills + self.late + self.breaks

    def lines(self) -> str:
        faults = f"; FAULTS: {'; '.join(self.faults[:3])}" if self.faults else ""
        return (
            f"{self.kills} kills ({self.bombs} at a named step), {self.served} items served, {self.stored} stored,"
            f" {self.lost_items} lost; {self.due} messages due, {self.lost_alerts} lost, {self.duplicates} duplicates"
            f" (at most {self._allowed} allowed), {self.two_ids} under two ids, {self.seconds:.0f} s{faults}"
        )


class Source:
    """One process that has imported everything; each life of the program is a fork of it."""

    def __init__(self) -> None:
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.program"], cwd=ROOT, env=environ, stdin=PIPE, stdout=PIPE, text=True
        )

    def start(self, life: Mapping[str, object]) -> int:
        """The process id of a new life."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(life) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """No more lives from here; those that still go on end with it."""
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Program:
    """Starts lives of the program on one installation."""

    source: Source
    installation: Installation

    async def start(self, bomb: str = "-", clock: str = "") -> int:
        """The process id of a new life; the file *clock* says by how many seconds its clock is wrong."""
        life = {
            "clock": clock,
            "bomb": bomb,
            "words": ["run", "--config", str(self.installation.config)],
            "folder": str(self.installation.root),
            "log": str(self.log),
            "environ": self.installation.environ(),
        }
        # In a thread: the first one waits for all that is imported, and the servers around it go on.
        return await asyncio.to_thread(self.source.start, life)

    @property
    def log(self) -> Path:
        return self.installation.root / "log-chaos.txt"


@asynccontextmanager
async def opened(installation: Installation, source: Source | None = None) -> AsyncIterator[Program]:
    """A program to start lives of, from *source* or from one of its own."""
    if source is not None:
        yield Program(source, installation)
        return
    own = Source()
    try:
        yield Program(own, installation)
    finally:
        own.close()


def is_alive(pid: int) -> bool:
    """Whether a life has not ended yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def ended(pid: int, number: signal.Signals, patience_s: float = 40.0) -> bool:
    """Send a signal and wait for the end; False where it did not come, after a SIGKILL."""
    deadline = time.monotonic() + patience_s
    if is_alive(pid):
        os.kill(pid, number)
    while is_alive(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            return False
        await asyncio.sleep(0.01)
    return True


async def run_chaos(
    installation: Installation,
    storage: str,
    kills: int,
    seed: int,
    longest_s: float = math.inf,
    source: Source | None = None,
) -> Outcome:
    """Kill the program *kills* times, or for as long as *longest_s*, let it finish, and count."""
    chance = random.Random(seed)
    oracle = Oracle(chance)
    started, bombs, faults = time.monotonic(), 0, []
    async with served(oracle) as addresses, opened(installation, source) as program:
        configure(installation, storage, addresses, companies=_PUBLISHED_A_LIFE * kills + 10)
        for number in range(kills):
            if time.monotonic() - started > longest_s:
                kills = number
                break
            bombs += await _one_life(program, oracle, number, chance)
            if number % 50 == 49:
                sys.stderr.write(f"{number + 1} kills after {time.monotonic() - started:.0f} s\n")
        oracle.calm = True
        faults += await finish(program, oracle)
    faults += found_faults(installation, program.log)
    outcome = Outcome.of(oracle, stored_guids(storage, installation.root), tuple(faults), time.monotonic() - started)
    return replace(outcome, kills=kills, bombs=bombs)


def stored_guids(storage: str, root: Path) -> set[str]:
    """The items that the store has; an SQLite file lies below *root*."""
    database = Database(storage.replace("sqlite:///", f"sqlite:///{root}/"))
    with database.read() as connection:
        found = {str(row.guid) for row in connection.execute(select(t.articles.c.guid))}
    database.close()
    return found


async def finish(program: Program, oracle: Oracle, pid: int | None = None) -> list[str]:
    """Let a life run in peace until everything was told, and end it; what went wrong with that."""
    pid = pid or await program.start()
    deadline = time.monotonic() + _PATIENCE_S
    while oracle.missing() and time.monotonic() < deadline and is_alive(pid):
        await asyncio.sleep(0.1)
    faults = [] if is_alive(pid) else ["the last life ended by itself"]
    return faults if await ended(pid, signal.SIGTERM) else [*faults, "the last life did not end when told to"]


def found_faults(installation: Installation, log: Path) -> list[str]:
    """What the store and the log say of damage and of bugs."""
    check = installation.told("db", "check", check=False)
    faults = [] if check.returncode == 0 else [f"db check: {check.stderr.strip()}"]
    return faults + list(_raised(log.read_text(encoding="utf-8", errors="replace").splitlines()))


def _raised(lines: Sequence[str]) -> Iterator[str]:
    """Each exception in a log, with the place that it was raised at."""
    for number, line in enumerate(lines):
        if line.startswith("Traceback"):
            told = list(takewhile(lambda one: one.startswith(" "), lines[number + 1 :]))
            ends = lines[number + 1 + len(told) : number + 2 + len(told)]
            yield f"the log holds: {' | '.join([*(one.strip() for one in told[-2:]), *ends])}"


async def _one_life(program: Program, oracle: Oracle, number: int, chance: random.Random) -> bool:
    """
    Start the program, publish, and kill it, by a bomb at a named step or at any moment; whether it was the bomb.

    Most lives are counted from their first poll, so that a busy machine does not make all of them end at the start.
    """
    is_bombed = number % 2 == 0
    step = chance.choice([*STEPS, COMMIT, COMMIT, COMMIT])
    often = 10 if step == COMMIT else 3
    bomb = f"{step}:{chance.choice(['before', 'after'])}:{chance.randint(1, often)}" if is_bombed else "-"
    from_start, life_s = chance.random() < _FROM_START, _LONGEST_LIFE_S if is_bombed else 3.0 * chance.random()
    polls, begun = oracle.polls, time.monotonic()
    pid = await program.start(bomb)
    oracle.publish()
    while not from_start and is_alive(pid) and oracle.polls == polls and time.monotonic() - begun < _LONGEST_START_S:
        await asyncio.sleep(0.02)
    started = time.monotonic()
    # The second one comes when the first has been polled, most of the time.
    await _lives_on(pid, until=started + min(life_s, 1.5))
    if is_alive(pid):
        oracle.publish()
    await _lives_on(pid, until=started + life_s)
    has_gone = not is_alive(pid)
    await ended(pid, signal.SIGKILL)
    return has_gone


async def _lives_on(pid: int, until: float) -> None:
    while is_alive(pid) and time.monotonic() < until:
        await asyncio.sleep(0.02)


def configure(installation: Installation, storage: str, addresses: Addresses, companies: int, more: str = "") -> None:
    """An installation that is quick to try again, on *storage*, between the servers at *addresses*."""
    installation.write(
        "config/monitor.yaml",
        f"storage: '{storage}'\nseeds: []\nallow_private_addresses: [127.0.0.0/8]\n"
        "poll: {lease: 2s, shortest: 500ms, first_retry: 500ms}\ndelivery: {lease: 4s, send_timeout: 1s, first_retry: 100ms,"
        " shortest_retry: 100ms, longest_retry: 1s}\nalerts: {group_wait: 0s}\n"
        "engine: {heartbeat: 300ms, missed_after: 1500ms, sweep: 500ms, reconnect: 200ms, finish: 5s}\n"
        f"group: {json.dumps(GROUP)}\n{more}",
    )
    installation.write(
        "config/feeds.yaml",
        f"feeds: [{{id: chaos, url: 'http://127.0.0.1:{addresses.feed}/feed.xml', every: 1s, rings: always}}]\n",
    )
    mail = f"mailto://127.0.0.1:{addresses.mail}?from=monitor@ours.example&to=soc@theirs.example"
    installation.write(
        "config/channels.yaml",
        f"channels:\n  hook: {{webhook: 'http://127.0.0.1:{addresses.hook}/hook', secret: '{SECRET}', per_minute: 10000}}\n"
        f"  mail: {{url: '{mail}', per_minute: 10000, notices: false}}\n",
    )
    names = list(islice(reports(), companies))
    rows = "".join(f"{one.name},{one.key}\n" for one in names)
    installation.write("config/watchlists/companies.csv", f"name,id\n{rows}")
    mailed = ", ".join(one.key for one in names[::MAILED])
    rule = "roles: [victim], statuses: [confirmed, alleged], severity: critical"
    installation.write(
        "config/watchlists/default.yaml",
        "watchlist: chaos\nentities:\n  - {file: companies.csv}\nrules:\n"
        f"  - {{id: attacked, {rule}, channels: [hook]}}\n"
        f"  - {{id: mailed, entities: [{mailed}], {rule}, channels: [mail]}}\n",
    )
    (installation.config / "watchlists" / "default.test.yaml").unlink(missing_ok=True)
