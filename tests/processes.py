"""The real program as a process, in a folder of its own, and servers on loopback around it."""

import asyncio
import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from monitor.entrypoints.cli.main import main
from tests.loopback import serving

ROOT = Path(__file__).parents[1]
# As much as a busy machine may need; who waits in vain waits as long.
PATIENCE_S = 150.0
# A command takes a second; beside other work on all cores it took more than a minute once.
COMMAND_S = 300.0
# And so does the end of a service, which waits for what it has in hand.
END_S = 90.0


@dataclass
class Installation:
    """A folder with config/, seeds/ and storage/, and the program in it."""

    root: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.root / "config"

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, *words: str, check: bool = True, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "monitor.entrypoints.cli.main", *words],
            cwd=self.root,
            env=self.environ(**environ),
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
        )
        return _checked(done, check)

    def told(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """
        Run a command to its end within this process: what it says, at a fraction of the time. That the program starts
        from nothing is for the tests of the first run.
        """
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words)
        return _checked(subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue()), check)

    def start(self, *words: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command that stays; `stop` ends all of them."""
        log = (self.root / f"log-{len(self.processes)}.txt").open("w", encoding="utf-8")
        out = (self.root / f"out-{len(self.processes)}.txt").open("w", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor.entrypoints.cli.main", *words],
            cwd=self.root,
            env=self.environ(**environ),
            stdout=out,
            stderr=log,
            text=True,
        )
        log.close()
        out.close()
        self.processes.append(process)
        return process

    def output(self, number: int = 0) -> str:
        return (self.root / f"out-{number}.txt").read_text(encoding="utf-8")

    def events(self, number: int = 0) -> list[dict[str, Any]]:
        """The log lines of a started command."""
        return _objects(self.root / f"log-{number}.txt")

    def alerts(self) -> list[dict[str, Any]]:
        """What the file channel has."""
        path = self.root / "storage" / "alerts.jsonl"
        return _objects(path) if path.exists() else []

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def environ(self, **changes: str) -> dict[str, str]:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("MONITOR_")}
        return {**plain, "PYTHONPATH": str(ROOT), **changes}


def _objects(path: Path) -> list[dict[str, Any]]:
    # Of the last line only a part may be written yet.
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    return [json.loads(line) for line in whole.split(b"\n") if line.startswith(b"{")]


def _checked(done: subprocess.CompletedProcess[str], check: bool) -> subprocess.CompletedProcess[str]:
    if check and done.returncode:
        raise AssertionError(f"{done.args} exited {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def install(folder: Path) -> Installation:
    """The configuration and the seeds as they ship, without feeds of the open web."""
    shutil.copytree(ROOT / "config", folder / "config")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    found = Installation(folder)
    found.write("config/feeds.yaml", "feeds: []\n")
    return found


def wait_until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Look again and again until *holds*; an AssertionError says what never came."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)


async def came(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Like wait_until, for tests that serve meanwhile."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, f"never came: {what}"
        await asyncio.sleep(0.05)


@dataclass
class Newsstand:
    """A news server on loopback with two feeds, and a webhook that takes notes."""

    base: str = ""
    items: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    polls: int = 0
    not_modified: int = 0
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def publish(self, title: str, text: str, key: str, at: datetime | None = None, to: str = "feed") -> None:
        date = f"<pubDate>{format_datetime(at)}</pubDate>" if at is not None else ""
        (self.more if to == "more" else self.items).append(
            f"<item><title>{title}</title><guid>{key}</guid><link>{self.base}/news/{key}</link>{date}"
            f"<description>{text}</description></item>"
        )

    async def feed(self, request: web.Request) -> web.Response:
        self.polls += 1
        items = self.more if request.path == "/more.xml" else self.items
        etag = f'"{hash("".join(items))}"'
        if request.headers.get("If-None-Match") == etag:
            self.not_modified += 1
            return web.Response(status=304, headers={"ETag": etag})
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Stand</title>{"".join(items)}</channel></rss>'
        return web.Response(body=body.encode(), content_type="application/rss+xml", headers={"ETag": etag})

    async def hook(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.received.append(await request.json())
            self.headers.append({key.lower(): value for key, value in request.headers.items()})
        return web.Response(status=status)


@asynccontextmanager
async def open_newsstand(stand: Newsstand | None = None) -> AsyncIterator[Newsstand]:
    stand = stand or Newsstand()
    app = web.Application()
    app.router.add_get("/feed.xml", stand.feed)
    app.router.add_get("/more.xml", stand.feed)
    app.router.add_post("/hook", stand.hook)
    async with serving(app) as stand.base:
        yield stand
