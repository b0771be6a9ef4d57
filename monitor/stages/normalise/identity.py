"""
What an entry is known by, and how an edit, a repetition and a renaming are told apart.

Of each entry a feed ever showed, the store keeps one short record under its key: the article it became
and digests of its title and body. So an entry that did not change costs a look-up and no more.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.article import ArticleId
from monitor.domain.feed import Entry, FeedId
from monitor.stages.normalise.canonical_url import canonical_url, url_identity
from monitor.stages.normalise.plain_text import plain_text

_LONGEST_KEY = 300
_DIGITS = 12
_ID_DIGITS = 24
_FEW_NAMES = 2
# So long a text (characters) is the article itself, and no phrase that stands below many titles.
_WHOLE_BODY = 500


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of an entry: the id of its article, and digests of title and body."""

    article_id: str
    title: str
    body: str

    def __str__(self) -> str:
        return f"{self.article_id}:{self.title}:{self.body}"


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry with what it is known by. ``before`` is its record of the last time, ``key`` its name in the store."""

    entry: Entry
    url: str
    key: str
    record: Record
    before: Record | None

    @property
    def is_unchanged(self) -> bool:
        return self.before == self.record


class Memory:
    """The records of one feed, by key, by article and by title."""

    def __init__(self, records: Mapping[str, str]) -> None:
        self._by_key = {key: record for key, text in records.items() if (record := _read(text))}
        self._key_of_article = {record.article_id: key for key, record in self._by_key.items()}
        self._names = Counter(record.article_id for record in self._by_key.values())
        self._titles = {record.title: record for record in self._by_key.values()}
        self._articles: Mapping[str, Mapping[str, None]] | None = None

    def __len__(self) -> int:
        return len(self._by_key)

    def at(self, key: str) -> Record | None:
        return self._by_key.get(key)

    def key_of(self, article_id: str) -> str | None:
        return self._key_of_article.get(article_id)

    def titled(self, title: str) -> Record | None:
        return self._titles.get(title)

    def articles_of(self, words: str) -> Collection[str]:
        """The articles that were made of entries with these words: a title with its body, or a body."""
        if self._articles is None:  # asked for of few documents
            self._articles = _articles_by_words(self._by_key.values())
        return self._articles.get(words, {})

    def is_renamed(self, article_id: str) -> bool:
        """Whether this article was given other names again and again."""
        return self._names[article_id] > _FEW_NAMES


def article_id(url: str, feed_id: FeedId, key: str) -> ArticleId:
    """The id of an article: from its canonical *url* where it has one of its own, else from feed and key."""
    identity = url_identity(url) if url else ""
    return ArticleId(_digest(f"url {identity}" if identity else f"entry {feed_id} {key}", _ID_DIGITS))


def recognise(feed_id: FeedId, entries: Sequence[Entry], memory: Memory) -> list[KnownEntry]:
    """Each entry with what it is known by; of those that a document repeats, the last that is as full."""
    urls = [canonical_url(entry.link) for entry in entries]
    shared = _shared(urls, entries)
    own_urls = ["" if url in shared or not url_identity(url) else url for url in urls]
    keys = _keys(entries, own_urls, memory)
    found: dict[str, KnownEntry] = {}
    for entry, url, own_url, key in zip(entries, urls, own_urls, keys, strict=True):
        known = _recognise(feed_id, entry, url, own_url, key, memory)
        held = found.get(known.key)
        if held is None or _fullness(entry) >= _fullness(held.entry):
            found[known.key] = known
    return list(found.values())


def _fullness(entry: Entry) -> tuple[bool, bool]:
    # A repetition of an address alone, as broken documents have it, is no edit.
    return bool(entry.title.strip()), bool(entry.summary.strip() or entry.content.strip())


def _keys(entries: Sequence[Entry], own_urls: Sequence[str], memory: Memory) -> list[str]:
    """What each entry is known by; those that have nothing but their title, and share it, also by their text."""
    guids = Counter(entry.guid for entry in entries)
    names = [_key(entry, url, is_repeated=guids[entry.guid] > 1) for entry, url in zip(entries, own_urls, strict=True)]
    by_title = Counter(
        name
        for name, entry, url in zip(names, entries, own_urls, strict=True)
        if not url and (not entry.guid or guids[entry.guid] > 1)
    )
    keys = []
    for name, entry in zip(names, entries, strict=True):
        with_text = f"{name}|{_body(entry)}"
        is_ambiguous = by_title[name] > 1 or (by_title[name] and memory.at(with_text) is not None)
        keys.append(with_text if is_ambiguous else name)
    return keys


def _recognise(feed_id: FeedId, entry: Entry, url: str, own_url: str, key: str, memory: Memory) -> KnownEntry:
    new_id = article_id(own_url, feed_id, key)
    title, body = _digest(_plain(entry.title)), _body(entry)
    if memory.at(key) is None:
        # A guid that is made anew with each answer, or an id that changed: the address tells that it is known.
        key = (memory.key_of(new_id) if own_url else None) or _key_without_address(entry, url, body, memory) or key
    before = memory.at(key)
    if before is not None and before.article_id != new_id and _is_same(before, title, body):
        # Known by its guid, though its address changed: an edit, unless every word of it is another.
        new_id = ArticleId(before.article_id)
    return KnownEntry(entry, url, key, Record(new_id, title, body), before)


def _key_without_address(entry: Entry, url: str, body: str, memory: Memory) -> str | None:
    """What *entry* was known by before its feed gave it an address, or before we knew where to look for one."""
    if entry.guid or not url:
        return None
    name = _key(entry, "", is_repeated=False)
    return next((key for key in (name, f"{name}|{body}") if (held := memory.at(key)) and held.body == body), None)


def _body(entry: Entry) -> str:
    return _digest(f"{entry.summary}\0{entry.content}")


def _is_same(before: Record, title: str, body: str) -> bool:
    return title == before.title or body == before.body


def _key(entry: Entry, url: str, *, is_repeated: bool) -> str:
    name = entry.guid or url or entry.title
    if is_repeated and entry.guid:
        name = f"{entry.guid}|{url or entry.title}"
    # What is no character by itself is not printable.
    name = (name if name.isprintable() else "".join(filter(str.isprintable, name))).strip()
    return name if 0 < len(name) <= _LONGEST_KEY else f"sha256:{_digest(name or entry.summary, 40)}"


def _shared(urls: Sequence[str], entries: Sequence[Entry]) -> frozenset[str]:
    """Addresses that entries of different titles share: such an address is a page about all of them."""
    titles: dict[str, set[str]] = {}
    for url, entry in zip(urls, entries, strict=True):
        if title := _plain(entry.title):
            titles.setdefault(url, set()).add(title)
    return frozenset(url for url, given in titles.items() if len(given) > 1)


def is_rekeyed(found: Iterable[KnownEntry], memory: Memory, share: float, least: int) -> bool:
    """
    Whether a feed gave its old entries new names: most are new by name, and most of these are known by title.

    Args:
        share: The part that counts as most, in [0, 1].
        least: Fewer entries than that prove nothing.
    """
    everything = list(found)
    new = [known for known in everything if known.before is None]
    if len(everything) < least or not len(memory) or len(new) < share * len(everything):
        return False
    return sum(is_known_by_title(known, memory) for known in new) >= share * len(new)


def is_known_by_title(known: KnownEntry, memory: Memory) -> bool:
    """Whether an entry that is new by name carries a title that its feed showed before."""
    return known.before is None and memory.titled(known.record.title) is not None


def adopted(known: KnownEntry, memory: Memory) -> KnownEntry:
    """
    *known* as the article that its title names, for a feed that gave all its entries new names.

    A new name is kept; those of a feed that makes up names again and again would be kept without end.
    """
    before = memory.titled(known.record.title)
    if known.before is not None or before is None:
        return known
    record = Record(before.article_id, known.record.title, known.record.body)
    if memory.is_renamed(before.article_id):
        return KnownEntry(known.entry, known.url, memory.key_of(before.article_id) or known.key, record, before)
    return KnownEntry(known.entry, known.url, known.key, record, None)


def without_repeated(found: Sequence[KnownEntry], memory: Memory, last_read_at: datetime | None) -> list[KnownEntry]:
    """
    *found*, where what is new by nothing but its name is known again: some entries get other names at each look.

    That is what has title and text of one that the document shows no more, and is dated before the last reading. What
    has no date may be news the first time: it is known again where its words had several names by then.
    """
    shown = {known.record.article_id for known in found if known.before is not None}
    bodies = Counter(known.record.body for known in found)
    return [
        _repeated(known, memory, shown, last_read_at, is_alone=bodies[known.record.body] == 1) or known
        for known in found
    ]


def _repeated(
    known: KnownEntry, memory: Memory, shown: Collection[str], last_read_at: datetime | None, *, is_alone: bool
) -> KnownEntry | None:
    entry = known.entry
    # A title alone comes again on other days: "Morning briefing".
    if known.before is not None or not (entry.summary.strip() or entry.content.strip()):
        return None
    dated_at = entry.published_at or entry.updated_at
    if dated_at is None:
        article = _undated(known, memory, shown, is_alone=is_alone)
    else:
        before = memory.titled(known.record.title)
        is_old = last_read_at is not None and dated_at < last_read_at
        is_same = before is not None and before.body == known.record.body and before.article_id not in shown
        article = before.article_id if before is not None and is_old and is_same else None
    key = memory.key_of(article) if article is not None else None
    if article is None or key is None:
        return None
    return KnownEntry(entry, known.url, key, replace(known.record, article_id=article), memory.at(key))


def _undated(known: KnownEntry, memory: Memory, shown: Collection[str], *, is_alone: bool) -> str | None:
    """The article of an entry without a date whose words were given other names again and again."""
    both, body = _words(known.record)
    article = _repeated_article(memory.articles_of(both), shown)
    if article is None and is_alone and _is_whole(known.entry):
        # Its title was made anew with its name, with the time in it: it is an edit of the article that it was last.
        article = _repeated_article(memory.articles_of(body), shown)
    return article


def _repeated_article(articles: Collection[str], shown: Collection[str]) -> str | None:
    """The last of articles with the same words, where they are several and the document shows none of them."""
    is_repeated = len(articles) >= _FEW_NAMES and not any(article in shown for article in articles)
    return tuple(articles)[-1] if is_repeated else None


def _is_whole(entry: Entry) -> bool:
    given = f"{entry.summary}\n{entry.content}"
    return len(plain_text(given, 2 * _WHOLE_BODY) if entry.is_html else given) >= _WHOLE_BODY


def _words(record: Record) -> tuple[str, str]:
    """What entries are compared by where their names tell nothing: title with body, and the body alone."""
    return f"{record.title}:{record.body}", record.body


def _articles_by_words(records: Iterable[Record]) -> dict[str, dict[str, None]]:
    articles: dict[str, dict[str, None]] = defaultdict(dict)
    for record in records:
        for words in _words(record):
            articles[words][record.article_id] = None
    return articles


def _read(text: str) -> Record | None:
    parts = text.split(":")
    return Record(*parts) if len(parts) == 3 else None


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _digest(text: str, digits: int = _DIGITS) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:digits]
