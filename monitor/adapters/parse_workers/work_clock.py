"""How long another process has worked: by the clock of its processor, and not by the one on the wall."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

# Linux names the clock of a process by its number and, in the lowest bits, what is counted: time on a processor.
_BITS, _ON_PROCESSOR = 3, 2
# By the clock on the wall a process has so many times as long, however little of a busy machine it was given.
_PATIENCE = 6
_LOOK_S = 0.02


class WorkClock:
    """
    What a process *pid* works from now on, in seconds.

    On a machine that is busy with other things it may be given nothing for seconds, and what it reads is not to blame.
    Where the system does not tell, all time counts as work.
    """

    def __init__(self, pid: int) -> None:
        self._pid, self._began_at, self._before = pid, time.monotonic(), _on_processor_s(pid)

    def worked_s(self) -> float:
        """How long it has worked."""
        passed, used = time.monotonic() - self._began_at, _on_processor_s(self._pid)
        return passed if used is None or self._before is None else min(used - self._before, passed)

    async def within(self, limit_s: float, answer: Coroutine[Any, Any, bytes]) -> bytes:
        """
        What *answer* brings.

        Raises:
            TimeoutError: the process has worked for *limit_s*, or was given far less than that in far longer.
        """
        task, left_s = asyncio.create_task(answer), limit_s
        try:
            while left_s > 0 and not task.done():
                await asyncio.wait((task,), timeout=max(left_s, _LOOK_S))
                left_s = min(limit_s - self.worked_s(), limit_s * _PATIENCE - (time.monotonic() - self._began_at))
            if not task.done():
                raise TimeoutError
            return task.result()
        finally:
            task.cancel()


def _on_processor_s(pid: int) -> float | None:
    """What a process has had of processors since it began; None where the system does not tell, or it is gone."""
    try:
        return time.clock_gettime((~pid << _BITS) | _ON_PROCESSOR)
    except (OSError, OverflowError):
        return None
