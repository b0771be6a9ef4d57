"""The sweep for stalled batches, on a real PostgreSQL: what a killed worker held goes to the others."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Mapping

import procrastinate
import pytest

from monitor.adapters.engine import Engine, Jobs, Work, _make_schema, queue_at, sweep_stalled
from monitor.domain.errors import StoreError
from monitor.domain.policy import EnginePolicy


@pytest.fixture
async def app(new_postgres_url: Callable[[], str]) -> AsyncIterator[procrastinate.App]:
    url = new_postgres_url().replace("postgresql+psycopg://", "postgresql://")
    # Those that start together make the tables once.
    await asyncio.gather(_make_schema(url), _make_schema(url), _make_schema(url))
    made = queue_at(url)
    made.task(name="collect", queue="collect")(collect)
    async with made.open_async():
        yield made


async def collect(shard: int) -> None:
    """Nothing: the tests take the jobs themselves."""


async def nothing(name: str, arguments: Mapping[str, object]) -> None:
    """Nobody had claimed anything."""


async def deferred(app: procrastinate.App, key: str) -> None:
    await app.configure_task("collect", queue="collect", lock=key, queueing_lock=key).defer_async(shard=1)


async def taken(app: procrastinate.App) -> tuple[int, int] | None:
    """A job taken by a worker that then is never heard of again: (worker, job)."""
    worker = await app.job_manager.register_worker()
    job = await app.job_manager.fetch_job(queues=None, worker_id=worker)
    await app.connector.execute_query_async(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' WHERE id = %(id)s", id=worker
    )
    return None if job is None or job.id is None else (worker, job.id)


async def test_what_a_killed_worker_held_is_taken_by_another(app: procrastinate.App) -> None:
    await deferred(app, "collect-1")
    first = await taken(app)
    assert await taken(app) is None
    released: list[tuple[str, object]] = []

    async def release(name: str, arguments: Mapping[str, object]) -> None:
        released.append((name, arguments))

    assert await sweep_stalled(app, 20.0, release) == 1
    # What it had claimed is free before the batch is.
    assert released == [("collect", {"shard": 1})]
    again = await taken(app)
    assert first is not None
    assert again is not None
    assert again[1] == first[1]


async def test_a_worker_that_stands_still_in_a_transaction_of_the_queue_lets_go(app: procrastinate.App) -> None:
    row = await app.connector.execute_query_one_async("SHOW idle_in_transaction_session_timeout")
    assert row == {"idle_in_transaction_session_timeout": "30s"}


async def test_a_batch_whose_twin_waits_gives_way_to_it(app: procrastinate.App) -> None:
    await deferred(app, "collect-1")
    first = await taken(app)
    await deferred(app, "collect-1")
    assert await taken(app) is None, "the lock is held"
    assert await sweep_stalled(app, 20.0, nothing) == 1
    twin = await taken(app)
    assert first is not None
    assert twin is not None
    assert twin[1] != first[1]


async def test_a_batch_that_ends_while_it_is_swept_holds_up_no_other(app: procrastinate.App) -> None:
    for shard in (1, 2):
        await deferred(app, f"collect-{shard}")
    first, second = await taken(app), await taken(app)
    assert first is not None
    assert second is not None

    async def release(name: str, arguments: Mapping[str, object]) -> None:
        await app.connector.execute_query_async("DELETE FROM procrastinate_jobs WHERE id = %(id)s", id=first[1])

    assert await sweep_stalled(app, 20.0, release) == 2
    again = await taken(app)
    assert again is not None
    assert again[1] == second[1]


async def test_a_worker_that_is_heard_of_keeps_its_batch(app: procrastinate.App) -> None:
    await deferred(app, "collect-1")
    worker = await app.job_manager.register_worker()
    await app.job_manager.fetch_job(queues=None, worker_id=worker)
    assert await sweep_stalled(app, 20.0, nothing) == 0


async def test_a_worker_that_was_forgotten_gives_its_batch_back(app: procrastinate.App) -> None:
    await deferred(app, "collect-1")
    assert await taken(app) is not None
    await app.job_manager.prune_stalled_workers(20.0)
    assert await sweep_stalled(app, 20.0, nothing) == 1


async def test_a_queue_that_cannot_be_reached_is_said_at_once() -> None:
    engine = Engine("postgresql+psycopg://nobody@127.0.0.1:1/x", jobs([]), EnginePolicy())
    with pytest.raises(StoreError, match="work queue cannot be reached"):
        await engine.run(["beat"], 1, "worker")


async def test_a_bug_in_a_batch_ends_the_worker(new_postgres_url: Callable[[], str]) -> None:
    found: list[str] = []

    async def look() -> Work:
        raise ZeroDivisionError("a bug")

    engine = Engine(new_postgres_url(), jobs(found, look), EnginePolicy())
    with pytest.raises(ZeroDivisionError):
        await engine.run(["beat"], 1, "worker")
    assert found == []


async def test_a_fault_that_passes_is_told_and_work_goes_on(new_postgres_url: Callable[[], str]) -> None:
    found: list[str] = []
    collected: list[int] = []

    async def look() -> Work:
        if not found:
            # As the store raises it: behind the fault stands the statement, with what was to be saved.
            raise StoreError("locked") from ValueError("INSERT ... [parameters: secret]")
        return Work(shards=(3,))

    async def collect_shard(shard: int) -> None:
        collected.append(shard)
        engine.stop()

    engine = Engine(new_postgres_url(), jobs(found, look, collect_shard), EnginePolicy())
    await engine.run(["beat", "collect"], 2, "worker")
    assert (found, collected) == (["beat: locked"], [3])


async def test_what_the_queue_leaves_unsaid_is_told_as_its_fault(new_postgres_url: Callable[[], str]) -> None:
    found: list[str] = []

    async def ends_unasked() -> None:
        raise procrastinate.exceptions.ConnectorException from OSError("the server is gone")

    async def look() -> Work:
        asyncio.create_task(ends_unasked()).add_done_callback(lambda _: engine.stop())
        await asyncio.sleep(0.05)
        gc.collect()
        return Work()

    engine = Engine(new_postgres_url(), jobs(found, look), EnginePolicy())
    await engine.run(["beat"], 1, "worker")
    assert found == ["queue: Database error. the server is gone"]


def jobs(found: list[str], look: object = None, collect_shard: object = None) -> Jobs:
    async def idle(*arguments: object, **named: object) -> Work:
        return Work()

    return Jobs(
        look=look or idle,
        collect=collect_shard or idle,
        assess=idle,
        deliver=idle,
        upkeep=idle,
        on_fault=lambda job, fault: found.append(f"{job}: {fault}"),
        on_success=lambda _: None,
        on_stalled=nothing,
        on_reload=idle,
    )
