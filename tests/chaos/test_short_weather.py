"""Short forms of what may happen around the program; `make chaos` has the long ones."""

from collections.abc import Callable
from pathlib import Path

from tests.chaos.harness import Source
from tests.chaos.weather import behind_proxy, weather
from tests.processes import install


async def test_the_service_goes_on_when_it_is_over(tmp_path: Path, source: Source) -> None:
    found = await weather(
        install(tmp_path / "installation"), "network+disk+clock", rounds=1, hold_s=1.5, seed=1, source=source
    )
    assert found.outcome.is_fine, found.lines()
    # Once, and once more where it shows as another one.
    assert found.said <= 2, found.lines()


async def test_workers_go_on_when_the_network_to_the_database_does(
    tmp_path: Path, new_postgres_url: Callable[[], str], source: Source
) -> None:
    def nothing() -> None:
        """The server itself stays."""

    async with behind_proxy(new_postgres_url(), nothing, nothing) as postgres:
        found = await weather(
            install(tmp_path / "installation"),
            "database",
            rounds=1,
            hold_s=1.5,
            seed=1,
            postgres=postgres,
            source=source,
        )
    assert found.outcome.is_fine, found.lines()
