"""What is kept and what goes: by age and by size, in small bites, with the sightings left as tombstones."""

import contextlib
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, delete, func, select, type_coerce

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import CHUNK
from monitor.adapters.database.search_index import remove_words, tidy_words
from monitor.domain.errors import FullDiskError
from monitor.domain.notification import OutboxState
from monitor.domain.policy import RetentionPolicy

_DONE = (OutboxState.SENT, OutboxState.FOLDED, OutboxState.WITHDRAWN)
# What fills a store on PostgreSQL, and what a row with its place in the indexes takes beside that, about.
_LARGE = (
    t.articles.c.body,
    t.revisions.c.body,
    t.analyses.c.data,
    t.stories.c.data,
    t.members.c.fingerprint,
)
_ROW_BYTES = 500
# So many articles at once need far less of a log than the reserve that was given up.
_BITE_IF_TIGHT = 32
# The index of words gives its room back in turns, each well below a second.
_TIDY_PAGES = 1000
_TIDY_TURNS = 200
_SHRINK_PAGES = 500


def prune(database: Database, policy: RetentionPolicy, now: datetime, *, dry_run: bool = False) -> int:
    """
    Remove articles and deliveries that are older than the policy keeps, then the oldest above its size.

    An article that an open alert still speaks of stays. What was seen stays known for long: an old item
    that comes back is not taken for a new one, and never while its feed still shows it.

    Returns:
        How many articles went, or with *dry_run* would go.
    """
    old = t.articles.c.first_seen_at < now - policy.articles
    if dry_run:
        return max(_count(database, old & _is_free()), min(_excess(database, policy), _count(database, _is_free())))
    # On a full disk the room that is left is for what waits in the log: then the log itself has room again.
    _write_back(database)
    count = _prune_articles(database, old)
    count += _prune_articles(database, t.articles.c.seq > 0, _excess(database, policy))
    _prune_deliveries(database, policy, now)
    _prune_second_readings(database, policy, now)
    _prune_tombstones(database, policy, now)
    _shrink(database)
    if count:
        _tidy(database)
        _shrink(database)
    if database.is_tight:
        # The log keeps its place otherwise.
        _write_back(database, "TRUNCATE")
    return count


def size_bytes(database: Database) -> int:
    """How large the store is, without places that are free again; on PostgreSQL without its indexes."""
    with database.read() as connection:
        if not database.is_sqlite:
            # Files there do not shrink when rows go, so that what lives in them has to be added up.
            sums = [select(func.coalesce(func.sum(func.pg_column_size(column)), 0)) for column in _LARGE]
            rows = [select(func.count() * _ROW_BYTES).select_from(table) for table in (t.articles, t.sightings)]
            return sum(int(connection.execute(query).scalar_one()) for query in (*sums, *rows))
        pages, free, size = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size


def _excess(database: Database, policy: RetentionPolicy) -> int:
    """How many articles have to go for the store to be as small as the policy wants it."""
    if not policy.max_bytes:
        return 0
    size, count = size_bytes(database), _count(database, t.articles.c.seq > 0)
    return math.ceil((size - policy.max_bytes) * count / size) if size > policy.max_bytes else 0


def _count(database: Database, which: Any) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(t.articles).where(which)).scalar_one())


def _is_free() -> Any:
    open_stories = select(t.alerts.c.story_id).where(t.alerts.c.is_closed.is_(False))
    return ~func.coalesce(t.articles.c.story_id, "").in_(open_stories) & t.articles.c.is_pending.is_(False)


def _prune_articles(database: Database, which: Any, most: int | None = None) -> int:
    """
    Remove the oldest that fit, *most* at most, some hundred in each transaction; how many went.

    On a full disk there is room for the log of smaller transactions, where it is written back after each.
    """
    count, size = 0, _BITE_IF_TIGHT if database.is_tight else CHUNK
    while most is None or count < most:
        bite = size if most is None else min(size, most - count)
        try:
            with database.write() as connection:
                gone = _bite(connection, which, bite)
            if size < CHUNK:
                _write_back(database)
        except FullDiskError:
            if size == 1:
                raise
            size = max(1, size // 4)
            _write_back(database)
            continue
        count += gone
        if gone < bite:
            break
    return count


def _write_back(database: Database, how: str = "PASSIVE") -> None:
    if database.is_sqlite:
        with database.raw() as connection:
            connection.execute(f"PRAGMA wal_checkpoint({how})").fetchall()


def _bite(connection: Connection, which: Any, bite: int) -> int:
    a = t.articles.c
    query = select(a.id, a.seq, a.title, a.body, a.story_id).where(which, _is_free()).order_by(a.seq).limit(bite)
    rows = connection.execute(query).all()
    if not rows:
        return 0
    ids = [row.id for row in rows]
    for table in (t.analyses, t.members, t.revisions):
        connection.execute(delete(table).where(table.c.article_id.in_(ids)))
    connection.execute(delete(t.articles).where(a.id.in_(ids)))
    remove_words(connection, rows)
    _forget_stories(connection, sorted({row.story_id for row in rows if row.story_id}))
    return len(ids)


def _forget_stories(connection: Connection, story_ids: Sequence[str]) -> None:
    """Remove those of which no article is left and which nobody was told of."""
    held = select(t.members.c.story_id).where(t.members.c.story_id.in_(story_ids))
    told = select(t.alerts.c.story_id).where(t.alerts.c.story_id.in_(story_ids))
    gone = select(t.stories.c.id).where(t.stories.c.id.in_(story_ids), ~t.stories.c.id.in_(held.union(told)))
    ids = [row.id for row in connection.execute(gone)]
    connection.execute(delete(t.verdicts).where(t.verdicts.c.story_id.in_(ids)))
    connection.execute(delete(t.stories).where(t.stories.c.id.in_(ids) | t.stories.c.merged_into.in_(ids)))


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


def _prune_second_readings(database: Database, policy: RetentionPolicy, now: datetime) -> None:
    """What was answered about articles that are gone by now; they are not assessed again."""
    with database.write() as connection:
        connection.execute(delete(t.second_readings).where(t.second_readings.c.at < now - policy.articles))


def _prune_tombstones(database: Database, policy: RetentionPolicy, now: datetime) -> None:
    """
    Forget what a feed has not shown for long, measured by what it showed last.

    By that and not by the clock: a feed that answers "unchanged" for years still shows its old items.
    """
    s, a = t.sightings.c, t.articles.c
    age = policy.tombstones // timedelta(microseconds=1)
    span = type_coerce(func.max(s.seen_at), BigInteger) - type_coerce(func.min(s.seen_at), BigInteger)
    with database.read() as connection:
        query = select(s.feed_id, func.max(s.seen_at, type_=t.Moment()).label("last")).group_by(s.feed_id)
        feeds = connection.execute(query.having(span > age)).all()
    for feed in feeds:
        held = select(a.id).where(a.id == s.article_id).exists()
        gone = and_(s.feed_id == feed.feed_id, s.seen_at < min(feed.last, now) - policy.tombstones, ~held)
        with database.write() as connection:
            connection.execute(delete(t.sightings).where(gone))


def _tidy(database: Database) -> None:
    # A full disk can wait for it: where words were is used again, and the next pruning goes on here.
    pages = _TIDY_PAGES // 10 if database.is_tight else _TIDY_PAGES
    with contextlib.suppress(FullDiskError):
        for turn in range(_TIDY_TURNS):
            with database.write() as connection:
                if not tidy_words(connection, pages, begin=turn == 0):
                    return


def _shrink(database: Database) -> None:
    """Give free pages back to the disk, in turns that need little of a log."""
    if not database.is_sqlite:
        return
    free = None
    while free is None or free > 0:
        with database.raw() as connection:
            connection.execute(f"PRAGMA incremental_vacuum({_SHRINK_PAGES})").fetchall()
            left = int(connection.execute("PRAGMA freelist_count").fetchone()[0])
        _write_back(database)
        if left == free:
            return
        free = left
