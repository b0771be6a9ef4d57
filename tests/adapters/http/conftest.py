"""Two servers of different hosts, and a fetcher that may reach them."""

import pytest

from monitor.adapters.http.fetcher import HttpFetcher
from tests.adapters.http.places import POLICY, Site
from tests.loopback import serving


@pytest.fixture
async def site():
    site = Site()
    async with serving(site.answer) as site.base:
        yield site


@pytest.fixture
async def other():
    site = Site()
    async with serving(site.answer, "127.0.0.2") as site.base:
        yield site


@pytest.fixture
async def fetcher():
    fetcher = HttpFetcher(POLICY, ["127.0.0.0/8"], "NewsMonitor/1.2 (+https://example.org)")
    yield fetcher
    await fetcher.close()
