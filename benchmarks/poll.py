"""
Claims, each against `reader` (PyPI) on the same loopback server in the same run:
a first poll of 2,000 feeds, stored and assessed, does at least 8 times the feeds/s with a sixth of the CPU;
a steady poll, all 304, at least 5 times the feeds/s.

Usage: python benchmarks/poll.py [--feeds 2000] [--items 30] [--runs 5] [--no-assess]

`reader` is installed into a virtual environment of its own in a temporary folder (20 workers). Both fetch the
same documents, half of which is markup as blogs make it; every thirtieth has a bare `&` in its links. Every feed has a host of its own, so
that no limit for a host slows anybody down. Prints feeds/s, CPU seconds and peak memory, medians of the runs, and
the ratios; exit code 1 where a ratio is missed.
"""

import argparse
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
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
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
_WANTED = {"first poll, feeds/s": 8.0, "first poll, CPU": 6.0, "steady poll, feeds/s": 5.0}


# --- the server --------------------------------------------------------------------------------


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
    """Serve the feeds until the process is ended; the port goes to *ready*."""
    from aiohttp import web

    bodies = {number: document(number, items) for number in range(count)}
    tags = {number: f'"{hashlib.sha256(body).hexdigest()[:16]}"' for number, body in bodies.items()}

    async def feed(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        headers = {"ETag": tags[number], "Last-Modified": "Wed, 25 Nov 2026 09:00:00 GMT"}
        if request.headers.get("If-None-Match") == tags[number]:
            return web.Response(status=304, headers=headers)
        return web.Response(body=bodies[number], content_type="application/rss+xml", headers=headers)

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
    return f"http://127.0.{1 + number // 250}.{1 + number % 250}:{port}/{number}.xml"


# --- what is measured --------------------------------------------------------------------------


class Meter:
    """Seconds, CPU seconds with those of children that ended, and the peak memory of this process in MiB."""

    def __init__(self) -> None:
        self.started, self.cpu = time.perf_counter(), self._own()
        self.seconds = 0.0

    @staticmethod
    def _own() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    def stop(self) -> None:
        self.seconds = time.perf_counter() - self.started

    def result(self, **more: float) -> dict[str, float]:
        """To be called when all children were ended and waited for."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = self._own() - self.cpu + children.ru_utime + children.ru_stime
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        own = self._own() - self.cpu
        return {"seconds": self.seconds, "cpu": cpu, "own_cpu": own, "peak": peak, **more}


def ours(folder: str, count: int, port: int, *, is_assessed: bool) -> dict[str, float]:
    """One poll of everything that is due."""
    from monitor.adapters.yaml_settings.load import load_settings
    from monitor.app import feeds_of, open_brain, open_desk, open_sources, open_store
    from monitor.pipeline import assess, collect

    config = Path(folder) / "config"
    if not config.exists():
        (config / "watchlists").mkdir(parents=True)
        (config / "monitor.yaml").write_text('seeds: []\nallow_private_addresses: ["127.0.0.0/8"]\n')
        (config / "feeds.yaml").write_text("feeds:\n" + "".join(f"  - {address(n, port)}\n" for n in range(count)))
        watchlist = (ROOT / "config" / "watchlists" / "default.yaml").read_text()
        (config / "watchlists" / "default.yaml").write_text(watchlist)
        (config / "channels.yaml").write_text("channels: {log: {file: alerts.jsonl}}\n")
    settings = load_settings(config, {})
    day = timedelta(days=2)

    def clock() -> datetime:
        return datetime.now(UTC) + (day if (Path(folder) / "again").exists() else timedelta(0))

    async def poll() -> dict[str, float]:
        with open_store(settings, clock()) as store:
            store.sync_feeds(feeds_of(settings), clock() - timedelta(hours=1))
            sources, brain = open_sources(settings), open_brain(settings)
            desk = open_desk(settings, store, brain)
            meter = Meter()
            collecting = asyncio.create_task(collect(clock, store, sources.by_kind, settings.policy))
            articles = 0
            while is_assessed:
                is_last = collecting.done()
                report = await asyncio.to_thread(assess, clock(), desk)
                articles += report.articles
                if not report.articles:
                    if is_last:
                        break
                    await asyncio.wait({collecting}, timeout=0.05)
            report = await collecting
            meter.stop()
            await sources.close()
            brain.close()
        if report.failures:
            raise SystemExit(f"{len(report.failures)} feeds failed, such as {report.failures[0]}")
        return meter.result(
            feeds=report.due, articles=report.articles_new, unchanged=report.unchanged, assessed=articles
        )

    return asyncio.run(poll())


_READER = """
import json, resource, sys, time
from reader import make_reader
folder, count, port, again = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "again"
reader = make_reader(folder + "/reader.sqlite")
if not again:
    for n in range(count):
        reader.add_feed(f"http://127.0.{1 + n // 250}.{1 + n % 250}:{port}/{n}.xml")
cpu = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
started, used = time.perf_counter(), cpu()
reader.update_feeds(workers=20, scheduled=False)
seconds, used = time.perf_counter() - started, cpu() - used
counts = reader.get_entry_counts()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "cpu": used, "peak": peak, "feeds": count, "articles": counts.total}))
"""


def install_reader(folder: str) -> str:
    """A virtual environment with `reader` in it; its python."""
    uv = ROOT / ".boot" / "bin" / "uv"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, f"{folder}/venv"], check=True)
    python = f"{folder}/venv/bin/python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "reader", "sgmllib3k"], check=True)
    return python


def in_child(command: list[str]) -> dict[str, float]:
    """What a process prints as its last line, with the peak memory of all its descendants together."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], _memory_of(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(process.returncode)
    result: dict[str, float] = json.loads(output.splitlines()[-1])
    return {**result, "peak_of_all": peak[0]}


def _memory_of(root: int) -> float:
    """MiB of a process and its descendants; what they share is counted once for each."""
    total, pending = 0.0, [root]
    while pending:
        pid = pending.pop()
        with contextlib.suppress(OSError, ValueError, IndexError):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4 / 1024
            for task in Path(f"/proc/{pid}/task").iterdir():
                pending += map(int, (task / "children").read_text().split())
    return total


def main() -> int:
    """Run everything, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-assess", action="store_true")
    parser.add_argument("--ours", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        print(json.dumps(ours(given.ours[0], given.feeds, int(given.ours[1]), is_assessed=not given.no_assess)))
        return 0
    results: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as tools:
        python = install_reader(tools)
        for run in range(given.runs):
            for name, result in _run(given, python, swapped=bool(run % 2)):
                results.setdefault(name, []).append(result)
                print(f"run {run + 1}  {name:<22}  {_line(result)}", flush=True)
    medians = {
        name: {key: statistics.median(one[key] for one in many) for key in many[0]} for name, many in results.items()
    }
    return _judge(medians)


def _run(given: argparse.Namespace, python: str, *, swapped: bool) -> Iterator[tuple[str, dict[str, float]]]:
    with tempfile.TemporaryDirectory() as folder, server(given.feeds, given.items) as port:
        Path(folder, "script.py").write_text(_READER)
        own = [sys.executable, __file__, "--feeds", str(given.feeds), "--ours", folder, str(port)]
        own += ["--no-assess"] if given.no_assess else []
        other = [python, f"{folder}/script.py", folder, str(given.feeds), str(port)]
        for kind in ("first", "steady"):
            again = "again" if kind == "steady" else "new"
            pair = [("monitor", own), ("reader", [*other, again])]
            for name, command in reversed(pair) if swapped else pair:
                yield f"{name}, {kind} poll", in_child(command)
            Path(folder, "again").touch()


def _line(result: dict[str, float]) -> str:
    return (
        f"{result['feeds'] / result['seconds']:8.1f} feeds/s  {result['seconds']:7.2f} s  {result['cpu']:7.2f} s CPU"
        f"  {result['peak']:6.0f} MiB main  {result['peak_of_all']:6.0f} MiB all  {result['articles']:.0f} articles"
    )


def _judge(medians: dict[str, dict[str, float]]) -> int:
    for name, result in medians.items():
        print(f"median {name:<22}  {_line(result)}")
    ratios = {}
    for kind in ("first", "steady"):
        own, other = medians[f"monitor, {kind} poll"], medians[f"reader, {kind} poll"]
        ratios[f"{kind} poll, feeds/s"] = other["seconds"] / own["seconds"]
        ratios[f"{kind} poll, CPU"] = other["cpu"] / own["cpu"]
        ratios[f"{kind} poll, main memory"] = other["peak"] / own["peak"]
    missed = [name for name, least in _WANTED.items() if ratios[name] < least]
    for name, ratio in ratios.items():
        wanted = f"  (wanted: {_WANTED[name]:g})" if name in _WANTED else ""
        print(f"ratio  {name:<26} {ratio:6.2f} times better{wanted}{'  MISSED' if name in missed else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
