"""
Compare how we read feed documents with how feedparser does: `python -m tools.compare_parsers FOLDER ...`.

For each document (files named .xml, .rss, .rdf or .atom, and documents that stand as strings in the .py files of a test
suite): are all entries that plain feedparser finds in the raw bytes there, in order, with the same titles, links
and dates as a reader would see them, and does an article come of each? A date that feedparser reads in another way
is printed, not counted: where ours is missing it is. Exit code 1 where anything is lost.
"""

import ast
import io
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser

from monitor.domain.article import DateFlag
from monitor.domain.errors import ParseError
from monitor.domain.feed import Entry, Feed, FeedId, FeedState, ParsedFeed
from monitor.domain.policy import NormalisePolicy
from monitor.stages.normalise import normalise
from monitor.stages.normalise.canonical_url import canonical_url
from monitor.stages.normalise.plain_text import plain_line, plain_text
from monitor.stages.parse import parse_document
from monitor.stages.parse.dates import read_date, tuple_date
from monitor.stages.parse.element_names import DoubtError
from monitor.stages.parse.source_text import decode, without_prolog
from monitor.stages.parse.values import as_markup, is_markup
from monitor.stages.parse.xml_feed import read_quickly

ADDRESS = "http://127.0.0.1:8097/tests/feed.xml"
MOST = 5_000
_FEED = Feed(FeedId("x"), ADDRESS)
_NOW = datetime(2100, 1, 1, tzinfo=UTC)
_STATE = FeedState(_FEED.id, _NOW, ADDRESS, last_success_at=_NOW)
_POLICY = NormalisePolicy()
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A reference that nobody knows: whether its semicolon is shown is a matter of taste.
_REFERENCE = re.compile(r"&([\w.:-]+);")
_LINK = re.compile(r"(?:https?|ftp)://[^\s/\"'<>]+[^\s\"'<>]*|(?!https?:)[^\s\"'<>]+")
# Fewer digits are no date: feedparser takes what is missing from the day on which it is asked.
_FEWEST_DIGITS = 6
_ROOTS = ("<rss", "<feed", "<rdf:RDF", "<channel")
Seen = tuple[str, str, str]


def _english(_text: str, _declared: str | None) -> str:
    return "en"


def expected(data: bytes, headers: dict[str, str], *, is_tamed: bool = True) -> list[Seen]:
    """Title, link and date of each entry as feedparser itself gives them, with its usual settings or untamed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = feedparser.parse(
                io.BytesIO(data), response_headers={"content-location": ADDRESS, **headers}, sanitize_html=is_tamed
            )
        except Exception:  # noqa: BLE001  # it has faults of its own, and then it finds nothing
            return []
    return [
        (_title(one), _text(one, "link"), _date(one))
        for one in found.entries
        if _text(one, "title") or _text(one, "link") or _text(one, "summary")
    ]


def actual(entries: tuple[Entry, ...]) -> list[Seen]:
    """The same of our entries."""
    return [
        (plain_line(one.title, 500), one.link, str(one.published_at or one.updated_at or ""))
        for one in entries
        if _says_something(one)
    ]


def _says_something(one: Entry) -> bool:
    return bool(one.title or one.link or one.summary or one.content)


def _title(one: Any) -> str:
    """The title as a reader would see it: a tag in what is plain text is a word, not markup."""
    detail = one.get("title_detail") or {}
    value = _text(one, "title")
    return plain_line(as_markup(value, is_html=is_markup(str(detail.get("type", "text/plain")), value)), 500)


def _text(one: Any, key: str) -> str:
    value = dict.get(one, key)
    return _FORBIDDEN.sub("", value) if isinstance(value, str) else ""


def _date(one: Any) -> str:
    for key in ("published", "created", "updated"):
        raw = _text(one, key)
        moment = tuple_date(dict.get(one, f"{key}_parsed")) or read_date(raw)
        if moment is not None and (sum(map(str.isdigit, raw)) >= _FEWEST_DIGITS or read_date(raw) is not None):
            return str(moment)
    return ""


def missing(data: bytes, headers: dict[str, str]) -> Iterator[str]:
    """What of feedparser's entries we do not have, as entries and as articles; dates are compared in `otherwise`."""
    wanted = expected(data, headers)
    try:
        entries = parse_document(_FEED, data, headers, ADDRESS, MOST).entries
    except ParseError as error:
        if wanted:
            yield f"refused, though there are {len(wanted)} entries: {error}"
        return
    entries = tuple(one for one in entries if _says_something(one))
    got = actual(entries)
    if len(got) < len(wanted):
        yield f"{len(got)} entries instead of {len(wanted)}"
        return
    differences = list(_differences(wanted, got))
    if differences:
        # What feedparser leaves of a script is its text; where we agree with it before it tames, nothing is lost.
        differences = [
            one for one in differences if one in set(_differences(expected(data, headers, is_tamed=False), got))
        ]
    yield from differences
    yield from _no_article(entries)


def _differences(wanted: list[Seen], got: list[Seen]) -> Iterator[str]:
    if len(got) > len(wanted):
        got = _aligned(wanted, got)
    for number, (theirs, ours) in enumerate(zip(wanted, got, strict=False)):
        for what, their, our in zip(("title", "link"), theirs, ours, strict=False):
            is_there = their in {our, urljoin(ADDRESS, our)} or _plainer(their) == _plainer(our)
            if their and not is_there and _is_lost(what, their, our):
                yield f"entry {number}: {what} {our[:90]!r} instead of {their[:90]!r}"
        if theirs[2] and not ours[2]:
            yield f"entry {number}: no date instead of {theirs[2]}"


def _aligned(wanted: list[Seen], got: list[Seen]) -> list[Seen]:
    """Those of *got* that stand for *wanted* where we found more: in order, by title and link."""
    rest, found = list(got), []
    for left, theirs in zip(range(len(wanted) - 1, -1, -1), wanted, strict=True):
        room = range(len(rest) - left)
        number = next((n for n in room if rest[n] == theirs), None)
        if number is None:
            number = next((n for n in room if rest[n][0] == theirs[0] or rest[n][1] == theirs[1] != ""), 0)
        found.append(rest[number])
        del rest[: number + 1]
    return found


def _is_lost(what: str, their: str, our: str) -> bool:
    """Not where ours says more, nor where theirs is the debris of a tag and no address, or ours taken for a path."""
    if what == "link":
        is_path = "://" in our and their.endswith(our.replace("://", ":/"))
        return _LINK.fullmatch(their) is not None and not is_path
    return their not in our


def _plainer(text: str) -> str:
    return _REFERENCE.sub(r"&\1", text)


def otherwise(data: bytes, headers: dict[str, str]) -> Iterator[str]:
    """Dates that we read in another way than feedparser, with how they are written."""
    try:
        entries = parse_document(_FEED, data, headers, ADDRESS, MOST).entries
    except ParseError:
        return
    entries = tuple(one for one in entries if _says_something(one))
    for theirs, ours in zip(expected(data, headers), entries, strict=False):
        our = str(ours.published_at or ours.updated_at or "")
        if theirs[2] and our and theirs[2] != our:
            yield f"{ours.published_raw!r} is {our}, {theirs[2]} to feedparser"


def _no_article(entries: tuple[Entry, ...]) -> Iterator[str]:
    """What normalising loses: each entry alone, as feeds may repeat one, and all of them together."""
    kept = set()
    for number, entry in enumerate(entries):
        title = plain_line(entry.title, _POLICY.max_title)
        if not title and not plain_text(entry.summary or entry.content, 100):
            continue
        articles = normalise(_FEED, _STATE, ParsedFeed("", (entry,)), {}, _NOW, _english, _POLICY).articles
        if not articles:
            yield f"entry {number}: no article"
            continue
        article = articles[0]
        kept.add(article.identity)
        # The name of its outlet behind a headline is taken off where the feed gives it apart.
        is_signed = bool(entry.source) and title.startswith(f"{article.title} ")
        if title and article.title != title and not is_signed:
            yield f"entry {number}: the article is called {article.title!r} instead of {title!r}"
        if article.url != canonical_url(entry.link):
            yield f"entry {number}: the article is at {article.url!r} instead of {entry.link!r}"
        date = entry.published_at or entry.updated_at
        if date is not None and article.date_flag is DateFlag.FINE and article.published_at != date:
            yield f"entry {number}: the article is of {article.published_at} instead of {date}"
    together = normalise(_FEED, _STATE, ParsedFeed("", entries), {}, _NOW, _english, _POLICY).articles if kept else ()
    if len(together) < len(kept):
        yield f"{len(together)} articles instead of {len(kept)}"


def way_of(data: bytes, headers: dict[str, str]) -> str:
    """Which reader took the document."""
    try:
        read_quickly(without_prolog(decode(data, headers).lstrip()), ADDRESS, MOST)
    except DoubtError:
        return "handed over"
    return "quick"


def headers_of(data: bytes) -> dict[str, str]:
    """Headers that a test document of feedparser names in its first comment."""
    head = data[:2000].decode("latin-1").partition("-->")[0]
    lines = (line.strip() for line in head.splitlines())
    pairs = (line.split(":", 1) for line in lines if line.lower().startswith(("content-type:", "content-language:")))
    return {name.strip().lower(): value.strip() for name, value in pairs}


def documents(folders: list[str]) -> Iterator[tuple[str, bytes]]:
    """All documents below *folders*, by name."""
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*")):
        if path.suffix in {".xml", ".rss", ".rdf", ".atom"}:
            yield str(path), path.read_bytes()
        elif path.suffix == ".py":
            yield from ((f"{path}:{line}", text.encode("utf-8", "replace")) for line, text in _strings(path))


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """Strings in a program that are documents; the program is read, never run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError:  # of another Python
            return
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if isinstance(text, str) and any(root in text for root in _ROOTS) and "<" in text.lstrip()[:1]:
            yield node.lineno, text


def main() -> int:
    """Compare all documents below the folders given."""
    counts: Counter[str] = Counter()
    faults = 0
    for name, data in documents(sys.argv[1:]):
        headers = headers_of(data)
        counts[way_of(data, headers)] += 1
        found = list(missing(data, headers))
        faults += bool(found)
        others = list(otherwise(data, headers))
        counts["dates read otherwise"] += len(others)
        for line in (*found, *others):
            sys.stdout.write(f"{name}: {line}\n")
    read = counts["quick"] + counts["handed over"]
    sys.stdout.write(f"{read} documents, {dict(counts)}, {faults} with something lost\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
