"""A PostgreSQL server for the tests that need one, started once for a test run and gone after it."""

import gc
import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest
from hypothesis import settings

from tests.own_postgres import own_postgres

# `make test` says the same of the same code each time; `make fuzz` looks for what is new.
# A machine may be busy: how long one example takes is no finding.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

_NUMBERS = itertools.count()
# New containers before the young are searched for garbage, and such searches before the next older ones are.
_SELDOM = (50_000, 20, 100)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: to look for garbage in it again and again took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for the run."""
    with own_postgres() as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Nothing of this is worth a sync.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()


@pytest.fixture
def new_postgres_url(postgres_url: str) -> Callable[[], str]:
    """Makes the address of an empty store on that server: a schema of its own, which is made in no time."""

    def make() -> str:
        name = f"monitor_{next(_NUMBERS)}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{postgres_url.replace('postgresql://', 'postgresql+psycopg://')}&options=-csearch_path%3D{name}"

    return make
