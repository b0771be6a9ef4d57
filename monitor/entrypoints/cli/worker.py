"""`monitor worker` joins the work on a store that several machines share."""

import os
import sys

import typer

from monitor.entrypoints.cli.configured import Config, config_dir

commands = typer.Typer()


@commands.command(help="Join the shared work on a PostgreSQL store, beside `monitor run` on any number of machines.")
def worker(
    config: Config = None,
    queues: str = typer.Option(
        "", help="Only these, with commas between them: beat, collect, assess, deliver, upkeep; else all."
    ),
    concurrency: int = typer.Option(8, min=1, max=200, help="How many batches at once."),
    storage: str | None = typer.Option(None, help="The store, such as postgresql+psycopg://...; else as configured."),
    serves: bool = typer.Option(False, "--serve", help="Serve the pages and the API, too, where web.listen is set."),
) -> None:
    import asyncio

    asyncio.run(_work(config_dir(config), queues, concurrency, {"storage": storage}, serves=serves))


async def _work(folder: object, queues: str, concurrency: int, flags: dict[str, object], *, serves: bool) -> None:
    from pathlib import Path

    from monitor.adapters.engine import QUEUES
    from monitor.adapters.long_lived import settle, spare_memory
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.early_reload import EARLY_RELOAD

    EARLY_RELOAD.listen()
    from monitor.entrypoints.cli.run import service_log
    from monitor.entrypoints.opening import open_service
    from monitor.entrypoints.worker import Worker

    path = Path(str(folder))
    wanted = [name.strip() for name in queues.split(",") if name.strip()] or list(QUEUES)
    unknown = [name for name in wanted if name not in QUEUES]
    if unknown:
        raise UsageError(f'there is no queue "{unknown[0]}": the queues are {", ".join(QUEUES)}')
    spare_memory()
    log, role = service_log(path, flags), f"worker --queues {','.join(wanted)}" if queues else "worker"
    async with open_service(path, os.environ, flags, log, sys.stdout, serves=serves, role=role) as service:
        settle()
        if service.store.database.is_sqlite:
            raise UsageError("workers share a PostgreSQL store; with SQLite `monitor run` does all the work")
        await Worker(service).run(wanted, concurrency)
