"""Feeds on a loopback server for benchmarks of polling, and what a process took to read them."""

import asyncio
import contextlib
import functools
import hashlib
import itertools
import json
import multiprocessing
import os
import random
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOTHING_NEW = '"nothing-new"'
_QUIET = (
    b"<rss version='2.0'><channel><title>Quiet</title><item><title>Old</title><guid>1</guid></item></channel></rss>"
)
_LITTLE = "the of a to and in that was for on with as it by at from had were which said be has its more after an would".split()
_SYLLABLES = "ba ce di fo gu ha ji ka le mo nu pa qui ro sa te vu wa xe yo zi cra dre fli gro ple sta tri".split()
_NAMES = ("Microsoft", "Northern Rail", "Apple", "City of Leeds", "Bank of America", "Delta", "Orange", "Deutsche Bank")
_NEWS = (
    "was hacked",
    "opens a plant",
    "reports a profit",
    "confirms a data breach",
    "names a new chief",
    "hit by ransomware",
)


@functools.cache
def vocabulary() -> tuple[list[str], list[float]]:
    """The made-up words of all sites, and their shares added up: a few are common, most rare, as in any language."""
    chance = random.Random(0)
    words = list(dict.fromkeys("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(40_000)))
    return words, list(itertools.accumulate(1 / (rank + 30) for rank in range(len(words))))


def document(number: int, items: int) -> bytes:
    """The feed of one site, as blogs and papers publish it: half of it markup. The same for the same number."""
    chance = random.Random(number)
    known, shares = vocabulary()

    def words(count: int) -> str:
        content = chance.choices(known, cum_weights=shares, k=count)
        return " ".join(chance.choice(_LITTLE) if chance.random() < 0.45 else word for word in content)

    def paragraph(somebody: str) -> str:
        return (
            f'<p class="wp-block-paragraph" style="text-align:left">The {words(11)} {somebody} {words(9)} <a href="https://site-{number}.example/tag/{words(1)}/?ref=in'
            f'line" target="_blank" rel="noopener noreferrer">{words(3)}</a> {words(14)} <strong>{words(2)}</strong>, <em>{words(2)}</em> {words(9)}.</p>\n'
        )

    def picture(place: int) -> str:
        sizes = ", ".join(
            f"https://cdn.example/{number}/{place}-{width}.jpg {width}w" for width in (150, 300, 768, 1024)
        )
        return (
            f'<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" width="1024" height="576" alt="{words(4)}" '
            f'src="https://cdn.example/{number}/{place}.jpg" srcset="{sizes}" sizes="(max-width: 1024px) 100vw, 1024px"/>'
            f"<figcaption>{words(6)}</figcaption></figure>\n"
        )

    def content(place: int) -> str:
        cast = [" ".join(chance.choices(known, k=2)).title() for _ in range(4)]
        parts = [paragraph(chance.choice(cast)) for _ in range(chance.randint(3, 9))]
        bullets = "".join(f"<li><span>{words(7)}</span></li>" for _ in range(4))
        return "".join(
            [
                picture(place),
                *parts[:2],
                f"<h2>{words(5)}</h2><ul>{bullets}</ul>",
                *parts[2:],
                '<div class="share"><a href="#">x</a></div>',
            ]
        )

    def item(place: int) -> dict[str, str]:
        when = datetime(2026, 11, 25, tzinfo=UTC) - timedelta(hours=place * 3 + number % 3)
        name = f"{chance.choice(_NAMES)} {chance.choice(_NEWS)}: " if chance.random() < 0.1 else ""
        return {
            "title": f"{name}{words(7)} {number}-{place}",
            "link": f"https://site-{number}.example/{place}?id={place}&amp;utm_source=rss",
            "id": f"https://site-{number}.example/?p={place}",
            "rfc": when.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            "iso": when.isoformat(),
            "teaser": f"<p>{words(30)}</p>",
            "content": content(place),
        }

    held = [item(place) for place in range(items)]
    text = _atom(number, held) if number % 20 == 7 else _rss(number, held)
    if number % 30 == 3:
        text = text.replace("&amp;utm", "&utm")  # the commonest defect there is
    return text.encode("iso-8859-1" if number % 50 == 9 else "utf-8")


def _rss(number: int, items: list[dict[str, str]]) -> str:
    inner = "".join(
        f"<item>\n<title>{one['title']}</title>\n<link>{one['link']}</link>\n<guid isPermaLink='false'>{one['id']}</guid>\n"
        f"<pubDate>{one['rfc']}</pubDate>\n<dc:creator><![CDATA[N. Writer]]></dc:creator><category><![CDATA[News]]></category>"
        f"<description><![CDATA[{one['teaser']}]]></description>\n<content:encoded><![CDATA[{one['content']}]]></content:encoded>\n"
        f"<wfw:commentRss>{one['id']}/feed</wfw:commentRss><slash:comments>0</slash:comments></item>\n"
        for one in items
    )
    encoding = "iso-8859-1" if number % 50 == 9 else "UTF-8"
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:atom="http://www.w3.org'
        '/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel>'
        f"<title>Site {number}</title><link>https://site-{number}.example/</link><language>en-GB</language>{inner}</channel></rss>"
    )


def _atom(number: int, items: list[dict[str, str]]) -> str:
    inner = "".join(
        f'<entry><title type="html">{one["title"]}</title><link href="{one["link"]}"/><id>{one["id"]}</id>'
        f"<published>{one['iso']}</published><updated>{one['iso']}</updated><author><name>N. Writer</name></author>"
        f'<summary type="html"><![CDATA[{one["teaser"]}]]></summary><content type="html"><![CDATA[{one["content"]}]]></content></entry>'
        for one in items
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Site {number}</title><id>urn:{number}</id>{inner}</feed>'


def serve(count: int, items: int, ready: Any) -> None:
    """Serve the feeds until the process is ended; the port goes to *ready*. Beyond *count* nothing is ever new."""
    from aiohttp import web

    bodies = {number: document(number, items) for number in range(count)}
    tags = {number: f'"{hashlib.sha256(body).hexdigest()[:16]}"' for number, body in bodies.items()}

    async def feed(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        headers = {"ETag": tags.get(number, NOTHING_NEW), "Last-Modified": "Wed, 25 Nov 2026 09:00:00 GMT"}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(body=bodies.get(number, _QUIET), content_type="application/rss+xml", headers=headers)

    async def main() -> None:
        app = web.Application()
        app.router.add_get("/{number}.xml", feed)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0, backlog=4096)  # all of 127.0.0.0/8
        await site.start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(main())


@contextlib.contextmanager
def server(count: int, items: int) -> Iterator[int]:
    """The port of a server in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(count, items, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def address(number: int, port: int) -> str:
    """Each feed has a host of its own."""
    block, place = divmod(number, 62_500)
    return f"http://127.{block}.{1 + place // 250}.{1 + place % 250}:{port}/{number}.xml"


class Meter:
    """Seconds, CPU seconds with those of children that ended, and the peak memory of this process in MiB."""

    def __init__(self) -> None:
        self.begun, self.cpu = time.perf_counter(), self._own()
        self.seconds = 0.0

    @staticmethod
    def _own() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    def stop(self) -> None:
        self.seconds = time.perf_counter() - self.begun

    def result(self, **more: float) -> dict[str, float]:
        """To be called when all children were ended and waited for."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = self._own() - self.cpu + children.ru_utime + children.ru_stime
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        own = self._own() - self.cpu
        return {"seconds": self.seconds, "cpu": cpu, "own_cpu": own, "peak": peak, **more}


def in_child(command: list[str]) -> dict[str, float]:
    """What a process prints as its last line, with the peak memory of all its descendants together."""
    output, peak = _output_of(command)
    result: dict[str, float] = json.loads(output.splitlines()[-1])
    return {**result, "peak_of_all": peak}


def clocked(command: list[str]) -> dict[str, float]:
    """Seconds, CPU seconds and peak MiB of a process that prints nothing of use, its children included."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _, peak = _output_of(command)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu": cpu, "own_cpu": cpu, "peak": peak, "peak_of_all": peak}


def _output_of(command: list[str]) -> tuple[bytes, float]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], memory_of(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(process.returncode)
    return output, peak[0]


def memory_of(root: int) -> float:
    """MiB of a process and its descendants; what they share is counted once for each."""
    total, pending = 0.0, [root]
    while pending:
        pid = pending.pop()
        with contextlib.suppress(OSError, ValueError, IndexError):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4 / 1024
            for task in Path(f"/proc/{pid}/task").iterdir():
                pending += map(int, (task / "children").read_text().split())
    return total
