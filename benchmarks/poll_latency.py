"""How long news travels: from the answer in which a feed first shows an article to the message at a receiver."""

import asyncio
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web
from loopback import ROOT, address, server

_SAMPLES = 100
_P50_S, _P99_S = 0.3, 1.0
_LONGEST_S = 60.0
_FIRST_POLLS_PER_S = 40
_OTHERS_EVERY_S = 20


class Newsroom:
    """A feed that has a new attack on another company at each poll, and the receiver that is to hear of it."""

    def __init__(self) -> None:
        self.shown: dict[str, float] = {}
        self.heard: dict[str, float] = {}
        self.is_open = False
        self.arrived = asyncio.Event()
        self._items: list[str] = []

    async def feed(self, _: web.Request) -> web.Response:
        if self.is_open and len(self.shown) < _SAMPLES and set(self.shown) == set(self.heard):
            name = company(len(self.shown))
            moment = format_datetime(datetime.now(UTC))
            self._items.append(
                f"<item><title>{name} hit by ransomware attack</title><guid>{name}</guid><link>http://news.example/{len(self._items)}"
                f"</link><pubDate>{moment}</pubDate><description>{name} confirmed on Wednesday that a ransomware attack has stopped"
                f" its factories. Hackers stole customer data of {name}, the company said.</description></item>"
            )
            self.shown[name] = time.perf_counter()
        body = f"<rss version='2.0'><channel><title>News</title>{''.join(self._items[-30:])}</channel></rss>"
        return web.Response(text=body, content_type="application/rss+xml")

    async def receive(self, request: web.Request) -> web.Response:
        told, at = await request.text(), time.perf_counter()
        for name in self.shown:
            if name in told:
                self.heard.setdefault(name, at)
        self.arrived.set()
        return web.Response(status=204)


def company(number: int) -> str:
    """A made-up company."""
    return f"{'Bra Cor Del Fen Gal Hol Jun Kes Lom Mar'.split()[number % 10]}{'dick vane wort land mere'.split()[number // 10 % 5]}{'ix or um'.split()[number // 50]}"


def latency(others: int) -> int:
    """Measure with so many other feeds being polled; 1 where the median or the slowest hundredth is too slow."""
    with server(0, 0) as port, tempfile.TemporaryDirectory() as folder:
        took = sorted(asyncio.run(_measure(Path(folder), others, port)))
    p50, p99 = statistics.median(took), took[max(0, round(0.99 * len(took)) - 1)]
    print(
        f"{len(took)} articles with {others} other feeds, each polled every {_OTHERS_EVERY_S} s:"
        f" p50 {1000 * p50:.0f} ms, p99 {1000 * p99:.0f} ms, slowest {1000 * took[-1]:.0f} ms"
        f" (at most {1000 * _P50_S:.0f} and {1000 * _P99_S:.0f})"
    )
    return 1 if p50 > _P50_S or p99 > _P99_S else 0


async def _measure(folder: Path, others: int, port: int) -> list[float]:
    room = Newsroom()
    app = web.Application()
    app.router.add_get("/feed", room.feed)
    app.router.add_post("/hook", room.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _configure(folder, others, port, int(runner.addresses[0][1]))
    command = [sys.executable, "-m", "monitor.entrypoints.cli.main", "run", "--config", "config"]
    with Path(folder, "log").open("wb") as log:
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
    try:
        await asyncio.sleep(_OTHERS_EVERY_S + others / _FIRST_POLLS_PER_S)  # the first polls of all are over
        room.is_open = True
        while len(room.heard) < _SAMPLES:
            room.arrived.clear()
            await asyncio.wait_for(room.arrived.wait(), _LONGEST_S)
    except TimeoutError:
        counts = f"{len(room.shown)} shown, {len(room.heard)} heard of"
        raise SystemExit(
            f"nothing arrived in {_LONGEST_S:g} s, {counts}: {Path(folder, 'log').read_text()[-2000:]}"
        ) from None
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, 30)
        process.kill()
        await runner.cleanup()
    return [room.heard[name] - room.shown[name] for name in room.heard]


def _configure(folder: Path, others: int, port: int, own_port: int) -> None:
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    (config / "monitor.yaml").write_text(
        "seeds: []\nallow_private_addresses: [127.0.0.0/8]\npoll: {shortest: 1s}\n"
        "alerts: {group_wait: 0s, storm_per_minute: 100000}\n"
    )
    feeds: list[dict[str, str]] = [{"id": "hot", "url": f"http://127.0.0.1:{own_port}/feed", "every": "1s"}]
    feeds += [{"id": f"f{n}", "url": address(n, port), "every": f"{_OTHERS_EVERY_S}s"} for n in range(others)]
    (config / "feeds.yaml").write_text(json.dumps({"feeds": feeds}))
    entities = [{"id": company(n).lower(), "name": company(n)} for n in range(_SAMPLES)]
    (config / "watchlists" / "default.yaml").write_text(
        json.dumps({"watchlist": "bench", "entities": entities, "rules": [{"id": "hit", "roles": ["victim"]}]})
    )
    (config / "channels.yaml").write_text(
        json.dumps({"channels": {"hook": {"webhook": f"http://127.0.0.1:{own_port}/hook", "default": True}}})
    )
