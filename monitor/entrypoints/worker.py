"""A worker on a shared store: runs the batches that the engine hands out, beside any number of others."""

import asyncio
import os
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.adapters.engine import Engine, Jobs, Work
from monitor.domain.errors import StoreError
from monitor.domain.notification import ChannelId
from monitor.entrypoints.daemon import utc_now
from monitor.entrypoints.service import Service
from monitor.entrypoints.upkeep import fold_held
from monitor.pipeline import assess, collect

_HEALTH_EVERY_S = 5.0


@dataclass(slots=True)
class Worker:
    """The batches of one process."""

    service: Service
    _assessing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, queues: Sequence[str], concurrency: int) -> None:
        """Work until a signal says stop."""
        self.service.parts.desk.lane = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        jobs = Jobs(self._look, self._collect, self._assess, self._deliver, self._upkeep)
        engine = Engine(self.service.parts.settings.storage, jobs)
        health = asyncio.create_task(self._say_health())
        try:
            await engine.run(queues, concurrency, f"{socket.gethostname()}-{os.getpid()}")
        finally:
            health.cancel()

    async def _look(self) -> Work:
        store, now = self.service.store, utc_now()
        await asyncio.to_thread(fold_held, store, self.service.parts.desk.bench, now)
        return Work(
            shards=await asyncio.to_thread(store.due_shards, now),
            has_articles=bool(await asyncio.to_thread(store.take_unassessed, 1))
            or bool(await asyncio.to_thread(store.due_revisits, now)),
            channels=sorted(await asyncio.to_thread(store.due_channels, now)),
        )

    async def _collect(self, shard: int) -> None:
        parts = self.service.parts
        report = await collect(utc_now, self.service.store, parts.sources.by_kind, parts.settings.policy, shard=shard)
        self.service.last_round_at = utc_now()
        self.service.log.collected(report, 0.0)
        for feed, text in report.notices:
            await self.service.feed_notice(feed, text)

    async def _assess(self) -> None:
        async with self._assessing:
            while True:
                report = await asyncio.to_thread(assess, utc_now(), self.service.parts.desk)
                self.service.log.assessed(report, 0.0)
                if not report.articles:
                    return

    async def _deliver(self, channel: str) -> None:
        lane = self.service.parts.lanes.get(ChannelId(channel))
        while lane is not None:
            report = await self.service.send_due(lane)
            if not report.delivered or report.resting_until:
                return

    async def _upkeep(self) -> None:
        await self.service.upkeep_round()

    async def _say_health(self) -> None:
        while True:
            try:
                await self.service.write_health()
            except StoreError as error:
                self.service.log.warn("job.failed", job="health", fault=str(error))
            await asyncio.sleep(_HEALTH_EVERY_S)
