"""
A soak on simulated time: thousands of feeds on loopback, polled round after round, each round a quarter of an hour.

    .venv/bin/python benchmarks/soak.py --minutes 30 --feeds 5000

Every round a share of the feeds publishes an item; the rest answers 304. Printed for each round: resident
memory, open descriptors and the size of the WAL; at the end how they grew from the middle third to the last.

Grouping remembers articles, up to ``group.max_articles`` of them. The soak bounds that memory (``--window``) to
less than the first round brings, so that it is full all the time and whatever grows from then on is a leak.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from statistics import median

from aiohttp import web

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.adapters.yaml_settings.load import load_settings
from monitor.app import feeds_of, open_brain, open_desk, open_intakes, open_lanes, open_store
from monitor.pipeline import assess, collect, deliver

STEP = timedelta(minutes=16)
SHARE = 0.02
_SYLLABLES = [f"{onset}{vowel}" for onset in "bcdfghjklmnprstvwz" for vowel in "aeiou"]


@dataclass
class Stand:
    """Feeds whose version says how many items they have published."""

    versions: dict[int, int] = field(default_factory=dict)
    polls: int = 0

    async def feed(self, request: web.Request) -> web.Response:
        self.polls += 1
        number = int(request.match_info["number"])
        version = self.versions.setdefault(number, 1)
        etag = f'"{version}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        items = "".join(
            f"<item><title>{words(number, n, 8)}</title><guid>{number}-{n}</guid>"
            f"<link>https://feed{number}.example/{n}</link><description>{words(number, -n, 60)}</description></item>"
            for n in range(max(0, version - 20), version)
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'
        return web.Response(body=body.encode(), content_type="application/rss+xml", headers={"ETag": etag})


def words(feed: int, item: int, count: int) -> str:
    """Words that no other item has, so that stories stay small: the memory of a huge one is no leak."""
    chance = random.Random(feed * 1_000_003 + item)
    return " ".join("".join(chance.choices(_SYLLABLES, k=3)) for _ in range(count)).capitalize()


def measures(folder: Path) -> tuple[float, int, float]:
    """Resident memory in MiB, open descriptors, WAL in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    wal = folder / "storage" / "monitor.db-wal"
    size = wal.stat().st_size if wal.exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, sum(1 for _ in Path("/proc/self/fd").iterdir()), size / 2**20


async def soak(minutes: float, feeds: int, window: int) -> int:
    chance, stand, rows = random.Random(3), Stand(), []
    app = web.Application()
    app.router.add_get("/{number}", stand.feed)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        folder = Path(name)
        (folder / "config" / "watchlists").mkdir(parents=True)
        (folder / "config" / "watchlists" / "w.yaml").write_text("watchlist: w\nentities: [Okta, Adobe]\nrules: []\n")
        urls = "".join(f"  - {{id: f{n}, url: '{base}/{n}', every: 15m}}\n" for n in range(feeds))
        (folder / "config" / "feeds.yaml").write_text(f"feeds:\n{urls}")
        (folder / "config" / "monitor.yaml").write_text(
            "seeds: []\nallow_private_addresses: [127.0.0.0/8]\nfetch: {per_host: 64}\n"
        )
        settings = load_settings(folder / "config", {})
        policy = replace(settings.policy, group=replace(settings.policy.group, max_articles=window))
        settings = replace(settings, policy=policy)
        moment = [datetime(2026, 1, 1, tzinfo=UTC)]

        def clock() -> datetime:
            return moment[0]

        brain, intakes, lanes = open_brain(settings), open_intakes(settings), open_lanes(settings, StringIO())
        started = time.monotonic()
        with open_store(settings, clock()) as store:
            store.sync_feeds(feeds_of(settings), clock())
            desk = open_desk(settings, store, brain, clock())
            while time.monotonic() - started < minutes * 60 or len(rows) < 6:
                moment[0] += STEP
                for number in chance.sample(range(feeds), max(1, int(feeds * SHARE))):
                    stand.versions[number] = stand.versions.get(number, 1) + 1
                report = await collect(clock, store, intakes.by_kind, settings.policy)
                while (await asyncio.to_thread(assess, clock(), desk)).articles:
                    pass
                for lane in lanes:
                    await deliver(clock, store, lane, settings.policy.delivery)
                rows.append(measures(folder))
                rss, descriptors, wal = rows[-1]
                print(
                    f"round {len(rows)}: {report.due} polls, {report.unchanged} unchanged, {report.articles_new} new,"
                    f" {rss:.0f} MiB, {descriptors} descriptors, WAL {wal:.1f} MiB",
                    flush=True,
                )
        await intakes.close()
        brain.close()
    await runner.cleanup()
    third = max(1, len(rows) // 3)
    early, late = rows[third : 2 * third], rows[-third:]
    growth = median(row[0] for row in late) / median(row[0] for row in early)
    print(
        f"{len(rows)} rounds of {feeds} feeds, {stand.polls} polls: memory x{growth:.2f} from middle to last third,"
        f" descriptors {max(row[1] for row in early)} -> {max(row[1] for row in late)},"
        f" WAL at most {max(row[2] for row in rows):.0f} MiB"
    )
    return 0 if growth < 1.1 else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--window", type=int, default=4000, help="how many articles grouping remembers")
    given = parser.parse_args()
    return asyncio.run(soak(given.minutes, given.feeds, given.window))


if __name__ == "__main__":
    sys.exit(main())
