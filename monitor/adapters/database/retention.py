"""What is kept and what goes: by age and by size, in small bites, with the sightings left as tombstones."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import CHUNK
from monitor.domain.notification import OutboxState
from monitor.domain.policy import RetentionPolicy

_DONE = (OutboxState.SENT, OutboxState.FOLDED)


def prune(database: Database, policy: RetentionPolicy, now: datetime, *, dry_run: bool = False) -> int:
    """
    Remove articles and deliveries that are older than the policy keeps, then the oldest above its size.

    An article that an open alert still speaks of stays. What was seen stays known: an old item that
    comes back is not taken for a new one.

    Returns:
        How many articles went, or with *dry_run* would go.
    """
    old = t.articles.c.first_seen_at < now - policy.articles
    if dry_run:
        with database.read() as connection:
            return connection.execute(select(func.count()).select_from(t.articles).where(old, _is_free())).scalar_one()
    count = 0
    while gone := _prune_articles(database, old):
        count += gone
    while policy.max_bytes and size_bytes(database) > policy.max_bytes:
        gone = _prune_articles(database, t.articles.c.seq > 0)
        _shrink(database)
        if not gone:
            break
        count += gone
    _prune_deliveries(database, policy, now)
    _shrink(database)
    return count


def size_bytes(database: Database) -> int:
    """How large the store is, without pages that are free again."""
    with database.read() as connection:
        if not database.is_sqlite:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        pages, free, size = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size


def _is_free() -> Any:
    open_stories = select(t.alerts.c.story_id).where(t.alerts.c.is_closed.is_(False))
    return ~func.coalesce(t.articles.c.story_id, "").in_(open_stories) & t.articles.c.is_pending.is_(False)


def _prune_articles(database: Database, which: Any) -> int:
    query = select(t.articles.c.id, t.articles.c.seq).where(which, _is_free()).order_by(t.articles.c.seq).limit(CHUNK)
    with database.write() as connection:
        rows = connection.execute(query).all()
        ids = [row.id for row in rows]
        if not ids:
            return 0
        for table in (t.analyses, t.members, t.revisions):
            connection.execute(delete(table).where(table.c.article_id.in_(ids)))
        connection.execute(delete(t.articles).where(t.articles.c.id.in_(ids)))
        if database.is_sqlite:
            connection.execute(
                text("DELETE FROM articles_search WHERE rowid = :seq"), [{"seq": row.seq} for row in rows]
            )
        else:
            connection.execute(text("DELETE FROM articles_search WHERE article_id = :id"), [{"id": one} for one in ids])
        empty = select(t.stories.c.id).where(
            ~t.stories.c.id.in_(select(t.members.c.story_id)), ~t.stories.c.id.in_(select(t.alerts.c.story_id))
        )
        connection.execute(delete(t.stories).where(t.stories.c.id.in_(empty)))
        return len(ids)


def _prune_deliveries(database: Database, policy: RetentionPolicy, now: datetime) -> None:
    n = t.notifications.c
    old = select(n.id).where(n.state.in_(_DONE), n.created_at < now - policy.deliveries).limit(CHUNK)
    while True:
        with database.write() as connection:
            ids = [row.id for row in connection.execute(old)]
            if not ids:
                return
            connection.execute(delete(t.deliveries).where(t.deliveries.c.notification_id.in_(ids)))
            connection.execute(delete(t.notifications).where(n.id.in_(ids)))


def _shrink(database: Database) -> None:
    if database.is_sqlite:
        with database.raw() as connection:
            connection.execute("PRAGMA incremental_vacuum").fetchall()
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
