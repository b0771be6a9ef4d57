"""A document of any kind into the entries of a feed."""

import contextlib
import html
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urljoin

from monitor.domain.errors import ParseError
from monitor.domain.feed import Entry, Feed, FeedKind, ParsedFeed
from monitor.stages.parse.element_names import DoubtError
from monitor.stages.parse.json_feed import read_json, read_json_api, read_json_feed
from monitor.stages.parse.mails import items_of_bundle
from monitor.stages.parse.sitemap import is_sitemap, read_address_list, read_sitemap
from monitor.stages.parse.source_text import decode, lacks_end, unpacked, without_prolog
from monitor.stages.parse.walls import absence_instead_of_feed, is_page, names_feed, wall_instead_of_feed
from monitor.stages.parse.xml_feed import read_quickly, read_thoroughly, salvage

_SALVAGED = "not well-formed: read as well as it can be"
# Where there are items, there is a feed, whatever stands around it.
_ITEM = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s/><]", re.IGNORECASE)
_GUID = re.compile(r"<guid\b[^<>]{0,300}>\s*(?:<!\[CDATA\[)?([^<\]]{1,2000})", re.IGNORECASE)
# No headline is that long; one of megabytes would be compared and folded all the way.
_LONGEST_TITLE = 20_000
_MAILS = "https://jsonfeed.org/version/1.1"
_JSON_STARTS = frozenset({"{", "["})


def parse_document(
    feed: Feed, body: bytes, headers: Mapping[str, str], url: str, most: int, *, is_salvage: bool = False
) -> ParsedFeed:
    """
    Read a document as what it is, whatever its type says it is.

    Args:
        headers: Of the answer, with lower-case names; only type and language are read.
        url: Where the document was found: relative links in it are relative to that.
        most: How many entries are read at most.
        is_salvage: Leave feedparser out, because it did not come to an end with this document.

    Raises:
        ParseError: there is no feed in it; says what it is instead, where that can be told.
    """
    parsed = _document(feed, body, headers, url, most, is_salvage=is_salvage)
    if all(len(entry.title) <= _LONGEST_TITLE for entry in parsed.entries):
        return parsed
    return replace(parsed, entries=tuple(replace(one, title=one.title[:_LONGEST_TITLE]) for one in parsed.entries))


def _document(
    feed: Feed, body: bytes, headers: Mapping[str, str], url: str, most: int, *, is_salvage: bool = False
) -> ParsedFeed:
    if feed.kind is FeedKind.IMAP:
        items = items_of_bundle(body, str(feed.options.get("split", "auto")), is_salvage=is_salvage)
        return read_json_feed({"version": _MAILS, "title": feed.title, "items": list(items)}, url, most)
    text = decode(unpacked(body), headers)
    start = text.lstrip("\ufeff \t\r\n\0")
    if not start:
        raise ParseError("the answer is empty: is there something at this address in a browser?")
    if feed.kind is FeedKind.JSON_API:
        return read_json_api(read_json(start)[0], feed.options, url, most)
    has_items = _ITEM.search(start) is not None
    if start[0] in _JSON_STARTS and not has_items:
        document, is_cut = read_json(start)
        parsed = read_json_feed(document, url, most)
        return _cut(parsed) if is_cut else parsed
    xml = without_prolog(start)
    # A sitemap may be a feed, or a list of addresses.
    if is_sitemap(xml) or (feed.kind is FeedKind.SITEMAP and not has_items):
        parsed = read_sitemap(xml, url, most) if xml else read_address_list(start, most)
        return _cut(parsed) if lacks_end(xml) else parsed
    if is_page(start, headers) and not has_items:
        raise _page_error(start, headers)
    # What stands before the root is no part of the feed, unless items begin in it.
    is_odd = has_items and _ITEM.search(start, 0, len(start) - len(xml)) is not None
    parsed = _xml(start if is_odd else xml, headers, url, most, is_odd=is_odd, is_salvage=is_salvage)
    return _cut(parsed) if lacks_end(xml) else parsed


def _cut(parsed: ParsedFeed) -> ParsedFeed:
    return replace(parsed, flaws=(*parsed.flaws, "cut off: read up to there"), is_cut=True)


def _xml(xml: str, headers: Mapping[str, str], url: str, most: int, *, is_odd: bool, is_salvage: bool) -> ParsedFeed:
    if not xml:
        raise ParseError("this is no feed: there is no element in it")
    try:
        if is_odd:
            raise DoubtError("items before the root")
        parsed = read_quickly(xml, url, most)
    except DoubtError:
        parsed = _doubtful(xml, headers, url, most, is_salvage=is_salvage)
    if not parsed.entries and not _is_feed(xml):
        # What a terminal could not show is packed, or no text at all.
        is_text = xml[:60].replace("\n", " ").replace("\t", " ").replace("\r", " ").isprintable()
        raise ParseError(f"this is no feed: it {f'begins with {xml[:60]!r}' if is_text else 'is no text'}")
    return replace(parsed, entries=_as_printed(parsed.entries, xml, url))


def _as_printed(entries: tuple[Entry, ...], xml: str, url: str) -> tuple[Entry, ...]:
    """Guids as the feed prints them: readers take `<guid>item-7</guid>` for a relative address and complete it."""
    printed: dict[str, str] = {}
    for found in _GUID.finditer(xml):
        raw = html.unescape(found[1]).strip()
        if raw and ":" not in raw:
            with contextlib.suppress(ValueError):
                printed[urljoin(url, raw)] = raw
    if not printed:
        return entries
    return tuple(replace(entry, guid=printed.get(entry.guid, entry.guid)) for entry in entries)


def _doubtful(xml: str, headers: Mapping[str, str], url: str, most: int, *, is_salvage: bool) -> ParsedFeed:
    thorough = None
    if not is_salvage:
        try:
            thorough = read_thoroughly(xml, url, headers.get("content-language"), most)
        except Exception:  # noqa: BLE001  # feedparser raises anything on broken documents; the tree may still speak
            thorough = None
    if thorough is not None and thorough.entries:
        return thorough
    salvaged = salvage(xml, url, most)
    return replace(salvaged, flaws=(*salvaged.flaws, _SALVAGED)) if salvaged.entries else thorough or salvaged


def _is_feed(xml: str) -> bool:
    root = xml[1:60].split(">")[0].split(maxsplit=1)[:1]
    name = root[0].rpartition(":")[2].lower().rstrip("/") if root else ""
    return name in {"rss", "rdf", "feed", "channel"}


def _page_error(text: str, headers: Mapping[str, str]) -> ParseError:
    wall = wall_instead_of_feed(text, headers)
    if wall:
        next_step = "ask its owner, or set options.user_agent of this feed"
        return ParseError(f"the server shows {wall} instead of the feed: {next_step}", is_wall=True)
    if absence := absence_instead_of_feed(text):
        next_step = "give the new address, or switch this feed off"
        return ParseError(f"this is a web page and no feed, and it {absence}: {next_step}")
    next_step = "it names a feed, `monitor feeds discover` finds it"
    if not names_feed(text):
        next_step = "`monitor feeds discover` looks for the feeds of a site"
    return ParseError(f"this is a web page and no feed: {next_step}")
