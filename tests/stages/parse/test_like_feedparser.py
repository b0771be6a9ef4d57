"""The quick reader against feedparser itself: whatever feedparser finds, we find."""

import pytest
from feedparser.urls import _urljoin

from monitor.stages.parse.elements import whole_address
from tests.feed_documents import atom, defects, rdf, rss, shapes
from tools.compare_parsers import missing, way_of

SHAPES = dict(shapes())


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_read_as_feedparser_reads_it(name: str) -> None:
    assert list(missing(SHAPES[name].encode(), {})) == []


USUAL = {
    "a blog": rss(
        "<title>Bank breached</title><link>https://example.org/1</link><comments>https://example.org/1#c</comments>"
        "<dc:creator><![CDATA[N. Writer]]></dc:creator><pubDate>Wed, 25 Nov 2026 09:00:00 +0000</pubDate>"
        "<category><![CDATA[News]]></category><guid isPermaLink='false'>https://example.org/?p=1</guid>"
        "<description><![CDATA[<p>Short &#8230;</p>]]></description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>"
        "<wfw:commentRss>https://example.org/1/feed</wfw:commentRss><slash:comments>0</slash:comments>",
        head="<title>Example</title><atom:link href='https://example.org/feed' rel='self'/><sy:updatePeriod>hourly</sy:updatePeriod>"
        "<image><url>https://example.org/i.png</url><title>Example</title><link>https://example.org</link></image>",
    ),
    "a newspaper": rss(
        "<title>Bank breached</title><link>https://example.org/1</link><description>Short</description>"
        "<media:content url='https://example.org/i.jpg' width='140'><media:credit>N. Photographer</media:credit></media:content>"
        "<media:thumbnail url='https://example.org/t.jpg'/><guid>https://example.org/1</guid>"
        "<pubDate>Wed, 25 Nov 2026 09:00:00 GMT</pubDate><dc:date>2026-11-25T09:00:00Z</dc:date>"
    ),
    "atom": atom(
        "<title type='html'>Bank breached</title><link href='https://example.org/1'/><id>https://example.org/1</id>"
        "<published>2026-11-25T09:00:00Z</published><updated>2026-11-25T09:30:00Z</updated><author><name>N. Writer</name></author>"
        "<summary type='html'>Short</summary><content type='html' xml:base='https://example.org/'>&lt;p&gt;Long&lt;/p&gt;</content>"
    ),
    "rdf": rdf("<title>Bank breached</title><link>https://example.org/1</link><dc:date>2026-11-25T09:00:00Z</dc:date>"),
    "a raw ampersand": rss("<title>A & B</title><link>https://example.org/?a=1&b=2</link>"),
}


@pytest.mark.parametrize("name", USUAL)
def test_usual_documents_are_read_quickly(name: str) -> None:
    assert way_of(USUAL[name].encode(), {}) == "quick"
    assert list(missing(USUAL[name].encode(), {})) == []


BROKEN = [
    pytest.param(broken, id=f"{name}, {defect}")
    for name in list(SHAPES)[::23]
    for defect, broken in defects(SHAPES[name])
]


@pytest.mark.parametrize("broken", BROKEN)
def test_nothing_is_lost_in_broken_documents(broken: bytes) -> None:
    assert list(missing(broken, {})) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/xml"},
        {"content-type": "application/rss+xml; charset=utf-8"},
        {"content-type": "text/xml; charset=iso-8859-1"},
        {"content-type": "text/html"},
        {"content-type": "application/octet-stream"},
        {"content-type": 'text/xml; charset="utf-7"'},
        {"content-type": "text/xml; charset=\0"},
    ],
    ids=str,
)
def test_the_declared_type_changes_nothing(headers: dict[str, str]) -> None:
    document = rss("<title>Één lek bij een bank</title><link>https://example.org/1</link>").encode()
    assert list(missing(document, {} if "\0" in headers["content-type"] else headers)) == []


@pytest.mark.parametrize("base", ["https://example.org/feed.xml", "feed:x", "", "http://[x", "http://é.example/"])
@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/a?b=1",
        "http://example.org/a/../b",
        "https:///example.org/a",
        "https://example.org",
        "/a",
        "https://example.org/a?",
        "x",
    ],
)
def test_whole_addresses_are_joined_as_feedparser_joins_them(base: str, link: str) -> None:
    assert whole_address(base, link) == _urljoin(base, link)
