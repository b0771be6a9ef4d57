"""
Compare how we read feed documents with how feedparser reads them: `python tools/compare_parsers.py FOLDER ...`.

For each file: are all entries that feedparser finds in the raw bytes there, in order, with the same titles,
links and dates (as a reader would see them)? And how many were read quickly, by feedparser, or salvaged?
Exit code 1 where anything is lost.
"""

import io
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser

from monitor.domain.errors import ParseError
from monitor.domain.feed import Entry, Feed, FeedId
from monitor.stages.normalise.plain_text import plain_line
from monitor.stages.parse import parse_document
from monitor.stages.parse.dates import read_date
from monitor.stages.parse.element_names import DoubtError
from monitor.stages.parse.source_text import decode, without_prolog
from monitor.stages.parse.values import as_markup, is_markup
from monitor.stages.parse.xml_feed import read_quickly

ADDRESS = "http://127.0.0.1:8097/tests/feed.xml"
MOST = 5_000
Seen = tuple[str, str, str]


def expected(data: bytes, headers: dict[str, str]) -> list[Seen]:
    """Title, link and date of each entry as feedparser itself gives them, with its usual settings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = feedparser.parse(io.BytesIO(data), response_headers={"content-location": ADDRESS, **headers})
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
        if one.title or one.link or one.summary
    ]


def _title(one: Any) -> str:
    """The title as a reader would see it: a tag in what is plain text is a word, not markup."""
    detail = one.get("title_detail") or {}
    value = _text(one, "title")
    return plain_line(as_markup(value, is_html=is_markup(str(detail.get("type", "text/plain")), value)), 500)


def _text(one: Any, key: str) -> str:
    value = dict.get(one, key)
    return value if isinstance(value, str) else ""


def _date(one: Any) -> str:
    for key in ("published", "created", "updated"):
        moment = read_date(_text(one, key), dict.get(one, f"{key}_parsed"))
        if moment is not None:
            return str(moment)
    return ""


def missing(data: bytes, headers: dict[str, str]) -> Iterator[str]:
    """What of feedparser's entries we do not have."""
    wanted = expected(data, headers)
    try:
        got = actual(parse_document(Feed(FeedId("x"), ADDRESS), data, headers, ADDRESS, MOST).entries)
    except ParseError as error:
        if wanted:
            yield f"refused, though there are {len(wanted)} entries: {error}"
        return
    if len(got) < len(wanted):
        yield f"{len(got)} entries instead of {len(wanted)}"
        return
    for number, (theirs, ours) in enumerate(zip(wanted, got, strict=False)):
        for what, their, our in zip(("title", "link", "date"), theirs, ours, strict=True):
            if their and their != our:
                yield f"entry {number}: {what} {our[:90]!r} instead of {their[:90]!r}"


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


def main() -> int:
    """Compare all files below the folders given."""
    counts: Counter[str] = Counter()
    faults = 0
    files = sorted(
        path for folder in sys.argv[1:] for path in Path(folder).rglob("*") if path.suffix in {".xml", ".rss", ".atom"}
    )
    for path in files:
        data = path.read_bytes()
        headers = headers_of(data)
        counts[way_of(data, headers)] += 1
        found = list(missing(data, headers))
        faults += bool(found)
        for fault in found:
            sys.stdout.write(f"{path}: {fault}\n")
    sys.stdout.write(f"{len(files)} documents, {dict(counts)}, {faults} with something lost\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
