"""The polls of one round: those under way, the feeds that wait for room, and what ended and is not saved yet."""

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.domain.feed import Feed, FeedState, Health
from monitor.domain.report import FeedFailure
from monitor.ports import Poll

# A transaction costs as much as several polls: polls that brought no news wait so long for others to be saved with.
_LINGER_S = 0.2
# News are saved at once, but not more often than this.
_PAUSE_S = 0.05
# So many feeds are claimed ahead as are polled in this time: none where answers are slow and would outlast the lease.
_AHEAD_S = 0.25
_MOST_AHEAD = 2  # for each poll at once
_CLAIM_SHARE = 4
# How often to look for feeds that have become due, where the last claim took all there were.
_DRY_S = 0.5
_TICK_S = 0.5
# So many slow feeds wait for a place beside the others; more than that take their turn among these.
_MOST_SLOW = 1_000


@dataclass(frozen=True, slots=True)
class Room:
    """
    For how many polls there is room.

    One that takes longer than ``grace_s`` gives its place to the next and goes on beside it, up to ``beside`` of them;
    feeds that failed or were slow the last time begin there. What waited for ``patience_s`` is left to be claimed anew.
    """

    at_once: int
    beside: int = 0
    grace_s: float = 2.0
    patience_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Polled:
    """
    One poll with its failure, if it was one; ``told`` are the illnesses that were told before it. ``has_new_hub``: it
    names a hub that it did not name before.
    """

    poll: Poll
    told: tuple[Health, ...]
    entries: int = 0
    is_unchanged: bool = False
    failure: FeedFailure | None = None
    has_new_hub: bool = False

    @property
    def over(self) -> frozenset[Health]:
        """The illnesses that were told and ended with this poll."""
        return frozenset(self.told).difference(self.poll.state.told)

    @property
    def is_news(self) -> bool:
        """Whether somebody waits for what it brought: what is history when it comes rings for nobody."""
        return bool(self.poll.notices) or any(article.rings for article in self.poll.articles)


class UnderWay:
    """
    Polls as many feeds at once as there is *room*, beginning the next one as soon as one ends or turns out to be slow.

    A poll that raises anything but what it answers for ends the round: `ended` raises it.
    """

    def __init__(
        self,
        poll: Callable[[Feed, FeedState], Coroutine[Any, Any, Polled]],
        room: Room,
        is_stopping: Callable[[], bool],
        now_s: Callable[[], float],
    ) -> None:
        self.waiting: deque[tuple[Feed, FeedState]] = deque()
        self._poll, self._room, self._is_stopping = poll, room, is_stopping
        self._slow: deque[tuple[float, tuple[Feed, FeedState]]] = deque()
        # In the order in which they began, and when that was.
        self._running: dict[asyncio.Task[Polled], float] = {}
        self._beside: set[asyncio.Task[Polled]] = set()
        self._unsaved: list[Polled] = []
        self._fault: BaseException | None = None
        self._wake = asyncio.Event()
        self._now = now_s
        self._save_at = self._saved_at = 0.0
        self._claimed_at, self._is_dry = self._now(), False
        self._finished, self._per_s = 0, 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do; what still waits is to be given back."""
        is_stopped = not (self.waiting or self._slow) or self._is_stopping()
        is_done = not (self._running or self._beside or self._unsaved)
        return is_stopped and is_done and self._fault is None

    def left(self) -> list[FeedState]:
        """What still waits, to be given back."""
        return [state for _, state in (*self.waiting, *(one for _, one in self._slow))]

    def wanted(self) -> int:
        """How many feeds to claim now; 0 while there is enough to do."""
        if self._is_stopping():
            return 0
        room = self._room.at_once
        ahead = min(_MOST_AHEAD * room, int(self._per_s * _AHEAD_S))
        count = room + ahead - len(self._running) - len(self.waiting)
        if not self._running and not self._beside and not self._unsaved:
            return count
        if self._is_dry:
            is_time = self._now() - self._claimed_at >= _DRY_S
        else:
            is_time = count >= max(room // _CLAIM_SHARE, ahead - ahead // _CLAIM_SHARE)
        return max(count, 0) if is_time else 0

    def take(self, claimed: Sequence[tuple[Feed, FeedState]], asked: int) -> None:
        """Poll *claimed* as soon as there is room; where fewer than *asked* came, nothing else is due."""
        now = self._now()
        if self._finished:
            rate = self._finished / max(now - self._claimed_at, 0.001)
            self._per_s = (self._per_s + rate) / 2 if self._per_s else rate
        self._claimed_at, self._finished, self._is_dry = now, 0, len(claimed) < asked
        for one in claimed:
            if self._room.beside and is_slow(one[1]) and len(self._slow) < _MOST_SLOW:
                self._slow.append((now, one))
            else:
                self.waiting.append(one)
        self._fill()

    async def ended(self) -> list[Polled]:
        """
        What is to be saved now: all that ended, once one of them brought news or the first has waited long enough.

        Nothing comes back where it is time to claim, or to look whether it is.
        """
        left_s = self._save_at - self._now() if self._unsaved else _TICK_S
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(left_s, 0.0)):
                await self._wake.wait()
        self._wake.clear()
        if self._fault is not None:
            raise self._fault
        self._make_way()
        now = self._now()
        if not self._unsaved or ((self._running or self._beside) and now < self._save_at):
            return []
        found, self._unsaved, self._saved_at = self._unsaved, [], now
        return found

    def cancel(self) -> None:
        """Give up what is under way."""
        for task in (*self._running, *self._beside):
            task.cancel()

    def _make_way(self) -> None:
        """Let those that have taken long go on beside, the first to begin first."""
        late, free = self._now() - self._room.grace_s, max(self._room.beside - len(self._beside), 0)
        begun = itertools.takewhile(lambda one: one[1] <= late, self._running.items())
        slow = [task for task, _ in itertools.islice(begun, free)]
        for task in slow:
            del self._running[task]
            self._beside.add(task)
        if slow:
            self._fill()

    def _fill(self) -> None:
        while self.waiting and len(self._running) < self._room.at_once and not self._is_stopping():
            self._running[self._begun(self.waiting.popleft())] = self._now()
        while self._slow and len(self._beside) < self._room.beside and not self._is_stopping():
            taken_at, one = self._slow.popleft()
            if self._now() - taken_at < self._room.patience_s:
                self._beside.add(self._begun(one))

    def _begun(self, one: tuple[Feed, FeedState]) -> asyncio.Task[Polled]:
        task = asyncio.create_task(self._poll(*one))
        task.add_done_callback(self._note_end)
        return task

    def _note_end(self, task: asyncio.Task[Polled]) -> None:
        self._running.pop(task, None)
        self._beside.discard(task)
        if task.cancelled():
            return
        fault = task.exception()
        if fault is not None:
            self._fault = self._fault or fault
            self._wake.set()
            return
        polled, now = task.result(), self._now()
        save_at = max(now, self._saved_at + _PAUSE_S) if polled.is_news else now + _LINGER_S
        is_sooner = not self._unsaved or save_at < self._save_at
        if is_sooner:
            self._save_at = save_at
        self._unsaved.append(polled)
        self._finished += 1
        self._fill()
        if is_sooner or not (self._running or self._beside) or self.wanted():
            self._wake.set()


def is_slow(state: FeedState) -> bool:
    """Whether a poll is likely to take long: those that hang are known by how they ended the last time."""
    return state.failures > 0 or state.health is Health.SLOW
