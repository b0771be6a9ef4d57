"""
Workers replaced one by one while news comes in: a rolling restart, or a rolling upgrade from another checkout.

`python -m tests.chaos --rolling OLDER_CHECKOUT` begins with workers of that program on an empty PostgreSQL store. The
first worker of this program brings the schema up to date while they go on working.
"""

import asyncio
import random
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from tests.chaos.harness import Outcome, configure, stored_guids
from tests.chaos.receivers import Oracle, served
from tests.chaos.silence import ended
from tests.processes import ROOT, Installation, came

_WORKERS = 2
_EVERY_S = 0.7
_MOST = 600
_PATIENCE_S = 150.0


async def roll(installation: Installation, storage: str, older: Path = ROOT, seed: int = 1) -> Outcome:
    """Replace every worker of *older* by one of this checkout, and count what was lost and what came twice."""
    oracle, started, faults = Oracle(random.Random(seed), calm=True), time.monotonic(), list[str]()
    async with served(oracle) as addresses, ended(installation):
        configure(installation, storage, addresses, companies=_MOST)
        before = [_start(installation, older) for _ in range(_WORKERS)]
        news = asyncio.create_task(_publish(oracle))
        await came(lambda: bool(oracle.told["hook"]), "the first alert", _PATIENCE_S)
        for one in before:
            number = len(installation.processes)
            _start(installation, ROOT)
            await came(lambda number=number: _is_up(installation, number), "the worker that takes over", _PATIENCE_S)
            await _told_anew(oracle)
            one.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(one.wait, 60)
            faults += [f"a worker that was told to stop ended with {code}"] if code else []
            await _told_anew(oracle)
        news.cancel()
        await came(lambda: not oracle.missing(), "all that is due", _PATIENCE_S)
    events = [event for number in range(len(installation.processes)) for event in installation.events(number)]
    # On a busy machine an answer may come when nobody waits for it any more.
    unknown = sum(int(event.get("unknown", 0)) for event in events)
    logs = [path.read_text(encoding="utf-8", errors="replace") for path in installation.root.glob("log-*.txt")]
    faults += [line for log in logs for line in log.splitlines() if line.startswith("Traceback")]
    found = Outcome.of(oracle, stored_guids(storage, installation.root), tuple(faults), time.monotonic() - started)
    return replace(found, breaks=unknown)


def _start(installation: Installation, program: Path) -> "subprocess.Popen[str]":
    return installation.start("worker", "--concurrency", "4", PYTHONPATH=str(program))


def _is_up(installation: Installation, number: int) -> bool:
    return any(event["event"] == "config.loaded" for event in installation.events(number))


async def _publish(oracle: Oracle) -> None:
    for _ in range(_MOST):
        oracle.publish()
        await asyncio.sleep(_EVERY_S)


async def _told_anew(oracle: Oracle) -> None:
    """Something that was published from now on was told."""
    known = len(oracle.published)
    newest = {one.key for one in oracle.published}
    await came(
        lambda: len(oracle.published) > known and bool(set(oracle.told["hook"]) - newest), "a later alert", _PATIENCE_S
    )
