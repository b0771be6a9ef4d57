"""
A siege: the service as a process, good feeds that publish on a schedule, and some 290 servers that mean harm, all at once.

Claims: every good article is stored, rings and is assessed within a minute, as its feed told it; 99 of 100 within 5 s of
the answer that showed it; the main process stays under 400 MB and workers under 1 GB; nothing crashes; the log keeps
secrets, is not flooded and moves nobody's cursor.

Usage: python benchmarks/siege.py [--minutes 4] [--papers 150] [--calm]

With ``--calm`` nobody means harm. Exit code 1 where a claim does not hold; it says where everything lies then.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.loopback import ROOT
from benchmarks.siege_odd import SECRET
from benchmarks.siege_papers import NAME, feed_of

EVERY_S, PAPERS_PORT, SERVERS_PORT = 25.0, 18_110, 18_111
# How long after all good feeds were read once articles begin to count: that reading is history, and may take its time.
_SETTLED_S, _PATIENCE_S, _START_S = 10.0, 60.0, 300.0
_LOOKED_BACK = 3_000
_LINES_A_MINUTE = 1_500
_SERVICE = "import sys; sys.argv = ['monitor', 'run']; from monitor.entrypoints.cli.main import main; sys.exit(main())"


@dataclass
class Seen:
    """What the store showed from outside: when each good article was there, when it was assessed, and how large processes grew."""

    stored_at: dict[str, float] = field(default_factory=dict)
    assessed_at: dict[str, float] = field(default_factory=dict)
    rows: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    newest: int = 0
    waiting: dict[str, int] = field(default_factory=dict)
    main_mib: float = 0.0
    worker_mib: float = 0.0

    def look_at_store(self, file: Path) -> None:
        # A connection for each look: a reader that stays would keep the log of the store from being emptied.
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store,
        ):
            # The latest, what waits, and what good feeds have: whoever means harm may have told of it first, in other
            # words, many thousand articles ago. To read all of them again and again would take longer than what is measured.
            since = min([self.newest - _LOOKED_BACK, *(seq - 1 for seq in self.waiting.values())])
            query = (
                "SELECT seq, title, is_pending, rings, published_at FROM articles"
                " WHERE seq > ? OR feed_id BETWEEN 'good-' AND 'good-~' ORDER BY seq"
            )
            for seq, title, is_pending, *rest in store.execute(query, (since,)).fetchall():
                self.newest = max(self.newest, seq)
                if "GOOD-" not in title:
                    continue
                key = title.partition("GOOD-")[2]
                self.stored_at.setdefault(key, time.time())
                if is_pending:
                    self.waiting.setdefault(key, seq)
                else:
                    self.waiting.pop(key, None)
                    self.assessed_at.setdefault(key, time.time())
                if key not in self.rows or rest[0]:
                    self.rows[key] = (title, *rest)

    def look_at_processes(self, pid: int) -> None:
        self.main_mib = max(self.main_mib, _peak_mib(pid))
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                self.worker_mib = max([self.worker_mib, *(_peak_mib(int(child)) for child in task.read_text().split())])


def _peak_mib(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


@contextlib.contextmanager
def process(*command: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with this block."""
    started = subprocess.Popen([sys.executable, *map(str, command)], text=True, cwd=ROOT, **options)
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(40)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def write_config(folder: Path, papers: int, servers: list[dict[str, Any]]) -> dict[str, str]:
    """A configuration with all feeds; the environment in which the service finds it."""
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    good = [
        f"  - {{id: good-{n}, url: '{feed_of(n, PAPERS_PORT)}', every: 10s, options: {{user_agent: {NAME}}}}}"
        for n in range(papers)
    ]
    evil = []
    for n, said in enumerate(servers):
        usual = {
            "id": f"evil-{n}",
            "url": f"http://127.2.{n // 200}.{1 + n % 200}:{SERVERS_PORT}/{n}",
            "every": "15s" if n % 2 else "40s",
        }
        evil.append(f"  - {json.dumps(usual | said)}")
    (config / "feeds.yaml").write_text("\n".join(["feeds:", *good, *evil, ""]))
    # Those that fail come back soon, so that all of them are at it all the time.
    (config / "monitor.yaml").write_text(
        f"seeds: []\nstorage: sqlite:///{folder}/monitor.db\nallow_private_addresses: [127.0.0.0/8]\n"
        "poll: {first_retry: 20s, blocked_retry: 30s, longest: 1m, gone_retry: 1m}\n"
    )
    (config / "watchlists" / "w.yaml").write_text(
        "watchlist: w\nentities: [Okta, Adobe, Siemens, Philips, Vodafone]\nrules: []\n"
    )
    (config / "channels.yaml").write_text(f"channels:\n  file: {{file: {folder}/alerts.jsonl, default: true}}\n")
    return {**os.environ, "MONITOR_CONFIG": str(config), "PYTHONPATH": str(ROOT)}


def besiege(folder: Path, minutes: float, papers: int, *, is_calm: bool) -> tuple[Seen, float, float, int | None]:
    """What was seen, from when to when articles count, and the exit code of the service where it ended by itself."""
    seen, told = Seen(), folder / "papers.json"
    command = (ROOT / "benchmarks" / "siege_servers.py", SERVERS_PORT, PAPERS_PORT, papers, EVERY_S)
    with contextlib.ExitStack() as stack:
        stack.enter_context(process(ROOT / "benchmarks" / "siege_papers.py", papers, PAPERS_PORT, EVERY_S, told))
        servers = stack.enter_context(process(*command, stdout=subprocess.PIPE, preexec_fn=lambda: os.nice(5)))
        known = json.loads(servers.stdout.readline()) if servers.stdout and not is_calm else []
        environment = write_config(folder, papers, known)
        log = stack.enter_context((folder / "service.log").open("w"))
        service = stack.enter_context(process("-c", _SERVICE, stdout=log, stderr=subprocess.STDOUT, env=environment))
        print(f"{papers} good feeds, {len(known)} servers that mean harm", flush=True)
        began_at, ends_at = None, time.time() + _START_S
        while time.time() < ends_at and service.poll() is None:
            seen.look_at_store(folder / "monitor.db")
            seen.look_at_processes(service.pid)
            if began_at is None and len({key.partition("-")[0] for key in seen.stored_at}) == papers:
                began_at = time.time()
                ends_at = began_at + _SETTLED_S + minutes * 60 + _PATIENCE_S
            time.sleep(0.5)
        ended = service.poll()
    if began_at is None:
        raise SystemExit(f"the service did not read all good feeds in {_START_S:.0f} s; see {folder}")
    return seen, began_at + _SETTLED_S, began_at + _SETTLED_S + minutes * 60, ended


def faults_of(seen: Seen, items: list[dict[str, Any]], ended: int | None) -> list[str]:
    """What of the claims does not hold."""
    delays, faults = [], list[str]()
    for one in items:
        key = f"{one['paper']}-{one['number']}"
        row, done_at = seen.rows.get(key), seen.assessed_at.get(key, float("inf"))
        if row is None or done_at > one["out_at"] + _PATIENCE_S:
            faults.append(f"{key} is not there a minute after it came out")
            continue
        if row[0] != one["title"] or not row[1] or abs(row[2] / 10**6 - one["out_at"]) > 2:
            faults.append(f"{key} is there as {row}")
        delays.append(done_at - (one["shown_at"] or one["out_at"]))
    delays.sort()
    if delays:
        p99 = delays[int(len(delays) * 0.99)]
        print(
            f"{len(items)} good articles, assessed {delays[len(delays) // 2]:.2f} s (p50), {p99:.2f} s (p99) after they were shown"
        )
        faults += [f"99 of 100 took {p99:.1f} s"] if p99 > 5 else []
    print(
        f"main process {seen.main_mib:.0f} MiB, largest worker {seen.worker_mib:.0f} MiB, load {os.getloadavg()[0]:.1f}"
    )
    faults += ["the main process grew over 400 MB"] if seen.main_mib > 381 else []
    faults += ["a worker grew over 1 GB"] if seen.worker_mib > 953 else []
    return faults + ([f"the service ended with {ended}"] if ended is not None else [])


def faults_of_log(log: bytes, minutes: float) -> list[str]:
    """What of the log does not hold: that it keeps secrets, moves no cursor, and says things once."""
    lines = log.splitlines()
    print(
        f"log: {len(lines)} lines, {len(log) / 2**20:.1f} MiB, the longest has {max(map(len, lines), default=0)} bytes"
    )
    faults = ["a secret is in the log"] if SECRET.encode() in log else []
    faults += ["what moves a cursor is in the log"] if re.search(rb"[\x00-\x08\x0b-\x1f]|\xc2[\x80-\x9f]", log) else []
    faults += ["a fault of ours is in the log"] if b"Traceback" in log or b"fault of ours" in log else []
    return faults + (["the log is flooded"] if len(lines) > _LINES_A_MINUTE * (minutes + 2) else [])


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=4)
    arguments.add_argument("--papers", type=int, default=150)
    arguments.add_argument("--calm", action="store_true")
    given = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="siege"))
    seen, since, until, ended = besiege(folder, given.minutes, given.papers, is_calm=given.calm)
    items = [one for one in json.loads((folder / "papers.json").read_text()) if since < one["out_at"] < until]
    faults = faults_of(seen, items, ended) + faults_of_log((folder / "service.log").read_bytes(), given.minutes)
    print("\n".join([*faults[:20], f"{len(faults)} faults; see {folder}"] if faults else ["all claims hold"]))
    if not faults:
        shutil.rmtree(folder)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
