"""
Entries made comparable: one address, plain text, UTC, a language; known ones counted and left alone.

Whether an article may ring is decided here, because only here it is known what the feed showed before. The
first reading of a feed is history: it is stored and does not ring, except what was published after we
first knew the feed. A feed that gives all its entries new names does not ring either.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from monitor.domain.article import Article, ArticleId, DateFlag, Parsed
from monitor.domain.errors import ParseError
from monitor.domain.feed import Entry, Feed, FeedState, ParsedFeed
from monitor.domain.policy import NormalisePolicy
from monitor.stages.feeds.shape import shape_of
from monitor.stages.normalise.identity import (
    KnownEntry,
    Memory,
    adopted,
    is_known_by_title,
    is_rekeyed,
    recognise,
    without_repeated,
)
from monitor.stages.normalise.outlets import (
    Origins,
    Outlet,
    headline_of,
    is_list_of_headlines,
    is_repetition,
    without_board,
)
from monitor.stages.normalise.plain_text import cut, plain_line, plain_text, tidy
from monitor.stages.parse.values import spoken
from monitor.stages.parse.walls import is_bridge_error

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_UNKNOWN = "und"
_SAME_START = 60
_HEADLINE = 120
_LANGUAGE_LEAST, _LANGUAGE_MOST = 200, 700
# Which language a text is in, or "und"; what its feed declares decides where the text is as good as even.
LanguageOf = Callable[[str, str | None], str]


def normalise(
    feed: Feed,
    state: FeedState,
    document: ParsedFeed,
    records: Mapping[str, str],
    now: datetime,
    language_of: LanguageOf,
    policy: NormalisePolicy,
) -> Parsed:
    """
    The articles of *document* that are new or changed.

    Args:
        state: From before this poll.
        records: What the store keeps of this feed's entries, by key.

    Raises:
        ParseError: all that the document holds is an error of a program between us and the site.
    """
    entries = _without_errors(document)
    memory = Memory(records)
    found = recognise(feed.id, entries, memory)
    notes: tuple[str, ...] = ()
    since, old = _history_ends(feed, state), frozenset[str]()
    if is_rekeyed(found, memory, policy.rekeyed_share, policy.rekeyed_least):
        renamed = [known for known in found if is_known_by_title(known, memory)]
        found = [adopted(known, memory) for known in found]
        old = frozenset(adopted(known, memory).key for known in renamed)
        notes = _renamed(found, old)
        # Of the others it has to be proved that they are new: by a date after the last reading.
        since = since or state.last_success_at
        is_renamed = bool(old)
    else:
        known_again = without_repeated(found, memory, state.last_success_at)
        is_renamed, found = known_again != found, known_again
    articles, texts = [], 0
    origins = Origins(feed, state, document)
    for known in found:
        if known.is_unchanged:
            continue
        told = _told(known, document, origins.outlet_of(known.entry, known.url), policy)
        if told is not None:
            # Nearly all of a first reading are history, of later ones news: only what differs is copied.
            article = _article(feed, document, known, told, now, language_of, policy, rings=since is None)
            rings = known.key not in old and _rings(feed, article, since)
            articles.append(article if rings == article.rings else replace(article, rings=rings))
            texts += told.has_text
    listed = tuple(known.key for known in found if known.is_unchanged)
    shown = replace(document, entries=entries, shape=shape_of(articles, texts), is_renamed=is_renamed)
    return Parsed(shown, tuple(articles), len(entries), len(listed), notes, listed)


def _renamed(found: Iterable[KnownEntry], old: Collection[str]) -> tuple[str, ...]:
    """What is told of entries with new names, unless their feed makes up new ones at each look."""
    count = sum(known.key in old and known.before is None for known in found)
    told = f"gave new names to its entries: {count} entries were matched by title, none of them rings"
    return (told,) if count else ()


def _without_errors(document: ParsedFeed) -> tuple[Entry, ...]:
    kept = tuple(entry for entry in document.entries if not is_bridge_error(entry.title))
    if document.entries and not kept:
        raise ParseError(f'instead of news there is an error: "{plain_line(document.entries[0].title, 120)}"')
    return kept


def _history_ends(feed: Feed, state: FeedState) -> datetime | None:
    """Until when entries are history; None where the feed was read before, so that all that is new is news."""
    is_known_address = state.address(feed) == state.url
    if state.last_success_at is not None and is_known_address:
        return None
    return state.last_success_at or state.known_since or datetime.max.replace(tzinfo=UTC)


def _rings(feed: Feed, article: Article, history_ends: datetime | None) -> bool:
    if feed.rings_always or history_ends is None:
        return True
    return article.date_flag is DateFlag.FINE and article.published_at > history_ends


@dataclass(frozen=True, slots=True)
class _Told:
    """What an entry says, and whose word it is where its address does not tell; ``has_text``: its feed gave one."""

    title: str
    text: str
    owner: str
    has_text: bool


def _told(known: KnownEntry, document: ParsedFeed, outlet: Outlet | None, policy: NormalisePolicy) -> _Told | None:
    """What is to be read of an entry; None where that is nothing."""
    entry = known.entry
    text = _text(entry, policy.max_text)
    title = _title(known, document, text, policy)
    if not title:
        return None
    if outlet is None:
        return _Told(title, without_board(text), "", bool(text))
    headline = headline_of(title, outlet)
    is_none = is_list_of_headlines(entry.content or entry.summary) or is_repetition(text, (headline, title), outlet)
    return _Told(headline, "" if is_none else without_board(text), outlet.owner, bool(text))


def _title(known: KnownEntry, document: ParsedFeed, text: str, policy: NormalisePolicy) -> str:
    entry = known.entry
    title = plain_line(entry.title, policy.max_title) if entry.is_html else _line(entry.title, policy.max_title)
    # The text is plain by now: what looks like a tag in it is a word.
    title = title or cut(_line(text.partition("\n")[0], policy.max_title), _HEADLINE)
    if not title and known.before is None and not document.is_sitemap:
        # An address is little to read, but its words may say it all, and the page behind it more.
        title = cut(spoken(known.url) or known.url, policy.max_title)
    return title


def _article(
    feed: Feed,
    document: ParsedFeed,
    known: KnownEntry,
    told: _Told,
    now: datetime,
    language_of: LanguageOf,
    policy: NormalisePolicy,
    *,
    rings: bool,
) -> Article:
    entry, title, text = known.entry, told.title, told.text
    language = _language(feed, document, entry, f"{title}\n{text[:_LANGUAGE_MOST]}", language_of)
    published_at, flag = _published(entry, now, policy)
    return Article(
        id=ArticleId(known.record.article_id),
        feed_id=feed.id,
        guid=_line(entry.guid, policy.max_title) or known.url,
        identity=known.key,
        url=known.url,
        title=title,
        text=text,
        published_at=published_at,
        first_seen_at=now,
        language=language,
        author=plain_line(entry.author, policy.max_title)[: policy.max_author],
        owner=feed.owner or told.owner,
        date_flag=flag,
        content_hash=hashlib.sha256(f"{title}\0{text}".encode("utf-8", "replace")).hexdigest()[:32],
        entry_hash=str(known.record),
        rings=rings,
        tags=_tags(entry, policy) if entry.tags else (),
    )


def _tags(entry: Entry, policy: NormalisePolicy) -> tuple[str, ...]:
    """The tags of an entry, each once, however it is spelled."""
    words = (plain_line(tag, policy.max_tag) for tag in entry.tags)
    return tuple({word.casefold(): word for word in words if word}.values())[: policy.max_tags]


def _line(text: str, most: int) -> str:
    return " ".join(tidy(text[: most * 8]).split())[:most]


def _text(entry: Entry, most: int) -> str:
    """Summary and content as one text; of two that begin alike, the longer one."""
    if not entry.is_html:
        parts = [tidy(part).strip()[:most] for part in (entry.summary, entry.content)]
    else:
        parts = [plain_text(part, most) for part in (entry.summary, entry.content)]
    summary, content = parts
    if not summary or not content:
        return summary or content
    start = " ".join(summary[:_SAME_START].rstrip("….[] ").split())
    if start and start in " ".join(content[: len(summary) + _SAME_START].split()):
        return content if len(content) >= len(summary) else summary
    # Both are tidy: without their line ends and the blanks around these they are as long as said.
    is_shorter = len(content) - 2 * content.count("\n") <= len(summary)
    if is_shorter and " ".join(content.split()) in " ".join(summary.split()):
        return summary
    return f"{summary}\n\n{content}"[:most]


def _language(feed: Feed, document: ParsedFeed, entry: Entry, text: str, language_of: LanguageOf) -> str:
    """The language that the text is in; what was declared counts where the text does not tell."""
    declared = entry.language or document.language
    found = language_of(text, feed.language or declared)
    if found != _UNKNOWN:
        return found
    return feed.language or (declared if len(text) < _LANGUAGE_LEAST else None) or _UNKNOWN


def _published(entry: Entry, now: datetime, policy: NormalisePolicy) -> tuple[datetime, DateFlag]:
    """When an entry was published, and what is wrong with that; the moment of first sight stands in."""
    given = entry.published_at or entry.updated_at
    if given is None:
        return now, DateFlag.NONSENSE if entry.published_raw.strip() else DateFlag.MISSING
    if given > now + policy.future:
        return now, DateFlag.FUTURE
    return (given, DateFlag.FINE) if given >= _OLDEST else (now, DateFlag.NONSENSE)
