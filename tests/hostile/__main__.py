"""
The whole hostile corpus among 200 good feeds, through the real fetcher, workers, plan and store: `make hostile`.

Every hostile feed is polled in every round, with the limits of the service. Prints how long good feeds
waited, how many workers were killed, and the memory of the process and of its workers; exit code 1 where
a good feed waited 5 s or longer (99 of 100), the process grew over 400 MB, a worker over 1 GB, a worker was not killed
within 5 s, or an item that can be salvaged is missing.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.adapters.database import migrate
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.http.fetcher import HttpFetcher
from monitor.adapters.long_lived import settle, spare_memory
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.parse_workers.pool import ParseWorkers
from monitor.domain.article import Parsed
from monitor.domain.feed import Feed, FeedId, FeedKind, FeedState, Fetched
from monitor.domain.policy import Policy
from monitor.pipeline import Intake, collect
from tests.hostile.memory import watched
from tests.hostile.site import served_apart

GOOD, ROUNDS = 200, 3
WORST_WAIT_S, KILLED_WITHIN_S, MOST_MAIN_MIB, MOST_WORKER_MIB = 5.0, 5.0, 381, 953


def feeds(port: int, cases: int) -> list[Feed]:
    """All feeds, each on a host of its own."""
    paths = (
        [f"good/{n}" for n in range(GOOD)] + [f"hostile/{n}" for n in range(cases)] + [f"drip/{n}" for n in range(5)]
    )
    return [
        Feed(FeedId(path.replace("/", "-")), f"http://127.0.{1 + n // 250}.{1 + n % 250}:{port}/{path}")
        for n, path in enumerate(paths)
    ]


async def main() -> int:
    """Three rounds over all feeds."""
    spare_memory()  # as the service does
    usual = Policy()
    policy = replace(usual, fetch=replace(usual.fetch, timeout=timedelta(seconds=10), max_body_bytes=32 * 2**20))
    waits: list[float] = []
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/hostile.db")
        now = datetime.now(UTC)
        migrate.upgrade(database, now, backups=Path(folder) / "backups")
        store = DatabaseStore(database)
        fetcher = HttpFetcher(policy.fetch, ("127.0.0.0/8",), "hostile")
        workers = ParseWorkers(policy.parse, policy.normalise, load_lexicon())
        settle()  # as the service does
        async with served_apart() as site, watched() as peak:
            cases = (await site.known())["cases"]
            store.sync_feeds(feeds(site.port, len(cases)), now - timedelta(days=9))
            for number in range(ROUNDS):
                moment = datetime.now(UTC) + timedelta(days=8 * number)
                began = time.monotonic()
                watch = Watch(workers)
                source = Intake(fetcher, watch)
                report = await collect(lambda: moment, store, {FeedKind.WEB: source}, policy)  # noqa: B023
                # How long a good feed waits in our hands, from its answer to its articles.
                asked = (await site.known())["asked"]
                waits += [watch.read_at[f"good-{n}"] - asked[str(n)] for n in range(GOOD)]
                faults += [
                    f"{case['name']}: its good item is lost" for n, case in enumerate(cases) if _is_lost(case, watch, n)
                ]
                print(
                    f"round {number + 1}: {report.due} feeds in {time.monotonic() - began:.1f} s, {len(report.failures)} failures"
                )
        await workers.close()
        await fetcher.close()
        database.close()
    waits.sort()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    late = waits[int(len(waits) * 0.99)]
    print(f"good feeds: {len(waits)} polls, half within {waits[len(waits) // 2]:.2f} s, 99 of 100 within {late:.2f} s")
    print(
        f"workers killed: {workers.killed}, each within {workers.longest_s:.2f} s; main process {own:.0f} MiB, "
        f"largest worker {peak.mib:.0f} MiB"
    )
    faults += [f"good feeds waited {late:.1f} s"] if late >= WORST_WAIT_S else []
    faults += [f"a worker was let work for {workers.longest_s:.1f} s"] if workers.longest_s >= KILLED_WITHIN_S else []
    faults += ["the main process grew too large"] if own > MOST_MAIN_MIB else []
    faults += ["a worker grew too large"] if peak.mib > MOST_WORKER_MIB else []
    print("\n".join(faults) or f"all {len(cases) + 5} hostile feeds: nothing lost, nobody late")
    return 1 if faults else 0


class Watch:
    """Workers that note when each feed was read, and the titles in it."""

    def __init__(self, workers: ParseWorkers) -> None:
        self._workers = workers
        self.read_at: dict[str, float] = {}
        self.titles: dict[str, set[str]] = {}

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        try:
            parsed = await self._workers.parse(feed, state, fetched, known, now)
            self.titles[str(feed.id)] = {entry.title for entry in parsed.document.entries}
            return parsed
        finally:
            self.read_at[str(feed.id)] = time.monotonic()

    async def close(self) -> None:
        """The workers are closed by who made them."""


def _is_lost(case: Mapping[str, Any], watch: Watch, number: int) -> bool:
    return not case["may_fail"] and not set(case["kept"]) <= watch.titles.get(f"hostile-{number}", set())


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
