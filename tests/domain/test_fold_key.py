"""Keys of held messages, as they are written into the store and read from it."""

import pytest

from monitor.domain.fold_key import FoldKey, Hold
from tests.builders import NOW


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("digest:mail:daily:2026-11-25", FoldKey(Hold.DIGEST, "mail", ("daily", "2026-11-25"))),
        ("storm:chat", FoldKey(Hold.STORM, "chat")),
        ("handover:mail:chat:x", FoldKey(Hold.HANDOVER, "mail", ("chat", "x"))),
    ],
)
def test_a_key_is_read_as_it_is_written(text: str, key: FoldKey) -> None:
    assert FoldKey.read(text) == key
    assert str(key) == text


@pytest.mark.parametrize("text", ["", "of another version:mail"])
def test_what_is_no_key_is_none(text: str) -> None:
    assert FoldKey.read(text) is None


def test_what_is_held_until_a_moment_says_so_to_the_minute() -> None:
    key = str(FoldKey.until(Hold.QUIET, "mail", NOW))
    assert key == f"quiet:mail:{NOW:%Y-%m-%dT%H:%M}"
