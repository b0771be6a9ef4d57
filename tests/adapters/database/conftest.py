"""Real databases for the store's tests: an SQLite file, and a database on a PostgreSQL server."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from tests.stores import open_database

_NUMBERS = itertools.count()


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes the address of an empty database of either kind."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / f'monitor-{next(_NUMBERS)}.db'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return make


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of an empty store."""
    path = tmp_path / "monitor.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def database(new_url: Callable[[], str]) -> Iterator[Database]:
    found = open_database(new_url())
    yield found
    found.close()


@pytest.fixture
def store(database: Database) -> DatabaseStore:
    return DatabaseStore(database)


@pytest.fixture
def catalogue(database: Database) -> DatabaseCatalogue:
    return DatabaseCatalogue(database)
