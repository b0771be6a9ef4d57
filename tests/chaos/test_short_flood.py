"""The short form of the flood; `make chaos` brings 100,000 items at once."""

from pathlib import Path

from tests.chaos.flood import flood
from tests.processes import install


async def test_a_flood_is_stored_and_told_in_few_messages(tmp_path: Path) -> None:
    found = await flood(install(tmp_path / "installation"), 3000, until_told=False)
    assert found.is_fine, found.lines()
    assert found.attacks == 60
    # A channel takes twenty messages a minute; what is more leaves as a list at the end of the minute.
    minutes = found.seconds // 60 + 2
    assert found.messages <= 21 * minutes, found.lines()
    assert found.notices <= 1, found.lines()
