"""
The work dispatched by Procrastinate, for stores on PostgreSQL: any number of workers, none of them special.

Jobs are wake-ups for batches. What a batch holds is claimed in our own tables, conditionally and fenced,
so that a job that runs twice, or late, does no harm.
"""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from monitor.domain.errors import StoreError

QUEUES = ("beat", "collect", "assess", "deliver", "upkeep")
# A worker that was killed is missed after this long, and its jobs go to others at the next sweep.
_HEARTBEAT_S = 5.0
_MISSED_S = 20.0
_SWEEP_CRON = "* * * * * */10"
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
    """The batches a worker can run; each looks for its work itself."""

    look: Callable[[], Awaitable[Work]]
    collect: Callable[[int], Awaitable[None]]
    assess: Callable[[], Awaitable[None]]
    deliver: Callable[[str], Awaitable[None]]
    upkeep: Callable[[], Awaitable[None]]


class Engine:
    """A Procrastinate app on the store's own database."""

    def __init__(self, storage: str, jobs: Jobs) -> None:
        url = storage.replace("postgresql+psycopg://", "postgresql://")
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
        self._jobs = jobs
        _register(self._app, jobs)

    async def run(self, queues: Sequence[str], concurrency: int, name: str) -> None:
        """
        Work until a signal says stop; the batches in hand are finished first.

        Raises:
            StoreError: the database cannot be reached at the start. Later the worker waits for it and goes on.
        """
        try:
            async with self._app.open_async():
                await self._make_schema()
                await self._app.run_worker_async(
                    queues=list(queues),
                    concurrency=concurrency,
                    name=name,
                    fetch_job_polling_interval=1.0,
                    shutdown_graceful_timeout=20.0,
                    delete_jobs="successful",
                    update_heartbeat_interval=_HEARTBEAT_S,
                    stalled_worker_timeout=_MISSED_S,
                )
        except ConnectorException as error:
            raise StoreError(f"the work queue cannot be reached: {error}") from error

    async def _make_schema(self) -> None:
        connector = self._app.connector
        # Two workers that start together must not both make the tables.
        found = await connector.execute_query_one_async(
            "SELECT pg_advisory_lock(%(key)s), to_regclass('procrastinate_jobs') IS NOT NULL AS there", key=_SCHEMA_LOCK
        )
        try:
            if not found["there"]:
                await self._app.schema_manager.apply_schema_async()
        finally:
            await connector.execute_query_async("SELECT pg_advisory_unlock_all()")


def _register(app: procrastinate.App, jobs: Jobs) -> None:
    app.task(name="collect", queue="collect")(jobs.collect)
    app.task(name="assess", queue="assess")(jobs.assess)
    app.task(name="deliver", queue="deliver")(jobs.deliver)
    regular = _Regular(app, jobs)
    for name, queue, cron, run in (
        ("beat", "beat", _BEAT_CRON, regular.beat),
        ("sweep", "beat", _SWEEP_CRON, regular.sweep),
        ("upkeep", "upkeep", _UPKEEP_CRON, regular.upkeep),
    ):
        app.periodic(cron=cron)(app.task(name=name, queue=queue, queueing_lock=name, lock=name)(run))


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

    async def sweep(self, timestamp: int) -> None:  # noqa: ARG002 - the queue's way to call it
        await sweep_stalled(self.app)

    async def upkeep(self, timestamp: int) -> None:  # noqa: ARG002 - the queue's way to call it
        await self.jobs.upkeep()
        await self.app.job_manager.delete_old_jobs(_KEEP_JOBS_HOURS, include_failed=True)


async def _defer(app: procrastinate.App, task: str, key: str, **arguments: int | str) -> None:
    """One job of a kind waits and one runs, no more; the next beat looks again anyway."""
    with contextlib.suppress(AlreadyEnqueued):
        await app.configure_task(task, queue=task, lock=key, queueing_lock=key).defer_async(**arguments)


async def sweep_stalled(app: procrastinate.App) -> int:
    """Give the jobs of workers that were killed back to the others; how many there were."""
    count = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_MISSED_S):
        count += 1
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # A twin of it waits already: this one is done with, or its lock would hold the twin for ever.
            if job.id is not None:
                await app.job_manager.finish_job_by_id_async(job.id, status=Status.FAILED, delete_job=True)
    return count
