"""JSON Feed 1.0 and 1.1, and other JSON documents by configured paths."""

import contextlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.domain.errors import ParseError
from monitor.domain.feed import JSON_PATHS, Entry, ParsedFeed
from monitor.stages.parse.dates import read_date
from monitor.stages.parse.values import MOST_TAGS, as_markup, between_commas, both_ends, joined, language_code

_VERSION = "jsonfeed.org/version/"
_LONGEST_NUMBER = 400
_CONTENTS = frozenset({"content_html", "content_text"})
_ADDRESS = re.compile(r"https?://\S+$", re.IGNORECASE)
_NAMES = re.compile(r"\{([^{}]+)\}")
_SURROGATES = re.compile("[\ud800-\udfff]")


def read_json(text: str) -> tuple[Any, bool]:
    """
    A JSON document, and whether it was cut off: then it is what is complete of it.

    Raises:
        ParseError: it is no JSON, or nested beyond reason.
    """
    decoder = json.JSONDecoder(parse_int=_number, strict=False)
    try:
        return decoder.decode(text.strip()), False
    except (ValueError, RecursionError) as error:
        items = list(_complete_items(text, decoder))
        if not items:
            fault = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
            raise ParseError(f"this is no JSON: {fault}") from error
        return {"version": _VERSION, "items": items}, True


def _number(digits: str) -> int | str:
    # Python refuses to read numbers of many thousands of digits, and nothing here needs them.
    return int(digits) if len(digits) < _LONGEST_NUMBER else digits


def _complete_items(text: str, decoder: json.JSONDecoder) -> Iterator[Any]:
    start = text.find('"items"')
    position = text.find("[", start) + 1 if start >= 0 else 0
    while position > 0:
        position = text.find("{", position)
        if position < 0:
            return
        try:
            item, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield item


def read_json_feed(document: Any, url: str, most: int) -> ParsedFeed:
    """
    A JSON Feed found at *url*, also one that forgot to say its version.

    Raises:
        ParseError: it is JSON, and no JSON Feed.
    """
    if not isinstance(document, dict) or not _is_listed(document) or not _is_feed(document):
        raise ParseError(
            'this is JSON and no JSON Feed ("version" and "items" are missing):'
            " `kind: json-api` reads others (docs/collecting.md)"
        )
    items = [item for item in document["items"] if isinstance(item, dict)]
    flaws = () if _VERSION in _text(document, "version") else ("it does not say that it is a JSON Feed",)
    has_ended = document.get("expired") is True
    ended = ("the feed says that it has ended",) if has_ended else ()
    return ParsedFeed(
        title=_text(document, "title"),
        entries=tuple(_entry(item, document, url) for item in both_ends(items, most)),
        language=language_code(_text(document, "language")),
        hub_url=_hub(document) or None,
        self_url=_text(document, "feed_url") or None,
        more=tuple(filter(None, [joined(url, _text(document, "next_url"))])),
        flaws=(*flaws, *ended),
        has_ended=has_ended,
        site_url=joined(url, _text(document, "home_page_url")),
    )


def _is_feed(document: Mapping[str, Any]) -> bool:
    if _VERSION in _text(document, "version"):
        return True
    items = [item for item in document["items"] if isinstance(item, dict)]
    return any(not item.keys().isdisjoint(_CONTENTS) for item in items)


def _hub(document: Mapping[str, Any]) -> str:
    """The first hub that speaks WebSub; there are other kinds."""
    hubs = document.get("hubs")
    listed = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    return next((_text(hub, "url") for hub in listed if _text(hub, "type").lower() in {"", "websub"}), "")


def _is_listed(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("items"), list)


def _entry(item: Mapping[str, Any], document: Mapping[str, Any], url: str) -> Entry:
    content = _text(item, "content_html") or as_markup(_text(item, "content_text"), is_html=False)
    published, updated = _text(item, "date_published"), _text(item, "date_modified")
    guid = _text(item, "id")
    # An id that is an address is the address of the item, says the standard.
    link = _text(item, "url") or (guid if _ADDRESS.match(guid) else "") or _text(item, "external_url")
    attached = _attachment(item)
    return Entry(
        guid=guid,
        title=as_markup(_text(item, "title") or (_text(attached, "title") if not content else ""), is_html=False),
        link=_joined(url, link or _text(attached, "url")),
        summary=as_markup(_text(item, "summary"), is_html=False),
        content=content,
        published_at=read_date(published),
        updated_at=read_date(updated),
        published_raw=published or updated,
        author=_authors(item) or _authors(document),
        language=language_code(_text(item, "language")),
        tags=_tags(item.get("tags")),
    )


def _tags(given: object) -> tuple[str, ...]:
    """A list of words, or words between commas, as markup."""
    listed = given if isinstance(given, list) else between_commas(given) if isinstance(given, str) else []
    words = (_whole(str(tag).strip()) for tag in listed[:MOST_TAGS] if isinstance(tag, str | int))
    return tuple(as_markup(word, is_html=False) for word in words if word)


def _attachment(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first thing that is attached, for items that are nothing but that."""
    attached = item.get("attachments")
    return next((one for one in attached if isinstance(one, dict)), {}) if isinstance(attached, list) else {}


def _authors(holder: Mapping[str, Any]) -> str:
    many, one = holder.get("authors"), holder.get("author")
    listed = many if isinstance(many, list) else [one]
    names = [_text(author, "name") for author in listed if isinstance(author, dict)]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _text(holder: Mapping[str, Any], key: str) -> str:
    return _words(holder.get(key))


def _words(value: object) -> str:
    """A text or a number in words; of truths, of what is no number and of what is none of these nothing is said."""
    is_said = isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool))
    if not is_said or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return _whole(str(value).strip())


def _whole(text: str) -> str:
    """*text* without halves of characters, which JSON can write and nobody can store."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _joined(url: str, link: str) -> str:
    if not link or _ADDRESS.match(link):
        return link
    from feedparser.urls import _urljoin

    with contextlib.suppress(ValueError):
        return _whole(str(_urljoin(url, link)))
    return link


def read_json_api(document: Any, options: Mapping[str, object], url: str, most: int) -> ParsedFeed:
    """
    Any JSON document, by the paths in a feed's *options*, such as ``{items: data.news, title: headline}``.

    A path is keys and list positions joined by dots. ``link`` may be a template such as
    ``https://example.org/news/{slug}`` whose names are paths within the item. ``next`` is where the document says
    how to go on: an address, or a template such as ``https://example.org/news?after={meta.cursor}``.

    Raises:
        ParseError: a path is missing from the options, or leads nowhere.
    """
    paths = {name: str(options[name]) for name in JSON_PATHS if options.get(name)}
    if "title" not in paths:
        raise ParseError("options.title is missing: the path of the headline within an item, such as title.rendered")
    items = _at(document, paths.get("items", ""))
    if not isinstance(items, list):
        raise ParseError(f'options.items: "{paths.get("items", "")}" leads to no list in this document')
    entries = tuple(_by_paths(item, paths, url) for item in both_ends(items, most) if isinstance(item, dict))
    if items and not any(entry.title for entry in entries):
        raise ParseError(f'options.title: "{paths["title"]}" leads to no text in any of {len(items)} items')
    return ParsedFeed(title="", entries=entries, more=_further(document, paths.get("next", ""), url))


def _further(document: Any, path: str, url: str) -> tuple[str, ...]:
    """Where the document goes on; nowhere where one of the names in *path* leads to nothing."""
    names = _NAMES.findall(path) or ([path] if path else [])
    found = [_at(document, name) for name in names]
    if not found or any(value is None or value is False or value == "" for value in found):
        return ()
    link = _link(document, path, url) if isinstance(document, dict) else ""
    return tuple(filter(None, [joined(url, link)])) if link else ()


def _by_paths(item: Mapping[str, Any], paths: Mapping[str, str], url: str) -> Entry:
    found = {name: _at(item, path) for name, path in paths.items() if name not in {"items", "link", "next"}}
    words = {name: _words(value) for name, value in found.items()}
    published = words.get("published", "")
    return Entry(
        guid=words.get("guid", ""),
        title=words.get("title", ""),
        link=_link(item, paths.get("link", ""), url),
        content=words.get("text", ""),
        published_at=_moment(found.get("published"), published),
        published_raw=published,
        author=words.get("author", ""),
        language=language_code(words.get("language", "")),
        tags=_tags(found.get("tags")),
        source=words.get("source", ""),
        source_url=words.get("source_url", ""),
    )


def _moment(value: object, words: str) -> datetime | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Seconds since 1970, or milliseconds: the latter are a thousand times as many.
        seconds = value / 1000 if abs(value) > 10**11 else value
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return read_date(words)


def _link(item: Mapping[str, Any], path: str, url: str) -> str:
    from feedparser.urls import _urljoin

    if "{" not in path:
        value = _at(item, path) if path else ""
        return _whole(str(_urljoin(url, value))) if isinstance(value, str) and value else ""
    before, *others = path.split("{")
    pieces = [before]
    for other in others:
        name, _, rest = other.partition("}")
        value = _at(item, name)
        if not isinstance(value, str | int) or value == "":
            return ""  # it would be the address of another item, or of none
        pieces.append(f"{value}{rest}")
    return _whole("".join(pieces))


def _at(document: Any, path: str) -> Any:
    """What lies at *path* in *document*; None where nothing does."""
    spot = document
    for key in path.split(".") if path else ():
        if isinstance(spot, dict):
            spot = spot.get(key)
        elif isinstance(spot, list) and key.isascii() and key.isdigit() and int(key[:9]) < len(spot):
            spot = spot[int(key[:9])]
        else:
            return None
    return spot
