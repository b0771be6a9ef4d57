"""What is so with PostgreSQL alone: the move to it, and what it says where something is wrong."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.move import move
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.errors import StoreError, UsageError
from tests.adapters.database.store_builders import article, claimed, collected, note, polled
from tests.builders import NOW
from tests.stores import open_database


def test_a_store_moves_to_postgresql_and_an_interrupted_move_goes_on(file: Path, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE moved")
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", "/moved?")
    source = Database(f"sqlite:///{file}")
    store = DatabaseStore(source)
    collected(store, *(article(f"a{number}") for number in range(30)))
    store.save_notifications([note("n1")])
    half = iter(move(source, url, NOW))
    next(half)
    counts = dict(move(source, url, NOW))
    assert (counts["articles"], counts["notifications"], counts["feeds"]) == (30, 1, 1)
    target = Database(url)
    moved = DatabaseCatalogue(target)
    assert {row["id"] for row in moved.articles()} == {f"a{number}" for number in range(30)}
    assert len(moved.search("sécurité", 100)) == 30
    (state,) = claimed(DatabaseStore(target), NOW + timedelta(hours=1)).values()
    (saved,) = DatabaseStore(target).save_polls([polled(state, [article("new")])], NOW)
    assert saved.new == 1
    target.close()
    source.close()


@pytest.mark.parametrize("swapped", [False, True])
def test_a_store_is_moved_from_sqlite_to_postgresql_only(
    file: Path, new_postgres_url: Callable[[], str], swapped: bool
) -> None:
    source = Database(new_postgres_url() if swapped else f"sqlite:///{file}")
    target = new_postgres_url() if swapped else f"sqlite:///{file.with_name('other.db')}"
    with pytest.raises(UsageError, match="move"):
        list(move(source, target, NOW))
    assert not file.with_name("other.db").exists()
    source.close()


def test_nothing_is_moved_into_the_store_of_somebody_else(file: Path, new_postgres_url: Callable[[], str]) -> None:
    url = new_postgres_url()
    theirs = open_database(url)
    collected(DatabaseStore(theirs), article("of-theirs"))
    source = Database(f"sqlite:///{file}")
    collected(DatabaseStore(source), article("of-ours"))
    with pytest.raises(StoreError, match="rows of another store"):
        list(move(source, url, NOW))
    assert [row["id"] for row in DatabaseCatalogue(theirs).articles()] == ["of-theirs"]
    theirs.close()
    source.close()


def test_a_table_of_postgresql_that_cannot_be_read_is_found(new_postgres_url: Callable[[], str]) -> None:
    database = open_database(new_postgres_url())
    collected(DatabaseStore(database), article("a1"))
    assert database.faults() == ()
    with database.write() as connection:
        # What the server says where a page is broken, without a broken page.
        connection.exec_driver_sql(
            "CREATE FUNCTION broken(articles) RETURNS text LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE 'missing chunk number 0' USING ERRCODE = 'data_corrupted'; END $$"
        )
        connection.exec_driver_sql("CREATE CAST (articles AS text) WITH FUNCTION broken(articles)")
    (fault,) = database.faults()
    assert fault.startswith("articles: missing chunk number 0")
    database.close()


def test_a_database_that_can_only_be_read_is_told_as_such(new_postgres_url: Callable[[], str]) -> None:
    database = open_database(new_postgres_url())
    with pytest.raises(StoreError, match="the store can only be read"), database.write() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY; DELETE FROM marks")
    database.close()


def test_a_full_disk_of_the_database_is_told_as_such(new_postgres_url: Callable[[], str]) -> None:
    database = open_database(new_postgres_url())
    with pytest.raises(StoreError, match="the disk of the database is full"), database.write() as connection:
        connection.exec_driver_sql(
            "DO $$ BEGIN RAISE 'could not extend file \"base/1/2\": No space left on device'"
            " USING ERRCODE = 'disk_full'; END $$"
        )
    database.close()


def test_who_stands_still_in_the_middle_of_a_write_lets_the_others_go_on(new_postgres_url: Callable[[], str]) -> None:
    url = new_postgres_url()
    open_database(url).close()
    still, other = (Database(f"{url}%20-cidle_in_transaction_session_timeout%3D1s") for _ in range(2))
    with other.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counted AS SELECT 1 AS n")
    with pytest.raises(StoreError, match="idle-in-transaction"), still.write() as held:  # noqa: PT012
        held.exec_driver_sql("UPDATE counted SET n = n + 10")
        with other.write() as connection:
            connection.exec_driver_sql("UPDATE counted SET n = n + 1")
        held.exec_driver_sql("UPDATE counted SET n = n + 100")
    with still.read() as connection:
        assert connection.exec_driver_sql("SELECT n FROM counted").scalar() == 2, "nothing of what was given up"
    still.close()
    other.close()


def test_only_writes_are_given_up(new_postgres_url: Callable[[], str]) -> None:
    database = open_database(new_postgres_url())
    limit = "SHOW idle_in_transaction_session_timeout"
    with database.write() as connection:
        assert connection.exec_driver_sql(limit).scalar() == "30s"
    # An export into a program that somebody pages through holds no lock.
    with database.read() as connection:
        assert connection.exec_driver_sql(limit).scalar() == "0"
    database.close()
