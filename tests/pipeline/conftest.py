"""Newsrooms that are closed when their test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.domain.watchlist import Rule
from tests.pipeline.newsroom import BOTH, Newsroom, Open, to_file
from tests.pipeline.wire import Wire
from tests.story_builders import rule


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens a newsroom: with one rule on both companies and a channel to a file, where the test says nothing else."""
    rooms: list[Newsroom] = []

    def make(*rules: Rule, **more: object) -> Newsroom:
        more.setdefault("channels", [to_file("log", tmp_path)])
        rooms.append(Newsroom(tmp_path, rules or (rule(entities=BOTH),), **more))  # type: ignore[arg-type]
        return rooms[-1]

    yield make
    for room in rooms:
        room.close()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """A newsroom that reads facts for real, with one rule on two companies and a channel to a file."""
    found = Wire(tmp_path, [rule("hit", entities=["kelvora", "bramholt"])], [to_file("log", tmp_path)])
    yield found
    found.close()
