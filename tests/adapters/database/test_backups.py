"""Backups of a store: made beside its use, put back, refused where they are damaged, and what was missed meanwhile."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.database import migrate, tables
from monitor.adapters.database.backup import back_up, check_file, restore
from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.errors import StoreError
from tests.adapters.database.store_builders import article, claimed, collected, feed, polled
from tests.builders import NOW


def test_backup_and_restore(file: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{file}")
    store = DatabaseStore(database)
    collected(store, article("x"), article("y"))
    copy = back_up(database, tmp_path / "copies" / "one.db")
    collected_later = [row["id"] for row in DatabaseCatalogue(database).articles()]
    database.close()
    file.write_bytes(b"ruined")
    kept = restore(copy, file)
    assert kept is not None
    assert kept.read_bytes() == b"ruined"
    again = Database(f"sqlite:///{file}")
    assert [row["id"] for row in DatabaseCatalogue(again).articles()] == collected_later
    again.close()


def test_a_store_its_log_and_its_backups_are_for_their_owner_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate.upgrade(database, NOW)
    back_up(database, tmp_path / "copies" / "one.db")
    made = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert {"monitor.db", "monitor.db-wal", "one.db"} <= {path.name for path in made}
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in made if path.stat().st_mode & 0o077} == {}
    database.close()
    file = tmp_path / "monitor.db"
    file.chmod(0o640)  # somebody wants a group to read it: so it stays
    restore(tmp_path / "copies" / "one.db", file)
    assert file.stat().st_mode & 0o777 == 0o640
    file.unlink()
    restore(tmp_path / "copies" / "one.db", file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_made_while_others_write_and_read(file: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{file}")
    store = DatabaseStore(database)
    collected(store, article("x"))
    with database.write() as connection:
        connection.execute(tables.marks.insert(), {"key": "not yet", "value": "saved"})
        copy = back_up(database, tmp_path / "copy.db")
    database.close()
    copied = Database(f"sqlite:///{copy}")
    assert [row["id"] for row in DatabaseCatalogue(copied).search("securite")] == ["x"]
    assert DatabaseStore(copied).get_mark("not yet") is None
    copied.close()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_restored_store_belongs_to_whom_its_folder_belongs(file: Path, tmp_path: Path, is_there: bool) -> None:
    copy = tmp_path / "copy.db"
    database = Database(f"sqlite:///{file}")
    DatabaseStore(database)
    back_up(database, copy)
    database.close()
    # Only root gives files away; anybody else gives them to another group that they are in.
    owner = (10_001, 10_002) if os.getuid() == 0 else (os.getuid(), max([os.getgid(), *os.getgroups()]))
    for path in (file.parent, *file.parent.glob("*.db*")):
        os.chown(path, *owner)
    if not is_there:
        file.unlink()
    restore(copy, file)
    assert (file.stat().st_uid, file.stat().st_gid) == owner


def test_a_store_in_use_is_not_replaced(file: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{file}")
    store = DatabaseStore(database)
    store.set_mark("key", "value")
    copy = back_up(database, tmp_path / "copy.db")
    with pytest.raises(StoreError, match="stop the service"):
        restore(copy, file)
    assert store.get_mark("key") == "value"
    database.close()
    kept = restore(copy, file)
    assert kept is not None
    assert check_file(kept) == []


def test_a_damaged_backup_is_refused(file: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    content = bytearray(file.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    damaged.write_bytes(content)
    assert check_file(damaged)
    with pytest.raises(StoreError, match="damaged"):
        restore(damaged, file)
    assert check_file(file) == []


def test_what_a_restored_store_missed_does_not_ring(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    store = DatabaseStore(database)
    store.sync_feeds([feed()], NOW)
    (state,) = claimed(store).values()
    store.save_polls([polled(state)], NOW)
    store.forget_polls(NOW + timedelta(days=2))
    (state,) = claimed(store, NOW + timedelta(days=3)).values()
    assert (state.last_success_at, state.etag, state.known_since) == (None, None, NOW + timedelta(days=2))
    database.close()
