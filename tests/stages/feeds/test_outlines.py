"""Outlines as people export them, and as nobody would: read as far as they go, in time that grows with the file."""

import pytest

from monitor.stages.feeds.outlines import is_outline, read_outline

FEED = '<outline type="rss" text="T" xmlUrl="https://a.example/{}"/>'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('<OUTLINE TITLE="a" XMLURL="u"/>', [("u", "a", [])], id="in capitals"),
        pytest.param("<outline text='a' title='b' xmlUrl='u'/>", [("u", "a", [])], id="the text goes first"),
        pytest.param("<outline text=a xmlUrl=u/>", [("u", "a", [])], id="without quotes"),
        pytest.param('<outline text="1 < 2 > 0" xmlUrl="u"/>', [("u", "1 < 2 > 0", [])], id="brackets not escaped"),
        pytest.param('<outline text="a &amp; b &lt;" xmlUrl="u?a&b"/>', [("u?a&b", "a & b <", [])], id="references"),
        pytest.param("<!-- <outline xmlUrl='u'/> --><outline xmlUrl='v'/>", [("v", "", [])], id="a comment"),
        pytest.param("<!-- <outline xmlUrl='u'/>", [("u", "", [])], id="a comment that never ends"),
        pytest.param("<outline type='source' xmlUrl='u'/><outline type='link' url='v'/>", [], id="lists of lists"),
        pytest.param("<outline htmlUrl='u' text='t'/>", [], id="a site without a feed"),
        pytest.param(
            "<outline text='a'><outline text='b'><outline xmlUrl='u'/></outline><outline xmlUrl='v'/></outline>"
            "<outline xmlUrl='w'/>",
            [("u", "", ["a", "b"]), ("v", "", ["a"]), ("w", "", [])],
            id="folders",
        ),
        pytest.param("</outline><outline xmlUrl='u'/>", [("u", "", [])], id="an end too many"),
        pytest.param("<outline text='a'><outline xmlUrl='u'", [], id="cut off in a tag"),
        pytest.param("<outline text='a'><outline xmlUrl='u'>", [("u", "", ["a"])], id="cut off behind a tag"),
        pytest.param("<outline xmlUrl='u' category='/a/b,c'/>", [("u", "", ["a", "b", "c"])], id="categories"),
        pytest.param(
            "<outline text='a'><outline xmlUrl='u'/></outline><outline xmlUrl='u' category='b'/>",
            [("u", "", ["a", "b"])],
            id="in two places",
        ),
    ],
)
def test_feeds_of_an_outline(text, found):
    assert [(one.url, one.title, list(one.folders)) for one in read_outline(f"<opml>{text}")] == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("<outline text='f'>" * 50_000 + FEED.format(1), 1, id="folders without end"),
        pytest.param(
            "".join(f"<outline text='{n}'>{FEED.format(n)}" for n in range(5_000)), 5_000, id="and in each a feed"
        ),
        pytest.param(
            "".join(f"<outline text='{n}'>{FEED.format(1)}</outline>" for n in range(20_000)), 1, id="in 20,000"
        ),
        pytest.param(f"<outline xmlUrl='u' category='{','.join(map(str, range(100_000)))}'/>", 1, id="categories"),
        pytest.param("<outline text='" * 100_000, 0, id="quotes that never end"),
        pytest.param("<outline " + "a" * 1_000_000 + FEED.format(1), 1, id="a name that never ends"),
        pytest.param("<outline " + "a" * 1_000_000 + " xmlUrl='u'/>", 1, id="a name as long, in a sound tag"),
        pytest.param("<outline " + "a=" * 500_000 + " xmlUrl='u'/>", 1, id="values without end"),
        pytest.param("<outline a" + " " * 500_000 + "=" + FEED.format(1), 1, id="room that never ends"),
        pytest.param("<outline text='" + "<" * 1_000_000 + "' xmlUrl='u'/>", 1, id="brackets in a title"),
        pytest.param("<!--" * 100_000 + FEED.format(1), 1, id="comments that never end"),
    ],
)
def test_nobody_waits_long_for_an_outline(text, count):
    # Each of these takes minutes where one step looks at all that came before.
    found = read_outline(text)
    assert len(found) == count
    assert all(len(one.folders) <= 50 for one in found)


def test_what_is_an_outline():
    assert is_outline("<?xml version='1.0'?><OPML version='2'/>")
    assert not is_outline("<rdf:RDF xmlns:foaf='x'/>")
