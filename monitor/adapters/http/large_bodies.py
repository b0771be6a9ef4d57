"""Room for large bodies: a few at once, so that many feeds that send megabytes do not fill the memory."""

import asyncio
import contextlib
from datetime import timedelta


class LargeBodies:
    """
    Whoever reads a large body holds one of *most* places until its task ends, and the body with it.

    A place is waited for up to *patience*: a task may hold one while another, that it waits for, asks for one.
    """

    def __init__(self, most: int, patience: timedelta) -> None:
        self._room = asyncio.Semaphore(most)
        self._patience_s = patience.total_seconds()
        self._held: set[asyncio.Task[object]] = set()

    async def hold(self, patience_s: float | None = None) -> None:
        """Take a place for the task that runs, unless it has one; wait for it up to *patience_s*, if that is less."""
        task = asyncio.current_task()
        if task is None or task in self._held:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(self._patience_s, self._patience_s if patience_s is None else patience_s)):
                await self._room.acquire()
            self._held.add(task)
            task.add_done_callback(self._give_back)

    def _give_back(self, task: "asyncio.Task[object]") -> None:
        self._held.discard(task)
        self._room.release()
