"""
A flood: as many new items at once as years bring, over many feeds, through the real program.

One item in fifty is an attack on a company of its own; the rest is a council's business. Every item has to be
stored, every attack told, most of them in lists, since a channel takes only so many messages a minute.
"""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.chaos.news import Report, document, reports
from tests.chaos.receivers import SECRET, attacked
from tests.processes import Installation

_ITEMS_A_FEED = 100
_ATTACKED_EVERY = 50
_PATIENCE_S = 3600.0


@dataclass
class Stand:
    """Feeds full of news, and a webhook that takes notes."""

    items: int
    told: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    notices: int = 0
    attacks: list[Report] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.attacks = list(islice(reports(), self.items // _ATTACKED_EVERY))

    @property
    def feeds(self) -> int:
        return -(-self.items // _ITEMS_A_FEED)

    def item(self, number: int) -> str:
        if number % _ATTACKED_EVERY == 0 and number // _ATTACKED_EVERY < len(self.attacks):
            return self.attacks[number // _ATTACKED_EVERY].item()
        return (
            f"<item><title>Item {number}: the council met about road {number * 7 % 9973}</title><guid>{number}</guid>"
            f"<link>https://news.example/{number}</link><description>Councillors of district {number % 991} spoke for"
            f" {number % 9 + 1} hours about the bridge at kilometre {number % 4999}, and voted for it.</description></item>"
        )

    async def feed(self, request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match"):
            return web.Response(status=304)
        first = int(request.match_info["number"]) * _ITEMS_A_FEED
        shown = "".join(map(self.item, range(first, min(self.items, first + _ITEMS_A_FEED))))
        return web.Response(body=document(shown), content_type="application/rss+xml", headers={"ETag": '"1"'})

    async def hook(self, request: web.Request) -> web.Response:
        message = await request.json()
        self.messages += 1
        self.notices += message["type"] == "monitor.notice"
        self.told.update(attacked(message))
        return web.Response()


@dataclass(frozen=True, slots=True)
class Flooded:
    """The figures. ``noted`` is how many attacks have a message, sent or in the outbox; sizes are in MiB."""

    items: int
    stored: int
    attacks: int
    noted: int
    told: int
    messages: int
    notices: int
    seconds: float
    memory: float
    helper_memory: float
    store_size: float
    exit_code: int

    @property
    def is_fine(self) -> bool:
        """Whether everything is there."""
        return self.stored == self.items and self.noted == self.attacks and self.exit_code == 0

    def lines(self) -> str:
        return (
            f"{self.items} items served, {self.stored} stored and assessed; {self.attacks} attacks, {self.noted} in the"
            f" outbox, {self.told} told in {self.messages} messages, {self.notices} notices; {self.seconds:.0f} s; at most {self.memory:.0f} MiB,"
            f" {self.helper_memory:.0f} MiB in the largest helper; store {self.store_size:.0f} MiB"
        )


async def flood(installation: Installation, items: int, *, until_told: bool) -> Flooded:
    """Let the program read *items* at once; with *until_told* it runs until the last list has left."""
    stand = Stand(items)
    async with _served(stand) as base:
        _configure(installation, stand, base)
        started = time.monotonic()
        process = installation.start("run")
        file = installation.root / "storage" / "monitor.db"
        peaks: dict[int, float] = {}
        while time.monotonic() - started < _PATIENCE_S and process.poll() is None:
            peaks |= _peaks(process.pid)
            if _assessed(file) >= items and (not until_told or len(stand.told) >= len(stand.attacks)):
                break
            await asyncio.sleep(0.5)
        seconds = time.monotonic() - started
        await asyncio.to_thread(installation.stop)
    return Flooded(
        items=items,
        stored=_assessed(file),
        attacks=len(stand.attacks),
        noted=_noted(file),
        told=len(stand.told),
        messages=stand.messages,
        notices=stand.notices,
        seconds=seconds,
        memory=peaks.pop(process.pid, 0.0),
        helper_memory=max(peaks.values(), default=0.0),
        store_size=file.stat().st_size / 2**20,
        exit_code=process.returncode,
    )


@asynccontextmanager
async def _served(stand: Stand) -> AsyncIterator[str]:
    app = web.Application(client_max_size=2**30)
    app.router.add_get("/feeds/{number}", stand.feed)
    app.router.add_post("/hook", stand.hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _configure(installation: Installation, stand: Stand, base: str) -> None:
    installation.write(
        "config/monitor.yaml",
        "seeds: []\nallow_private_addresses: [127.0.0.0/8]\nfetch: {per_host: 16}\nalerts: {group_wait: 0s}\n"
        # Each report a story of its own: texts of one mould look alike.
        "group: {join: 9, merge: 9, copy_share: 9}\n",
    )
    rows = "".join(f"  - {{id: f{n}, url: '{base}/feeds/{n}', every: 1h, rings: always}}\n" for n in range(stand.feeds))
    installation.write("config/feeds.yaml", f"feeds:\n{rows}")
    hook = f"{{webhook: '{base}/hook', secret: '{SECRET}', default: true}}"
    installation.write("config/channels.yaml", f"channels: {{hook: {hook}}}\n")
    names = "".join(f"{one.name},{one.key}\n" for one in stand.attacks)
    installation.write("config/watchlists/companies.csv", f"name,id\n{names}")
    installation.write(
        "config/watchlists/default.yaml",
        "watchlist: flood\nentities:\n  - {file: companies.csv}\n"
        "rules:\n  - {id: attacked, roles: [victim], statuses: [confirmed, alleged], severity: critical}\n",
    )
    (installation.config / "watchlists" / "default.test.yaml").unlink(missing_ok=True)


def _assessed(file: Path) -> int:
    return _count(file, "SELECT COUNT(*) FROM articles WHERE NOT is_pending")


def _noted(file: Path) -> int:
    return _count(file, "SELECT COUNT(DISTINCT alert_id) FROM notifications WHERE state != 'dead'")


def _count(file: Path, query: str) -> int:
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            found: Any = connection.execute(query).fetchone()[0]
        except sqlite3.OperationalError:
            # Its tables are being made.
            return 0
    return int(found)


def _peaks(pid: int) -> dict[int, float]:
    """The most memory that the process and its children ever held, in MiB."""
    found = {}
    children = Path(f"/proc/{pid}/task").glob("*/children")
    try:
        pids = {pid, *(int(word) for path in children for word in path.read_text().split())}
    except OSError:
        return {}
    for one in pids:
        try:
            status = Path(f"/proc/{one}/status").read_text()
        except OSError:
            continue
        peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
        found[one] = int(peak.split()[1]) / 1024
    return found
