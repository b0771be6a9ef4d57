"""
A station for tests of whole rounds: its configuration in files, feeds on loopback, everything read and judged for real.

Like the service without its beats: nothing moves but by the test's hand, and the clock is the test's.
"""

import functools
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.detection_pool import ReadingPool
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.load import load_settings
from monitor.app import (
    Brain,
    Intakes,
    feeds_of,
    look_back,
    open_desk,
    open_intakes,
    open_lanes,
    open_store,
)
from monitor.domain.report import FeedNote
from monitor.domain.settings import Settings
from monitor.entrypoints.upkeep import fold_held
from monitor.pipeline import Desk, Lane, assess, collect, deliver
from tests.builders import NOW
from tests.pipeline.newsroom import reader
from tests.processes import Newsstand, open_newsstand

lexicon = functools.cache(load_lexicon)
# Patient, since a machine that tests is a busy one.
CALM = (
    "allow_private_addresses: [127.0.0.0/8]\nalerts: {group_wait: 0s}\nparse: {time_limit: 1m, thorough_limit: 50s}\n"
)
RULE = "rules: [{id: hit, roles: [victim], statuses: [confirmed, alleged]}]\n"
# Attacks on watched companies, each told as a fact.
NEWS = {
    "Okta": "Okta was hit by ransomware. The identity provider confirmed on Monday that 40 of its servers were encrypted.",
    "Siemens": "Hackers have stolen drawings from Siemens, the engineering group said in Munich, after a breach of its network.",
    "Heineken": "A DDoS attack took the ordering site of Heineken offline for six hours, the Amsterdam brewer confirmed.",
    "Renault": "Renault halted a plant near Douai: a cyberattack had paralysed its logistics, the French car maker said.",
    "Iberdrola": "Data of 850,000 customers of Iberdrola leaked after an intrusion, Spain's utility told the regulator.",
    "Maersk": "Malware has crippled terminals of Maersk in Rotterdam; the Danish shipping line confirmed the infection.",
}


@dataclass
class Station:
    """One installation and the newsstand that it reads."""

    root: Path
    stand: Newsstand
    now: datetime = NOW
    notices: list[FeedNote] = field(default_factory=list)
    intakes: Intakes | None = None

    def write(self, **files: str) -> None:
        """Files of the configuration: ``monitor``, ``feeds``, ``channels``, and ``w_NAME`` for watchlists."""
        for name, text in files.items():
            place = f"watchlists/{name.removeprefix('w_')}" if name.startswith("w_") else name
            path = self.root / "config" / f"{place}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def poll(self, *feeds: str) -> None:
        """Poll these feeds of the newsstand: ``feed``, ``more``."""
        rows = "".join(f"  - {{id: {name}, url: '{self.stand.base}/{name}.xml', every: 1h}}\n" for name in feeds)
        self.write(feeds=f"feeds:\n{rows}")

    def watch(self, name: str, *companies: str, rule: str = "hit") -> None:
        """A watchlist of its own with one rule on victims."""
        watched = f"watchlist: {name}\nentities: [{', '.join(companies)}]\n"
        self.write(**{f"w_{name}": watched + RULE.replace("hit", rule)})

    async def start(self) -> None:
        """Start on the files and the store as they are."""
        self.settings: Settings = load_settings(self.root / "config", {})
        # The words of all languages are read once for all stations, and the parsers outlive a restart: both take long.
        self.brain = Brain(ReadingPool(self.settings.entities(), lexicon(), reader(), processes=1))
        self.intakes = self.intakes or open_intakes(self.settings)
        self.lanes: tuple[Lane, ...] = open_lanes(self.settings, StringIO())
        self.stack = ExitStack()
        self.store: DatabaseStore = self.stack.enter_context(open_store(self.settings, self.now))
        self.store.sync_feeds(feeds_of(self.settings), self.now)
        self.desk: Desk = open_desk(self.settings, self.store, self.brain, self.now)
        look_back(self.settings, self.store, self.brain)
        self.catalogue = DatabaseCatalogue(self.store.database)

    async def stop(self) -> None:
        for lane in self.lanes:
            await lane.sender.close()
        self.brain.close()
        self.stack.close()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def later(self, **span: float) -> None:
        """Time passes, then everything due is polled, assessed and sent."""
        self.now += timedelta(**span)
        assert self.intakes is not None
        policy = self.settings.policy
        self.notices.extend((await collect(lambda: self.now, self.store, self.intakes.by_kind, policy)).notices)
        while assess(self.now, self.desk).articles:
            pass
        fold_held(self.store, self.desk.bench, self.now)
        for lane in self.lanes:
            while (await deliver(lambda: self.now, self.store, lane, policy.delivery)).delivered:
                pass

    def said(self) -> list[dict[str, Any]]:
        """What arrived on the file channel, oldest first."""
        path = self.root / "storage" / "alerts.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def told(self) -> list[list[str]]:
        """Who was under attack in each message."""
        return [one["data"].get("under_attack", []) for one in self.said()]

    def reasons(self) -> set[str]:
        stories = [str(story.id) for story in self.catalogue.stories()]
        return {str(verdict.reason) for story in stories for verdict in self.catalogue.verdicts(story)}


@asynccontextmanager
async def open_station(root: Path, *companies: str) -> AsyncIterator[Station]:
    """A station that watches *companies* and reads the first feed; to be started by the test."""
    async with open_newsstand() as stand:
        station = Station(root, stand)
        station.write(
            monitor=f"seeds: []\n{CALM}", channels="channels: {log: {file: storage/alerts.jsonl, default: true}}\n"
        )
        station.poll("feed")
        station.watch("w", *companies)
        try:
            yield station
        finally:
            await station.stop()
            if station.intakes is not None:
                await station.intakes.close()
