"""Whose document is read next: cheap ones first, and nobody waits for ever."""

import asyncio
import contextlib
import heapq
import itertools
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable

from monitor.domain.policy import ParsePolicy

_MOST_KNOWN = 10_000


class Costs:
    """What documents are likely to cost, in seconds: by their size, and by what their feed cost where it was much."""

    def __init__(self, policy: ParsePolicy) -> None:
        self._policy = policy
        self._took: OrderedDict[str, float] = OrderedDict()

    def of(self, feed_id: str, length: int) -> float:
        """The cost of a document of *length* bytes."""
        return max(length / self._policy.bytes_per_s, self._took.get(feed_id, 0.0))

    def note(self, feed_id: str, took_s: float) -> None:
        """Remember a feed that was costly; one that no longer is pays off its past by half each time."""
        took_s = max(took_s, self._took.pop(feed_id, 0.0) / 2)
        if took_s > self._policy.grace.total_seconds():
            self._took[feed_id] = took_s
            if len(self._took) > _MOST_KNOWN:
                self._took.popitem(last=False)


class Places:
    """
    The right to have a document read. One that takes long gives its place to the next, and is read on beside it.

    Who waits is served by when it came and what it costs: a document of so many seconds lets those pass it that come
    within ``policy.stand_back`` times as many, up to ``policy.longest_stand_back``. So a hundred small documents
    do not wait for ten that hang, and those have their turn all the same.
    """

    def __init__(self, policy: ParsePolicy) -> None:
        self._policy = policy
        self._free = policy.workers
        self._room_beside = policy.overtime
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    @property
    def are_waited_for(self) -> bool:
        """Whether documents wait for a place."""
        return any(not turn.done() for _, _, turn in self._waiting)

    @contextlib.asynccontextmanager
    async def taken(self, cost_s: float) -> AsyncIterator[Callable[[], bool]]:
        """Hold a place; call what is yielded to make room: False where too many are read beside already."""
        await self._take(cost_s)
        is_beside = False

        def make_room() -> bool:
            nonlocal is_beside
            if self._room_beside:
                self._room_beside -= 1
                is_beside = True
                self._give()
            return is_beside

        try:
            yield make_room
        finally:
            if is_beside:
                self._room_beside += 1
            else:
                self._give()

    async def _take(self, cost_s: float) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        loop = asyncio.get_running_loop()
        back_s = min(cost_s * self._policy.stand_back, self._policy.longest_stand_back.total_seconds())
        turn: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._waiting, (loop.time() + back_s, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give()  # the turn came while we were called off
            raise

    def _give(self) -> None:
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
