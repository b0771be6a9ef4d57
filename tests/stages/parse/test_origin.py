"""The outlet that an item names: read quickly, by feedparser and from ruins alike."""

from dataclasses import replace

import pytest

from monitor.domain.feed import FeedKind
from monitor.stages.parse import parse_document
from monitor.stages.parse.xml_feed import read_quickly, read_thoroughly, salvage
from tests.feed_documents import atom, rss
from tests.stages.normalise.test_normalise import FEED

URL = "https://feeds.example/search.xml"
BING = (
    '<rss version="2.0" xmlns:News="https://www.bing.com/news/search?q=acme&amp;format=rss"><channel>{}</channel></rss>'
)
PLANET = (
    "<title>A</title><id>urn:1</id><link href='https://paper.example/1'/><source><id>{id}</id><title>{title}</title>"
    "<updated>2026-11-25T09:00:00Z</updated>{links}</source>"
)
CASES = {
    "RSS": (rss("<title>A</title><source url='https://paper.example'>Paper</source>"), "Paper", "https://paper.example"),
    "RSS, a name alone": (rss("<title>A</title><source>Paper &amp; Co</source>"), "Paper & Co", ""),
    "RSS, an address alone": (rss("<title>A</title><source url='http://paper.example/rss'/>"), "", "http://paper.example/rss"),
    "RSS, no address of the web": (rss("<title>A</title><source url='/rss'>Paper</source>"), "Paper", ""),
    "RSS, two of them": (rss("<title>A</title><source>One</source><source>Two</source>"), "Two", ""),
    "none": (rss("<title>A</title><link>https://paper.example/1</link>"), "", ""),
    "Bing": (BING.format("<item><title>A</title><News:Source> Paper on MSN </News:Source></item>"), "Paper on MSN", ""),
    "Bing and RSS": (
        BING.format("<item><title>A</title><News:Source>B</News:Source><source>C</source></item>"), "C", ""
    ),
    "Atom": (
        atom(PLANET.format(
            id="urn:x", title="Paper",
            links="<link rel='self' href='https://paper.example/feed'/><link href='https://paper.example/'/>",
        )),
        "Paper", "https://paper.example/",
    ),
    "Atom, its feed alone": (
        atom(PLANET.format(id="urn:x", title="Paper", links="<link rel='self' href='https://paper.example/feed'/>")),
        "Paper", "https://paper.example/feed",
    ),
    "Atom, an id that is an address": (
        atom(PLANET.format(id="https://paper.example/id", title="", links="")), "", "https://paper.example/id",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_outlet_of_an_item(name: str) -> None:
    text, source, source_url = CASES[name]
    for read in (
        read_quickly(text, URL, 9),
        read_thoroughly(text, URL, None, 9),
        salvage(text, URL, 9),
        parse_document(FEED, text.encode(), {}, URL, 9),
    ):
        (entry,) = read.entries
        assert (entry.source, entry.source_url, entry.title) == (source, source_url, "A")


@pytest.mark.parametrize(
    ("text", "site"),
    [
        pytest.param(rss("<title>A</title>", head="<link>https://paper.example/</link>"), "https://paper.example/", id="RSS"),
        pytest.param(
            rss("<title>A</title>", head="<atom:link rel='self' href='https://x.example/f'/><link>/news</link>"),
            "https://feeds.example/news", id="relative, after another link",
        ),
        pytest.param(rss("<title>A</title>"), "", id="none"),
    ],
)  # fmt: skip
def test_the_site_of_a_feed(text: str, site: str) -> None:
    assert read_quickly(text, URL, 9).site_url == read_thoroughly(text, URL, None, 9).site_url == site


def test_a_json_api_names_outlets_by_paths() -> None:
    options = {"items": "items", "title": "title", "source": "origin.title", "source_url": "origin.htmlUrl"}
    feed = replace(FEED, kind=FeedKind.JSON_API, options=options)
    body = (
        b'{"items": [{"title": "A", "origin": {"title": "Paper", "htmlUrl": "https://paper.example"}}, {"title": "B"}]}'
    )
    entries = parse_document(feed, body, {}, URL, 9).entries
    assert [(one.source, one.source_url) for one in entries] == [("Paper", "https://paper.example"), ("", "")]
