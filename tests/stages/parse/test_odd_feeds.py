"""
Odd documents, held against feedparser: versions of RSS from 0.90 to 2.0, of Atom, CDF, odd namespaces, encodings that lie,
links of all kinds, dates in many forms, and what is cut or broken.

A row of the file says how many entries we read, and where what we read is `otherwise` than feedparser has it, what.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId
from monitor.stages.parse import parse_document
from tools.compare_parsers import ADDRESS, missing

FEED = Feed(FeedId("x"), ADDRESS)
ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "golden" / "odd-feeds.jsonl")
    .read_text(encoding="utf-8")
    .strip()
    .split("\n")
]


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
@pytest.mark.filterwarnings("ignore")
def test_odd_feeds_are_read_as_feedparser_reads_them(row: dict[str, Any]) -> None:
    body = base64.b64decode(row["base64"]) if "base64" in row else row["text"].encode()
    headers = {"content-type": row.get("type", "application/xml")}
    assert list(missing(body, headers)) == row.get("otherwise", [])
    try:
        entries = parse_document(FEED, body, headers, ADDRESS, 5_000).entries
    except ParseError:
        entries = ()
    assert len(entries) == row["entries"]
