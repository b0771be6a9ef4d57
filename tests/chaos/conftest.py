"""One source of lives for all tests here: to import everything takes longer than most of them."""

from collections.abc import Iterator

import pytest

from tests.chaos.harness import Source


@pytest.fixture(scope="session")
def source() -> Iterator[Source]:
    found = Source()
    yield found
    found.close()
