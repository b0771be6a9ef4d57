"""Several processes on one machine: `monitor healthcheck` misses each that died, and none that was stopped."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import app
from monitor.adapters.yaml_settings.load import load_settings
from monitor.domain.settings import Settings
from monitor.entrypoints.health_files import HealthFile, told_ailments
from tests.builders import NOW
from tests.processes import install

LATER = NOW + timedelta(seconds=20)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shared = {"MONITOR_STORAGE": "postgresql+psycopg://monitor@database/monitor"}
    return load_settings(install(tmp_path).config, shared)


@pytest.fixture
def gone() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def alive() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate(b"\n")


def say(monkeypatch: pytest.MonkeyPatch, settings: Settings, role: str, pid: int) -> HealthFile:
    """The word of another process that began at NOW."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: pid)
        other = HealthFile(role, NOW)
        other.write(settings, (), NOW)
    return other


def test_one_that_died_is_missed_though_another_lives(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, gone: int, alive: int
) -> None:
    say(monkeypatch, settings, "worker", alive)
    assert told_ailments(settings, NOW) == ()
    say(monkeypatch, settings, "worker --queues assess", gone)
    HealthFile("run", NOW).write(settings, (), NOW)
    (reason,) = told_ailments(settings, NOW)
    assert reason.startswith(f"`monitor worker --queues assess` (process {gone}) has ended; where it is not to come")


def test_one_that_hangs_is_told_though_another_is_well(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, alive: int
) -> None:
    say(monkeypatch, settings, "worker", alive)
    HealthFile("run", NOW).write(settings, (), NOW + timedelta(minutes=2))
    (reason,) = told_ailments(settings, NOW + timedelta(minutes=2))
    assert reason.startswith("`monitor worker` last said how it is 120 seconds ago")


def test_what_ails_all_is_told_once(settings: Settings, monkeypatch: pytest.MonkeyPatch, alive: int) -> None:
    say(monkeypatch, settings, "worker", alive).role = "run"
    HealthFile("run", NOW).write(settings, ("the store is away",), NOW)
    assert told_ailments(settings, NOW) == ("the store is away",)


def test_one_that_was_stopped_is_not_missed_and_says_no_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, alive: int
) -> None:
    say(monkeypatch, settings, "worker", alive)
    stopped = HealthFile("run", NOW)
    stopped.write(settings, ("something",), NOW)
    stopped.end()
    stopped.write(settings, ("something",), NOW)
    assert told_ailments(settings, NOW) == ()


def test_who_starts_takes_the_place_of_one_that_died_before_with_the_same_role(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    say(monkeypatch, settings, "worker", gone)
    HealthFile("run", LATER).write(settings, (), LATER)
    assert len(told_ailments(settings, LATER)) == 1, "it is another one that started"
    HealthFile("worker", NOW).write(settings, (), LATER)
    assert len(told_ailments(settings, LATER)) == 1, "it was there before"
    HealthFile("worker", LATER).write(settings, (), LATER)
    assert told_ailments(settings, LATER) == ()


def test_each_process_is_known_by_its_number(settings: Settings) -> None:
    HealthFile("run", NOW).write(settings, (), NOW)
    assert [path.name.rpartition("-")[2] for path in app.health_files(settings)] == [f"{os.getpid()}.json"]
