"""The words under which publishers file their items: kept of every format, as feedparser finds them."""

import io
import json

import feedparser
import pytest

from monitor.domain.feed import Entry, Feed, FeedId, FeedKind
from monitor.stages.parse import parse_document
from monitor.stages.parse.values import MOST_TAGS
from monitor.stages.parse.xml_feed import read_quickly, read_thoroughly
from tests.feed_documents import atom, rdf, rss

URL = "https://example.org/feed"
WORDS = (
    "<title>T</title><category domain='x'>Data breaches</category><category><![CDATA[R&amp;D]]></category>"
    "<dc:subject>Banks</dc:subject><media:category label='Crime'>crime/cyber</media:category>"
    "<media:keywords>ransom, extortion</media:keywords><itunes:keywords>leaks</itunes:keywords><category/>"
)
DOCUMENTS = {
    "rss": rss(WORDS),
    "rdf": rdf(WORDS),
    "atom": atom(WORDS + "<category term='sec' label='Security' scheme='s'/><category term='uk'/>"),
    "a source with its own": rss(
        "<title>T</title><category>ours</category><source><title>S</title></source><category>too</category>"
    ),
    "none": rss("<title>T</title>"),
}


def of_feedparser(document: str) -> list[str]:
    (entry,) = feedparser.parse(io.BytesIO(document.encode())).entries
    return [tag["label"] or tag["term"] for tag in entry.get("tags", ())]


def read(document: bytes, **feed: object) -> tuple[Entry, ...]:
    return parse_document(Feed(FeedId("x"), URL, **feed), document, {}, URL, 100).entries


@pytest.mark.parametrize("name", DOCUMENTS)
def test_tags_are_those_of_feedparser_on_either_way(name: str) -> None:
    document = DOCUMENTS[name]
    (quick,) = read_quickly(document, URL, 9).entries
    (thorough,) = read_thoroughly(document, URL, None, 9).entries
    shown = [tag.replace("&amp;", "&") for tag in quick.tags]
    assert sorted(shown) == sorted(tag.replace("&amp;", "&") for tag in of_feedparser(document))
    assert sorted(thorough.tags) == sorted(quick.tags)
    assert bool(shown) is (name != "none")


def test_what_a_source_is_filed_under_is_not_the_item_s() -> None:
    document = atom("<title>T</title><category term='ours'/><source><title>S</title><category term='theirs'/></source>")
    assert read(document.encode())[0].tags == ("ours",)


def test_other_kinds_have_tags_as_well() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "tags": ["a & b", 7, None, [], " "]}]}
    assert read(json.dumps(feed).encode())[0].tags == ("a &amp; b", "7")
    answer = json.dumps([{"t": "T", "topics": ["x", "y"]}, {"t": "U", "topics": "x, y"}, {"t": "V", "topics": {}}])
    entries = read(answer.encode(), kind=FeedKind.JSON_API, options={"title": "t", "tags": "topics"})
    assert [entry.tags for entry in entries] == [("x", "y"), ("x", "y"), ()]
    site = b"<urlset><url><loc>https://example.org/bank-was-hacked</loc><news><keywords>a, b</keywords></news></url></urlset>"
    assert read(site)[0].tags == ("a", "b")


@pytest.mark.parametrize("inner", ["<category>{}</category>", "<keywords>{},</keywords>"])
def test_of_very_many_some_are_looked_at(inner: str) -> None:
    flood = "<title>T</title>" + "".join(inner.format(f"tag {number}") for number in range(20_000))
    (entry,) = read(rss(flood).encode())
    assert entry.tags[:2] == ("tag 0", "tag 1")
    assert len(entry.tags) == MOST_TAGS


def test_tags_make_no_document_doubtful() -> None:
    for document in DOCUMENTS.values():
        assert read_quickly(document, URL, 9).entries  # a DoubtError would hand it over
