"""Where others lead us - a page behind an article, a redirect to another site - holds up no feed of the host."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from yarl import URL

from monitor.adapters.address_guard import AddressGuard
from monitor.adapters.http.client import HttpClient, Request
from monitor.adapters.http.robots import Robots
from monitor.domain.errors import FetchError, FetchFault
from monitor.domain.policy import FetchPolicy
from tests.adapters.http.web_site import WebSite, web_site
from tests.builders import NOW
from tests.loopback import NamesOfOurs


@pytest.fixture
async def site() -> AsyncIterator[WebSite]:
    async with web_site() as site:
        site.pages |= {"/feed": ("text/xml", b"<rss/>"), "/busy": 429}
        yield site


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpClient]:
    monkeypatch.setattr(aiohttp, "AsyncResolver", NamesOfOurs)
    policy = FetchPolicy(host_spacing=timedelta(milliseconds=1), per_host=1, longest_spacing=timedelta(minutes=10))
    client = HttpClient(policy, AddressGuard(["127.0.0.0/8"]), "test")
    yield client
    await client.close()


def at(site: WebSite, host: str, path: str) -> URL:
    """An address of *host*, which this machine answers for."""
    return URL(site.base).with_host(host) / path


async def status(client: HttpClient, url: URL, *, is_visit: bool = False) -> int | FetchFault:
    try:
        return (await client.get(Request(url, {}, 1_000, is_visit=is_visit), NOW)).status
    except FetchError as error:
        return error.kind


async def test_a_page_that_asks_for_patience_rests_pages_and_no_feed(client: HttpClient, site: WebSite) -> None:
    assert await status(client, at(site, "paper.org", "busy"), is_visit=True) is not FetchFault.RESTING
    assert await status(client, at(site, "paper.org", "feed"), is_visit=True) is FetchFault.RESTING
    assert await status(client, at(site, "paper.org", "feed")) == 200


async def test_a_feed_that_asks_for_patience_rests_pages_as_well(client: HttpClient, site: WebSite) -> None:
    assert await status(client, at(site, "feeds.paper.org", "busy")) is not FetchFault.RESTING
    assert await status(client, at(site, "www.paper.org", "feed")) is FetchFault.RESTING
    assert await status(client, at(site, "www.paper.org", "feed"), is_visit=True) is FetchFault.RESTING


async def test_who_redirects_elsewhere_rests_nobody_there(client: HttpClient, site: WebSite) -> None:
    site.redirects["/evil"] = str(at(site, "paper.org", "busy"))
    assert await status(client, at(site, "evil.org", "evil")) is not FetchFault.RESTING
    assert await status(client, at(site, "paper.org", "feed")) == 200


async def test_pages_that_queue_for_a_host_do_not_stand_before_its_feed(client: HttpClient, site: WebSite) -> None:
    site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nCrawl-delay: 600\n")
    assert not await Robots(client).refusal(at(site, "paper.org", "page"), NOW)
    pages = [asyncio.create_task(status(client, at(site, "paper.org", "feed"), is_visit=True)) for _ in range(5)]
    await asyncio.sleep(0)
    assert await status(client, at(site, "paper.org", "feed")) == 200
    assert not any(page.done() for page in pages[1:])
    for page in pages:
        page.cancel()
    await asyncio.gather(*pages, return_exceptions=True)
