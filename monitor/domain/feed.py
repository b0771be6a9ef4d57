"""Feeds, what we remember of polling them, and what one poll brought."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType
from urllib.parse import unquote, urlsplit

FeedId = NewType("FeedId", str)


class FeedKind(StrEnum):
    """How a source is read. All kinds bring entries in the end."""

    WEB = "web"
    FOLDER = "folder"
    SITEMAP = "sitemap"
    IMAP = "imap"
    JSON_API = "json-api"


# What the options of a JSON interface may lead to.
JSON_PATHS = (
    "items", "next", "title", "link", "guid", "text", "published", "author", "language", "tags", "source", "source_url",
)  # fmt: skip


class Fulltext(StrEnum):
    """Whether the page behind an entry is fetched: for promising entries, for each, or never."""

    MATCHED = "matched"
    ALWAYS = "always"
    NEVER = "never"


class Health(StrEnum):
    """How a feed is doing, as an operator would say it."""

    FINE = "fine"
    SLOW = "slow"
    FAILING = "failing"
    SILENT = "silent"
    CHANGED = "changed"
    BLOCKED = "blocked"
    WALLED = "walled"
    OVERFLOWING = "overflowing"
    GONE = "gone"


_SECRET_NAME = re.compile(
    r"token|(?:^|[^a-z])key$|apikey|auth(?!or)|passw|^pass$|pwd|secret|^sig$|signature|session|jwt|credential",
    re.IGNORECASE,
)


def shown_url(url: str) -> str:
    """*url* for people and logs: without user and password, and with ``***`` for what its query keeps secret."""
    parts = urlsplit(url)
    pairs = [pair.partition("=") for pair in parts.query.split("&")]
    query = "&".join(
        f"{name}=***" if _is_secret(name, value) else f"{name}{sign}{value}" for name, sign, value in pairs
    )
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query).geturl()


def _secret_values(url: str) -> Iterator[str]:
    for name, _, value in (pair.partition("=") for pair in urlsplit(url).query.split("&")):
        if _is_secret(name, value):
            yield from dict.fromkeys((value, unquote(value)))


def _is_secret(name: str, value: str) -> bool:
    return bool(value) and _SECRET_NAME.search(name) is not None


@dataclass(frozen=True, slots=True)
class Feed:
    """A source polled on a schedule, as configured."""

    id: FeedId
    url: str
    kind: FeedKind = FeedKind.WEB
    title: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    fulltext: Fulltext = Fulltext.MATCHED
    rings_always: bool = False
    owner: str = ""
    is_enabled: bool = True
    options: Mapping[str, object] = field(default_factory=dict, repr=False)

    def secrets(self) -> tuple[str, ...]:
        """What of this must not appear in a log: passwords, tokens, and headers that we were given to send."""
        headers = self.options.get("headers")
        parts = urlsplit(self.url)
        given = [parts.password or parts.username, self.options.get("password")]
        given += headers.values() if isinstance(headers, Mapping) else ()
        given += _secret_values(self.url)
        return tuple(str(secret) for secret in given if secret)


@dataclass(frozen=True, slots=True)
class EntryShape:
    """
    What entries look like: of how many, the usual length of their own texts in characters, and what they hold.

    ``held`` are those of ``dates``, ``links`` and ``texts`` that at least one of them has.
    """

    count: int
    characters: int
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FeedState:
    """
    What we remember of a feed between polls. ``epoch`` fences writers: a stale one cannot save.

    ``url`` is the address that the validators belong to; it differs from the configured one after a
    permanent redirect was adopted, then ``adopted_from`` is the configured address that led there.
    ``newest_at`` is the newest publication seen, ``newest_guids`` digests of what the newest entries are
    known by, ``noted`` the health that was last told in a notice, ``noted_before`` what was told before that and is
    not over yet; ``skip_days`` count from Monday as 0;
    ``known_since`` is when the feed was configured: what it published before then is history. ``usual`` is what
    its entries look like, ``changed_at`` since when they look otherwise;
    ``is_index``: its document only names others, whose change it does not show. ``idle_hints`` are the hints of a hub
    since the last news, that led to a look and to nothing new. ``ailment`` is what ails the document read last.
    """

    feed_id: FeedId
    next_check_at: datetime
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_checked_at: datetime | None = None
    last_changed_at: datetime | None = None
    last_success_at: datetime | None = None
    last_full_at: datetime | None = None
    failures: int = 0
    health: Health = Health.FINE
    health_reason: str = ""
    interval: timedelta = timedelta(minutes=30)
    redirect_url: str | None = None
    redirect_seen: int = 0
    publishes_per_day: float | None = None
    newest_guids: tuple[str, ...] = ()
    epoch: int = 0
    adopted_from: str | None = None
    newest_at: datetime | None = None
    noted: Health = Health.FINE
    noted_before: tuple[Health, ...] = ()
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    hub_url: str | None = None
    topic_url: str | None = None
    known_since: datetime | None = None
    usual: EntryShape | None = None
    changed_at: datetime | None = None
    is_index: bool = False
    idle_hints: int = 0
    ailment: Health = Health.FINE
    ailment_reason: str = ""

    @property
    def told(self) -> tuple[Health, ...]:
        """The illnesses that were told in notices, in this order, and are not told to be over."""
        return (*self.noted_before, self.noted) if self.noted is not Health.FINE else ()

    def but(self, **changes: Any) -> "FeedState":
        """``dataclasses.replace`` in a third of its time, which of so many fields is much of what a poll costs."""
        copy = object.__new__(FeedState)
        for put, value in zip(_SETTERS.values(), _values(self), strict=True):
            put(copy, value)
        for name, value in changes.items():
            _SETTERS[name](copy, value)
        return copy

    def address(self, feed: Feed) -> str:
        """Where *feed* is fetched: its configured address, or the one that this moved to for good."""
        return self.url if self.adopted_from == feed.url else feed.url


_SETTERS: dict[str, Callable[[FeedState, Any], None]] = {
    one.name: vars(FeedState)[one.name].__set__ for one in fields(FeedState)
}
_values: Callable[[FeedState], tuple[Any, ...]] = operator.attrgetter(*_SETTERS)


@dataclass(frozen=True, slots=True)
class Fetched:
    """
    The answer of a server: the body is None for a 304 and for a body that did not change.

    ``headers`` have lower-case names; ``body_hash`` is the SHA-256 of the body in hex, empty for a 304 of a web server:
    that may be a cache's, and proves nothing. ``notes`` are for the operator.
    """

    feed_id: FeedId
    status: int
    url: str
    body: bytes | None
    headers: Mapping[str, str]
    permanent_url: str | None = None
    elapsed_s: float = 0.0
    body_hash: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One item exactly as its feed published it; dates are aware where they could be read.

    ``tags`` are the words under which its publisher filed it: categories, keywords, subjects.
    ``source`` and ``source_url`` are the outlet that the feed says it has it from, where it says so.
    """

    guid: str
    title: str
    link: str
    summary: str = ""
    content: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    published_raw: str = ""
    author: str = ""
    language: str | None = None
    is_html: bool = True
    tags: tuple[str, ...] = ()
    source: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """
    A feed document read: its entries, in the order of the document, and its own scheduling wishes.

    ``shape`` is what those of its entries look like that are new or edited; None where there are none. ``has_ended``:
    the feed says of itself that nothing will come any more.
    ``is_renamed``: its entries are those of before under new names. ``more`` are the addresses of documents that
    go on where this one ends, best first; ``is_index``: it is nothing but those. ``is_cut``: its end is missing.
    ``is_sitemap``: its entries are pages of all kinds, and only those that have a title are articles.
    ``site_url`` is the page that the feed belongs to.
    """

    title: str
    entries: tuple[Entry, ...]
    language: str | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    hub_url: str | None = None
    self_url: str | None = None
    flaws: tuple[str, ...] = ()
    shape: EntryShape | None = None
    has_ended: bool = False
    is_renamed: bool = False
    more: tuple[str, ...] = ()
    is_index: bool = False
    is_cut: bool = False
    is_sitemap: bool = False
    site_url: str = ""
