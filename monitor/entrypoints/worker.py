"""A worker on a shared store: runs the batches that the engine hands out, beside any number of others."""

import asyncio
import os
import signal
import socket
import time
import uuid
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitor.adapters.database.feed_rows import shard_of
from monitor.adapters.engine import Engine, Jobs, Work
from monitor.adapters.http.hosts import Hosts
from monitor.domain.errors import StoreError
from monitor.domain.notification import ChannelId
from monitor.entrypoints.clock_watch import ClockWatch
from monitor.entrypoints.daemon import utc_now
from monitor.entrypoints.early_reload import EARLY_RELOAD
from monitor.entrypoints.faults import Faults
from monitor.entrypoints.notify import notify
from monitor.entrypoints.service import Service
from monitor.pipeline import assess, collect

_HEALTH_EVERY_S = 5.0


@dataclass(slots=True)
class Worker:
    """The batches of one process."""

    service: Service
    # What others know this process by: a new one each time, so that a claim of an earlier life does not hold.
    name: str = field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    _assessing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _engine: Engine | None = None
    _faults: Faults | None = None
    # Batches of ours that lost the database: when. What they had claimed is given back once it is there again.
    _broken: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def run(self, queues: Sequence[str], concurrency: int) -> None:
        """Work until a signal says stop; SIGHUP takes up a changed configuration between batches."""
        faults = self._faults = Faults(self.service.log)
        jobs = Jobs(
            look=self.look,
            collect=lambda shard: self._noting("collect", str(shard), self._collect(shard)),
            assess=self._assess,
            deliver=lambda channel: self._noting("deliver", channel, self._deliver(channel)),
            upkeep=self.service.upkeep_round,
            on_fault=faults.failed,
            on_success=faults.went_well,
            on_stalled=self._release,
            on_reload=self.service.reload,
        )
        settings = self.service.gear.settings
        if "collect" not in queues:
            self.service.last_round_at = None
        engine = self._engine = Engine(settings.storage, jobs, settings.policy.engine)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_stop_signal, engine)
        loop.add_signal_handler(signal.SIGHUP, engine.reload)
        if EARLY_RELOAD.taken():
            engine.reload()
        health = asyncio.create_task(self._say_health(faults))
        notify("READY=1")
        try:
            await engine.run(queues, concurrency, self.name)
        finally:
            notify("STOPPING=1")
            health.cancel()

    def _on_stop_signal(self, engine: Engine) -> None:
        self.service.log.event("monitor.stopping")
        engine.stop()

    async def look(self) -> Work:
        """What there is to do for whoever has time."""
        await self.service.fold_due()
        store, now = self.service.store, utc_now()
        shards = await asyncio.to_thread(store.due_shards, now)
        if not shards and self.service.last_round_at is not None:
            self.service.note_round()  # nothing is due: that is a round as well
        return Work(
            shards=shards,
            has_articles=bool(await asyncio.to_thread(store.take_unassessed, 1))
            or bool(await asyncio.to_thread(store.due_revisits, now)),
            channels=sorted(await asyncio.to_thread(store.due_channels, now)),
        )

    async def _collect(self, shard: int) -> None:
        gear = self.service.gear
        has_ended, hosts = self._batch_end(), gear.intakes.hosts
        # The feeds of a host are polled by one worker after the other: each keeps to what it asked of any.
        hosts.respect(await asyncio.to_thread(self.service.store.load_wishes, shard, utc_now()))
        report = await collect(
            utc_now,
            self.service.store,
            gear.intakes.by_kind,
            gear.settings.policy,
            shard=shard,
            is_stopping=has_ended,
            on_polled=self.service.note_round,
            on_report=self.service.tell_collected,
        )
        self.service.note_round()
        await self._hand_hosts_on(shard, hosts)
        await self.service.tell_collected(report)

    async def _hand_hosts_on(self, shard: int, hosts: Hosts) -> None:
        """Leave a shard so that whoever polls it next comes no sooner than this one might have."""
        wishes = {name: wish for name, wish in hosts.wishes().items() if wish.rest_s or shard_of(name) == shard}
        await asyncio.to_thread(self.service.store.save_wishes, shard, wishes, utc_now())
        await asyncio.sleep(self.service.gear.settings.policy.fetch.host_spacing.total_seconds())

    async def _assess(self) -> None:
        has_ended = self._batch_end()
        async with self._assessing:
            desk = self.service.gear.desk
            desk.lane = self.name
            while not has_ended():
                started = time.monotonic()
                report = await asyncio.to_thread(assess, utc_now(), desk)
                self.service.log.assessed(report, time.monotonic() - started)
                await self.service.tell_of_faults(report)
                if self._faults is not None:
                    self._faults.models(report)
                if not report.articles:
                    return

    async def _deliver(self, channel: str) -> None:
        lane = self.service.gear.lanes.get(ChannelId(channel))
        has_ended = self._batch_end()
        while lane is not None and not has_ended():
            report = await self.service.send_due(lane)
            if not report.delivered or report.resting_until:
                return

    async def _noting(self, job: str, of: str, batch: Awaitable[None]) -> None:
        """Run *batch*; where it loses the database or is cut off, remember that its claims are to be given back."""
        try:
            await batch
        except (StoreError, asyncio.CancelledError):
            self._broken[job, of] = utc_now()
            raise

    async def _give_back(self) -> None:
        """Free what batches of ours had claimed when they lost the database; raises StoreError while it is away."""
        for (job, of), broken_at in list(self._broken.items()):
            await self._free(job, of, broken_at)
            if self._broken.get((job, of)) == broken_at:
                del self._broken[job, of]

    async def _release(self, job: str, arguments: Mapping[str, Any]) -> None:
        """Free what a batch of a worker that is no more had claimed, so that nobody waits for the end of its lease."""
        # Half of what a worker is waited for: older than any claim of the one that took over, younger than none of its.
        claimed_at = utc_now() - self.service.gear.settings.policy.engine.missed_after / 2
        count = await self._free(job, str(arguments.get("shard", arguments.get("channel", ""))), claimed_at)
        self.service.log.event("worker.missed", job=job, freed=count)

    async def _free(self, job: str, of: str, claimed_at: datetime) -> int:
        """Free the claims of a batch that are no younger than *claimed_at*; how many."""
        store, policy = self.service.store, self.service.gear.settings.policy
        if job == "collect":
            return await asyncio.to_thread(store.release_shard, int(of), claimed_at + policy.poll.lease)
        if job == "deliver":
            return await asyncio.to_thread(store.release_channel, ChannelId(of), claimed_at + policy.delivery.lease)
        return 0

    def _batch_end(self) -> "_BatchEnd":
        return _BatchEnd(self._engine, time.monotonic(), self.service.gear.settings.policy.engine.longest_batch)

    async def _say_health(self, faults: Faults) -> None:
        clock, jump = ClockWatch(utc_now), timedelta(0)
        while True:
            try:
                if moved := clock.jump():
                    self.service.log.warn("clock.jumped", seconds=round(moved.total_seconds(), 1))
                    jump += moved
                    if self._engine is not None:
                        self._engine.renew()
                if jump:
                    await self.service.replan(utc_now(), jump)
                    jump = timedelta(0)
                await self._give_back()
                await self.service.write_health()
                await asyncio.to_thread(self.service.store.ping)
                notify("WATCHDOG=1")
                faults.went_well("health")
            except StoreError as error:
                faults.failed("health", str(error))
            await asyncio.sleep(_HEALTH_EVERY_S)


@dataclass(frozen=True, slots=True)
class _BatchEnd:
    """Says when a batch should come to its end: the worker stops, or others with work to do waited long enough."""

    engine: Engine | None
    began_at: float
    longest: timedelta

    def __call__(self) -> bool:
        is_pausing = self.engine is not None and self.engine.is_pausing
        return is_pausing or time.monotonic() - self.began_at > self.longest.total_seconds()
