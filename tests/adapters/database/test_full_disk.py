"""A disk without a byte left: the reserve lets it be pruned, and then collecting goes on."""

import contextlib
import os
import random
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.database import migrate
from monitor.adapters.database.connect import Database
from monitor.adapters.database.retention import prune, size_bytes
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.article import Article
from monitor.domain.errors import StoreError
from monitor.domain.policy import RetentionPolicy
from monitor.ports import Assessment
from tests.adapters.database.store_builders import LEASE, article, feed, polled
from tests.builders import NOW
from tests.chaos.weather import small_disk

# What makes no words, and does not compress either.
_SIGNS = (b"!#$%&'()*+,-./:;<=>?@[]^{|}~" * 10)[:256]
_DISK_MIB, _RESERVE = 48, RetentionPolicy().reserve_bytes


class Disk:
    """A file system of its own where we may mount one; else a bound on the pages of the file, which stands for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_real = True

    @contextlib.contextmanager
    def mounted(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(small_disk(self.folder, _DISK_MIB))
            except (OSError, subprocess.CalledProcessError):
                self.is_real = False
            yield

    def bound(self, database: Database, reserve: int = 0) -> None:
        if self.is_real:
            return
        pages = (_DISK_MIB * 2**20 // 3 + reserve) // 4096
        with database.raw() as connection:
            connection.execute(f"PRAGMA max_page_count = {pages}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    found = Disk(tmp_path / "disk")
    with found.mounted():
        yield found


def articles() -> Iterator[list[Article]]:
    """Batch after batch, in texts that no compression makes small."""
    chance, number = random.Random(4), 0
    while True:
        batch = []
        for _ in range(20):
            number += 1
            signs = chance.randbytes(100_000).translate(_SIGNS).decode()
            batch.append(article(f"a{number:05}", text=f"word{number} {signs}"))
        yield batch


def filled(store: DatabaseStore) -> int:
    """Collect until the disk is full; how many articles it took."""
    count, now = 0, NOW
    for batch in articles():
        now += timedelta(hours=1)
        try:
            ((_, state),) = store.claim_due_feeds(now, 1, LEASE)
            store.save_polls([polled(state, batch, now)], now)
            store.save_assessment(Assessment(done=tuple(one.id for one in batch)), now)
        except StoreError:
            return count
        count += len(batch)
    return count


@pytest.mark.parametrize("reserve", [_RESERVE, 2**20], ids=["as shipped", "small"])
def test_a_full_disk_can_be_pruned_and_then_goes_on(disk: Disk, reserve: int) -> None:
    database = Database(f"sqlite:///{disk.folder / 'monitor.db'}", reserve_bytes=reserve)
    with contextlib.closing(database):
        migrate.upgrade(database, NOW)
        store = DatabaseStore(database)
        store.sync_feeds([feed()], NOW)
        disk.bound(database)
        count = filled(store)
        assert count > 50
        assert not (disk.folder / "monitor.db.reserve").exists()
        if disk.is_real:
            with pytest.raises(StoreError, match="nearly full"):
                store.claim_due_feeds(NOW + timedelta(days=9), 1, LEASE)
        disk.bound(database, reserve)
        _use_up(disk, keep=reserve)
        before = size_bytes(database)
        policy = RetentionPolicy(max_bytes=before // 3)
        gone = prune(database, policy, NOW + timedelta(days=1))
        assert count // 2 < gone < count
        assert size_bytes(database) < before * 0.5
        assert database.faults() == ()
        _give_back(disk)
        later = NOW + timedelta(days=30)
        ((_, state),) = store.claim_due_feeds(later, 1, LEASE)
        (saved,) = store.save_polls([polled(state, [article("after the flood")], later)], later)
        assert saved.new == 1
        assert database.faults() == ()


def _use_up(disk: Disk, keep: int) -> None:
    """Let others take what is free but *keep*."""
    if disk.is_real:
        free = os.statvfs(disk.folder).f_bavail * os.statvfs(disk.folder).f_frsize
        (disk.folder / "others").write_bytes(b"x" * max(0, free - keep))


def _give_back(disk: Disk) -> None:
    (disk.folder / "others").unlink(missing_ok=True)
