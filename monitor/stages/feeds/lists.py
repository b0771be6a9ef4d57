"""Lists of feeds as other programs write them: OPML, CSV and JSON in, OPML out."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import listparser

from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed
from monitor.stages.feeds.outlines import is_outline, read_outline
from monitor.stages.parse.source_text import decode, without_prolog

_LONGEST_FIELD = 4000
# Also where something stands before it, or its start is missing.
_OUTLINE = re.compile(r"<outline\b[^<>]{0,2000}\bxmlurl\s*=", re.IGNORECASE)
_SHOWN = 100
_XML = '<?xml version="1.0" encoding="utf-8"?>'
_URL_KEYS = ("url", "xmlurl", "xml_url", "feed_url", "feed", "rss", "link")
_TITLE_KEYS = ("title", "name", "text")
_TAG_KEYS = ("tags", "tag", "folder", "category", "categories", "group")


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed as a list names it; folders are its tags, outermost first."""

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""


def read_feed_list(data: bytes) -> tuple[tuple[ListedFeed, ...], tuple[str, ...]]:
    """
    Read a list of feeds: OPML, JSON (addresses, or objects with ``url``), CSV with a heading, or an address a line.

    Returns:
        The feeds, each address once, the first time it stands there; and what stands in place of an address and
        is none.

    Raises:
        ParseError: there is no http(s) address in it.
    """
    text = decode(data, {}).lstrip("\ufeff \t\r\n")
    if text[:1] in {"{", "["}:
        listed = _from_json(text)
    elif text[:1] == "<" or _OUTLINE.search(text):
        listed = _from_xml(text)
    else:
        listed = _from_table(text)
    found: dict[str, ListedFeed] = {}
    refused: list[str] = []
    for feed in listed:
        if _is_address(feed.url):
            found.setdefault(feed.url, feed)
        elif feed.url or feed.title:
            refused.append(_line(feed.url[:_SHOWN] or feed.title[:_SHOWN]))
    if not found:
        raise ParseError("holds no address of a feed: OPML, JSON, CSV with a column url, or an address a line is read")
    return tuple(found.values()), tuple(refused)


def _is_address(url: str) -> bool:
    # In our files ${NAME} stands for a secret: a list from elsewhere must not name any.
    if "${" in url:
        return False
    try:
        parts = urlsplit(url)
        # urlsplit overlooks control characters at the start; nobody else does.
        is_clean = url.isprintable() and url[:4].lower() == "http"
        return is_clean and parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= _LONGEST_FIELD
    except ValueError:
        return False


def _from_xml(text: str) -> Iterable[ListedFeed]:
    if is_outline(text):
        for feed in read_outline(text):
            yield ListedFeed(_address(feed.url), _line(feed.title), _tags(feed.folders), _language(feed.language))
        return
    # Other lists (FOAF, iGoogle). Whatever it was written in, it is UTF-8 from here on.
    for item in listparser.parse(f"{_XML}{without_prolog(text)}".encode("utf-8", "replace")).feeds:
        folders = [folder for path in item.get("categories", ()) for folder in path]
        yield ListedFeed(
            _address(item.get("url", "")),
            _line(item.get("title", "")),
            _tags([*folders, *item.get("tags", ())]),
        )


def _from_json(text: str) -> Iterable[ListedFeed]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"is no JSON: {error or 'nested too deep'}") from error
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("feeds", "items", "subscriptions") if key in value), [])
    for item in value if isinstance(value, list) else []:
        if isinstance(item, str):
            yield ListedFeed(_address(item))
        elif isinstance(item, Mapping):
            yield _from_row({str(key): cell for key, cell in item.items()})


def _from_table(text: str) -> Iterable[ListedFeed]:
    sample = text[:4096]
    delimiter = max("\t;,", key=sample.partition("\n")[0].count) if "\n" in sample else ","
    lines = "\n".join(text.replace("\0", "").splitlines())
    try:
        rows = list(csv.reader(io.StringIO(lines), delimiter=delimiter))
    except csv.Error as error:
        raise ParseError(f"cannot be read as a table: {error}") from error
    heading = [cell.strip().lower() for cell in rows[0]] if rows else []
    if set(heading) & set(_URL_KEYS):
        return (_from_row(dict(zip(heading, row, strict=False))) for row in rows[1:])
    # A remark may follow an address; within it there is no space.
    firsts = (row[0].split(maxsplit=1) for row in rows if row and not row[0].lstrip().startswith("#"))
    return (ListedFeed(_address(first[0])) for first in firsts if first)


def _from_row(row: Mapping[str, Any]) -> ListedFeed:
    cells = {key.strip().lower(): cell for key, cell in row.items() if cell}
    tags = _first(cells, _TAG_KEYS)
    many = tags if isinstance(tags, list) else str(tags).replace(";", ",").split(",")
    return ListedFeed(
        _address(_first(cells, _URL_KEYS)),
        _line(_first(cells, _TITLE_KEYS)),
        _tags(many),
        _language(cells.get("language", "")),
    )


def _address(value: object) -> str:
    """An address as it is asked: browsers write ``feed:`` before it, or in place of ``http:``."""
    url = str(value).strip()
    if url[:5].lower() == "feed:":
        rest = url[5:]
        return f"http:{rest}" if rest.startswith("//") else rest
    return url


def _language(value: object) -> str:
    code = str(value).strip().lower().partition("-")[0]
    return code if code.isalpha() and len(code) in {2, 3} else ""


def _first(cells: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((cells[key] for key in keys if key in cells), "")


def _line(value: object) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)[:500]).split())


def _tags(names: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for name in names if (line := _line(name))))


def write_opml(feeds: Iterable[Feed], title: str) -> str:
    """*feeds* as OPML 2.0: the tags of a feed, outermost first, are the folders that it lies in."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = title
    folders: dict[tuple[str, ...], ElementTree.Element] = {(): ElementTree.SubElement(root, "body")}
    for feed in feeds:
        path: tuple[str, ...] = ()
        for tag in feed.tags:
            above, path = path, (*path, tag)
            if path not in folders:
                folders[path] = ElementTree.SubElement(folders[above], "outline", text=tag)
        name = feed.title or str(feed.id)
        outline = ElementTree.SubElement(folders[path], "outline", type="rss", text=name, title=name, xmlUrl=feed.url)
        if feed.language:
            outline.set("language", feed.language)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
