"""
Odd shapes of feeds, from every format that ever was: what feedparser yields of them is there, and read rightly.

The shapes are those that the public test suites of feed parsers are made of, in words of our own.
"""

import base64
import hashlib

import pytest

from monitor.domain.feed import Entry, Feed, FeedId
from monitor.stages.parse import parse_document
from monitor.stages.parse.xml_feed import salvage
from tests.feed_documents import JUNK, atom, rdf, rss
from tools.compare_parsers import missing

URL = "https://news.example/feeds/all.xml"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
ATOM_03 = 'xmlns="http://purl.org/atom/ns#" version="0.3"'
OPENED = base64.b64encode(b"Bank <b>opened</b>").decode()


def read(document: str | bytes, headers: dict[str, str] | None = None) -> tuple[Entry, ...]:
    body = document if isinstance(document, bytes) else document.encode()
    assert list(missing(body, headers or {})) == []
    return parse_document(Feed(FeedId("odd"), URL), body, headers or {}, URL, 99).entries


def rss_item(inner: str) -> str:
    return f"<rss version='2.0'><channel><title>C</title><item>{inner}</item></channel></rss>"


FORMATS = {
    "RSS 0.90": f'<rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>C</title></channel>'
    "<image><title>Logo</title><link>https://n.example</link></image>"
    "<item><title>Bank opened</title><link>https://n.example/1</link></item>"
    "<textinput><title>Search</title><link>https://n.example/s</link></textinput></rdf:RDF>",
    "RSS 0.91": '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://n.example/x.dtd">'
    '<rss version="0.91"><channel><item><title>Bank opened</title><link>https://n.example/1</link></item></channel></rss>',
    "RSS 0.92": '<rss version="0.92"><channel><item><title>Bank opened</title><link>https://n.example/1</link>'
    '<source url="https://o.example/x.xml">Other</source></item></channel></rss>',
    "RSS 1.0": f'<rdf:RDF {RDF} xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://n.example"><items><rdf:Seq>'
    '<rdf:li resource="https://n.example/1"/></rdf:Seq></items></channel><item rdf:about="https://n.example/1">'
    "<title>Bank opened</title><link>https://n.example/1</link></item></rdf:RDF>",
    "RSS 1.0 within the channel": f'<rdf:RDF {RDF} xmlns="http://purl.org/rss/1.0/"><channel><item rdf:about="x">'
    "<title>Bank opened</title><link>https://n.example/1</link></item></channel></rdf:RDF>",
    "RSS 1.0 with a prefix": f'<rdf:RDF {RDF} xmlns:r="http://purl.org/rss/1.0/"><r:item><r:title>Bank opened</r:title>'
    "<r:link>https://n.example/1</r:link></r:item></rdf:RDF>",
    "RSS 1.1": f'<Channel xmlns="http://purl.org/net/rss1.1#" {RDF}><items rdf:parseType="Collection"><item>'
    "<title>Bank opened</title><link>https://n.example/1</link></item></items></Channel>",
    "RSS 2.0 in a namespace": '<rss version="2.0" xmlns="http://backend.userland.com/rss2"><channel><item>'
    "<title>Bank opened</title><link>https://n.example/1</link></item></channel></rss>",
    "RSS in a namespace of its own": '<rss version="2.0" xmlns="https://n.example/ns"><channel><item><title>Bank opened</title>'
    "<link>https://n.example/1</link></item></channel></rss>",
    "RSS in capitals": "<RSS VERSION='2.0'><CHANNEL><ITEM><TITLE>Bank opened</TITLE><LINK>https://n.example/1</LINK></ITEM></CHANNEL></RSS>",
    "RSS without quotes": "<rss version=2.0><channel><item id=1><title type=html>Bank opened</title><link>https://n.example/1</link></item></channel></rss>",
    "items behind the channel": "<rss><channel><title>C</title></channel><item><title>Bank opened</title><link>https://n.example/1</link></item></rss>",
    "a channel alone": "<channel><item><title>Bank opened</title><link>https://n.example/1</link></item></channel>",
    "an item alone": "<item><title>Bank opened</title><link>https://n.example/1</link></item>",
    "entries in RSS": "<rss><channel><entry><title>Bank opened</title><link href='https://n.example/1'/></entry></channel></rss>",
    "RSS in a page": "<html><body><rss><channel><item><title>Bank opened</title><link>https://n.example/1</link></item></channel></rss></body></html>",
    "RSS in a pre": "<pre><rss><channel><item><title>Bank opened</title><link>https://n.example/1</link></item></channel></rss></pre>",
    "Atom": f"<feed {ATOM}><entry><title>Bank opened</title><link href='https://n.example/1'/><id>1</id></entry></feed>",
    "Atom with a prefix": '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Bank opened</a:title><a:link href="https://n.example/1"/></a:entry></a:feed>',
    "an entry alone": f"<entry {ATOM}><title>Bank opened</title><link href='https://n.example/1'/></entry>",
    "Atom 0.3 in base64": f'<feed {ATOM_03}><entry><title mode="base64" type="text/html">{OPENED}</title><link rel="alternate" type="text/html" href="https://n.example/1"/></entry></feed>',
    "Atom 0.3 escaped": f'<feed {ATOM_03}><entry><title mode="escaped" type="text/html">Bank &lt;i&gt;opened&lt;/i&gt;</title><link href="https://n.example/1"/></entry></feed>',
    "Atom 0.3 inline": f'<feed {ATOM_03}><entry><title mode="xml" type="application/xhtml+xml"><div>Bank <i>opened</i></div></title><link href="https://n.example/1"/></entry></feed>',
    "before Atom": '<feed version="0.1" xmlns="http://example.com/newformat#"><entry><title>Bank opened</title><link>https://n.example/1</link></entry></feed>',
    "Atom in XHTML": f'<feed {ATOM}><entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Bank <em>opened</em></div></title><link href="https://n.example/1"/></entry></feed>',
    "Atom with its source first": f"<feed {ATOM}><entry><source><title>Other</title><link href='https://o.example/'/><id>o</id></source>"
    "<title>Bank opened</title><link href='https://n.example/1'/></entry></feed>",
    "Atom about something": f'<feed {ATOM} xmlns:a="http://activitystrea.ms/spec/1.0/"><entry><a:object><title>Thing</title></a:object>'
    "<title>Bank opened</title><link href='https://n.example/1'/></entry></feed>",
    "CDF": '<CHANNEL HREF="https://n.example/"><ITEM HREF="https://n.example/1" LASTMOD="1999-10-05T12:00"><TITLE>Bank opened</TITLE></ITEM></CHANNEL>',
    "media before the title": rss("<media:group><media:title>Clip</media:title></media:group><title>Bank opened</title><link>https://n.example/1</link>"),
    "a podcast": rss("<itunes:title>Bank opened</itunes:title><link>https://n.example/1</link><enclosure url='https://n.example/1.mp3'/>"),
    "Dublin Core": rdf("<dc:title>Bank opened</dc:title><link>https://n.example/1</link>"),
    "places": '<rss xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml"><channel><item>'
    "<georss:where><gml:Point><gml:pos>a b</gml:pos></gml:Point></georss:where><georss:polygon>1</georss:polygon>"
    "<title>Bank opened</title><link>https://n.example/1</link></item></channel></rss>",
    "comments and instructions within": rss_item("<title>Bank<!-- x --> <?y z?>opened</title><link>https://n.example/<!-- x -->1</link>"),
    "an attribute twice": "<rss version='2.0' version='2.0'><channel><item><title>Bank opened</title><link>https://n.example/1</link></item></channel></rss>",
    "no blank in the declaration": f'<?xml version="1.0"encoding="utf-8"?>{rss_item("<title>Bank opened</title><link>https://n.example/1</link>")}',
    "XML 1.1": f'<?xml version="1.1"?>{rss_item("<title>Bank opened</title><link>https://n.example/1</link>")}',
    "blanks in tags": "<rss><channel><item\n><title >Bank opened</title\n><link >https://n.example/1</link ></item ></channel></rss>",
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_read(name: str) -> None:
    (entry,) = read(FORMATS[name])
    plain = entry.title.replace("<b>", "").replace("<i>", "").replace("<em>", "")
    assert "Bank opened" in plain.replace("</b>", "")
    assert entry.link == "https://n.example/1"


LINKS = [
    ("<link>https://n.example/1?a=1&amp;b=2&amp;copy=3</link>", "https://n.example/1?a=1&b=2&copy=3"),
    ("<link><![CDATA[https://n.example/1?a=1&b=2]]></link>", "https://n.example/1?a=1&b=2"),
    ("<link>\n  https://n.example/1\n</link>", "https://n.example/1"),
    ("<link>/1</link>", "https://news.example/1"),
    ("<link>1</link>", "https://news.example/feeds/1"),
    ("<link>?id=1</link>", "https://news.example/feeds/all.xml?id=1"),
    ("<link>//n.example/1</link>", "https://n.example/1"),
    ("<link></link><guid>https://n.example/1</guid>", "https://n.example/1"),
    ("<guid>https://n.example/1</guid><link/>", "https://n.example/1"),
    ("<link/><guid>n7</guid>", ""),
    ("<guid isPermaLink='true'>https://n.example/1</guid>", "https://n.example/1"),
    ("<guid isPermaLink='false'>https://n.example/1</guid>", ""),
    ("<guid isPermaLink='false'>7</guid><link>https://n.example/1</link>", "https://n.example/1"),
    ("<link rel='self' href='https://n.example/s'/><link href='https://n.example/1'/>", "https://n.example/1"),
    ("<link rel='enclosure' href='https://n.example/s'/><link>https://n.example/1</link>", "https://n.example/1"),
    ("<link type='application/json' href='https://n.example/j'/><link href='https://n.example/1'/>", "https://n.example/1"),
    ("<link rel='ALTERNATE' type='TEXT/HTML' href='https://n.example/1'/>", "https://n.example/1"),
    ("<link xml:base='https://n.example/a/' href='../1'/>", "https://n.example/1"),
    ("<link>https://n.example/é/1</link>", "https://n.example/é/1"),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "link"), LINKS)
def test_links(inner: str, link: str) -> None:
    (entry,) = read(rss_item(f"<title>T</title>{inner}"))
    assert entry.link == link


def test_bases_within_bases() -> None:
    one, two = read(
        f'<feed {ATOM} xml:base="https://n.example/x/"><entry xml:base="y/"><title>T</title><link href="1"/></entry>'
        '<entry><title>U</title><link href="2"/></entry></feed>'
    )
    assert (one.link, two.link) == ("https://n.example/x/y/1", "https://n.example/x/2")


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        ("A &amp;amp; B", "A &amp; B"),
        ("<![CDATA[A & <b>B</b>]]>", "A & <b>B</b>"),
        ("A & B", "A &amp; B"),
        ("5 < 6", "5 &lt; 6"),
        ("<![CDATA[A]]> and <![CDATA[B]]>", "A and B"),
        ("A &eacute; B", "A é B"),
        ("A &#8217; &#x2019; B", "A ’ ’ B"),
        ("&quot;A&quot; &apos;B&apos;", "\"A\" 'B'"),
        ("A&#0;B&#x1F;C", "ABC"),
        ("𝕏 😀 مرحبا", "𝕏 😀 مرحبا"),
    ],
)
def test_titles(inner: str, title: str) -> None:
    (entry,) = read(rss_item(f"<title>{inner}</title><link>https://n.example/1</link>"))
    assert entry.title == title


SAID = '<?xml version="1.0" encoding="{}"?><rss><channel><item><title>Größe “€” Ω</title><link>https://n.example/1</link></item></channel></rss>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp037", "cp500", "hz", "utf-7", "gb18030", "big5", "euc_jp", "euc_kr", "shift_jis", "shift_jisx0213", "koi8_r", "cp1251", "cp1252", "iso8859_7", "iso2022_jp", "mac_roman"])  # fmt: skip
@pytest.mark.parametrize("where", ["declared", "in the header"])
def test_encodings(encoding: str, where: str) -> None:
    text = SAID.format(encoding) if where == "declared" else SAID.partition("?>")[2]
    headers = {} if where == "declared" else {"content-type": f"application/xml; charset={encoding}"}
    (entry,) = read(text.encode(encoding, "xmlcharrefreplace"), headers)
    assert entry.title == "Größe “€” Ω"


ITEMS = [f"<title>Item {n}</title><link>https://n.example/{n}</link><pubDate>Wed, 25 Nov 2026 0{n}:00:00 GMT</pubDate>" for n in (1, 2, 3)]  # fmt: skip
ENTRIES = [f"<title>Item {n}</title><link href='https://n.example/{n}'/><updated>2026-11-25T0{n}:00:00Z</updated>" for n in (1, 2, 3)]  # fmt: skip
AROUND = ("<rss", "<channel", "<feed", "<rdf:RDF", "<item", "</item>", "<entry", "</entry>", "</channel>", "</feed>")


@pytest.mark.parametrize("document", [rss(*ITEMS), atom(*ENTRIES), rdf(*ITEMS)], ids=["rss", "atom", "rdf"])
def test_nothing_is_lost_by_what_stands_around_items(document: str) -> None:
    spots = sorted({start for tag in AROUND for start in _places(document, tag)} | {0, len(document)})
    lost = []
    for junk in JUNK:
        # One place for each, another one for each format, alike in every run.
        spot = spots[int(hashlib.sha256(f"{junk}{document[:9]}".encode()).hexdigest(), 16) % len(spots)]
        broken = document[:spot] + junk + document[spot:]
        lost += [(junk, spot, fault) for fault in missing(broken.encode(), {})]
    assert lost == []


def _places(document: str, tag: str) -> list[int]:
    return [spot for spot in range(len(document)) if document.startswith(tag, spot)]


LOST_TAGS = {
    "the end of a title": rss(ITEMS[0].replace("</title>", "", 1), *ITEMS[1:]),
    "the end of an item": rss(*ITEMS).replace("</item><item>", "<item>", 1),
    "the end of a text": rss(f"<description>A &amp; B{ITEMS[0]}", *ITEMS[1:]),
    "another end": rss(*ITEMS)
    .replace("</channel>", "</textinput></channel>")
    .replace("<item>", "<textinput><item>", 1),
    "a blank in an end": rss(*ITEMS).replace("</item>", "</item >", 1) + "</item >",
}


@pytest.mark.parametrize("name", LOST_TAGS)
def test_what_feedparser_takes_into_another_entry_is_told_apart(name: str) -> None:
    entries = read(LOST_TAGS[name])
    assert {(entry.title, entry.link) for entry in entries} >= {
        (f"Item {n}", f"https://n.example/{n}") for n in (1, 2, 3)
    }


def test_references_behind_a_fault_are_kept() -> None:
    document = rss(
        "<title>A &amp; B</x></title>", "<title>C &amp; D &#233;</title><link>https://n.example/?a=1&amp;b=2</link>"
    )
    entry = salvage(document, URL, 99).entries[-1]
    assert (entry.title, entry.link) == ("C &amp; D é", "https://n.example/?a=1&b=2")


def test_letters_that_no_document_may_hold_take_no_tag_apart() -> None:
    # Taken out beforehand they would join what they stand between: `</title` and the letters after it.
    broken = rss(ITEMS[0].replace("</title>", "</title\x03\0ttps://n.example/</link>"), *ITEMS[1:])
    assert [entry.title for entry in read(broken)][-2:] == ["Item 2", "Item 3"]


@pytest.mark.parametrize("start", [b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"<\0?\0", b"\0<\0?"], ids=repr)
def test_a_document_that_only_begins_in_another_encoding_is_read(start: bytes) -> None:
    document = start + rss("<title>Bank breached</title><link>https://example.org/1</link>").encode()
    assert [one.title for one in read(document)] == ["Bank breached"]


def test_a_document_that_changes_its_encoding_midway_keeps_what_can_be_read() -> None:
    first, second = "<title>Één</title>", "<title>Twee</title><link>https://example.org/2</link>"
    head, _, tail = rss(first, second).partition("</item>")
    document = (head + "</item>").encode() + tail.encode("windows-1252").replace(b"Twee", b"Tw\xe9e")
    # feedparser takes all of it for windows-1252.
    assert [one.title for one in parse_document(Feed(FeedId("odd"), URL), document, {}, URL, 9).entries] == [
        "Één",
        "Twée",
    ]
    document = (head + "</item>").encode("utf-16-le") + tail.encode()
    assert "Twee" in [one.title for one in read(document)]
