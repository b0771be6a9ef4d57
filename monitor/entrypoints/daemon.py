"""
The daemon: beats that look for due work, signals, the watchdog, and a calm end.

APScheduler is the beat only; what is due is decided by times in our own store, so a beat that is
missed loses nothing: the next one finds the same work.
"""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.domain.errors import MonitorError
from monitor.entrypoints.clock_watch import ClockWatch
from monitor.entrypoints.early_reload import EARLY_RELOAD
from monitor.entrypoints.faults import Faults
from monitor.entrypoints.notify import notify
from monitor.observe import Log

_BEAT_S = 1.0
_FINISH_S = 20.0
# How long a beat may be without a sign of life before the watchdog is fed no more.
_STALE_S = {"health": 30.0, "collect": 120.0, "assess": 600.0}


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Beat:
    """A job that looks for due work every *every_s* seconds; one run at a time."""

    name: str
    run: Callable[[], Awaitable[bool]]
    every_s: float = _BEAT_S
    # The beat that has work as soon as this one did some: articles are assessed, notifications sent at once.
    wakes: tuple[str, ...] = ()


@dataclass(slots=True)
class Pulse:
    """When each beat last came to its end, on the steady clock; feeds the watchdog and the health checks."""

    ended_at: dict[str, float] = field(default_factory=dict)
    running_since: dict[str, float] = field(default_factory=dict)

    def beat(self, name: str) -> None:
        """A sign of life from within a long round."""
        self.running_since[name] = time.monotonic()

    def stale(self) -> tuple[str, ...]:
        """The beats that were not heard of for too long."""
        now = time.monotonic()
        heard = {name: max(at, self.running_since.get(name, 0.0)) for name, at in self.ended_at.items()}
        return tuple(name for name, limit in _STALE_S.items() if name in heard and now - heard[name] > limit)


class Daemon:
    """Runs beats until a signal says stop, then lets the round in hand finish."""

    def __init__(
        self,
        beats: tuple[Beat, ...],
        log: Log,
        *,
        reload: Callable[[], Awaitable[None]],
        replan: Callable[[datetime, timedelta], Awaitable[None]],
        is_alive: Callable[[], Awaitable[bool]],
    ) -> None:
        self._beats = {beat.name: beat for beat in beats}
        self._log = log
        self.faults = Faults(log)
        self._reload = reload
        self._replan = replan
        self._is_alive = is_alive
        self._stopping = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._crash: BaseException | None = None
        self.pulse = Pulse()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """Start no new round; a second call ends the waiting for the one in hand."""
        if self._stopping.is_set():
            for task in self._running:
                task.cancel()
        self._stopping.set()

    async def run(self) -> None:
        """
        Beat until stopped.

        Raises:
            Whatever a beat raised that no MonitorError is: a bug, after which nothing can be promised.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_stop_signal)
        loop.add_signal_handler(signal.SIGHUP, self._on_reload_signal)
        if EARLY_RELOAD.taken():
            self._on_reload_signal()
        self._scheduler.add_listener(self._on_error, EVENT_JOB_ERROR)
        for beat in self._beats.values():
            self.pulse.ended_at[beat.name] = time.monotonic()
            self._scheduler.add_job(
                self._beat, "interval", seconds=beat.every_s, args=[beat], id=beat.name, next_run_time=utc_now()
            )
        self._scheduler.start()
        notify("READY=1")
        watcher = asyncio.create_task(self._watch())
        try:
            await self._stopping.wait()
        finally:
            notify("STOPPING=1")
            watcher.cancel()
            self._scheduler.pause()
            # A beat that was called begins, and ends at once: to cancel it would be logged as a fault.
            await asyncio.sleep(0)
            self._scheduler.shutdown(wait=False)
            await self._finish()
        if self._crash is not None:
            raise self._crash

    def note_end(self, job: str, fault: BaseException | None) -> None:
        """What became of a job beside the beats: a fault that passes is said, any other one ends the service."""
        if fault is None:
            self.faults.went_well(job)
        elif isinstance(fault, MonitorError):
            self.faults.failed(job, str(fault))
        else:
            self._crash = fault
            self._stopping.set()

    def wake(self, name: str) -> None:
        """Let a beat run now rather than at its next tick."""
        if name in self._beats and not self._stopping.is_set():
            self._scheduler.modify_job(name, next_run_time=utc_now())

    async def _beat(self, beat: Beat) -> None:
        if self._stopping.is_set():
            return
        # A task of its own, so that a shutdown of the scheduler does not cancel a round in hand.
        task = asyncio.create_task(self._round(beat), name=beat.name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            # The scheduler ends before the rounds in hand do: that is no fault of theirs.
            if not self._stopping.is_set():
                raise

    async def _round(self, beat: Beat) -> None:
        self.pulse.beat(beat.name)
        try:
            did_something = await beat.run()
        except MonitorError as error:
            self.faults.failed(beat.name, str(error))
            did_something = False
        else:
            self.faults.went_well(beat.name)
        finally:
            self.pulse.ended_at[beat.name] = time.monotonic()
        if did_something:
            for name in beat.wakes:
                self.wake(name)

    async def _finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=_FINISH_S)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _watch(self) -> None:
        """Feed the watchdog while rounds are fresh, and notice when the wall clock is set."""
        clock, jump = ClockWatch(utc_now), timedelta(0)
        while True:
            await asyncio.sleep(_BEAT_S)
            if moved := clock.jump():
                jump += moved
                self._log.warn("clock.jumped", seconds=round(moved.total_seconds(), 1))
                self._wake_up()
            if jump:
                jump = await self._planned_anew(jump)
            if await self._is_alive():
                notify("WATCHDOG=1")

    async def _planned_anew(self, jump: timedelta) -> timedelta:
        """Plan for a clock that was set by *jump*; what is left of it, where the store cannot be reached just now."""
        try:
            await self._replan(utc_now(), jump)
        except MonitorError as error:
            self.faults.failed("replan", str(error))
            return jump
        self.faults.went_well("replan")
        return timedelta(0)

    def _wake_up(self) -> None:
        now = utc_now()
        for beat in self._beats.values():
            # The scheduler sleeps until a wall-clock time that may now be an hour away.
            self._scheduler.reschedule_job(beat.name, trigger="interval", seconds=beat.every_s)
            self._scheduler.modify_job(beat.name, next_run_time=now + timedelta(milliseconds=10))

    def _on_stop_signal(self) -> None:
        if not self._stopping.is_set():
            self._log.event("monitor.stopping")
        self.stop()

    def _on_reload_signal(self) -> None:
        task = asyncio.ensure_future(self._reload())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _on_error(self, event: JobExecutionEvent) -> None:
        if not isinstance(event.exception, asyncio.CancelledError):
            self._crash = event.exception
            self._stopping.set()
