"""How large the processes that read documents grow, from the system's own high-water marks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

_EVERY_S = 0.05
_MODULE = b"monitor.adapters.parse_workers.child"


class Peak:
    """The largest resident size of any worker so far, in MiB."""

    def __init__(self) -> None:
        self.mib = 0.0

    def look(self) -> None:
        # Not RUSAGE_CHILDREN: there a child begins with the size of the process that it was forked from.
        for listed in Path("/proc/self/task").glob("*/children"):
            for child in listed.read_text().split():
                with contextlib.suppress(OSError):  # it may just have ended
                    self._look_at(Path("/proc") / child)

    def _look_at(self, process: Path) -> None:
        if _MODULE in (process / "cmdline").read_bytes():
            for line in (process / "status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self.mib = max(self.mib, int(line.split()[1]) / 1024)


@contextlib.asynccontextmanager
async def watched() -> AsyncIterator[Peak]:
    """Look at the workers of this process again and again for as long as this is open."""
    peak = Peak()

    async def look() -> None:
        while True:
            peak.look()
            await asyncio.sleep(_EVERY_S)

    task = asyncio.create_task(look())
    try:
        yield peak
    finally:
        task.cancel()
        peak.look()
