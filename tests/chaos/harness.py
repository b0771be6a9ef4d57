"""
Kills the real program again and again, and counts what was lost and what came twice.

A news server on loopback publishes attacks on made-up companies, one company an item. A webhook answers
500, hangs, or succeeds after the program has given up. In the end the program runs in peace, and then:
every item that was served is stored, every company's attack was told, and what came twice has the same id.
"""

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from tests.chaos.program import STEPS
from tests.processes import ROOT, Installation

SECRET = "whsec_" + "Y2hhb3Mh" * 5
_FIRST = "Bram Cald Dorv Elm Fenn Gral Holt Ister Jarn Kest Lomb Marn Norv Oster Pald Quent Rusk Stav Torv Ulm".split()
_LAST = "dale Foundry,gate Dairies,mark Logistics,stead Clinics,wick Energy,holm Mutual,port Ferries,ford Pharma".split(
    ","
)
_CITIES = "Leeds Ghent Graz Lyon Porto Turin Malmo Cork Basel Bilbao".split()
_KINDS = (
    "was hit by ransomware; the company confirmed that {n} servers in {city} had been encrypted",
    "confirmed on Monday that hackers stole the data of {n} customers from its office in {city}",
    "said a cyberattack had forced it to shut down its systems in {city} for {n} hours",
    "has been breached: attackers copied {n} files from a server in {city}, the firm confirmed",
)


@dataclass
class Oracle:
    """What was served, what arrived, and how."""

    chance: random.Random
    served: set[str] = field(default_factory=set)
    published: list[tuple[str, str]] = field(default_factory=list)
    arrived: Counter[str] = field(default_factory=Counter)
    told: set[str] = field(default_factory=set)
    late: int = 0
    calm: bool = False

    def company(self, number: int) -> tuple[str, str]:
        """Id and name of a company that exists nowhere else."""
        first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
        series = number // (len(_FIRST) * len(_LAST))
        name = f"{first}{last}" if not series else f"{first}{last} {series + 1}"
        return name.lower().replace(" ", "-"), name

    def publish(self) -> None:
        number = len(self.published)
        key, name = self.company(number)
        kind = _KINDS[number % len(_KINDS)].format(n=100 + 37 * number, city=_CITIES[number % len(_CITIES)])
        self.published.append((key, f"<item><title>{name} {kind.split(';')[0].split(':')[0]}</title><guid>{key}</guid>"
            f"<link>https://news.example/{key}</link><description>{name} {kind}.</description></item>"))  # fmt: skip

    async def feed(self, _: web.Request) -> web.Response:
        shown = self.published[-60:]
        self.served |= {key for key, _ in shown}
        items = "".join(item for _, item in shown)
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Chaos</title>{items}</channel></rss>'
        return web.Response(body=body.encode(), content_type="application/rss+xml")

    async def hook(self, request: web.Request) -> web.Response:
        body = await request.json()
        draw = 1.0 if self.calm else self.chance.random()
        if draw < 0.20:
            return web.Response(status=500)
        if draw < 0.30:
            await asyncio.sleep(3)
            return web.Response(status=500)
        self.arrived[str(request.headers["webhook-id"])] += 1
        self.told |= _companies(body)
        if draw < 0.35:
            self.late += 1
            await asyncio.sleep(3)
        return web.Response(status=200)


def _companies(body: dict[str, object]) -> set[str]:
    text = json.dumps(body)
    data = body.get("data")
    found = set(data.get("under_attack", [])) if isinstance(data, dict) else set()
    for alert in data.get("alerts", []) if isinstance(data, dict) else []:
        found |= set(alert.get("under_attack", []))
    assert text
    return {str(one) for one in found}


@dataclass
class Outcome:
    """The figures of a run."""

    kills: int
    served: int
    stored: int
    lost_items: int
    alerts: int
    lost_alerts: int
    duplicates: int
    late: int
    seconds: float

    def lines(self) -> str:
        return (
            f"{self.kills} kills, {self.served} items served, {self.stored} stored, {self.lost_items} lost;"
            f" {self.alerts} alerts due, {self.lost_alerts} lost, {self.duplicates} duplicates"
            f" (at most {self.kills + self.late} allowed), {self.seconds:.0f} s"
        )


async def run_chaos(installation: Installation, storage: str, kills: int, seed: int) -> Outcome:
    """Kill the program *kills* times, let it finish, and count."""
    chance = random.Random(seed)
    oracle = Oracle(chance)
    started = time.monotonic()
    async with _served(oracle) as base:
        _configure(installation, storage, base, oracle, kills)
        for number in range(kills):
            await _one_life(installation, oracle, number, chance)
        oracle.calm = True
        process = _start(installation, "-")
        try:
            await _settled(installation, oracle)
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(process.wait, 30)
    stored = {
        json.loads(line)["guid"] for line in installation.run("articles", "list", "-o", "jsonl").stdout.splitlines()
    }
    due = {key for key, _ in oracle.published}
    return Outcome(
        kills=kills,
        served=len(oracle.served),
        stored=len(stored),
        lost_items=len(oracle.served - stored),
        alerts=len(due),
        lost_alerts=len(due - oracle.told),
        duplicates=sum(count - 1 for count in oracle.arrived.values()),
        late=oracle.late,
        seconds=time.monotonic() - started,
    )


async def _one_life(installation: Installation, oracle: Oracle, number: int, chance: random.Random) -> None:
    """Start the program, publish, and kill it: by a bomb at a named step, or at any moment."""
    bombed = number % 2 == 0
    bomb = f"{chance.choice(STEPS)}:{chance.choice(['before', 'after'])}:{chance.randint(1, 3)}" if bombed else "-"
    process = _start(installation, bomb)
    for _ in range(chance.randint(1, 3)):
        oracle.publish()
    deadline = time.monotonic() + (8.0 if bombed else 2.0 + 3.0 * chance.random())
    while process.poll() is None and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    process.kill()
    await asyncio.to_thread(process.wait)


async def _settled(installation: Installation, oracle: Oracle) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if {key for key, _ in oracle.published} <= oracle.told:
            return
        await asyncio.sleep(0.1)


def _start(installation: Installation, bomb: str) -> "subprocess.Popen[bytes]":
    with (installation.root / "log-chaos.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.program", bomb, "run", "--config", str(installation.config)],
            cwd=ROOT,
            env=installation.environ(),
            stdout=log,
            stderr=log,
        )


def _configure(installation: Installation, storage: str, base: str, oracle: Oracle, kills: int) -> None:
    installation.write(
        "config/monitor.yaml",
        f"storage: {storage}\nseeds: []\nallow_private_addresses: [127.0.0.0/8]\n"
        "poll: {lease: 2s}\ndelivery: {lease: 2s, send_timeout: 1s, first_retry: 100ms, shortest_retry: 100ms,"
        " longest_retry: 1s}\nalerts: {group_wait: 0s}\n",
    )
    installation.write(
        "config/feeds.yaml", f"feeds: [{{id: chaos, url: '{base}/feed.xml', every: 1s, rings: always}}]\n"
    )
    installation.write(
        "config/channels.yaml",
        f"channels: {{hook: {{webhook: '{base}/hook', secret: '{SECRET}', default: true, per_minute: 10000}}}}\n",
    )
    names = [oracle.company(number) for number in range(3 * kills + 10)]
    entities = "".join(f"  - {{id: {key}, name: {name}}}\n" for key, name in names)
    installation.write(
        "config/watchlists/default.yaml",
        f"watchlist: chaos\nentities:\n{entities}rules:\n"
        "  - {id: attacked, roles: [victim], statuses: [confirmed, alleged], severity: critical}\n",
    )
    Path(installation.config / "watchlists" / "default.test.yaml").unlink(missing_ok=True)


@asynccontextmanager
async def _served(oracle: Oracle) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/feed.xml", oracle.feed)
    app.router.add_post("/hook", oracle.hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
