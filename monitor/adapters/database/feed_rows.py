"""The collect side of the store: feeds, what they showed, and new articles with the validators they came with."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, bindparam, func, or_, select, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import article_row, body, chunks, dump, load
from monitor.adapters.database.writing import index_articles, insert_new, upsert
from monitor.domain.article import Article
from monitor.domain.feed import Feed, FeedId, FeedState
from monitor.ports import SHARDS, Poll, PollSaved

_FIRST_PER_S = 1000
_LONGEST_SPREAD_S = 60


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
            for part in chunks(new):
                connection.execute(t.feeds.insert(), list(part))
            changed = [
                {"key": key, **_configured(feed)}
                for key, feed in rows.items()
                if key in known and known[key].definition != dump(feed)
            ]
            if changed:
                columns: dict[str, Any] = {name: bindparam(name) for name in changed[0] if name != "key"}
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
            due = due.with_for_update(skip_locked=True)
        claim = (
            update(t.feeds)
            .where(t.feeds.c.id.in_(due.scalar_subquery()))
            .values(lease_until=now + lease, epoch=t.feeds.c.epoch + 1)
            .returning(t.feeds.c.definition, t.feeds.c.state, t.feeds.c.epoch, t.feeds.c.next_check_at)
        )
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

    def replan_feeds(self, now: datetime, longest: timedelta) -> None:
        """After the clock was set back: nothing may be planned or leased further away than *longest*."""
        horizon = now + longest
        with self.database.write() as connection:
            connection.execute(update(t.feeds).where(t.feeds.c.next_check_at > horizon).values(next_check_at=now))
            connection.execute(update(t.feeds).where(t.feeds.c.lease_until > horizon).values(lease_until=None))

    def due_shards(self, now: datetime) -> tuple[int, ...]:
        """Shards with feeds that are due."""
        f = t.feeds.c
        query = select(f.shard).where(f.is_enabled, f.next_check_at <= now).distinct()
        query = query.where(or_(f.lease_until.is_(None), f.lease_until <= now))
        with self.database.read() as connection:
            return tuple(sorted(row.shard for row in connection.execute(query)))

    def forget_polls(self, now: datetime) -> None:
        """After a restore: feeds count as never read, so that what they have by now is history and does not ring."""
        with self.database.write() as connection:
            for row in connection.execute(select(t.feeds.c.id, t.feeds.c.state)).all():
                state = dataclasses.replace(
                    load(FeedState, row.state), last_success_at=None, etag=None, last_modified=None, body_hash=None
                )
                connection.execute(
                    update(t.feeds)
                    .where(t.feeds.c.id == row.id)
                    .values(state=dump(state), next_check_at=now, lease_until=None)
                )

    def oldest_due(self, now: datetime) -> datetime | None:
        """Since when the feed that is overdue longest has been due; None where none is."""
        f = t.feeds.c
        query = select(func.min(f.next_check_at)).where(f.is_enabled, f.next_check_at <= now)
        query = query.where(or_(f.lease_until.is_(None), f.lease_until <= now))
        with self.database.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one()
            return found

    def known_entries(self, feed_id: FeedId) -> Mapping[str, str]:
        """Identity -> content hash of everything this feed ever showed."""
        query = select(t.sightings.c.identity, t.sightings.c.content_hash).where(t.sightings.c.feed_id == feed_id)
        with self.database.read() as connection:
            return {row.identity: row.content_hash for row in connection.execute(query)}

    def save_polls(self, polls: Sequence[Poll], now: datetime) -> tuple[PollSaved, ...]:
        """Save polls with their articles, all in one transaction; a stale epoch saves nothing of its poll."""
        with self.database.write() as connection:
            return tuple(self._save_poll(connection, poll, now) for poll in polls)

    def _save_poll(self, connection: Connection, poll: Poll, now: datetime) -> PollSaved:
        state = poll.state
        saved = connection.execute(
            update(t.feeds)
            .where(t.feeds.c.id == state.feed_id, t.feeds.c.epoch == state.epoch)
            .values(
                state=dump(state),
                health=str(state.health),
                next_check_at=state.next_check_at,
                lease_until=None,
                url=state.url,
            )
        )
        if saved.rowcount != 1:
            return PollSaved(state.feed_id, is_stale=True)
        if not poll.articles:
            return PollSaved(state.feed_id)
        return self._save_articles(connection, poll, now)

    def _save_articles(self, connection: Connection, poll: Poll, now: datetime) -> PollSaved:
        # Two entries of one document may be the same article: the last one is what its publisher means.
        articles = {article.id: article for article in poll.articles}
        known = self._known_articles(connection, list(articles))
        seen_elsewhere = self._tombstones(connection, [key for key in articles if key not in known])
        new = [article for key, article in articles.items() if key not in known and key not in seen_elsewhere]
        edited = [
            article
            for key, article in articles.items()
            if key in known and known[key].content_hash != article.content_hash
        ]
        if new:
            connection.execute(t.articles.insert(), [article_row(article, is_pending=True) for article in new])
            index_articles(connection, new)
        for article in edited:
            self._save_revision(connection, article, known[article.id], now)
        self._save_sightings(connection, poll, now)
        return PollSaved(poll.state.feed_id, len(new), len(edited), len(articles) - len(new) - len(edited))

    def _known_articles(self, connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
        columns = (
            t.articles.c.id,
            t.articles.c.seq,
            t.articles.c.content_hash,
            t.articles.c.revision,
            t.articles.c.feed_id,
        )
        found: dict[str, Any] = {}
        for part in chunks(ids):
            found |= {row.id: row for row in connection.execute(select(*columns).where(t.articles.c.id.in_(part)))}
        return found

    def _tombstones(self, connection: Connection, ids: Sequence[str]) -> set[str]:
        """Which of *ids* were seen before although no article is left: pruned ones, which stay gone."""
        found: set[str] = set()
        for part in chunks(ids):
            query = select(t.sightings.c.article_id).where(t.sightings.c.article_id.in_(part))
            found |= {row.article_id for row in connection.execute(query)}
        return found

    def _save_revision(self, connection: Connection, article: Article, known: Any, now: datetime) -> None:
        if known.feed_id != article.feed_id:
            # Another feed tells the same article with other words (a teaser): that is no edit by its publisher.
            return
        old = connection.execute(
            select(t.articles.c.title, t.articles.c.body).where(t.articles.c.seq == known.seq)
        ).one()
        row = {"article_id": article.id, "revision": known.revision, "seen_at": now}
        insert_new(connection, t.revisions, [{**row, "title": old.title, "body": old.body}])
        connection.execute(
            update(t.articles)
            .where(t.articles.c.seq == known.seq)
            .values(
                title=article.title,
                body=body(article),
                content_hash=article.content_hash,
                revision=known.revision + 1,
                is_pending=True,
            )
        )
        index_articles(connection, [article])

    def _save_sightings(self, connection: Connection, poll: Poll, now: datetime) -> None:
        rows = {
            article.guid: {
                "feed_id": poll.state.feed_id,
                "identity": article.guid,
                "article_id": article.id,
                "content_hash": article.entry_hash or article.content_hash,
                "seen_at": now,
            }
            for article in poll.articles
        }
        upsert(connection, t.sightings, list(rows.values()), ["feed_id", "identity"])


def _configured(feed: Feed) -> dict[str, Any]:
    host = urlsplit(feed.url).hostname or ""
    return {
        "url": feed.url,
        "host": host,
        "shard": int.from_bytes(hashlib.sha256(host.encode()).digest()[:4], "big") % SHARDS,
        "is_enabled": feed.is_enabled,
        "definition": dump(feed),
    }


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


def _state(row: Any) -> FeedState:
    return dataclasses.replace(load(FeedState, row.state), epoch=row.epoch)
