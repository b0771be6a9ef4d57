"""Full text from pages, against a site on loopback, with real worker processes."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest
import pytest_asyncio

from monitor.adapters.address_guard import AddressGuard
from monitor.adapters.http.client import HttpClient
from monitor.adapters.http.page_reader import PageReader
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.parse_workers.pool import ParseWorkers
from monitor.domain.feed import Feed, FeedId, FeedState, Fetched, Fulltext
from monitor.domain.policy import FetchPolicy, FulltextPolicy, NormalisePolicy, ParsePolicy
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.fulltext.promise import PromiseIndex
from tests.adapters.http.web_site import WebSite, web_site
from tests.builders import NOW

# One loop for all, and the process that reads lives in it: to start one for each test took most of the time.
pytestmark = pytest.mark.asyncio(loop_scope="module")
LEXICON = load_lexicon()
PARAGRAPH = (
    "The Northern Dairy said on Wednesday that its factories had stopped, and that milk was being fetched by hand. "
)
SECOND = "Nobody knows yet how the attackers came in, and the company has told its customers to wait. "
STORY = f"<html><head><title>Dairy</title></head><body><nav>Home Sport</nav><article><h1>Dairy</h1><p>{PARAGRAPH * 4}</p><p>{SECOND * 3}</p></article><footer>Imprint</footer></body></html>".encode()
WALL = b"<html><body><p>We use cookies and similar techniques.</p><button>Accept all cookies</button></body></html>"
HTML = "text/html; charset=utf-8"


@pytest.fixture(scope="module")
def index():
    return PromiseIndex([Entity(EntityId("northern-dairy"), "Northern Dairy")], LEXICON)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers():
    made = ParseWorkers(ParsePolicy(workers=1), NormalisePolicy(), LEXICON)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site():
    async with web_site() as site:
        site.pages["/1"] = (HTML, STORY)
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def client():
    client = HttpClient(FetchPolicy(), AddressGuard(["127.0.0.0/8"]), "NewsMonitor/1 (+https://example.org)")
    yield client
    await client.close()


@pytest_asyncio.fixture(loop_scope="module")
async def read(site: WebSite, client, index, workers):
    reader = PageReader(workers, client, FulltextPolicy(patience=timedelta(minutes=1)), index.is_promising)

    async def read(title: str = "Northern Dairy stops", text: str = "Short.", is_new: bool = False, **fields):
        feed = Feed(FeedId("f"), f"{site.base}/feed", **fields)
        body = (
            f"<rss version='2.0'><channel><title>T</title><item><title>{title}</title><link>{site.base}/1</link>"
            f"<guid>1</guid><pubDate>Wed, 25 Nov 2026 08:00:00 GMT</pubDate><description>{text}</description>"
            "</item></channel></rss>"
        ).encode()
        fetched = Fetched(feed.id, 200, feed.url, body, {"content-type": "application/rss+xml"})
        state = FeedState(feed.id, NOW, feed.url)
        if not is_new:
            state = dataclasses.replace(state, last_success_at=NOW - timedelta(hours=1))
        parsed = await reader.parse(feed, state, fetched, {}, NOW)
        return parsed.articles[0]

    return read


async def test_a_promising_article_gets_the_text_of_its_page(read, site):
    article = await read()
    assert "milk was being fetched" in article.text
    assert "how the attackers came in" in article.text
    assert "Imprint" not in article.text
    assert (article.title, article.page) == ("Northern Dairy stops", "read, the text is from there")
    assert site.asked == ["/robots.txt", "/1"]
    plain = await read(fulltext=Fulltext.NEVER)
    assert (plain.text, plain.id, plain.page) == ("Short.", article.id, "")
    assert plain.content_hash != article.content_hash
    assert plain.entry_hash == article.entry_hash


@pytest.mark.parametrize(
    ("words", "is_fetched"),
    [
        pytest.param({"title": "Ransomware at a bakery"}, True, id="speaks of an attack"),
        pytest.param({"title": "Weather stays fine"}, False, id="promises nothing"),
        pytest.param({"title": "Weather stays fine", "fulltext": Fulltext.ALWAYS}, True, id="always"),
        pytest.param({"fulltext": Fulltext.NEVER}, False, id="never"),
        pytest.param({"text": "Long enough. " * 300}, False, id="the feed tells all"),
        pytest.param({"is_new": True}, False, id="history"),
    ],
)
async def test_pages_are_fetched_for_what_is_worth_it(read, site, words, is_fetched):
    await read(**words)
    assert ("/1" in site.asked) is is_fetched


MISSING = b"""<html><body><main><h1>Page not found</h1><p>The page you are looking for does not exist or may have moved.
Hackers at a bakery is our most read story. Go back to the home page and search our archive of articles for what you
were looking for.</p></main></body></html>"""
OTHER = b"<html><body><article><p>%s</p></article></body></html>" % (
    b"A bakery in the old town has been robbed of its ovens by people who came at night with a lorry. " * 8
)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        pytest.param((HTML, WALL), "the page is a cookie wall", id="a cookie wall"),
        pytest.param((HTML, MISSING), "there is nothing at this address", id="an error page that says 200"),
        pytest.param((HTML, OTHER), "tells of something else", id="another story, as where old ones lead home"),
        pytest.param((HTML, b""), "it is empty", id="empty"),
        pytest.param((HTML, b"\xff\x00" * 5000), "the page tells no more", id="binary"),
        pytest.param((HTML, b"<div>" * 100_000), "more elements than an article", id="nested deep"),
        pytest.param(("application/pdf", STORY), "it is application/pdf and no HTML", id="no page"),
        pytest.param(403, "127.0.0.1 refuses us (403)", id="forbidden"),
        pytest.param(500, "500", id="broken"),
    ],
)
async def test_the_text_of_the_feed_stays_where_the_page_fails_and_the_reason_is_noted(read, site, page, reason):
    site.pages["/1"] = page
    article = await read()
    assert (article.title, article.text) == ("Northern Dairy stops", "Short.")
    assert article.page.startswith("not read, the text is that of the feed: ")
    assert reason in article.page
    assert "options" not in article.page, "advice on feeds"


async def test_pages_that_are_too_many_or_too_slow_are_noted(site: WebSite, client, index, workers):
    reader = PageReader(workers, client, FulltextPolicy(most=1, patience=timedelta(0)), index.is_promising)
    items = "".join(
        f"<item><title>Northern Dairy {number}</title><link>{site.base}/{number}</link></item>" for number in "12"
    )
    feed = Feed(FeedId("f"), f"{site.base}/feed")
    fetched = Fetched(feed.id, 200, feed.url, f"<rss><channel>{items}</channel></rss>".encode(), {})
    state = dataclasses.replace(FeedState(feed.id, NOW, feed.url), last_success_at=NOW - timedelta(hours=1))
    parsed = await reader.parse(feed, state, fetched, {}, NOW)
    said = [article.page.rpartition(": ")[2] for article in parsed.articles]
    assert sorted(said) == ["it took longer than 0 s", "no more than 1 are in one poll"]


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        pytest.param(("text/plain", b"User-agent: *\nDisallow: /"), "does not want it", id="nobody wanted"),
        pytest.param(
            ("text/plain", b"User-agent: NewsMonitor\nDisallow: /1$"), "does not want it", id="we are not wanted"
        ),
        pytest.param(("text/plain", b"User-agent: Other\nDisallow: /"), "", id="others are not wanted"),
        pytest.param(404, "", id="no word on robots"),
        pytest.param(503, "cannot be asked", id="the site cannot say"),
    ],
)
async def test_robots_txt_is_kept_for_pages(read, site, robots, reason):
    site.pages["/robots.txt"] = robots
    article = await read()
    assert ("/1" in site.asked) is (not reason)
    assert reason in article.page
    assert "options" not in article.page, "advice on feeds"


async def test_robots_txt_is_kept_where_a_page_redirects_to(read, site):
    async with web_site("127.0.0.2") as other:
        other.pages |= {"/page": (HTML, STORY), "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /")}
        site.redirects["/1"] = f"{other.base}/page"
        assert (await read()).text == "Short."
        assert other.asked == ["/robots.txt"]


async def test_robots_txt_is_kept_where_a_page_redirects_on_its_site(read, site):
    site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /private")
    site.redirects["/1"] = "/private/1"
    assert (await read()).text == "Short."
    assert site.asked == ["/robots.txt", "/1"]


async def test_a_crawl_delay_is_kept(read, site, client):
    site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nCrawl-delay: 0.5\n")
    started = asyncio.get_running_loop().time()
    await read()
    await read()
    assert site.asked == ["/robots.txt", "/1", "/1"]
    assert asyncio.get_running_loop().time() - started >= 0.4


async def test_a_site_is_asked_once_what_it_thinks_of_robots(read, site):
    await read()
    await read()
    assert site.asked.count("/robots.txt") == 1
