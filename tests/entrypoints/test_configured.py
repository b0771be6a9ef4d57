"""What is typed for a watched entity."""

from pathlib import Path

import pytest

from monitor.domain.errors import UsageError
from monitor.entrypoints.cli.configured import read_settings, watched_id

WATCHLIST = """
watchlist: w
entities:
  - {id: acme, name: Acme Holding, aliases: [Acme]}
  - {id: acme-bank, name: Acme Bank, aliases: [ACME]}
  - Siemens
"""


@pytest.fixture
def settings(tmp_path: Path):
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / "w.yaml").write_text(WATCHLIST, encoding="utf-8")
    return read_settings(tmp_path)


@pytest.mark.parametrize(
    ("typed", "entity_id"),
    [
        ("siemens", "siemens"),
        ("Siemens", "siemens"),
        ("SIEMENS", "siemens"),
        ("acme", "acme"),
        ("acme bank", "acme-bank"),
    ],
)
def test_an_id_or_a_name_in_any_case_will_do(settings, typed, entity_id):
    assert watched_id(settings, typed) == entity_id


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("Acme", "may be acme or acme-bank"), ("Simens", 'did you mean "Siemens"'), ("nobody", "`monitor watch list`")],
)
def test_what_is_none_or_several_is_told(settings, typed, fault):
    with pytest.raises(UsageError, match=fault):
        watched_id(settings, typed)
