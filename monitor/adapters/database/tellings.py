"""
Several feeds tell of one address: whose telling is the article, and which tellings are articles of their own.

The rule is that no feed can take away what another one by itself would have brought.
"""

import dataclasses
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.adapters.database import tables as t
from monitor.adapters.database.rows import chunks, text_of
from monitor.domain.article import Article, ArticleId
from monitor.ports import Poll
from monitor.stages.sites import site_in, site_of

_WORD = re.compile(r"\w+")
# So much of what is told has to be in what is known, or it is told in other words.
_COVERED = 0.9
# What came out no earlier than so long before it was first seen anywhere is news, also where others call it history.
_FRESH = timedelta(hours=1)
_OLD = timedelta(days=1)
_ID_DIGITS = 24


def publishers_first(polls: Sequence[Poll]) -> list[Poll]:
    """*polls*, of which those go first whose site has the word on something that others tell as well."""
    told = (
        Counter(article.id for poll in polls for article in poll.articles) if len(polls) > 1 else Counter[ArticleId]()
    )
    if not any(count > 1 for count in told.values()):
        return list(polls)
    return sorted(polls, key=lambda poll: not any(told[one.id] > 1 and is_own(poll, one) for one in poll.articles))


def told_apart(
    connection: Connection, polls: Sequence[Poll], known: Mapping[str, Row[Any]], sites: Mapping[str, str]
) -> list[Poll]:
    """
    *polls*, in which an article that is told otherwise than others told it has an id of its own.

    Args:
        known: What the store holds under the ids of these articles.
        sites: Those of the feeds that told of it, by feed (``sites_of``).
    """
    first: dict[str, Article] = {}
    sites = {**sites, **{str(poll.state.feed_id): site_in(poll.state.url) for poll in polls}}
    apart = []
    for poll in polls:
        own_ids = set()
        for article in poll.articles:
            told = known.get(article.id) or first.setdefault(article.id, article)
            own_ids |= {article.id} if _is_apart(connection, poll, article, told, sites) else set()
        articles = (_of_its_own(one) if one.id in own_ids else one for one in poll.articles)
        apart.append(dataclasses.replace(poll, articles=tuple(articles)) if own_ids else poll)
    return apart


def is_own(poll: Poll, article: Article) -> bool:
    """Whether the feed of *poll* belongs to the site that the article's address belongs to."""
    own = site_in(poll.state.url)
    return bool(own) and own == site_in(article.url)


def is_heard_otherwise(article: Article, told: Article | Row[Any]) -> bool:
    """Whether *article* is news where what was *told* of it before is history, or was old when it came."""
    if not article.rings or article.published_at < told.first_seen_at - _FRESH:
        return False
    return bool(not told.rings or told.published_at < told.first_seen_at - _OLD)


def _is_apart(
    connection: Connection, poll: Poll, article: Article, told: Article | Row[Any], sites: Mapping[str, str]
) -> bool:
    if told.feed_id == article.feed_id or is_own(poll, article):
        return False
    if sites.get(told.feed_id, "") == site_in(article.url):
        return False  # its publisher told it
    if is_heard_otherwise(article, told):
        return True
    is_other = told.content_hash != article.content_hash
    return is_other and not _covers(_words_of(connection, told), article)


def _words_of(connection: Connection, told: Article | Row[Any]) -> frozenset[str]:
    if isinstance(told, Article):
        return _words(told.title, told.text)
    body = connection.execute(select(t.articles.c.body).where(t.articles.c.seq == told.seq)).scalar_one()
    return _words(told.title, text_of(body))


def _covers(known: frozenset[str], article: Article) -> bool:
    words = _words(article.title, article.text)
    return len(words & known) >= _COVERED * len(words)


def _words(title: str, text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(f"{title} {text}".casefold()))


def _of_its_own(article: Article) -> Article:
    key = hashlib.sha256(f"told by {article.feed_id} {article.id}".encode("utf-8", "replace")).hexdigest()[:_ID_DIGITS]
    record = article.entry_hash
    if record.startswith(f"{article.id}:"):
        record = f"{key}{record.removeprefix(article.id)}"
    return dataclasses.replace(article, id=ArticleId(key), entry_hash=record)


def sites_of(connection: Connection, polls: Sequence[Poll], known: Mapping[str, Row[Any]]) -> dict[str, str]:
    """The sites of feeds that told before of what others tell now."""
    others = {
        str(known[article.id].feed_id)
        for poll in polls
        for article in poll.articles
        if article.id in known and known[article.id].feed_id != article.feed_id
    }
    found: dict[str, str] = {}
    for part in chunks(sorted(others)):
        rows = connection.execute(select(t.feeds.c.id, t.feeds.c.host).where(t.feeds.c.id.in_(part)))
        found |= {row.id: site_of(row.host) for row in rows}
    return found
