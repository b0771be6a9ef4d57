"""The feeds that a page points to."""

import pytest

from monitor.stages.feeds.discover import find_feeds, find_sitemaps, usual_places

URL = "https://example.org/news/"


@pytest.mark.parametrize(
    ("page", "urls"),
    [
        pytest.param(
            '<link rel="alternate" type="application/rss+xml" title="News" href="/feed">',
            ["https://example.org/feed"],
            id="named in the head",
        ),
        pytest.param(
            '<LINK REL="Alternate" TYPE="Application/Atom+XML; charset=utf-8" HREF="a.xml">',
            ["https://example.org/news/a.xml"],
            id="in capitals, relative",
        ),
        pytest.param(
            '<base href="https://cdn.example.org/x/"><link rel=alternate type=application/feed+json href=j>',
            ["https://cdn.example.org/x/j"],
            id="a base address",
        ),
        pytest.param(
            '<a href="/rss/all">RSS</a><a href="/about">About</a><a href="/sitemap.xml">Map</a>',
            ["https://example.org/rss/all"],
            id="linked in the body",
        ),
        pytest.param('<link rel="stylesheet" href="/rss.css"><link rel=alternate hreflang=nl href=/nl>', [], id="none"),
        pytest.param('<a href="javascript:feed()">x</a><a href="http://[/feed">y</a>', [], id="no addresses"),
        pytest.param("\0\xff" * 50, [], id="no page at all"),
    ],
)
def test_feeds_of_a_page(page, urls):
    assert [candidate.url for candidate in find_feeds(page, URL)] == urls


def test_what_the_page_names_comes_before_what_it_links():
    page = '<a href="/feed/extra">x</a><link rel=alternate type=application/rss+xml title=" The  News" href=/feed>'
    first, second = find_feeds(page, URL)
    assert (first.url, first.title) == ("https://example.org/feed", "The News")
    assert second.url == "https://example.org/feed/extra"


def test_a_robots_txt_of_nothing_but_lines_is_read_at_once():
    # Four megabytes took hours: each line looked for the word below it, over all that follow.
    assert find_sitemaps("\n" * 4_000_000, URL)[0].why == "usual place"


def test_usual_places_are_at_the_root():
    assert usual_places(URL)[0].url == "https://example.org/feed"


def test_sitemaps_are_those_of_robots_txt_news_first_then_the_usual_ones():
    robots = "User-agent: *\nSitemap: /sitemap-a.xml\nSITEMAP : https://example.org/news.xml\nDisallow: /x\n"
    found = find_sitemaps(robots, URL)
    assert [one.url for one in found[:3]] == [
        "https://example.org/news.xml",
        "https://example.org/sitemap-a.xml",
        "https://example.org/news-sitemap.xml",
    ]
    assert find_sitemaps("\0nonsense", URL)[0].why == "usual place"
