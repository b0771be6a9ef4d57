"""The real concept lexicon and catalogue, loaded once: grouping is only as good as they are."""

import pytest

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group import FactReader


@pytest.fixture(scope="session")
def reader() -> FactReader:
    return load_fact_reader(GroupPolicy())
