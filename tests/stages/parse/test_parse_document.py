import gzip
from datetime import timedelta

import pytest

from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId, FeedKind, ParsedFeed
from monitor.stages.parse import parse_document
from tests.feed_documents import atom, rdf, rss

URL = "https://example.org/feed.xml"
HTML = {"content-type": "text/html; charset=utf-8"}


def parse(
    body: str | bytes, headers: dict[str, str] | None = None, kind: FeedKind = FeedKind.WEB, most: int = 100
) -> ParsedFeed:
    data = body.encode() if isinstance(body, str) else body
    return parse_document(Feed(FeedId("x"), URL, kind), data, headers or {}, URL, most)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "the answer is empty"),
        (b"\xef\xbb\xbf", "the answer is empty"),
        (b" \n\0 ", "the answer is empty"),
        (b"/etc/passwd", "no feed: there is no element"),
        (b"file:///etc/passwd", "no feed: there is no element"),
        (b"<foo><bar/></foo>", "this is no feed: it begins with '<foo>"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no feed"),
        (b"%PDF-1.7 <</Type>>", "no feed"),
        (b"<html><body>Welcome</body></html>", "this is a web page and no feed: `monitor feeds discover` looks"),
        (b'<!DOCTYPE html><link rel="alternate" type="application/rss+xml" href="/f">', "it names a feed"),
        (b"<html><title>Just a moment...</title></html>", "the server shows a captcha instead"),
        (b"<html><body>Wij gebruiken cookies. Accepteer alle cookies</body></html>", "the server shows a cookie wall"),
        (b"<html><form><input name=u><input type='password'></form></html>", "the server shows a login page"),
        (b"<sitemapindex><sitemap/></sitemapindex>", "an index of sitemaps, and it names none"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, fault: str) -> None:
    with pytest.raises(ParseError, match=fault):
        parse(body)


def test_walls_are_told_from_pages() -> None:
    with pytest.raises(ParseError) as wall:
        parse("<html><body>Bestätigen Sie, dass Sie ein Mensch sind</body></html>")
    with pytest.raises(ParseError) as page:
        parse("<html><body>Über uns</body></html>")
    assert (wall.value.is_wall, page.value.is_wall) == (True, False)


def test_a_feed_served_as_a_page_is_a_feed() -> None:
    assert len(parse(rss("<title>A</title>"), HTML).entries) == 1


@pytest.mark.parametrize("body", [rss(), "<feed xmlns='http://www.w3.org/2005/Atom'/>", "<rss/>"])
def test_an_empty_feed_is_a_feed(body: str) -> None:
    assert parse(body).entries == ()


def test_no_more_than_the_most_entries_are_read() -> None:
    assert len(parse(rss(*["<title>A</title>"] * 200)).entries) == 100


@pytest.mark.parametrize("form", ["rss", "broken", "json", "api", "sitemap"])
def test_of_too_many_entries_the_first_and_the_last_are_read(form: str) -> None:
    """Most feeds show the newest first, sitemaps and APIs often last."""
    titles, kind = [f"Item number {n}" for n in range(1000)], FeedKind.WEB
    body = rss(*(f"<title>{title}</title><link>https://e.org/{title}</link>" for title in titles))
    if form == "broken":
        body = body.replace("</channel>", "</oops>")
    elif form in {"json", "api"}:
        items = ",".join(f'{{"id": "{n}", "title": "{title}", "content_text": "x"}}' for n, title in enumerate(titles))
        body = f'{{"version": "https://jsonfeed.org/version/1", "items": [{items}]}}'
    elif form == "sitemap":
        urls = "".join(f"<url><loc>https://e.org/{title.replace(' ', '-')}</loc></url>" for title in titles)
        body = f"<urlset>{urls}</urlset>"
    options = {"items": "items", "title": "title"} if form == "api" else {}
    feed = Feed(FeedId("x"), URL, FeedKind.JSON_API if form == "api" else kind, options=options)
    entries = parse_document(feed, body.encode(), {}, URL, 100).entries
    assert [entry.title for entry in entries] == titles[:50] + titles[-50:]


def test_what_a_feed_wishes_is_read() -> None:
    parsed = parse(
        rss(
            "<title>A</title>",
            head="<title>Example</title><language>pt-br</language><ttl>90</ttl><atom:link rel='hub' href='https://h.example/'/>"
            "<atom:link rel='self' href='https://example.org/self'/><skipHours><hour>0</hour><hour>24</hour><hour>5</hour><hour>x</hour></skipHours>"
            "<skipDays><day>Sunday</day><day>Never</day></skipDays>",
        )
    )
    assert (parsed.title, parsed.language, parsed.ttl) == ("Example", "pt", timedelta(minutes=90))
    assert (parsed.skip_hours, parsed.skip_days) == ({0, 5}, {6})
    assert (parsed.hub_url, parsed.self_url) == ("https://h.example/", "https://example.org/self")


@pytest.mark.parametrize(
    ("head", "ttl"),
    [
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", timedelta(minutes=15)),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", timedelta(days=1)),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>999999999</ttl>", timedelta(days=30)),
        ("<ttl>1e9</ttl>", None),
    ],
)
def test_how_often_a_feed_says_it_changes(head: str, ttl: timedelta | None) -> None:
    assert parse(rss("<title>A</title>", head=head)).ttl == ttl


def test_news_sitemaps_are_read() -> None:
    parsed = parse(
        """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
        <url><loc>https://example.org/1</loc><news:news><news:publication><news:name>Example</news:name>
        <news:language>nl</news:language></news:publication><news:publication_date>2026-11-25T09:00:00Z</news:publication_date>
        <news:title>Bank &amp; insurer</news:title></news:news></url>
        <url><loc>https://example.org/2026/bank-was-hacked.html</loc><lastmod>2026-11-24</lastmod></url><url/></urlset>"""
    )
    first, second = parsed.entries
    assert (first.title, first.link, first.language) == ("Bank &amp; insurer", "https://example.org/1", "nl")
    assert second.title == "Bank was hacked"
    assert str(second.published_at) == "2026-11-24 00:00:00+00:00"


PAGE = "<url><loc>{}</loc><n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><n:title>{}</n:title></n:news></url>"


@pytest.mark.parametrize(
    ("body", "title", "link"),
    [
        pytest.param(PAGE.format("/a-b-c", "Bank"), "Bank", "https://example.org/a-b-c", id="an address of this site"),
        pytest.param(
            PAGE.format("https://a.example/1", "A &amp;amp; B"), "A &amp; B", "https://a.example/1", id="twice"
        ),
        pytest.param(
            PAGE.format("<![CDATA[ https://a.example/1 ]]>", "<![CDATA[A & B]]>"),
            "A &amp; B",
            "https://a.example/1",
            id="in sections",
        ),
        pytest.param(PAGE.format("ftp://a.example/1", "Bank"), None, None, id="no address of the web"),
    ],
)
def test_the_words_and_addresses_of_sitemaps(body: str, title: str | None, link: str | None) -> None:
    entries = parse(f"<urlset>{body}</urlset>").entries
    assert [(entry.title, entry.link) for entry in entries] == ([(title, link)] if title else [])


def test_a_sitemap_may_be_a_feed_or_a_list_of_addresses() -> None:
    feed = parse(rss("<title>A</title><link>https://a.example/1</link>"), kind=FeedKind.SITEMAP)
    assert [entry.title for entry in feed.entries] == ["A"]
    lines = "https://a.example/bank-was-hacked\r\n\n# remark\n https://a.example/ \n"
    listed = parse(lines, kind=FeedKind.SITEMAP)
    assert [(one.title, one.link) for one in listed.entries] == [
        ("Bank was hacked", "https://a.example/bank-was-hacked"),
        ("", "https://a.example/"),
    ]
    with pytest.raises(ParseError, match="no sitemap"):
        parse("no address", kind=FeedKind.SITEMAP)


def test_a_sitemap_that_breaks_where_it_declares_its_prefix_is_an_empty_one() -> None:
    assert parse('<s:urlset xmlns:s="http://www.sitemaps.org/></s:url>').entries == ()


def test_deep_nesting_and_what_stands_before_it_is_kept() -> None:
    # Twenty times as deep as Python or libxml2 go; five times that takes feedparser 25 times as long.
    body = rss("<title>Kept</title>").replace("</channel>", "<x>" * 20_000)
    assert [entry.title for entry in parse(body).entries] == ["Kept"]


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_document_cut_anywhere_never_fails_otherwise(cut: int) -> None:
    data = rss("<title>First</title><link>https://example.org/1</link>", "<title>Second</title>").encode()
    body = data[: len(data) - cut]
    try:
        titles = [entry.title for entry in parse(body).entries]
    except ParseError:
        titles = []
    if b"</item><item>" in body:
        assert titles[:1] == ["First"]


@pytest.mark.parametrize("guid", ["item-7", "<![CDATA[item-7]]>", "a b&amp;c", "https://example.org/7", "urn:uuid:7"])
def test_guids_stay_as_they_are_printed(guid: str) -> None:
    body = f"<rss version='2.0'><channel><item><title>T</title><guid>{guid}</guid></item></channel></rss>".encode()
    feed = Feed(FeedId("f"), "https://example.org/feed.xml")
    (entry,) = parse_document(feed, body, {}, feed.url, 10).entries
    assert entry.guid == guid.removeprefix("<![CDATA[").removesuffix("]]>").replace("&amp;", "&")


SITEMAP = "<urlset><url><loc>https://a.example/one-story-here</loc></url></urlset>"
INDEX = "<sitemapindex><sitemap><loc>https://a.example/news.xml</loc></sitemap></sitemapindex>"
ENTRY = "<title>A</title><link href='https://a.example/1'/><id>1</id>"


@pytest.mark.parametrize(
    "body",
    [rss("<title>A</title>"), rss("<title>A</title>").replace("rss", "RSS"), atom(ENTRY), rdf("<title>A</title>"), SITEMAP, INDEX],
)  # fmt: skip
def test_a_document_without_its_end_is_known_to_be_cut(body: str) -> None:
    end = body.rindex("</")
    assert not parse(body).is_cut
    assert not parse(f"{body}\n<!-- served in 3 s --><script>").is_cut
    for is_packed in (False, True):
        cut = gzip.compress(body[:end].encode()) if is_packed else body[:end].encode()
        parsed = parse(cut)
        assert parsed.is_cut
        assert parsed.flaws[-1] == "cut off: read up to there"
        assert len(parsed.entries) == len(parse(body).entries)


def test_what_has_no_end_to_lose_is_not_cut() -> None:
    assert not parse("<rss/>").is_cut
    assert not parse("<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>A</a:title></a:feed >").is_cut
    assert not parse(rss("<title>A</title>").replace("</rss>", "</RSS>")).is_cut
    assert parse('{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "A"}, {"id": "2').is_cut
