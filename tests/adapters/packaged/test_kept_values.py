"""Tests that what was read of a packaged file is kept, and never taken for another one."""

import sys
from pathlib import Path

import pytest

from monitor.adapters.packaged.kept_values import kept_value


class Reader:
    """Counts how often it reads."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self, data: bytes) -> dict[str, list[str]]:
        self.read += 1
        return {"words": data.decode().split()}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "words.yaml"


def kept(path: Path) -> Path:
    (found,) = (path.parent / "__pycache__").iterdir()
    return found


def test_a_file_is_read_once(path: Path) -> None:
    reader = Reader()
    assert [kept_value(path, b"one two", "1", reader) for _ in range(3)] == [{"words": ["one", "two"]}] * 3
    assert reader.read == 1


@pytest.mark.parametrize(("data", "version"), [(b"one three", "1"), (b"one two", "2")])
def test_another_text_or_reader_has_it_read_anew(path: Path, data: bytes, version: str) -> None:
    kept_value(path, b"one two", "1", Reader())
    reader = Reader()
    assert kept_value(path, data, version, reader) == {"words": data.decode().split()}
    assert kept_value(path, data, version, reader) == {"words": data.decode().split()}
    assert reader.read == 1
    assert kept(path).name.startswith("words.")


@pytest.mark.parametrize(("left", "junk"), [(0, b""), (-5, b""), (0, b"\xff" * 40)])
def test_what_was_damaged_is_read_anew(path: Path, left: int, junk: bytes) -> None:
    kept_value(path, b"one two", "1", Reader())
    kept(path).write_bytes(kept(path).read_bytes()[:left] + junk)
    reader = Reader()
    assert kept_value(path, b"one two", "1", reader) == {"words": ["one", "two"]}
    assert reader.read == 1


def test_where_nothing_may_be_written_it_is_read_each_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path.parent / "__pycache__").write_text("in the way")
    assert kept_value(path, b"one", "1", Reader()) == {"words": ["one"]}
    (path.parent / "__pycache__").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert kept_value(path, b"one", "1", Reader()) == {"words": ["one"]}
    assert list(path.parent.iterdir()) == []


def test_what_cannot_be_kept_is_handed_on(path: Path) -> None:
    value = object()
    assert kept_value(path, b"one", "1", lambda _: value) is value
