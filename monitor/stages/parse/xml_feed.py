"""
RSS, RDF and Atom: read quickly where the document is one that feedparser reads alike, by feedparser where not.

feedparser is the most forgiving reader there is, and a hundred times slower than a plain tree. So a
well-formed document of known elements is read from the tree, by the same rules (item.py); on any doubt
feedparser decides; and where that fails as well, what the tree still shows is salvaged.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import feedparser

from monitor.domain.feed import Entry, ParsedFeed
from monitor.stages.parse.dates import read_date
from monitor.stages.parse.element_names import DoubtError, Element, ElementNames
from monitor.stages.parse.elements import base_of
from monitor.stages.parse.item import ITEMS, Fields, ItemReader
from monitor.stages.parse.origin import origin_as_read
from monitor.stages.parse.source_text import mended, without_forbidden
from monitor.stages.parse.values import MOST_TAGS, as_markup, both_ends, is_markup, language_code, spare_link
from monitor.stages.parse.wishes import read_channel
from monitor.stages.parse.xml_tree import lenient_tree, strict_tree

_ROOTS = frozenset({"rss", "rdf_rdf", "feed"})
# Outside of items feedparser carries some of its state into the next one.
_TAG = re.compile(r"<[^<>]{0,500}>|&\w{1,8};")
_CARRIED = frozenset({"content", "content_encoded", "fullitem", "body", "source"})


def read_quickly(text: str, url: str, most: int) -> ParsedFeed:
    """
    A document that is certainly read as feedparser reads it.

    Raises:
        DoubtError: it may not be.
    """
    try:
        root = strict_tree(text)
    except DoubtError:
        root = strict_tree(mended(text))
    names = ElementNames(root, is_strict=True)
    if names.of(root) not in _ROOTS:
        raise DoubtError(f"{names.of(root)[:40]} is no root of a feed")
    entries = tuple(_entries(root, names, url, most, is_strict=True))
    return read_channel(root, names, entries, url)


def read_thoroughly(text: str, url: str, language: str | None, most: int) -> ParsedFeed:
    """
    A document of any kind, by feedparser; may take minutes for a hostile one, so call it where it can be killed.

    Raises:
        Exception: feedparser has faults of its own, of any type, on broken documents.
    """
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    if language:
        headers["content-language"] = language
    # Always a stream: a string or bytes would be tried as the name of a file or an address.
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers=headers,
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    entries = tuple(_entry(_fields(one), one) for one in both_ends(parsed.entries, most))
    root = lenient_tree(mended(text))
    if root is None:
        return ParsedFeed(title=str(parsed.feed.get("title", "")), entries=entries)
    names = ElementNames(root, is_strict=False)
    return read_channel(root, names, _with_missed(entries, _salvaged(root, names, url, most)), url)


def salvage(text: str, url: str, most: int) -> ParsedFeed:
    """What a tree still shows of a broken document; no entries where that is nothing."""
    root = lenient_tree(mended(text))
    if root is None:
        return ParsedFeed(title="", entries=())
    names = ElementNames(root, is_strict=False)
    return read_channel(root, names, _salvaged(root, names, url, most), url)


def _salvaged(root: Element, names: ElementNames, url: str, most: int) -> tuple[Entry, ...]:
    return tuple(one for one in _entries(root, names, url, most, is_strict=False) if one.title or one.link)


def _with_missed(found: tuple[Entry, ...], salvaged: Sequence[Entry]) -> tuple[Entry, ...]:
    everything = (*found, *_missed(found, salvaged))
    places = {entry.link: place for place, entry in enumerate(salvaged) if entry.link}
    if len(everything) == len(found) or not all(entry.link in places for entry in everything):
        return everything
    return tuple(sorted(everything, key=lambda entry: places[entry.link]))


def _missed(found: Sequence[Entry], salvaged: Sequence[Entry]) -> Iterator[Entry]:
    """What the tree shows and feedparser does not: a tag that nobody closed makes it take one entry into another."""
    named = [entry for entry in found if entry.title]
    if len(salvaged) <= len(named):
        return
    links, titles = {entry.link for entry in named}, {_bare(entry.title) for entry in named}
    for entry in salvaged:
        is_named = bool(entry.title and entry.link)
        if is_named and entry.link not in links and _bare(entry.title) not in titles:
            links.add(entry.link)
            titles.add(_bare(entry.title))
            yield entry


def _bare(title: str) -> str:
    return _TAG.sub("", title).casefold().strip()


def _entries(root: Element, names: ElementNames, url: str, most: int, *, is_strict: bool) -> Iterator[Entry]:
    reader = ItemReader(names, is_strict=is_strict)
    items = _items(root, names, base_of(root, url), 1, is_strict=is_strict)
    for item, base, depth in both_ends(list(items), most):
        yield _entry(reader.read(item, base, depth))


def _items(
    parent: Element, names: ElementNames, base: str, depth: int, *, is_strict: bool
) -> Iterator[tuple[Element, str, int]]:
    for child in parent:
        name = names.of(child)
        if name in ITEMS:
            yield child, base_of(child, base), depth + 1
            if not is_strict:
                # A closing tag that is missing makes the next item a child of this one.
                yield from _items(child, names, base_of(child, base), depth + 1, is_strict=False)
        elif len(child) and depth < 100:
            yield from _items(child, names, base_of(child, base), depth + 1, is_strict=is_strict)
        if is_strict and name in _CARRIED:
            raise DoubtError(f"{name} outside of an item")


def _entry(fields: Fields, parsed: Any = None) -> Entry:
    # dict.get, because feedparser's own would put one date in the place of another that is missing.
    dates = {key: None if parsed is None else dict.get(parsed, f"{key}_parsed") for key in _DATES}
    raw = fields.published or fields.created
    return Entry(
        guid=fields.guid,
        title=fields.title,
        link=fields.link,
        summary=fields.summary,
        content=_longest(fields.contents),
        published_at=read_date(fields.published, dates["published"]) or read_date(fields.created, dates["created"]),
        updated_at=read_date(fields.updated, dates["updated"]),
        published_raw=raw or fields.updated,
        author=fields.author,
        language=fields.language,
        tags=tuple(as_markup(tag, is_html=is_markup("text/plain", tag)) for tag in fields.tags),
        source=fields.source,
        source_url=fields.source_url,
    )


_DATES = ("published", "updated", "created")


def _longest(contents: list[str]) -> str:
    return max(contents, key=len, default="")


def _fields(one: Any) -> Fields:
    """What feedparser found in an item, in our words."""
    contents = one.get("content") or []
    kinds = {str(part.get("value", "")): str(part.get("type", "text/html")) for part in contents}
    summary, detail = _text(one, "summary"), one.get("summary_detail") or {}
    kind = detail.get("type", "text/html") if detail.get("value") == summary else kinds.get(summary, "text/html")
    title_detail = one.get("title_detail") or {}
    source, source_url = origin_as_read(dict.get(one, "source"))
    return Fields(
        guid=_text(one, "id"),
        title=_markup(_text(one, "title"), str(title_detail.get("type", "text/plain"))),
        link=_text(one, "link") or spare_link(_links(one)),
        summary=_markup(summary, str(kind)),
        contents=[_markup(value, kind) for value, kind in kinds.items()],
        published=_text(one, "published"),
        updated=_text(one, "updated") if dict.get(one, "updated") else "",
        created=_text(one, "created"),
        author=_text(one, "author"),
        language=language_code(_text(one, "language")),
        tags=list(_tags(one)),
        source=without_forbidden(source) or _text(one, "news_source"),
        source_url=without_forbidden(source_url),
    )


def _links(one: Any) -> Iterator[tuple[str, str, str]]:
    for link in dict.get(one, "links") or ():
        yield _text(link, "rel"), _text(link, "type"), _text(link, "href")


def _tags(one: Any) -> Iterator[str]:
    for tag in (dict.get(one, "tags") or ())[:MOST_TAGS]:
        if word := _text(tag, "label") or _text(tag, "term"):
            yield word


def _markup(value: str, kind: str) -> str:
    return as_markup(value, is_html=is_markup(kind, value))


def _text(one: Any, key: str) -> str:
    value = dict.get(one, key)
    return without_forbidden(value) if isinstance(value, str) else ""
