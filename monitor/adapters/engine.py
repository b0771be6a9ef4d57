"""
The work dispatched by Procrastinate, for stores on PostgreSQL: any number of workers, none of them special.

Jobs are wake-ups for batches. What a batch holds is claimed in our own tables, conditionally and fenced,
so that a job that runs twice, or late, does no harm; and a job that is lost is made again by the next beat.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from monitor.adapters.postgres_link import LET_GO_OF_LOCKS, link_limits
from monitor.domain.errors import MonitorError, StoreError
from monitor.domain.policy import EnginePolicy

QUEUES = ("beat", "collect", "assess", "deliver", "upkeep")
_BEAT_CRON = "* * * * * */2"
_UPKEEP_CRON = "* * * * *"
_KEEP_JOBS_HOURS = 1
_SCHEMA_LOCK = 0x6E6D6F71


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do now: shards with due feeds, whether articles wait, channels with messages."""

    shards: Sequence[int] = ()
    has_articles: bool = False
    channels: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Jobs:
    """The batches a worker can run; each looks for its work itself, and for the end of the worker."""

    look: Callable[[], Awaitable[Work]]
    collect: Callable[[int], Awaitable[None]]
    assess: Callable[[], Awaitable[None]]
    deliver: Callable[[str], Awaitable[None]]
    upkeep: Callable[[], Awaitable[None]]
    # A job, or the queue itself, met a fault that passes: its name, and the fault in words.
    on_fault: Callable[[str, str], None]
    # A job of this name went well.
    on_success: Callable[[str], None]
    # A batch of this name was given up by a worker that is no more: what it had claimed is free again.
    on_stalled: Callable[[str, Mapping[str, Any]], Awaitable[None]]
    # A changed configuration is taken up while no batch runs.
    on_reload: Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Engine:
    """Runs the batches that come up on the store's own database, and sees to it that they come up."""

    storage: str
    jobs: Jobs
    policy: EnginePolicy
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _reloading: asyncio.Event = field(default_factory=asyncio.Event)
    _renewing: asyncio.Event = field(default_factory=asyncio.Event)
    _crash: BaseException | None = None

    @property
    def is_pausing(self) -> bool:
        """Whether batches should come to their end."""
        return any(event.is_set() for event in (self._stopping, self._reloading, self._renewing))

    def stop(self) -> None:
        """Finish the batches in hand, then end."""
        self._stopping.set()

    def reload(self) -> None:
        """Finish the batches in hand, take up the configuration, and go on."""
        self._reloading.set()

    def renew(self) -> None:
        """Finish the batches in hand and begin anew: the queue remembers its next beat by a clock that was set."""
        self._renewing.set()

    async def run(self, queues: Sequence[str], concurrency: int, name: str) -> None:
        """
        Work until stopped. When the database goes away later on, wait for it and go on.

        Raises:
            StoreError: the database cannot be reached at the start.
            Whatever a batch raised that no MonitorError is: a bug, after which nothing can be promised.
        """
        has_begun = False
        asyncio.get_running_loop().set_exception_handler(self._on_unasked)
        while not self._stopping.is_set():
            try:
                await _make_schema(self._address)
                has_begun = True
                await self._work(queues, concurrency, name)
            except (ConnectorException, psycopg.Error) as error:
                if not has_begun:
                    raise StoreError(f"the work queue cannot be reached: {_words(error)}") from error
                self.jobs.on_fault("queue", _words(error))
                await self._pause(self.policy.reconnect.total_seconds())
            if self._crash is not None:
                raise self._crash
            self._renewing.clear()
            if self._reloading.is_set():
                self._reloading.clear()
                await self.jobs.on_reload()

    def _on_unasked(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # Where the database goes away before the end of a batch is written down, nobody asks the queue's task for it.
        error = context.get("exception")
        if isinstance(error, (ConnectorException, psycopg.Error)):
            self.jobs.on_fault("queue", _words(error))
        else:
            loop.default_exception_handler(context)

    @property
    def _address(self) -> str:
        plain = self.storage.replace("postgresql+psycopg://", "postgresql://")
        return make_conninfo(plain, **link_limits(conninfo_to_dict(plain)))

    async def _work(self, queues: Sequence[str], concurrency: int, name: str) -> None:
        app = queue_at(self._address)
        self._register(app)
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=list(queues),
                    concurrency=concurrency,
                    name=name,
                    fetch_job_polling_interval=1.0,
                    shutdown_graceful_timeout=self.policy.finish.total_seconds(),
                    delete_jobs="successful",
                    update_heartbeat_interval=self.policy.heartbeat.total_seconds(),
                    stalled_worker_timeout=self.policy.missed_after.total_seconds(),
                    install_signal_handlers=False,
                )
            )
            sweeper = asyncio.create_task(self._sweep(app))
            ends = [asyncio.create_task(event.wait()) for event in (self._stopping, self._reloading, self._renewing)]
            try:
                await asyncio.wait({worker, *ends}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (sweeper, *ends, worker):
                    task.cancel()
                # Before the connections are closed, which it may have one of.
                await asyncio.wait({sweeper})
                with contextlib.suppress(asyncio.CancelledError):
                    await worker

    async def _sweep(self, app: procrastinate.App) -> None:
        # No job of the queue: one that was killed while it swept would keep all others from sweeping.
        while True:
            await asyncio.sleep(self.policy.sweep.total_seconds())
            try:
                await sweep_stalled(app, self.policy.missed_after.total_seconds(), self.jobs.on_stalled)
                self.jobs.on_success("sweep")
                self.jobs.on_success("queue")
            except (MonitorError, ConnectorException) as error:
                self.jobs.on_fault("sweep", _words(error))

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _register(self, app: procrastinate.App) -> None:
        for name in ("collect", "assess", "deliver"):
            app.task(name=name, queue=name)(self._guarded(name, getattr(self.jobs, name)))
        regular = _Regular(app, self.jobs)
        # Upkeep closes alerts, so that it keeps out of the way of the one who assesses.
        for name, queue, cron, lock, run in (
            ("beat", "beat", _BEAT_CRON, "beat", regular.beat),
            ("upkeep", "upkeep", _UPKEEP_CRON, "assess", regular.upkeep),
        ):
            task = app.task(name=name, queue=queue, queueing_lock=name, lock=lock)(self._guarded(name, run))
            app.periodic(cron=cron)(task)

    def _guarded(self, name: str, run: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """The batch, with faults that pass told and bugs ending the worker."""

        async def guarded(**arguments: Any) -> None:
            try:
                await run(**arguments)
                self.jobs.on_success(name)
            except (MonitorError, ConnectorException) as error:
                self.jobs.on_fault(name, _words(error))
            except Exception as error:
                self._crash = error
                self._stopping.set()
                raise

        return guarded


@dataclass(frozen=True, slots=True)
class _Regular:
    """Jobs that come by the clock. Whichever worker is there runs them; Procrastinate sees to it that one does."""

    app: procrastinate.App
    jobs: Jobs

    async def beat(self, timestamp: int) -> None:  # noqa: ARG002 - the queue's way to call it
        work = await self.jobs.look()
        for shard in work.shards:
            await _defer(self.app, "collect", f"collect-{shard}", shard=shard)
        if work.has_articles:
            await _defer(self.app, "assess", "assess")
        for channel in work.channels:
            await _defer(self.app, "deliver", f"deliver-{channel}", channel=channel)

    async def upkeep(self, timestamp: int) -> None:  # noqa: ARG002 - the queue's way to call it
        await self.jobs.upkeep()
        await self.app.job_manager.delete_old_jobs(_KEEP_JOBS_HOURS, include_failed=True, include_aborted=True)


async def _defer(app: procrastinate.App, task: str, key: str, **arguments: int | str) -> None:
    """One job of a kind waits and one runs, no more; the next beat looks again anyway."""
    with contextlib.suppress(AlreadyEnqueued):
        await app.configure_task(task, queue=task, lock=key, queueing_lock=key).defer_async(**arguments)


def queue_at(address: str) -> procrastinate.App:
    """The queue in the database at *address*, not yet opened."""
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, configure=_let_go_of_locks))


async def _let_go_of_locks(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.execute(LET_GO_OF_LOCKS, (False,))
    await connection.commit()


async def sweep_stalled(
    app: procrastinate.App, missed_after_s: float, release: Callable[[str, Mapping[str, Any]], Awaitable[None]]
) -> int:
    """
    Give the jobs of workers that were not heard of for so long to the others; how many there were.

    What such a job had claimed is *released* before it, or whoever runs it next would find it taken.
    """
    count = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=missed_after_s):
        count += 1
        await release(job.task_name, job.task_kwargs)
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # A twin of it waits already: this one is done with, or its lock would hold the twin for ever.
            if job.id is not None:
                await app.job_manager.finish_job_by_id_async(job.id, status=Status.FAILED, delete_job=True)
        except ConnectorException as error:
            # It came to its end a moment ago: its worker had only lost the database, or another sweep was quicker.
            if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                raise
    return count


async def _make_schema(address: str) -> None:
    """The tables of the queue, whole or not at all, by one worker of those that start together."""
    manager = procrastinate.App(connector=procrastinate.PsycopgConnector()).schema_manager
    async with await psycopg.AsyncConnection.connect(address) as connection:
        await connection.execute(LET_GO_OF_LOCKS, (True,))
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
        found = await connection.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
        row = await found.fetchone()
        if row is not None and not row[0]:
            await connection.execute(manager.get_schema().encode())


def _words(error: BaseException) -> str:
    # What the queue raises keeps the reason behind it; behind one of ours stands the statement with all its values.
    cause = "" if isinstance(error, MonitorError) else error.__cause__ or ""
    return " ".join(f"{error} {cause}".split())
