"""How polling grows with the number of feeds: CPU of a poll that finds nothing new, memory, and CPU while idle."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loopback import NOTHING_NEW, ROOT, Meter, address, server

_MOST_GROWTH = 1.2
_MOST_IDLE = 0.02
_IDLE_S = 20.0
_SETTLE_S = 10.0


def growth(counts: list[int]) -> int:
    """Measure each number of feeds in processes of its own; 1 where polls grow dearer or rest is none."""
    polls = []
    with server(0, 0) as port:
        for count in counts:
            with tempfile.TemporaryDirectory() as name:
                configure(Path(name), count, port)
                polled = in_process(poll_all, name, count)
                idle = _idle(Path(name))
                polls.append(1000 * polled["own_cpu"] / count)
                print(
                    f"{count:7} feeds: {count / polled['seconds']:7.0f} polls/s, {polls[-1]:.3f} ms CPU a poll,"
                    f" {polled['peak']:.0f} MiB; idle {100 * idle['share']:.1f} % of a core, {idle['peak']:.0f} MiB",
                    flush=True,
                )
                is_restless = idle["share"] > _MOST_IDLE
    ratio = polls[-1] / polls[0]
    print(
        f"a poll takes {ratio:.2f} times the CPU with {counts[-1] / counts[0]:g} times the feeds (at most {_MOST_GROWTH})"
    )
    return 1 if ratio > _MOST_GROWTH or is_restless else 0


def configure(folder: Path, count: int, port: int) -> None:
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    (config / "monitor.yaml").write_text('seeds: []\nallow_private_addresses: ["127.0.0.0/8"]\n')
    (config / "feeds.yaml").write_text("feeds:\n" + "".join(f"  - {address(n, port)}\n" for n in range(count)))
    (config / "watchlists" / "default.yaml").write_text(
        "watchlist: bench\nentities: [Microsoft]\nrules: [{id: hit, roles: [victim]}]\n"
    )
    (config / "channels.yaml").write_text("channels: {log: {file: alerts.jsonl}}\n")


def in_process(work: Any, *given: Any) -> dict[str, float]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=work, args=(*given, theirs))
    process.start()
    theirs.close()  # or the end of a process that failed would not be heard
    found: dict[str, float] = ours.recv()
    process.join()
    return found


def poll_all(name: str, count: int, told: Any) -> None:
    """Poll feeds whose validators are known, all of them due; the first poll of so many would measure parsing."""
    from monitor.adapters.long_lived import settle, spare_memory
    from monitor.adapters.yaml_settings.load import load_settings
    from monitor.app import feeds_of, open_intakes, open_store
    from monitor.pipeline import collect
    from monitor.ports import Poll

    settings = load_settings(Path(name) / "config", {})
    began = datetime.now(UTC)
    spare_memory()  # as the service does

    async def run() -> dict[str, float]:
        with open_store(settings, began) as store:
            store.sync_feeds(feeds_of(settings), began - timedelta(hours=1))
            while claimed := store.claim_due_feeds(began, 1_000, timedelta(minutes=3)):
                known = [
                    replace(state, url=feed.url, etag=NOTHING_NEW, last_success_at=began, last_full_at=began)
                    for feed, state in claimed
                ]
                due = began + timedelta(microseconds=1)
                store.save_polls([Poll(replace(state, next_check_at=due)) for state in known], began)
            intakes = open_intakes(settings)
            settle()  # as the service does
            meter = Meter()
            report = await collect(lambda: datetime.now(UTC), store, intakes.by_kind, settings.policy)
            meter.stop()
            await intakes.close()
        if report.unchanged != count:
            raise SystemExit(f"{report.unchanged} of {count} feeds answered that nothing is new: {report.failures[:1]}")
        return meter.result()

    told.send(asyncio.run(run()))


def _idle(folder: Path) -> dict[str, float]:
    """The share of a core that the daemon takes while nothing is due, and its memory."""
    command = [sys.executable, "-m", "monitor.entrypoints.cli.main", "run", "--config", "config"]
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        for line in process.stderr or ():
            if "config.loaded" in line:
                break
        time.sleep(_SETTLE_S)
        before = _cpu_s(process.pid)
        time.sleep(_IDLE_S)
        share = (_cpu_s(process.pid) - before) / _IDLE_S
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
        return {"share": share, "peak": peak}
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=30)
        process.kill()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
