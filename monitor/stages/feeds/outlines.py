"""Outlines, as feed readers export them (OPML): read leniently, in time that grows with the file and no faster."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# An attribute may hold "<" where somebody forgot to escape it, but no outline begins within one.
_QUOTED = r'"(?:[^"<]++|<(?!/?outline\b))*+"|' + r"'(?:[^'<]++|<(?!/?outline\b))*+'"
_TAG = re.compile(rf"<(/?)outline\b((?:[^<>\"']++|{_QUOTED})*+)>|<!--", re.IGNORECASE)
_ATTRIBUTE = re.compile(rf"(?<![\w:.-])([\w:.-]++)\s*+=\s*+({_QUOTED}|[^\s\"'>]++)", re.IGNORECASE)
_KNOWN = frozenset({"xmlurl", "title", "text", "type", "category", "language"})
_LONGEST_CATEGORY = 2000
# Nobody files a feed under more.
_MOST_FOLDERS = 50


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed in an outline; its folders, of all places where it stands, are each there once, outermost first."""

    url: str
    title: str
    language: str = ""
    folders: dict[str, None] = field(default_factory=dict)


def is_outline(text: str) -> bool:
    """Whether *text* is an outline rather than another list in XML."""
    return bool(re.search(r"<(?:opml|outline)\b", text, re.IGNORECASE))


def read_outline(text: str) -> tuple[OpmlFeed, ...]:
    """The feeds that *text* names, each address once; whatever else stands in it is passed over."""
    found: dict[str, OpmlFeed] = {}
    path: list[str] = []
    for is_end, written in _tags(text):
        if is_end:
            del path[-1:]
            continue
        is_empty = written.rstrip().endswith("/")
        given = dict(_attributes(written.rstrip().removesuffix("/")))
        title = given.get("text") or given.get("title", "")
        url = given.get("xmlurl", "")
        if url and given.get("type", "").lower() != "source":
            feed = found.setdefault(url, OpmlFeed(url, title, given.get("language", "")))
            _file(feed, given.get("category", ""), path)
        if not is_empty:
            path.append("" if url else title)
    return tuple(found.values())


def _file(feed: OpmlFeed, category: str, path: list[str]) -> None:
    room = _MOST_FOLDERS - len(feed.folders)
    if room > 0:
        labels = (label.strip() for label in re.split(r"[,/]", category[:_LONGEST_CATEGORY]))
        names = dict.fromkeys(name for name in (*labels, *path[:_MOST_FOLDERS]) if name)
        feed.folders.update(dict.fromkeys(list(names)[:room]))


def _tags(text: str) -> Iterator[tuple[bool, str]]:
    """The outline tags outside of comments: whether each ends one, and what stands in it."""
    position, last = 0, text.rfind("-->")
    while tag := _TAG.search(text, position):
        position = tag.end()
        if tag[0] == "<!--":
            # A comment that never ends is none.
            position = text.find("-->", position) + 3 if position <= last else position
        else:
            yield bool(tag[1]), tag[2]


def _attributes(written: str) -> Iterator[tuple[str, str]]:
    for attribute in _ATTRIBUTE.finditer(written):
        name, value = attribute[1].lower(), attribute[2]
        if name in _KNOWN:
            bare = value[1:-1] if value[:1] in {'"', "'"} else value
            yield name, html.unescape(bare).strip()
