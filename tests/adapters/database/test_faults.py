"""What breaks around a store: kills, full disks, locks, foreign files, old and new schemas."""

import contextlib
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from monitor.adapters.database import migrate, tables
from monitor.adapters.database.backup import restore
from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import article_row
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.errors import StoreError
from monitor.domain.notification import Outcome
from tests.adapters.database.store_builders import article, attempt, claimed, feed, note, polled
from tests.builders import NOW

ROOT = Path(__file__).parents[3]


def with_schema(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database, NOW)
    return database


def test_a_second_upgrade_does_nothing(file: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{file}")
    assert migrate.upgrade(database, NOW, backups=tmp_path / "backups") == migrate.head()
    assert not (tmp_path / "backups").exists()
    database.close()


def test_a_newer_schema_is_refused(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    database = Database(f"sqlite:///{file}")
    with pytest.raises(StoreError, match="newer version"):
        migrate.upgrade(database, NOW)
    database.close()


def test_the_tables_are_those_of_the_migrations(file: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from monitor.adapters.database.tables import metadata

    database = Database(f"sqlite:///{file}")
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or "search" not in str(name)}
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def test_a_kill_within_a_transaction_leaves_nothing_of_it(file: Path) -> None:
    script = textwrap.dedent(
        f"""
        import os, signal, sys
        from sqlalchemy import text
        from monitor.adapters.database.connect import Database
        database = Database("sqlite:///{file}")
        with database.write() as connection:
            connection.execute(text("INSERT INTO marks VALUES ('half', 'done')"))
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == -signal.SIGKILL
    database = Database(f"sqlite:///{file}")
    assert DatabaseStore(database).get_mark("half") is None
    assert database.faults() == ()
    database.close()


def test_a_kill_within_a_migration_leaves_the_schema_it_found(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    script = textwrap.dedent(
        f"""
        import os, signal
        from datetime import datetime, UTC
        from alembic import op
        from monitor.adapters.database import migrate
        from monitor.adapters.database.connect import Database
        import alembic.operations.base
        original = alembic.operations.base.Operations.create_index
        op.create_index = lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL)
        migrate.upgrade(Database("sqlite:///{path}"), datetime.now(UTC))
        """
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == -signal.SIGKILL
    database = Database(f"sqlite:///{path}")
    assert migrate.version(database) is None
    assert migrate.upgrade(database, NOW) is None
    assert migrate.version(database) == migrate.head()
    database.close()


def test_a_kill_within_an_upgrade_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = old_store(tmp_path / "old.db")
    script = textwrap.dedent(
        f"""
        import os, signal
        from datetime import datetime, UTC
        from monitor.adapters.database import migrate
        from monitor.adapters.database.connect import Database
        from sqlalchemy import event
        database = Database("sqlite:///{path}")
        @event.listens_for(database._writer, "before_cursor_execute")
        def die(connection, cursor, statement, *_):
            if statement.startswith("INSERT INTO articles_search"):
                os.kill(os.getpid(), signal.SIGKILL)
        migrate.upgrade(database, datetime.now(UTC))
        """
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == -signal.SIGKILL
    database = Database(f"sqlite:///{path}")
    assert migrate.version(database) == "0001"
    migrate.upgrade(database, NOW)
    assert {row["id"] for row in DatabaseCatalogue(database).search("securite")} == {"x", "y"}
    database.close()


def old_store(path: Path) -> Path:
    """A store of the first version with two articles, made by its own statements."""
    database = Database(f"sqlite:///{path}")
    to_version(database, "0001")
    with database.write() as connection:
        for seq, key in ((1, "x"), (2, "y")):
            row = {**article_row(article(key), is_pending=False), "seq": seq}
            connection.execute(tables.articles.insert(), row)
            connection.execute(
                text("INSERT INTO articles_search (rowid, title, body) VALUES (:seq, :title, :text)"),
                {"seq": seq, "title": row["title"], "text": "Text"},
            )
    database.close()
    return path


def to_version(database: Database, version: str) -> None:
    with database.write() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)


@pytest.mark.parametrize("version", ["0001", "0002", "0003"])
def test_every_released_version_is_brought_up_with_its_data(tmp_path: Path, version: str) -> None:
    path = old_store(tmp_path / "monitor.db")
    database = Database(f"sqlite:///{path}")
    to_version(database, version)
    assert migrate.upgrade(database, NOW, backups=tmp_path / "backups") == version
    catalogue = DatabaseCatalogue(database)
    assert [row["id"] for row in catalogue.articles()] == ["x", "y"]
    assert {row["id"] for row in catalogue.search("securite")} == {"x", "y"}
    (backup,) = (tmp_path / "backups").iterdir()
    database.close()
    restore(backup, path)
    again = Database(f"sqlite:///{path}")
    assert migrate.version(again) == version
    again.close()


def test_a_full_disk_stops_collecting_and_not_sending(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}", reserve_bytes=1_000_000)
    migrate.upgrade(database, NOW)
    store = DatabaseStore(database)
    store.sync_feeds([feed()], NOW)
    store.save_notifications([note("n1")])
    (state,) = claimed(store).values()
    reserve = tmp_path / "monitor.db.reserve"
    assert reserve.stat().st_blocks * 512 >= 1_000_000
    with database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="disk is full"):
        store.save_polls([polled(state, [article("x", text=os.urandom(200_000).hex())])], NOW)
    assert not reserve.exists()
    # The place that the reserve held, for what is small.
    with database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 100}")
    full = Database(f"sqlite:///{tmp_path / 'monitor.db'}", reserve_bytes=2**60)
    with pytest.raises(StoreError, match="nothing is collected until there is room"):
        DatabaseStore(full).claim_due_feeds(NOW + timedelta(hours=1), 1, timedelta(minutes=1))
    (message,) = DatabaseStore(full).claim_notifications(note("n1").channel, NOW, 1, timedelta(minutes=1))
    assert DatabaseStore(full).save_delivery(message, attempt(message, Outcome.DELIVERED), None)
    full.close()
    assert set(claimed(store, NOW + timedelta(hours=1))) == {"f1"}
    assert reserve.exists()
    database.close()


def test_a_full_disk_is_said_and_nothing_is_damaged(file: Path) -> None:
    script = textwrap.dedent(
        f"""
        import resource, signal
        from monitor.adapters.database.connect import Database
        from monitor.adapters.database.store import DatabaseStore
        from monitor.domain.errors import StoreError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = DatabaseStore(Database("sqlite:///{file}"))
        store.set_mark("before", "kept")
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
        try:
            for number in range(100):
                store.set_mark(f"key-{{number}}", "x" * 50_000)
        except StoreError as error:
            print(error)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "disk" in done.stdout
    assert resource.RLIM_INFINITY in resource.getrlimit(resource.RLIMIT_FSIZE)
    database = Database(f"sqlite:///{file}")
    assert database.faults() == ()
    assert DatabaseStore(database).get_mark("before") == "kept"
    database.close()


def test_a_lock_that_another_program_holds_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.adapters.database.connect._BUSY_S", 0.1)
    database = Database(f"sqlite:///{file}")
    holder = sqlite3.connect(file)
    holder.isolation_level = None
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program holds"):
        DatabaseStore(database).set_mark("key", "value")
    holder.execute("ROLLBACK")
    holder.close()
    DatabaseStore(database).set_mark("key", "value")
    database.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param("sqlite:///:memory:", "forget everything", id="memory"),
        pytest.param("nonsense", "no address of a store", id="nonsense"),
        pytest.param("oracle://x", "no address of a store", id="a database we do not know"),
        pytest.param("sqlite:////proc/nowhere/monitor.db", "cannot be opened", id="a folder that cannot be made"),
        pytest.param(
            "postgresql+psycopg://user:hunter2@127.0.0.1:port/x", "no address of a store", id="a port of letters"
        ),
        pytest.param(
            "postgresql+psycopg://user:a/hunter2@host/x", "password @ / ? # % are", id="a password with a slash"
        ),
        pytest.param(
            "postgresql+psycopg://user:a@hunter2@host/x", "password @ / ? # % are", id="a password with a sign"
        ),
        pytest.param("postgresql+psycopg://user:hunter2@127.0.0.1:1/x", "cannot be reached", id="nobody there"),
    ],
)
def test_an_address_that_leads_nowhere_says_so_without_secrets(url: str, says: str) -> None:
    with pytest.raises(StoreError) as caught:
        migrate.upgrade(Database(url), NOW)
    assert says in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_foreign_file_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(b"words " * 1000)
    with pytest.raises(StoreError, match="no store"):
        with_schema(path)


@pytest.mark.parametrize(("reserve_bytes", "log_pages"), [(0, 1000), (8 * 2**20, 1000), (2**20, 128)])
def test_one_connection_writes_whole_and_is_the_only_one_that_writes_the_log_back(
    file: Path, reserve_bytes: int, log_pages: int
) -> None:
    database = Database(f"sqlite:///{file}", reserve_bytes=reserve_bytes)
    wanted = {"journal_mode": ("wal", "wal"), "synchronous": (2, 2), "query_only": (0, 1)}
    wanted |= {"wal_autocheckpoint": (log_pages, 0)}
    with database.raw() as writer, database.read() as reader:
        for name, settings in wanted.items():
            found = (
                writer.execute(f"PRAGMA {name}").fetchone()[0],
                reader.exec_driver_sql(f"PRAGMA {name}").scalar_one(),
            )
            assert (name, found) == (name, settings)
    other = sqlite3.connect(file, timeout=0.0, isolation_level=None)
    # The lock is taken where the transaction begins, before anything is written.
    with database.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()
    database.close()


def test_a_command_that_reads_leaves_the_wal_to_the_service(file: Path) -> None:
    service, command_line = Database(f"sqlite:///{file}"), Database(f"sqlite:///{file}")
    DatabaseStore(service).set_mark("key", "value")
    wal = file.with_name("monitor.db-wal")
    size = wal.stat().st_size
    assert DatabaseStore(command_line).get_mark("key") == "value"
    command_line.close()
    assert wal.stat().st_size == size > 0
    service.close()
    assert not wal.exists()


def test_a_store_that_is_asked_more_than_it_has_connections_for_says_so(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    pool = database._reader.pool
    pool._timeout = 0.1
    with contextlib.ExitStack() as held:
        for _ in range(12):
            held.enter_context(database.read())
        with pytest.raises(StoreError, match="all connections were busy"), database.read():
            pass
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    database.close()
