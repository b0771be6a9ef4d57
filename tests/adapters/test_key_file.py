"""The key for signed links: one for all that start together, never an empty one."""

import threading
from pathlib import Path

import pytest

from monitor.adapters.key_file import read_or_make_key
from monitor.domain.errors import StoreError


def test_a_key_is_made_once_and_only_its_user_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "storage" / "links.key"
    key = read_or_make_key(path)
    assert len(key) == 32
    assert read_or_make_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_a_killed_program_left_empty_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "links.key"
    path.touch(mode=0o644)
    key = read_or_make_key(path)
    assert len(key) == 32
    assert read_or_make_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("is_there", [False, True], ids=["missing", "empty"])
def test_those_that_start_together_sign_alike(tmp_path: Path, is_there: bool) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.key"
        if is_there:
            path.touch()
        keys: list[bytes] = []
        together = threading.Barrier(4)

        def start(path: Path = path, keys: list[bytes] = keys, together: threading.Barrier = together) -> None:
            together.wait()
            keys.append(read_or_make_key(path))

        threads = [threading.Thread(target=start) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(keys) == 4
        assert len(set(keys)) == 1


@pytest.mark.parametrize("text", ["abcd", "no hex at all", "é"])
def test_what_is_no_key_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "links.key"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=r"links\.key: the key for signed links"):
        read_or_make_key(path)
