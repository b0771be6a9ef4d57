"""
Good feeds for a siege: each on a host of its own, with an article every so often; what came out when is written to a file.

`python benchmarks/siege_papers.py COUNT PORT EVERY_S FILE`, until it is ended.
"""

import asyncio
import gzip
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from email.utils import formatdate
from pathlib import Path

from aiohttp import web

SHOWN = 12
NAME = "siege"  # what the service calls itself to good feeds, so that others who ask are told apart
_WORDS = "harbour market council river budget school museum weather traffic railway concert garden bakery bridge forest orchestra".split()
_WATCHED = ("Okta", "Adobe", "Siemens", "Philips", "Vodafone")


@dataclass
class Item:
    """One article: when it came out, and when the service was shown it first."""

    paper: int
    number: int
    title: str
    text: str
    link: str
    out_at: float
    shown_at: float | None = None


@dataclass
class Paper:
    """A feed; two in three write on their own host, the others somewhere else, as behind a feed service."""

    number: int
    port: int
    every_s: float
    items: list[Item] = field(default_factory=list)
    next_at: float = 0.0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)
        self.next_at = time.time() + self.chance.random() * self.every_s

    def catch_up(self) -> None:
        while self.next_at <= time.time():
            self.items.insert(0, self._item(len(self.items), self.next_at))
            self.next_at += self.every_s * self.chance.uniform(0.7, 1.3)

    def _item(self, number: int, at: float) -> Item:
        words = self.chance.choices(_WORDS, k=70)
        head = " ".join(words[:5]).capitalize()
        if self.chance.random() < 0.1:
            head = f"{self.chance.choice(_WATCHED)} confirms data breach after ransomware attack"
        title = f"{head} GOOD-{self.number}-{number}"
        return Item(self.number, number, title, " ".join(words), link_of(self.number, number, self.port), at)

    def document(self) -> bytes:
        # Some are large for what they tell, as many are.
        padding = f"<!--{'x' * 700_000}-->" if self.number % 40 == 11 else ""
        inner = "".join(
            f"<item><title>{one.title}</title><link>{one.link}</link><guid isPermaLink='false'>good-{one.paper}-{one.number}</guid>"
            f"<pubDate>{formatdate(one.out_at)}</pubDate><description>{one.text}</description></item>"
            for one in self.items[:SHOWN]
        )
        return f"<rss version='2.0'><channel><title>Good</title>{padding}{inner}</channel></rss>".encode()


def host_of(number: int) -> str:
    """The host of a good feed."""
    return f"127.1.{number // 200}.{1 + number % 200}"


def feed_of(number: int, port: int) -> str:
    """Its address."""
    return f"http://{host_of(number)}:{port}/feed/{number}"


def link_of(number: int, item: int, port: int) -> str:
    """Where one of its articles is."""
    return f"http://{host_of(number)}:{port}/item/{item}" if number % 3 else f"https://paper-{number}.example/{item}"


async def main(count: int, port: int, every_s: float, file: Path) -> None:
    papers = [Paper(number, port, every_s) for number in range(count)]

    async def feed(request: web.Request) -> web.Response:
        paper = papers[int(request.match_info["number"])]
        paper.catch_up()
        headers = {"ETag": f'"{len(paper.items)}"'} if paper.number % 5 else {}
        if headers and request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        for item in paper.items[:SHOWN]:
            if item.shown_at is None and request.headers.get("User-Agent") == NAME:
                item.shown_at = time.time()
        body = paper.document()
        if paper.number % 4 == 2:
            body, headers = gzip.compress(body, 1), {**headers, "Content-Encoding": "gzip"}
        return web.Response(body=body, content_type="application/rss+xml", headers=headers)

    app = web.Application()
    app.router.add_get("/feed/{number}", feed)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", port, backlog=4096).start()
    while True:
        for paper in papers:
            paper.catch_up()
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps([asdict(item) for paper in papers for item in paper.items]))
        fresh.replace(file)
        await asyncio.sleep(2)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])))
