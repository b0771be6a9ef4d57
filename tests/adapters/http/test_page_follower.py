"""Sitemaps of an index, and further pages of what rolled past unseen, from a real server through real workers."""

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from monitor.adapters.http.fetcher import HttpFetcher
from monitor.adapters.http.page_follower import PageFollower
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.parse_workers.pool import ParseWorkers
from monitor.domain.article import Parsed
from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId, FeedKind, FeedState, Fetched
from monitor.domain.policy import FetchPolicy, NormalisePolicy, ParsePolicy, PollPolicy
from monitor.stages.feeds.plan import plan_success
from tests.adapters.http.web_site import WebSite, web_site
from tests.builders import NOW

# One loop for all, and the process that reads lives in it: to start one for each test took most of the time.
pytestmark = pytest.mark.asyncio(loop_scope="module")
POLICY = FetchPolicy()
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers():
    made = ParseWorkers(ParsePolicy(workers=1), NormalisePolicy(), load_lexicon())
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(workers):
    """What fetches and what reads, as in the service without full text."""
    fetcher = HttpFetcher(POLICY, ["127.0.0.0/8"], "NewsMonitor/1")
    yield fetcher, PageFollower(workers, fetcher.client, POLICY)
    await fetcher.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site():
    async with web_site() as site:
        yield site


def state(feed: Feed, **fields) -> FeedState:
    return replace(FeedState(feed.id, NOW, feed.url), **{"last_success_at": NOW - HOUR, **fields})


async def poll(desk, feed: Feed, before: FeedState, known=None) -> tuple[Fetched, Parsed]:
    fetcher, follower = desk
    fetched = await fetcher.fetch(feed, before, NOW)
    return fetched, await follower.parse(feed, before, fetched, known or {}, NOW)


def sitemap(*names: str) -> bytes:
    urls = "".join(f"<url><loc>https://news.example/{name}-is-told</loc></url>" for name in names)
    return f"<?xml version='1.0'?><urlset>{urls}</urlset>".encode()


def index(site: WebSite, *named: str) -> bytes:
    listed = "".join(
        f"<sitemap><loc>{site.base}{place}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for place, _, date in (one.partition(" ") for one in named)
    )
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{listed}</sitemapindex>".encode()


def xml(body: bytes) -> tuple[str, bytes]:
    return "application/xml", body


def map_feed(site: WebSite, kind: FeedKind = FeedKind.SITEMAP) -> Feed:
    return Feed(FeedId("map"), f"{site.base}/sitemap.xml", kind)


@pytest.mark.parametrize("kind", [FeedKind.SITEMAP, FeedKind.WEB])
async def test_an_index_leads_to_its_sitemap_for_news_packed_or_not(desk, site, kind):
    site.pages["/sitemap.xml"] = xml(index(site, "/pages.xml 2026-11-25", "/news/today.xml.gz", "/images.xml"))
    site.pages["/news/today.xml.gz"] = ("application/gzip", gzip.compress(sitemap("bank-was-hacked")))
    _, parsed = await poll(desk, map_feed(site, kind), state(map_feed(site)))
    assert [article.title for article in parsed.articles] == ["Bank was hacked is told"]
    assert site.asked == ["/sitemap.xml", "/news/today.xml.gz"]


async def test_without_one_for_news_the_newest_are_read_and_no_more_than_a_few(desk, site):
    named = [f"/part-{number}.xml 2026-11-{10 + number}" for number in range(9)]
    site.pages["/sitemap.xml"] = xml(index(site, *named))
    for number in range(9):
        site.pages[f"/part-{number}.xml"] = xml(sitemap(f"item-number-{number}"))
    _, parsed = await poll(desk, map_feed(site), state(map_feed(site)))
    assert site.asked[1:] == [f"/part-{number}.xml" for number in (8, 7, 6, 5)]
    assert len(parsed.articles) == len(parsed.document.entries) == parsed.entries == POLICY.most_pages


async def test_an_index_may_name_another_one_and_itself(desk, site):
    site.pages["/sitemap.xml"] = xml(index(site, "/news-index.xml", "/sitemap.xml"))
    site.pages["/news-index.xml"] = xml(index(site, "/news-index.xml", "/news-a.xml"))
    site.pages["/news-a.xml"] = xml(sitemap("bank-was-hacked"))
    _, parsed = await poll(desk, map_feed(site), state(map_feed(site)))
    assert len(parsed.articles) == 1
    assert site.asked == ["/sitemap.xml", "/news-index.xml", "/news-a.xml"]


async def test_below_an_index_of_indexes_the_newest_sitemaps_are_reached(desk, site):
    site.pages["/sitemap.xml"] = xml(index(site, *(f"/in-{year}.xml {year}-01-01" for year in range(2018, 2027))))
    for year in range(2018, 2027):
        site.pages[f"/in-{year}.xml"] = xml(index(site, f"/{year}-11.xml {year}-11-01", f"/{year}-10.xml {year}-10-01"))
        site.pages[f"/{year}-11.xml"] = xml(sitemap(f"bank-was-hacked-{year}"))
        site.pages[f"/{year}-10.xml"] = xml(sitemap(f"nothing-was-told-{year}"))
    _, parsed = await poll(desk, map_feed(site), state(map_feed(site)))
    assert site.asked == ["/sitemap.xml", "/in-2026.xml", "/2026-11.xml", "/2026-10.xml", "/in-2025.xml"]
    assert "Bank was hacked 2026 is told" in [article.title for article in parsed.articles]


async def test_an_index_that_leads_to_indexes_only_is_a_fault(desk, site):
    site.pages["/sitemap.xml"] = xml(index(site, "/sitemap.xml", "/a.xml"))
    site.pages["/a.xml"] = xml(index(site, "/sitemap.xml", "/b.xml"))
    site.pages["/b.xml"] = xml(index(site, "/a.xml"))
    with pytest.raises(ParseError, match="leads to indexes only"):
        await poll(desk, map_feed(site), state(map_feed(site)))
    assert site.asked == ["/sitemap.xml", "/a.xml", "/b.xml"]


async def test_a_sitemap_that_fails_hides_no_other_and_all_that_fail_are_a_fault(desk, site):
    site.pages["/sitemap.xml"] = xml(index(site, "/news-a.xml", "/news-b.xml"))
    site.pages["/news-a.xml"] = xml(sitemap("bank-was-hacked"))
    site.pages["/news-b.xml"] = 500
    _, parsed = await poll(desk, map_feed(site), state(map_feed(site)))
    assert len(parsed.articles) == 1
    assert "a page of it was not read" in parsed.document.flaws[-1]
    site.pages["/news-a.xml"] = 404
    with pytest.raises(ParseError, match="none of the sitemaps that this index names could be read"):
        await poll(desk, map_feed(site), state(map_feed(site)))


async def test_an_index_that_leads_inside_talks_nobody_into_letting_it(desk, site):
    site.pages["/sitemap.xml"] = xml(
        b"<sitemapindex><sitemap><loc>http://10.1.2.3/s.xml</loc></sitemap></sitemapindex>"
    )
    with pytest.raises(ParseError, match=r"10\.1\.2\.3 is not public") as caught:
        await poll(desk, map_feed(site), state(map_feed(site)))
    assert "allow_private_addresses" not in str(caught.value)


async def test_an_index_is_read_again_although_it_did_not_change(desk, site):
    site.pages["/sitemap.xml"] = xml(index(site, "/news-a.xml"))
    site.pages["/news-a.xml"] = xml(sitemap("bank-was-hacked"))
    feed = map_feed(site)
    fetched, parsed = await poll(desk, feed, state(feed))
    after, _ = plan_success(feed, state(feed), fetched, parsed.document, 1, NOW, PollPolicy())
    assert after.is_index
    site.pages["/news-a.xml"] = xml(sitemap("bank-was-hacked", "bank-has-paid"))
    known = {article.identity: article.entry_hash for article in parsed.articles}
    _, parsed = await poll(desk, feed, after, known)
    assert [article.title for article in parsed.articles] == ["Bank has paid is told"]
    assert parsed.unchanged == 1


def json_feed(*numbers: int, following: str = "", date: datetime = NOW) -> bytes:
    items = [
        {"id": str(number), "title": f"Title {number}", "content_text": "x", "date_published": date.isoformat()}
        for number in numbers
    ]
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items}
    return json.dumps(document | ({"next_url": following} if following else {})).encode()


def js(body: bytes) -> tuple[str, bytes]:
    return "application/json", body


def pages_feed(site: WebSite, **fields) -> Feed:
    return Feed(FeedId("pages"), f"{site.base}/1", **fields)


async def known_of(desk, feed: Feed) -> dict[str, str]:
    _, parsed = await poll(desk, feed, state(feed, last_success_at=None))
    return {article.identity: article.entry_hash for article in parsed.articles}


async def test_what_rolled_past_between_two_looks_is_read_from_the_next_pages(desk, site):
    feed = pages_feed(site)
    site.pages["/1"] = js(json_feed(1, 2, following="/2"))
    known = await known_of(desk, feed)
    assert site.asked == ["/1"]
    site.pages |= {"/1": js(json_feed(6, 5, following="/2")), "/2": js(json_feed(4, 3, following="/3"))}
    site.pages["/3"] = js(json_feed(2, 1, following="/4"))
    _, parsed = await poll(desk, feed, state(feed), known)
    assert [article.title for article in parsed.articles] == ["Title 6", "Title 5", "Title 4", "Title 3"]
    assert all(article.rings for article in parsed.articles)
    assert site.asked[1:] == ["/1", "/2", "/3"]
    assert len(parsed.listed) == 2


async def test_a_page_that_shows_something_known_is_the_last(desk, site):
    feed = pages_feed(site)
    site.pages["/1"] = js(json_feed(1, following="/2"))
    known = await known_of(desk, feed)
    site.pages["/1"] = js(json_feed(2, 1, following="/2"))
    await poll(desk, feed, state(feed), known)
    assert site.asked == ["/1", "/1"]


async def test_old_entries_on_further_pages_do_not_ring(desk, site):
    feed = pages_feed(site)
    site.pages["/1"] = js(json_feed(9, following="/2"))
    site.pages["/2"] = js(json_feed(8, date=NOW - timedelta(days=40)))
    _, parsed = await poll(desk, feed, state(feed), {"another": "x"})
    assert [(article.title, article.rings) for article in parsed.articles] == [("Title 9", True), ("Title 8", False)]


async def test_a_page_that_fails_leaves_the_first_one(desk, site):
    feed = pages_feed(site)
    site.pages |= {"/1": js(json_feed(9, following="http://169.254.169.254/latest")), "/2": 404}
    _, parsed = await poll(desk, feed, state(feed), {"another": "x"})
    assert len(parsed.articles) == 1
    assert "a page of it was not read" in parsed.document.flaws[-1]


async def test_an_archived_feed_names_its_next_page_by_a_link(desk, site):
    item = "<item><title>{0}</title><guid>{0}</guid><pubDate>Wed, 25 Nov 2026 08:59:00 GMT</pubDate></item>"
    atom = "xmlns:a='http://www.w3.org/2005/Atom'"
    site.pages["/1"] = xml(
        f"<rss {atom}><channel><a:link rel='next' href='/2'/>{item.format('New')}</channel></rss>".encode()
    )
    site.pages["/2"] = xml(f"<rss><channel>{item.format('Missed')}</channel></rss>".encode())
    _, parsed = await poll(desk, pages_feed(site), state(pages_feed(site)), {"another": "x"})
    assert [article.title for article in parsed.articles] == ["New", "Missed"]


@pytest.mark.parametrize(
    ("path", "meta", "asked"),
    [
        pytest.param("meta.next", {"next": "/2"}, ["/1", "/2"], id="an address"),
        pytest.param("{base}/{meta.cursor}", {"cursor": 2}, ["/1", "/2"], id="a template"),
        pytest.param("{base}/{meta.cursor}", {"cursor": None}, ["/1"], id="the last page"),
        pytest.param("meta.next", {"next": ""}, ["/1"], id="empty"),
        pytest.param("meta.next", {"next": "file:///etc/passwd"}, ["/1"], id="no address of the web"),
        pytest.param("meta.nowhere", {"next": "/2"}, ["/1"], id="a path that leads nowhere"),
    ],
)
async def test_a_json_api_goes_on_where_its_options_say(desk, site, path, meta, asked):
    def page(name: str, more: object) -> tuple[str, bytes]:
        return js(json.dumps({"news": [{"t": name, "at": NOW.isoformat()}], "meta": more}).encode())

    options = {"items": "news", "title": "t", "published": "at", "next": path.replace("{base}", site.base)}
    feed = pages_feed(site, kind=FeedKind.JSON_API, options=options)
    site.pages |= {"/1": page("One", meta), "/2": page("Two", {})}
    _, parsed = await poll(desk, feed, state(feed), {"another": "x"})
    assert site.asked == asked
    assert len(parsed.articles) == len(asked)


async def test_what_a_feed_was_given_to_send_goes_to_its_own_origin_only(desk, site):
    async with web_site() as other:
        feed = pages_feed(site, options={"headers": {"Authorization": "Bearer secret"}})
        site.pages |= {"/1": js(json_feed(9, following="/2")), "/2": js(json_feed(8, following=f"{other.base}/3"))}
        other.pages["/3"] = js(json_feed(7))
        _, parsed = await poll(desk, feed, state(feed), {"another": "x"})
        assert (site.tokens, other.tokens) == (["Bearer secret"] * 2, [""])
    assert len(parsed.articles) == 3
