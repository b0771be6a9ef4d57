"""The collect side of the store: feeds, what they showed, and new articles with the validators they came with."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.article_rows import save_articles
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import chunks, dump, load
from monitor.adapters.database.writing import insert_missing, write_rows
from monitor.domain.feed import Feed, FeedId, FeedState, Health
from monitor.ports import SHARDS, Poll, PollSaved

_FIRST_PER_S = 1000
_LONGEST_SPREAD_S = 60
# How often it is noted that a feed still shows an entry; far below `retention.tombstones`.
_SEEN_AGAIN = timedelta(days=30)
_HELD = (
    select(t.feeds.c.id, t.feeds.c.epoch)
    .where(t.feeds.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(t.feeds.c.id)
    .with_for_update()
)
_SAVE_STATE = (
    update(t.feeds)
    .where(t.feeds.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in ("state", "health", "next_check_at", "url")} | {"lease_until": None})
)


class FeedRows:
    """Feeds and articles; part of DatabaseStore."""

    database: Database

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """
        Make the table reflect the configuration. A feed that is gone is switched off, and keeps its memory.

        Many new feeds are spread a little by a hash of their id, a thousand a second, so that a start
        with a hundred thousand of them is no stampede; feeds that always ring come first.
        """
        rows = {str(feed.id): feed for feed in feeds}
        with self.database.write() as connection:
            known = {
                row.id: row for row in connection.execute(select(t.feeds.c.id, t.feeds.c.url, t.feeds.c.definition))
            }
            span_s = min(_LONGEST_SPREAD_S, (len(rows) - len(known.keys() & rows.keys())) / _FIRST_PER_S)
            new = [_new_row(feed, now, span_s) for key, feed in rows.items() if key not in known]
            # Workers that start together find the same feeds to be new.
            insert_missing(connection, t.feeds, new)
            changed = [
                {"key": key, **_configured(feed)}
                for key, feed in rows.items()
                if key in known and known[key].definition != dump(feed)
            ]
            if changed:
                columns: dict[str, Any] = {name: bindparam(name) for name in changed[0] if name != "key"}
                changed.sort(key=lambda row: str(row["key"]))
                connection.execute(update(t.feeds).where(t.feeds.c.id == bindparam("key")).values(columns), changed)
            for part in chunks(sorted(set(known) - set(rows))):
                connection.execute(update(t.feeds).where(t.feeds.c.id.in_(part)).values(is_enabled=False))

    def claim_due_feeds(
        self, now: datetime, limit: int, lease: timedelta, shard: int | None = None
    ) -> tuple[tuple[Feed, FeedState], ...]:
        """
        Take feeds that are due, longest overdue first, until *lease* runs out.

        Each claim raises the feed's epoch: a worker that lost its lease cannot save any more. All feeds
        of a host are in one *shard*, so that workers on shards of their own stay polite together.

        Raises:
            StoreError: also where the disk is nearly full: what was decided is still sent, nothing new comes in.
        """
        due = (
            select(t.feeds.c.id)
            .where(t.feeds.c.is_enabled, t.feeds.c.next_check_at <= now)
            .where(or_(t.feeds.c.lease_until.is_(None), t.feeds.c.lease_until <= now))
            .order_by(t.feeds.c.next_check_at)
            .limit(limit)
        )
        if shard is not None:
            due = due.where(t.feeds.c.shard == shard)
        if not self.database.is_sqlite:
            # Materialised, so that the planner cannot run it once for each row and claim more than the limit.
            locked = due.with_for_update(skip_locked=True).cte("due").prefix_with("MATERIALIZED")
            due = select(locked.c.id)
        claim = (
            update(t.feeds)
            .where(t.feeds.c.id.in_(due.scalar_subquery()))
            .values(lease_until=now + lease, epoch=t.feeds.c.epoch + 1)
            .returning(t.feeds.c.definition, t.feeds.c.state, t.feeds.c.epoch, t.feeds.c.next_check_at)
        )
        self.database.check_room()
        with self.database.write() as connection:
            rows = connection.execute(claim).all()
        rows = sorted(rows, key=lambda row: row.next_check_at)
        return tuple((load(Feed, row.definition), _state(row)) for row in rows)

    def release_feeds(self, states: Sequence[FeedState]) -> None:
        """Give claimed feeds back unpolled, for a calm stop."""
        with self.database.write() as connection:
            for state in states:
                connection.execute(
                    update(t.feeds)
                    .where(t.feeds.c.id == state.feed_id, t.feeds.c.epoch == state.epoch)
                    .values(lease_until=None)
                )

    def release_shard(self, shard: int, claimed_until: datetime) -> int:
        """
        Give back what was claimed in a shard by a worker that is no more, where the lease is not younger than this.

        A claim that another worker took meanwhile has a younger lease. How many feeds are free again.
        """
        f = t.feeds.c
        with self.database.write() as connection:
            free = update(t.feeds).where(f.shard == shard, f.lease_until <= claimed_until).values(lease_until=None)
            return int(connection.execute(free).rowcount)

    def due_shards(self, now: datetime) -> tuple[int, ...]:
        """Shards with feeds that are due."""
        f = t.feeds.c
        # Asked one by one: each stops at the first feed it finds, whatever the backlog.
        query = select(f.id).where(f.shard == bindparam("shard"), f.next_check_at <= now, f.is_enabled).limit(1)
        query = query.where(or_(f.lease_until.is_(None), f.lease_until <= now))
        with self.database.read() as connection:
            return tuple(
                shard for shard in range(SHARDS) if connection.execute(query, {"shard": shard}).first() is not None
            )

    def forget_polls(self, now: datetime) -> int:
        """
        After a restore: feeds count as never read, so that what they have by now is history and does not ring.

        How many feeds there are.
        """
        with self.database.write() as connection:
            rows = connection.execute(select(t.feeds.c.id, t.feeds.c.state)).all()
            for row in rows:
                # Known since now only: else whatever was published since the feed was configured would be news.
                state = dataclasses.replace(
                    load(FeedState, row.state),
                    last_success_at=None,
                    known_since=now,
                    etag=None,
                    last_modified=None,
                    body_hash=None,
                )
                connection.execute(
                    update(t.feeds)
                    .where(t.feeds.c.id == row.id)
                    .values(state=dump(state), next_check_at=now, lease_until=None)
                )
        return len(rows)

    def oldest_due(self, now: datetime) -> datetime | None:
        """
        Since when the feed that is overdue longest has been due; None where none is.

        One that somebody claimed is due until its poll is saved: a round that hangs holds claims, too.
        """
        f = t.feeds.c
        query = select(func.min(f.next_check_at)).where(f.is_enabled, f.next_check_at <= now)
        with self.database.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one()
            return found

    def health_of(self, feed_ids: Sequence[FeedId]) -> Mapping[FeedId, Health]:
        """How feeds are."""
        with self.database.read() as connection:
            return {
                FeedId(row.id): Health(row.health)
                for part in chunks(sorted(set(feed_ids)))
                for row in connection.execute(select(t.feeds.c.id, t.feeds.c.health).where(t.feeds.c.id.in_(part)))
            }

    def known_entries(self, feed_id: FeedId) -> Mapping[str, str]:
        """Identity -> content hash of everything this feed ever showed."""
        query = select(t.sightings.c.identity, t.sightings.c.content_hash).where(t.sightings.c.feed_id == feed_id)
        with self.database.read() as connection:
            return {row.identity: row.content_hash for row in connection.execute(query)}

    def save_polls(self, polls: Sequence[Poll], now: datetime) -> tuple[PollSaved, ...]:
        """Save polls with their articles, all in one transaction; a stale epoch saves nothing of its poll."""
        with self.database.write() as connection:
            held = self._held(connection, [poll.state.feed_id for poll in polls])
            fresh = [poll for poll in polls if held.get(poll.state.feed_id) == poll.state.epoch]
            write_rows(connection, _SAVE_STATE, [_polled(poll.state) for poll in fresh])
            saved = save_articles(connection, [poll for poll in fresh if poll.articles], now)
            for poll in fresh:
                _see_again(connection, poll, now)
        stale = {poll.state.feed_id for poll in polls} - {poll.state.feed_id for poll in fresh}
        return tuple(
            saved.get(key) or PollSaved(key, is_stale=key in stale) for key in (poll.state.feed_id for poll in polls)
        )

    def _held(self, connection: Connection, ids: Sequence[FeedId]) -> dict[str, int]:
        """The epochs of feeds, which nobody else can raise before this transaction ends."""
        found: dict[str, int] = {}
        for part in chunks(sorted(ids)):
            found |= {row.id: row.epoch for row in connection.execute(_HELD, {"ids": part})}
        return found


def _see_again(connection: Connection, poll: Poll, now: datetime) -> None:
    """Note now and then that a feed still shows what it showed before, so that this is not forgotten."""
    s = t.sightings.c
    for part in chunks(poll.listed):
        old = and_(s.feed_id == poll.state.feed_id, s.identity.in_(part), s.seen_at < now - _SEEN_AGAIN)
        connection.execute(update(t.sightings).where(old).values(seen_at=now))


def _configured(feed: Feed) -> dict[str, Any]:
    host = urlsplit(feed.url).hostname or ""
    return {
        "url": feed.url,
        "host": host,
        "shard": shard_of(host),
        "is_enabled": feed.is_enabled,
        "definition": dump(feed),
    }


def shard_of(host: str) -> int:
    """All feeds of a host are in one shard, so that one worker at a time asks it."""
    return int.from_bytes(hashlib.sha256(host.encode()).digest()[:4], "big") % SHARDS


def _new_row(feed: Feed, now: datetime, span_s: float) -> dict[str, Any]:
    at = now if feed.rings_always else now + timedelta(seconds=span_s * _share(feed))
    state = FeedState(feed_id=feed.id, next_check_at=at, url=feed.url, known_since=now)
    return {
        "id": feed.id,
        **_configured(feed),
        "next_check_at": at,
        "epoch": 0,
        "health": str(state.health),
        "added_at": now,
        "state": dump(state),
    }


def _share(feed: Feed) -> float:
    return int.from_bytes(hashlib.sha256(feed.id.encode()).digest()[:4], "big") / 2**32


def _polled(state: FeedState) -> dict[str, Any]:
    return {
        "key": state.feed_id,
        "state": dump(state),
        "health": str(state.health),
        "next_check_at": state.next_check_at,
        "url": state.url,
    }


def _state(row: Any) -> FeedState:
    return load(FeedState, row.state).but(epoch=row.epoch)
