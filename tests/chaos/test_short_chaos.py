"""The short form of the crash harness; `make chaos` runs 500 kills on each store."""

from pathlib import Path

from tests.chaos.harness import run_chaos
from tests.processes import install


async def test_nothing_is_lost_over_some_kills(tmp_path: Path) -> None:
    outcome = await run_chaos(install(tmp_path / "installation"), "sqlite:///storage/monitor.db", kills=8, seed=7)
    assert outcome.lost_items == 0, outcome.lines()
    assert outcome.lost_alerts == 0, outcome.lines()
    assert outcome.duplicates <= outcome.kills + outcome.late, outcome.lines()
    assert outcome.alerts >= 8
