"""The short form of the crash harness; `make chaos` runs 500 kills on each store."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.harness import Source, is_alive, opened, run_chaos
from tests.processes import install, wait_until


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
async def test_nothing_is_lost_over_some_kills(
    tmp_path: Path, store: str, source: Source, request: pytest.FixtureRequest
) -> None:
    new_url: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    storage = "sqlite:///storage/monitor.db" if store == "sqlite" else new_url()
    outcome = await run_chaos(install(tmp_path / "installation"), storage, kills=6, seed=7, source=source)
    assert outcome.is_fine, outcome.lines()
    assert outcome.due >= 6


async def test_no_life_outlasts_what_started_it(tmp_path: Path) -> None:
    async with opened(install(tmp_path / "installation")) as program:
        pid = await program.start()
        assert is_alive(pid)
    wait_until(lambda: not is_alive(pid), "the end of a life that nobody ended")
