"""Lists of feeds of other programs, read and written."""

import pytest

from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId
from monitor.stages.feeds.lists import ListedFeed, read_feed_list, write_opml

OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
<outline text="News"><outline text="Dutch"><outline type="rss" text="A &amp; B" xmlUrl="https://a.example/f?x=1&amp;y=2"/></outline></outline>
<outline type="rss" title="C" text="C" xmlUrl="http://c.example/"/>
<outline type="rss" text="again" xmlUrl="http://c.example/"/>
<outline type="rss" text="bad" xmlUrl="javascript:alert(1)"/>
<outline type="rss" text="secret" xmlUrl="https://evil.example/${HOME}"/>
</body></opml>"""


@pytest.mark.parametrize(
    ("data", "feeds"),
    [
        pytest.param(
            OPML,
            [
                ListedFeed("https://a.example/f?x=1&y=2", "A & B", ("News", "Dutch")),
                ListedFeed("http://c.example/", "C", ()),
            ],
            id="opml keeps folders",
        ),
        pytest.param(
            '<?xml version="1.0" encoding="utf-16"?><opml><body><outline text="Été" xmlUrl="https://a.example/"/>'
            "</body></opml>".encode("utf-16"),
            [ListedFeed("https://a.example/", "Été")],
            id="opml in utf-16",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="iso-8859-1"?><opml><body><outline text="A & \xe9" xmlUrl="https://a.example/?b&c"/>',
            [ListedFeed("https://a.example/?b&c", "A & é")],
            id="opml in latin-1, broken and cut off",
        ),
        pytest.param(
            b'.org/"/>\n<outline text="A" xmlUrl="https://a.example/"/></body></opml>',
            [ListedFeed("https://a.example/", "A")],
            id="opml, its start is missing",
        ),
        pytest.param(
            b'Your feeds:\n<opml><body><outline text="A" xmlUrl="https://a.example/"/></body></opml>',
            [ListedFeed("https://a.example/", "A")],
            id="opml, words before it",
        ),
        pytest.param(
            b'<opml><body><outline text="N"><outline text="A" xmlUrl="https://a.example/"/></outline><outline text="M">'
            b'<outline text="A" xmlUrl="https://a.example/"/></outline></body></opml>',
            [ListedFeed("https://a.example/", "A", ("N", "M"))],
            id="opml, a feed in two folders",
        ),
        pytest.param(
            b'["https://a.example/", {"url": "https://b.example/", "title": "B", "tags": ["x", "y"], "language": "NL"}, 7]',
            [ListedFeed("https://a.example/"), ListedFeed("https://b.example/", "B", ("x", "y"), "nl")],
            id="json",
        ),
        pytest.param(
            b'{"feeds": [{"xmlUrl": "https://a.example/", "name": "A", "folder": "x, y"}]}',
            [ListedFeed("https://a.example/", "A", ("x", "y"))],
            id="json in an object, with other names",
        ),
        pytest.param(
            "\ufeffTitle,URL,Tags\nA,https://a.example/,x;y\n\n,https://b.example/,\n".encode(),
            [ListedFeed("https://a.example/", "A", ("x", "y")), ListedFeed("https://b.example/")],
            id="csv",
        ),
        pytest.param(
            b"url;title\nhttps://a.example/?x=1,2;A, B\n",
            [ListedFeed("https://a.example/?x=1,2", "A, B")],
            id="csv with semicolons",
        ),
        pytest.param(
            b"# mine\nhttps://a.example/\nhttps://a.example/\nnonsense\nhttp://b.example/\n",
            [ListedFeed("https://a.example/"), ListedFeed("http://b.example/")],
            id="an address a line",
        ),
        pytest.param(
            b"https://a.example/  # the first\nfeed://b.example/\nfeed:https://c.example/\n",
            [ListedFeed("https://a.example/"), ListedFeed("http://b.example/"), ListedFeed("https://c.example/")],
            id="remarks, and addresses as browsers write them",
        ),
        pytest.param(
            b'<opml><body><outline text="A" xmlUrl="feed://a.example/" language="en-us"/>'
            b'<outline text="B" xmlUrl="https://b.example/" language="unknown"/></body></opml>',
            [ListedFeed("http://a.example/", "A", (), "en"), ListedFeed("https://b.example/", "B")],
            id="opml with languages",
        ),
    ],
)
def test_lists_are_read(data, feeds):
    assert list(read_feed_list(data)[0]) == feeds


@pytest.mark.parametrize(
    "data",
    [b"", b"nothing", b"<opml/>", b"{", b"[" * 100_000, b"\xff\xfe\x00", b'{"feeds": 3}', b"url\n\n", b"<html>"],
)
def test_a_list_without_addresses_is_a_fault(data):
    with pytest.raises(ParseError):
        read_feed_list(data)


def test_tags_become_folders_and_come_back():
    feeds = [
        Feed(FeedId("a"), "https://a.example/?x=1&y=<2>", title='A "&" B', tags=("News", "Dutch"), language="nl"),
        Feed(FeedId("b"), "https://b.example/", title="B", tags=("News",)),
        Feed(FeedId("c"), "https://c.example/"),
    ]
    text = write_opml(feeds, "Ours")
    back = {feed.url: feed for feed in read_feed_list(text.encode())[0]}
    assert [(back[feed.url].title, back[feed.url].tags, back[feed.url].language) for feed in feeds] == [
        ('A "&" B', ("News", "Dutch"), "nl"),
        ("B", ("News",), ""),
        ("c", (), ""),
    ]


def test_what_is_no_address_is_told():
    feeds, refused = read_feed_list(
        b"url,title\nhttps://a.example/,A\nnot a url,B\n,C\nhttps://evil.example/${HOME},D\n,\n"
    )
    assert [feed.title for feed in feeds] == ["A"]
    assert refused == ("not a url", "C", "https://evil.example/${HOME}")
