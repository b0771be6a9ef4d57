"""Sources that are no web feeds, from their server to articles, with real servers and worker processes."""

import dataclasses
import json
from datetime import timedelta
from email.message import EmailMessage

import pytest

from monitor.adapters.http.fetcher import HttpFetcher
from monitor.adapters.imap.mailbox import ImapMailbox
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.parse_workers.pool import ParseWorkers
from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId, FeedKind, FeedState
from monitor.domain.policy import FetchPolicy, NormalisePolicy, ParsePolicy
from monitor.domain.source_policy import MailboxPolicy
from monitor.ports import Fetcher, Parsed
from tests.adapters.http.web_site import web_site
from tests.adapters.imap.mail_server import MailServer
from tests.builders import NOW

ALLOWED = ["127.0.0.0/8"]
API = {
    "data": {
        "news": [
            {
                "headline": "Bank hacked",
                "slug": "bank-hacked",
                "body": "<p>It was.</p>",
                "date": "2026-11-25T08:00:00Z",
                "nr": 17,
            },
            {"headline": "Weather", "slug": "weather", "body": "", "date": 1795593600},
        ]
    }
}
SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.example/a</loc><news:news>
 <news:publication><news:name>N</news:name><news:language>en</news:language></news:publication>
 <news:publication_date>2026-11-25T08:00:00Z</news:publication_date><news:title>Bank hacked</news:title></news:news></url></urlset>"""


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


@pytest.fixture
async def workers(lexicon):
    workers = ParseWorkers(ParsePolicy(workers=1), NormalisePolicy(), lexicon)
    yield workers
    await workers.close()


@pytest.fixture
async def fetcher():
    fetcher = HttpFetcher(FetchPolicy(), ALLOWED, "NewsMonitor/1")
    yield fetcher
    await fetcher.close()


async def read(fetcher: Fetcher, workers: ParseWorkers, feed: Feed) -> Parsed:
    state = dataclasses.replace(FeedState(feed.id, NOW, feed.url), last_success_at=NOW - timedelta(hours=1))
    return await workers.parse(feed, state, await fetcher.fetch(feed, state, NOW), {}, NOW)


async def test_a_json_api_by_its_paths(fetcher, workers):
    async with web_site() as site:
        site.pages["/api"] = ("application/json", json.dumps(API).encode())
        options = {
            "items": "data.news", "title": "headline", "link": site.base + "/n/{slug}", "text": "body",
            "published": "date", "guid": "nr",
        }  # fmt: skip
        parsed = await read(
            fetcher, workers, Feed(FeedId("api"), f"{site.base}/api", FeedKind.JSON_API, options=options)
        )
        first, second = parsed.articles
        assert (first.title, first.text, first.url) == ("Bank hacked", "It was.", f"{site.base}/n/bank-hacked")
        assert first.published_at.isoformat() == "2026-11-25T08:00:00+00:00"
        assert second.published_at.year == 2026
        wrong = Feed(FeedId("api"), f"{site.base}/api", FeedKind.JSON_API, options={**options, "items": "data.gone"})
        with pytest.raises(ParseError, match="leads to no list"):
            await read(fetcher, workers, wrong)


async def test_a_news_sitemap(fetcher, workers):
    async with web_site() as site:
        site.pages["/sitemap.xml"] = ("application/xml", SITEMAP)
        parsed = await read(fetcher, workers, Feed(FeedId("map"), f"{site.base}/sitemap.xml", FeedKind.SITEMAP))
    (article,) = parsed.articles
    assert (article.title, article.url) == ("Bank hacked", "https://news.example/a")


async def test_a_mailbox(workers):
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "News <n@example.org>", "Bank gehackt", "<1@x>"
    message["Date"] = "Wed, 25 Nov 2026 08:00:00 +0000"
    message.set_content("x")
    message.add_alternative("<p>De bank is gehackt door een onbekende groep.</p>", subtype="html")
    async with MailServer({1: message.as_bytes()}) as server:
        url = f"imap://reader@127.0.0.1:{server.port}/INBOX"
        feed = Feed(FeedId("mail"), url, FeedKind.IMAP, options={"password": "word", "tls": "none"})
        parsed = await read(ImapMailbox(MailboxPolicy(), ALLOWED), workers, feed)
    (article,) = parsed.articles
    assert (article.title, article.text) == ("Bank gehackt", "De bank is gehackt door een onbekende groep.")
    assert (article.language, article.rings) == ("nl", True)
