"""
A worker that falls silent in the middle of a batch, killed or paused, while the feed goes on.

`python -m tests.chaos --silent killed|paused` runs it with the settings as they ship; the short form runs in
`make test`. What the silent one holds has to be free within a minute, and when it wakes up with an old answer in its
hands, that answer must not be saved.
"""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from sqlalchemy import select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from tests.processes import Installation, Newsstand, came, install

BLOWS = {"killed": signal.SIGKILL, "paused": signal.SIGSTOP}
# On a busy machine.
_START_S = 150.0
_FREE_S = 60.0
_SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0cw=="
_STORY = (
    "{0} hit by ransomware",
    "{0} confirmed on Tuesday that hackers had stolen customer data in a ransomware attack.",
)


@dataclass
class SlowStand(Newsstand):
    """A news server that can keep whoever asks waiting, and then answers as of when it was asked."""

    is_slow: bool = False
    waiting: int = 0
    newest: str = ""
    at_once: int = 0
    most_at_once: int = 0
    callers: set[str] = field(default_factory=set)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def feed(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.callers.add(request.headers["User-Agent"])
        self.most_at_once = max(self.most_at_once, self.at_once)
        # Long enough for another one to be seen beside it.
        await asyncio.sleep(0.05)
        self.at_once -= 1
        answer = await super().feed(request)
        self.newest = answer.headers["ETag"]
        if self.is_slow:
            self.waiting += 1
            await self.go_on.wait()
        return answer

    def report(self, company: str) -> None:
        self.publish(_STORY[0].format(company), _STORY[1].format(company), company.lower())

    def told(self) -> set[str]:
        """The ids of the messages that arrived."""
        return {str(message["id"]) for message in self.received}


@dataclass(frozen=True, slots=True)
class Silence:
    """
    What became of it: how long the batch was held, and how many messages arrived of how many due.

    ``noted`` and ``shown`` are the feed's validator and failures in the store, and as they should be: the old answer of
    the one that woke up has others.
    """

    held_s: float
    due: int
    told: int
    ids: int
    noted: tuple[str | None, int]
    shown: tuple[str | None, int]

    @property
    def is_fine(self) -> bool:
        """Whether nothing was lost, told twice or noted by the one that woke up."""
        return self.due == self.told == self.ids and self.noted == self.shown

    @property
    def is_soon(self) -> bool:
        """Whether the batch was free as soon as it has to be, on a machine that does nothing else."""
        return self.held_s < _FREE_S

    def lines(self) -> str:
        return (
            f"taken over after {self.held_s:.1f} s, {self.told} of {self.due} messages arrived under {self.ids} ids,"
            f" the feed stands at {self.noted} and should at {self.shown}"
        )


def configured(folder: Path, storage: str, base: str, engine: str = "", feeds: int = 1) -> Installation:
    """An installation of workers on *storage*; claims last as long as they do as shipped, three minutes."""
    found = install(folder)
    found.write(
        "config/monitor.yaml",
        f"storage: '{storage}'\nseeds: []\nallow_private_addresses: [127.0.0.0/8]\n"
        f"fetch: {{timeout: 150s, read_timeout: 150s, per_host: 1}}\npoll: {{shortest: 1s, calmest: 1s}}\nalerts: {{group_wait: 0s}}\n{engine}",
    )
    listed = "".join(
        f"  - {{id: stand{n}, url: '{base}/feed.xml?{n}', every: 1s, rings: always}}\n" for n in range(feeds)
    )
    found.write("config/feeds.yaml", f"feeds:\n{listed}")
    found.write(
        "config/channels.yaml",
        f"channels: {{hook: {{webhook: '{base}/hook', secret: '{_SECRET}', default: true, per_minute: 1000}}}}\n",
    )
    return found


@asynccontextmanager
async def ended(installation: Installation) -> AsyncIterator[None]:
    """All that was started ends, sleepers too."""
    try:
        yield
    finally:
        for process in installation.processes:
            process.send_signal(signal.SIGCONT)
        await asyncio.to_thread(installation.stop)


async def fall_silent(
    installation: Installation, stand: SlowStand, storage: str, blow: str, asleep_s: float
) -> Silence:
    """Let one worker fall silent while it polls, and sleep for *asleep_s* at least where it is *paused*."""
    stand.report("Microsoft")
    stand.is_slow = True
    async with ended(installation):
        first = installation.start("worker", "--concurrency", "4")
        await came(lambda: stand.waiting == 1, "the first worker's poll", _START_S)
        installation.start("worker", "--concurrency", "4")
        await came(lambda: _said(installation, 1, "config.loaded"), "the second worker", _START_S)
        fell = time.monotonic()
        first.send_signal(BLOWS[blow])
        stand.report("Apple")
        await came(lambda: stand.waiting == 2, "the second worker's poll of the same feed", _START_S)
        held_s = time.monotonic() - fell
        stand.is_slow = False
        stand.go_on.set()
        await came(lambda: len(stand.told()) == 2, "both alerts")
        if blow == "paused":
            await asyncio.sleep(max(0.0, asleep_s - (time.monotonic() - fell)))
            # No poll of the other may hide what this one saves. Kept waiting and not stopped: stopped, it could hold
            # a lock of the database that this one waits for.
            stand.go_on.clear()
            stand.is_slow = True
            await came(lambda: stand.waiting == 3, "the second worker's next poll")
            # It wakes up with an answer in its hands that is older than what the other has saved.
            first.send_signal(signal.SIGCONT)
            await came(lambda: _said(installation, 0, "collect.finished"), "the late round")
        noted, shown = _noted(storage), (stand.newest, 0)
        stand.is_slow = False
        stand.go_on.set()
        stand.report("Amazon")
        await came(lambda: len(stand.told()) >= 3, "the next alert")
    return Silence(held_s, 3, len(stand.received), len(stand.told()), noted, shown)


def _said(installation: Installation, number: int, event: str) -> bool:
    return any(line["event"] == event for line in installation.events(number))


def _noted(storage: str) -> tuple[str | None, int]:
    """What the store has noted of the feed: the validator of its last version, and how often it failed since."""
    database = Database(storage)
    with database.read() as connection:
        state = json.loads(connection.execute(select(t.feeds.c.state)).scalar_one())
    database.close()
    return state["etag"], state["failures"]
