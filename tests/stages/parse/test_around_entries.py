"""What a feed says of itself and of who wrote, and where an item leads that has no page of its own."""

import pytest

from monitor.domain.feed import Feed, FeedId, ParsedFeed
from monitor.stages.parse import parse_document
from tests.feed_documents import atom, rss

URL = "https://example.org/news/feed.xml"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/news/">{}</feed>'
TITLE = "<title>Bank breached</title>"
# Nobody opened this tag: feedparser has to read the document.
BROKEN = "</oops>"


def parse(document: str) -> ParsedFeed:
    return parse_document(Feed(FeedId("x"), URL), document.encode(), {}, URL, 100)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        pytest.param("<title>Harbour &amp; co</title>", "Harbour & co", id="plain"),
        pytest.param("<title>5 &lt; 6</title>", "5 < 6", id="a sign that is no tag"),
        pytest.param(
            "<title type='html'>&lt;b&gt;Harbour&lt;/b&gt; &amp;amp; co</title>", "Harbour & co", id="escaped"
        ),
        pytest.param(
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Harbour <b>&amp;</b> co</div></title>",
            "Harbour & co",
            id="inline",
        ),
        pytest.param(
            "<title type='xhtml'>The <b>&lt;b></b> tag</title>", "The <b> tag", id="a word like a tag, inline"
        ),
        pytest.param(
            "<title type='html'>Harbour&lt;script>x = 1&lt;/script> &amp; co</title>", "Harbour & co", id="script"
        ),
        pytest.param("<dc:title xmlns:dc='http://purl.org/dc/elements/1.1/'>Harbour</dc:title>", "Harbour", id="dc"),
        pytest.param("<title mode='base64'>SGFyYm91ciA8Yj4mYW1wOzwvYj4gY28=</title>", "Harbour & co", id="base64"),
        pytest.param("<title type='application/x-other'>no base64!</title>", "no base64!", id="base64 that is none"),
    ],
)
def test_the_title_of_a_feed_is_words(title: str, words: str) -> None:
    assert parse(ATOM.format(title)).title == words


def test_addresses_of_a_feed_count_from_its_base() -> None:
    parsed = parse(
        ATOM.format("<link rel='self' href=''/><link rel='hub' href='../hub'/><link rel='next' href='?p=2'/>")
    )
    assert parsed.self_url == "https://example.org/news/"
    assert parsed.hub_url == "https://example.org/hub"
    assert parsed.more == ("https://example.org/news/?p=2",)
    assert parse(ATOM.format("<link rel='hub' href='javascript:x'/>")).hub_url is None
    topic = "https://Example.org/a/../feed?"
    assert parse(ATOM.format(f"<link rel='self' href='{topic}'/>")).self_url == topic


@pytest.mark.parametrize(
    ("authors", "written"),
    [
        pytest.param("<author><name>N. Writer</name></author>", "N. Writer", id="one"),
        pytest.param("<author><email>desk@example.org</email></author>", "desk@example.org", id="an address"),
        pytest.param(
            "<author><name>N. Writer</name></author><author><name>M. Editor</name><uri>x</uri></author>",
            "N. Writer, M. Editor",
            id="two",
        ),
        pytest.param("<author>N. Writer</author><author>N. Writer</author>", "N. Writer", id="one twice"),
        pytest.param(
            "<author>desk@example.org (N. Writer)</author><dc:creator>Writer, N.</dc:creator>",
            "desk@example.org (N. Writer)",
            id="one in other words",
        ),
    ],
)
def test_all_who_wrote_are_named_once(authors: str, written: str) -> None:
    assert parse(rss(TITLE + authors)).entries[0].author == written


@pytest.mark.parametrize(
    ("document", "language"),
    [
        pytest.param(rss(f"{TITLE}<dc:language>nl-BE</dc:language>"), "nl", id="an item's own"),
        pytest.param(rss(f"{TITLE}<dc:language>nl_BE</dc:language>").replace("</channel>", BROKEN), "nl", id="broken"),
        pytest.param(ATOM.format(f"<entry xml:lang='pt-BR'>{TITLE}</entry>"), "pt", id="an entry's own"),
        pytest.param(rss(f"{TITLE}<dc:language>Dutch, mostly</dc:language>"), None, id="no code"),
        pytest.param(rss(TITLE), None, id="none"),
    ],
)
def test_an_entry_may_be_in_a_language_of_its_own(document: str, language: str | None) -> None:
    assert parse(document).entries[0].language == language


PAGE, SOUND, OTHER = "https://example.org/1", "https://example.org/1.mp3", "https://example.org/1.json"


@pytest.mark.parametrize("end", ["", BROKEN], ids=["quick", "broken"])
@pytest.mark.parametrize(
    ("links", "link"),
    [
        pytest.param(f"<enclosure url='{SOUND}' type='audio/mpeg'/><link>{PAGE}</link>", PAGE, id="the page, if any"),
        pytest.param(f"<enclosure url='{SOUND}' type='audio/mpeg'/>", SOUND, id="what is attached"),
        pytest.param(f"<link/><enclosure url='{SOUND}'/>", SOUND, id="an empty link"),
        pytest.param("<enclosure url='https://example.org/1.png' type='image/png'/>", "", id="a picture is no article"),
        pytest.param(
            f"<atom:link rel='enclosure' href='{SOUND}'/><atom:link rel='alternate' type='application/json' href='{OTHER}'/>",
            OTHER,
            id="the same in another form",
        ),
        pytest.param("<atom:link rel='self' href='https://example.org/1.xml'/>", "", id="itself is no page"),
    ],
)
def test_an_item_without_a_page_leads_to_what_stands_for_it(links: str, link: str, end: str) -> None:
    (item,) = parse(rss(TITLE + links).replace("</channel>", f"{end}</channel>")).entries
    assert item.link == link


def test_a_feed_without_a_page_for_an_entry() -> None:
    assert parse(atom(f"{TITLE}<link rel='related' href='{OTHER}'/>")).entries[0].link == OTHER
