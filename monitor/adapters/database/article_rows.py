"""New, edited and known articles of polls: one row for each article, whatever feeds and guids it comes under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.rows import article_row, body, chunks
from monitor.adapters.database.search_index import add_words, remove_words
from monitor.adapters.database.tellings import (
    is_heard_otherwise,
    is_own,
    publishers_first,
    sites_of,
    told_apart,
)
from monitor.adapters.database.writing import insert_into, insert_missing, upsert, write_rows
from monitor.domain.article import Article, ArticleId
from monitor.ports import Poll, PollSaved
from monitor.stages.sites import site_in

# Any fixed number: PostgreSQL's advisory lock on "somebody adds articles".
_ARTICLES_LOCK = 0x6E6D6F61
_OF_EDIT = ("title", "body", "content_hash", "revision")
_OF_PUBLISHER = ("feed_id", "guid", "author", "owner", "rings", "published_at", "date_flag")
_OF_KNOWN = ("id", "seq", "title", "content_hash", "revision", "first_seen_at", *_OF_PUBLISHER)
# Put together once: with its list of ids in it a statement costs as much as what it finds.
_KNOWN = select(*(t.articles.c[name] for name in _OF_KNOWN)).where(
    t.articles.c.id.in_(bindparam("ids", expanding=True))
)
_SEEN = select(t.sightings.c.article_id).where(t.sightings.c.article_id.in_(bindparam("ids", expanding=True)))
_EDIT = (
    update(t.articles)
    .where(t.articles.c.seq == bindparam("key"))
    .values({name: bindparam(name) for name in (*_OF_EDIT, *_OF_PUBLISHER)} | {"is_pending": True})
)


@dataclass(slots=True)
class _Sorted:
    """The articles of some polls by what becomes of them."""

    new: dict[ArticleId, Article] = field(default_factory=dict)
    edited: dict[ArticleId, Article] = field(default_factory=dict)
    saved: dict[str, PollSaved] = field(default_factory=dict)


def save_articles(connection: Connection, polls: Sequence[Poll], now: datetime) -> dict[str, PollSaved]:
    """
    Save what polls brought, within the transaction of *connection*; what came of it, by feed.

    An article that is known is not made again; one whose own feed changed it becomes its next revision, and so does
    one that others told of before a feed of the site that published it did: that has the word from then on.
    Those that were pruned stay away: what was seen of them is their tombstone.
    """
    if not polls:
        return {}
    if connection.dialect.name != "sqlite":
        # In line: two workers may bring the same article, and rows are to be numbered in the order of their commits.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ARTICLES_LOCK})
    ids = _ids(polls)
    known = _known(connection, ids)
    sites = sites_of(connection, polls, known)
    polls = told_apart(connection, publishers_first(polls), known, sites)
    known |= _known(connection, [key for key in _ids(polls) if key not in ids])
    gone = _tombstones(connection, [key for key in _ids(polls) if key not in known])
    found = _sort(polls, known, gone, _publishers(polls, known, sites))
    if found.new:
        # A document lists its newest first; stories are to be told in the order in which they happened.
        new = sorted(found.new.values(), key=lambda article: article.published_at)
        rows = [article_row(article, is_pending=True) for article in new]
        write_rows(connection, insert_into(connection, t.articles), rows)
    if found.edited:
        _save_revisions(connection, list(found.edited.values()), known, now)
    if found.new or found.edited:
        add_words(connection, [*found.new.values(), *found.edited.values()])
    upsert(connection, t.sightings, _sightings(polls, now), ["feed_id", "identity"])
    return found.saved


def _ids(polls: Sequence[Poll]) -> list[str]:
    return sorted({article.id for poll in polls for article in poll.articles})


def _sort(
    polls: Sequence[Poll], known: Mapping[str, Row[Any]], gone: set[str], published: Mapping[str, str]
) -> _Sorted:
    found = _Sorted()
    for poll in polls:
        # Two entries of one document may be the same article: the last one is what its publisher means.
        articles = {article.id: article for article in poll.articles}
        fresh = {key: one for key, one in articles.items() if key not in known and key not in gone | set(found.new)}
        edits = {key: one for key, one in articles.items() if key in known and _is_edit(one, known[key], published)}
        found.new |= fresh
        found.edited |= edits
        seen = len(articles) - len(fresh) - len(edits)
        found.saved[poll.state.feed_id] = PollSaved(poll.state.feed_id, len(fresh), len(edits), seen)
    return found


def _is_edit(article: Article, known: Row[Any], published: Mapping[str, str]) -> bool:
    # Another feed tells the same article with other words (a teaser): that is no edit, unless it is its publisher's.
    is_publisher = published.get(article.id) == article.feed_id
    if known.content_hash != article.content_hash:
        return is_publisher or bool(known.feed_id == article.feed_id)
    return is_publisher and is_heard_otherwise(article, known)


def _publishers(polls: Sequence[Poll], known: Mapping[str, Row[Any]], sites: Mapping[str, str]) -> dict[str, str]:
    """By article, the feed of its own site that tells it now, where it is known from feeds of other sites only."""
    return {
        article.id: article.feed_id
        for poll in polls
        for article in poll.articles
        if article.id in known
        and known[article.id].feed_id != article.feed_id
        and is_own(poll, article)
        and sites.get(known[article.id].feed_id) != site_in(article.url)
    }


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for part in chunks(ids):
        found |= {row.id: row for row in connection.execute(_KNOWN, {"ids": part})}
    return found


def _tombstones(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Which of *ids* were seen before although no article is left."""
    found: set[str] = set()
    for part in chunks(ids):
        found |= {row.article_id for row in connection.execute(_SEEN, {"ids": part})}
    return found


def _save_revisions(
    connection: Connection, articles: Sequence[Article], known: Mapping[str, Row[Any]], now: datetime
) -> None:
    a = t.articles.c
    for part in chunks(articles):
        before = connection.execute(
            select(a.id, a.seq, a.revision, a.title, a.body).where(a.id.in_([article.id for article in part]))
        ).all()
        insert_missing(
            connection,
            t.revisions,
            [
                {"article_id": row.id, "revision": row.revision, "seen_at": now, "title": row.title, "body": row.body}
                for row in before
            ],
        )
        remove_words(connection, before)
    connection.execute(
        _EDIT,
        [
            {
                "key": known[article.id].seq,
                "title": article.title,
                "body": body(article),
                "content_hash": article.content_hash,
                "revision": known[article.id].revision + 1,
                **_word_of(article, known[article.id]),
            }
            for article in articles
        ],
    )


def _word_of(article: Article, known: Row[Any]) -> dict[str, Any]:
    """Who has the word on an article after an edit; that it may ring is not taken from it."""
    if known.feed_id == article.feed_id:
        return {name: getattr(known, name) for name in _OF_PUBLISHER}
    return {name: getattr(article, name) for name in _OF_PUBLISHER} | {"rings": known.rings or article.rings}


def _sightings(polls: Sequence[Poll], now: datetime) -> list[dict[str, Any]]:
    rows = {
        (poll.state.feed_id, article.identity or article.guid): {
            "feed_id": poll.state.feed_id,
            "identity": article.identity or article.guid,
            "article_id": article.id,
            "content_hash": article.entry_hash or article.content_hash,
            "seen_at": now,
        }
        for poll in polls
        for article in poll.articles
    }
    return list(rows.values())
