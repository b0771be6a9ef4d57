"""Nouns into columns and back; pydantic reads and writes the JSON of the frozen dataclasses."""

import dataclasses
import functools
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, from_json, to_json
from sqlalchemy import Row

from monitor.domain.alert import Alert, AlertId
from monitor.domain.article import Article, ArticleId, DateFlag
from monitor.domain.feed import FeedId
from monitor.domain.opinion import JudgedFinding, Opinion, OpinionKind
from monitor.domain.watchlist import EntityId, RuleId

T = TypeVar("T")
# SQLite allows 32,766 values in a statement, PostgreSQL 65,535: lists of ids go in chunks well below.
CHUNK = 500
# Bytes that a window of 13 bits reaches over.
_SHORT, _SHORT_BITS, _SHORT_MEMORY = 2**13, 13, 7


_adapter: Callable[[Any], TypeAdapter[Any]] = functools.cache(TypeAdapter)


def dump(value: Any, kind: Any = None) -> str:
    """A noun as JSON."""
    return _adapter(kind or type(value)).dump_json(value).decode()


def load(kind: type[T], text: str | bytes) -> T:
    """A noun from its JSON; fields that a newer version dropped are ignored."""
    value: T = _adapter(kind).validate_json(text)
    return value


def squeeze(value: Any, kind: Any = None) -> bytes:
    """A noun as compressed JSON; lone surrogates, which no database takes, are replaced."""
    return compressed(_adapter(kind or type(value)).dump_json(value))


def unsqueeze(kind: type[T], data: bytes) -> T:
    return load(kind, zlib.decompress(data))


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """*items* in pieces of at most *size*."""
    held = list(items)
    for start in range(0, len(held), size):
        yield held[start : start + size]


def article_row(article: Article, *, is_pending: bool) -> dict[str, Any]:
    """The columns of an article."""
    return {
        "id": article.id,
        "feed_id": article.feed_id,
        "guid": article.guid,
        "url": article.url,
        "title": article.title,
        "published_at": article.published_at,
        "first_seen_at": article.first_seen_at,
        "language": article.language,
        "author": article.author,
        "owner": article.owner,
        "date_flag": str(article.date_flag),
        "content_hash": article.content_hash,
        "revision": article.revision,
        "rings": article.rings,
        "is_pending": is_pending,
        "body": body(article),
    }


def body(article: Article) -> bytes:
    """The text of an article, and its tags and what became of its page where there are any, compressed."""
    # The second place held what is no news in the text, which other versions still read and write.
    parts: list[object] = [article.text, ()]
    if article.tags or article.page:
        parts += [article.tags, *([article.page] if article.page else [])]
    try:
        return compressed(to_json(parts))
    except PydanticSerializationError:  # half a character: ten times as slow, the other way puts a "?" in its place
        return compressed(json.dumps(parts, ensure_ascii=False).encode("utf-8", "replace"))


def compressed(data: bytes) -> bytes:
    """*data* as ``zlib.decompress`` reads it; for what is short, little is set up and nothing is lost by it."""
    if len(data) > _SHORT:
        return zlib.compress(data)
    packer = zlib.compressobj(wbits=_SHORT_BITS, memLevel=_SHORT_MEMORY)
    return packer.compress(data) + packer.flush()


def text_of(body: bytes) -> str:
    """The text within what `body` made."""
    return str(from_json(zlib.decompress(body))[0])


def alert_from(row: Any) -> Alert:
    """An alert from its data and who takes care of it, which has a column of its own."""
    return dataclasses.replace(load(Alert, row.data), acknowledged_by=row.acknowledged_by)


def opinion_from(row: Any) -> Opinion:
    """An opinion from its columns."""
    return Opinion(
        AlertId(row.alert_id),
        RuleId(row.rule_id),
        OpinionKind(row.kind),
        row.author,
        row.at,
        EntityId(row.entity_id) if row.entity_id else None,
        row.comment,
        load(tuple[JudgedFinding, ...], row.findings),
    )


def article_from(row: Row[Any]) -> Article:
    """An article from its columns."""
    text, _, *more = from_json(zlib.decompress(row.body))
    return Article(
        id=ArticleId(row.id),
        feed_id=FeedId(row.feed_id),
        guid=row.guid,
        url=row.url,
        title=row.title,
        text=text,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        language=row.language,
        author=row.author,
        owner=row.owner,
        date_flag=DateFlag(row.date_flag),
        content_hash=row.content_hash,
        revision=row.revision,
        rings=row.rings,
        tags=tuple(more[0]) if more else (),
        page=more[1] if len(more) > 1 else "",
    )
