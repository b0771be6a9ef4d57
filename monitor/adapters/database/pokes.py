"""A feed that is to be polled sooner, because somebody told us that it has something new."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import load
from monitor.domain.feed import FeedId, FeedState

DueAt = Callable[[FeedState, datetime], datetime | None]


def poke_feed(database: Database, due_at: DueAt, feed_id: FeedId, now: datetime) -> bool:
    """Make the feed due when *due_at* says; False where it is due by then already, switched off or unknown."""
    f = t.feeds.c
    with database.read() as connection:
        row = connection.execute(select(f.state).where(f.id == feed_id, f.is_enabled)).one_or_none()
    moment = due_at(load(FeedState, row.state), now) if row is not None else None
    if moment is None:
        return False
    query = update(t.feeds).where(f.id == feed_id, f.is_enabled, f.next_check_at > moment)
    with database.write() as connection:
        return bool(connection.execute(query.values(next_check_at=moment)).rowcount)
