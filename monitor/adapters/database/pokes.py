"""A feed that is to be polled now, because somebody told us that it has something new."""

from datetime import datetime

from sqlalchemy import update

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.domain.feed import FeedId


def poke_feed(database: Database, feed_id: FeedId, now: datetime) -> bool:
    """Make the feed due at *now*; False where it is due already, switched off or unknown."""
    query = (
        update(t.feeds)
        .where(t.feeds.c.id == feed_id, t.feeds.c.is_enabled, t.feeds.c.next_check_at > now)
        .values(next_check_at=now)
    )
    with database.write() as connection:
        return bool(connection.execute(query).rowcount)
