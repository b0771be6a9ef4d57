"""Articles: entries made comparable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from monitor.domain.feed import FeedId, ParsedFeed

ArticleId = NewType("ArticleId", str)


class DateFlag(StrEnum):
    """What was wrong with the date a feed gave; the moment of first sight stands in."""

    FINE = "fine"
    MISSING = "missing"
    FUTURE = "future"
    NONSENSE = "nonsense"


@dataclass(frozen=True, slots=True)
class Article:
    """
    An entry made comparable: canonical URL, plain text in NFC, UTC times, language.

    ``id`` derives from the identity of the article (canonical URL, else feed and guid), so that
    the same article from two feeds is one; ``content_hash`` tells an edit from a repetition,
    ``entry_hash`` an entry that its feed changed from one that is known. ``guid`` is what the feed calls the
    entry, ``identity`` what we know it by among the feed's entries: the guid, where that is any use.
    ``owner`` is whose word it is, where a person or the feed said so: an owner, or the outlet's site or name.
    ``tags`` are the words under which its publisher filed it, as plain text; ``page`` says in plain words what became
    of the page behind it, where that was wanted.
    """

    id: ArticleId
    feed_id: FeedId
    guid: str
    url: str
    title: str
    text: str
    published_at: datetime
    first_seen_at: datetime
    language: str = "und"
    author: str = ""
    owner: str = ""
    date_flag: DateFlag = DateFlag.FINE
    content_hash: str = ""
    entry_hash: str = ""
    identity: str = ""
    revision: int = 1
    rings: bool = True
    tags: tuple[str, ...] = ()
    page: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """
    A feed document, and those of its entries that are new or changed, as articles; ``notes`` are in plain words.

    ``listed`` are the names in the store of those that are unchanged, so that they are not forgotten there.
    """

    document: ParsedFeed
    articles: tuple[Article, ...]
    entries: int
    unchanged: int = 0
    notes: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
