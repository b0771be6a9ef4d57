"""Upgrades from every released version, with data, on both databases: killed half-way, and by two at once."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from monitor.adapters.database import migrate, tables
from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import article_row
from monitor.adapters.database.store import DatabaseStore
from tests.adapters.database.store_builders import article
from tests.adapters.database.test_faults import to_version
from tests.builders import NOW

ROOT = Path(__file__).parents[3]
SCRIPTS = ScriptDirectory.from_config(migrate._config())
VERSIONS = sorted(str(one.revision) for one in SCRIPTS.walk_revisions())[:-1]
# Imports everything once; each line of input is an upgrade to be killed, in a fork, and is answered with how that ended.
_KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from datetime import datetime, UTC
    from alembic import command, context, op
    from sqlalchemy import event
    from monitor.adapters.database import migrate
    from monitor.adapters.database.connect import Database

    def upgrade(url, moment):
        database = Database(url)
        changes = ("ALTER", "CREATE", "DROP", "INSERT", "UPDATE", "DELETE")
        @event.listens_for(database._writer, "after_cursor_execute")
        def after(connection, cursor, statement, *_):
            if moment == "first" and statement.lstrip().startswith(changes):
                os.kill(os.getpid(), signal.SIGKILL)
        @event.listens_for(database._writer, "commit")
        def before_commit(connection):
            os.kill(os.getpid(), signal.SIGKILL)
        migrate.upgrade(database, datetime.now(UTC))

    for line in sys.stdin:
        child = os.fork()
        if not child:
            upgrade(*line.split())
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    """
)


@pytest.fixture(scope="module")
def killed() -> Iterator[Callable[[str, str], int]]:
    """Upgrades the store at an address in a process of its own, until the moment at which that is killed: how it ended."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", _KILLED]
    with subprocess.Popen(
        words, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as source:
        assert source.stdin is not None
        assert source.stdout is not None

        def upgrade(url: str, moment: str) -> int:
            print(url, moment, file=source.stdin, flush=True)
            return int(source.stdout.readline())

        yield upgrade
        source.stdin.close()


def filled(url: str, version: str) -> Database:
    """A store of an old version with two articles."""
    database = Database(url)
    to_version(database, "0001")
    with database.write() as connection:
        for seq, key in ((1, "x"), (2, "y")):
            row = {**article_row(article(key), is_pending=False), "seq": seq}
            connection.execute(tables.articles.insert(), row)
            search = (
                "INSERT INTO articles_search (rowid, title, body) VALUES (:seq, :title, 'Text')"
                if database.is_sqlite
                else "INSERT INTO articles_search (article_id, document) VALUES (:id, to_tsvector('simple', :title))"
            )
            used = {"seq": seq} if database.is_sqlite else {"id": key}
            connection.execute(text(search), {**used, "title": row["title"]})
    to_version(database, version)
    return database


def is_whole(database: Database) -> bool:
    found = DatabaseCatalogue(database)
    listed = [row["id"] for row in found.articles()] == ["x", "y"]
    return listed and {row["id"] for row in found.search("securite")} == {"x", "y"}


def test_the_files_of_the_steps_tell_the_versions() -> None:
    assert (*VERSIONS, migrate.head()) == migrate._versions()
    assert migrate.head() == SCRIPTS.get_current_head()


@pytest.mark.parametrize("moment", ["first", "commit"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_kill_within_an_upgrade_leaves_the_version_that_was_there(
    new_url: Callable[[], str], killed: Callable[[str, str], int], version: str, moment: str
) -> None:
    url = new_url()
    filled(url, version).close()
    assert killed(url, moment) == -signal.SIGKILL
    database = Database(url)
    assert migrate.version(database) == version
    assert migrate.upgrade(database, NOW) == version
    assert migrate.version(database) == migrate.head()
    assert is_whole(database)
    database.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_two_that_start_at_once_upgrade_once(new_url: Callable[[], str], version: str) -> None:
    url = new_url()
    filled(url, version).close()
    together = threading.Barrier(2)
    found: list[str | None] = []

    def start() -> None:
        database = Database(url)
        together.wait()
        migrate.upgrade(database, NOW)
        found.append(migrate.version(database))
        database.close()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [migrate.head()] * 2
    database = Database(url)
    assert is_whole(database)
    database.close()


def test_an_upgrade_only_adds_so_that_the_version_before_goes_on(new_url: Callable[[], str]) -> None:
    database = Database(new_url())
    to_version(database, "0001")
    before: dict[str, set[str]] = {}
    for version in [*VERSIONS[1:], migrate.head()]:
        with database.read() as connection:
            names = [name for name in inspect(connection).get_table_names() if "search" not in name]
            before = {name: {one["name"] for one in inspect(connection).get_columns(name)} for name in names}
        to_version(database, version)
        with database.read() as connection:
            for name, known in before.items():
                columns = {one["name"]: one for one in inspect(connection).get_columns(name)}
                assert known <= columns.keys()
                added = [columns[key] for key in columns.keys() - known]
                assert all(one["nullable"] or one["default"] is not None for one in added)
    assert before
    database.close()


def test_what_a_program_of_schema_0003_says_beside_this_one_is_taken_over(new_url: Callable[[], str]) -> None:
    database = Database(new_url())
    to_version(database, "0003")
    say = text(
        "INSERT INTO feedback (alert_id, rule_id, kind, author, comment, at)"
        " VALUES (:alert, 'r1', 'noise', 'Kim', 'a namesake', 1000000)"
    )
    with database.write() as connection:
        connection.execute(say, {"alert": "a1"})
    migrate.upgrade(database, NOW)
    with database.write() as connection:
        connection.execute(say, {"alert": "a2"})
    store = DatabaseStore(database)
    assert (store.take_over_feedback(), store.take_over_feedback()) == (1, 0)
    said = DatabaseCatalogue(database).opinions()
    assert [(one.alert_id, one.author, one.comment, one.findings) for one in said] == [
        ("a1", "Kim", "a namesake", ()),
        ("a2", "Kim", "a namesake", ()),
    ]
    database.close()


def test_a_store_that_lost_the_table_of_the_version_before_gets_it_back(new_url: Callable[[], str]) -> None:
    database = Database(new_url())
    to_version(database, "0005")
    with database.write() as connection:
        connection.execute(text("DROP TABLE feedback"))
    migrate.upgrade(database, NOW)
    with database.read() as connection:
        assert inspect(connection).has_table("feedback")
    database.close()


def test_upgrades_of_the_same_second_have_backups_of_their_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    for _ in range(2):
        filled(url, VERSIONS[-1]).close()
        database = Database(url)
        migrate.upgrade(database, NOW, backups=tmp_path / "backups")
        database.close()
        (tmp_path / "monitor.db").unlink()
    assert len(list((tmp_path / "backups").glob("*.db"))) == 2
