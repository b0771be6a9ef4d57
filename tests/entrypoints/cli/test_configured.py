"""What is typed for a watched entity."""

import os
import socket
from pathlib import Path

import pytest

from monitor.adapters.yaml_settings.load import load_settings
from monitor.app import health_file
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


def test_processes_on_a_shared_store_say_how_they_are_each_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / "w.yaml").write_text(WATCHLIST, encoding="utf-8")
    alone = load_settings(tmp_path, {})
    shared = load_settings(tmp_path, {"MONITOR_STORAGE": "postgresql+psycopg://monitor@database/monitor"})
    assert health_file(alone).name == "health.json"
    assert health_file(shared).name == f"health-{socket.gethostname()}-{os.getpid()}.json"
