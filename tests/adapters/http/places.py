"""A server on loopback that a test tells what to answer, and a fetcher that asks it."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web

from monitor.adapters.http.fetcher import HttpFetcher
from monitor.domain.errors import FetchError
from monitor.domain.feed import Feed, FeedId, FeedState
from monitor.domain.policy import FetchPolicy
from tests.builders import NOW
from tests.loopback import Answer

BODY = b"<rss version='2.0'><channel><title>News</title></channel></rss>"
# As patient as it ships: a busy machine may take seconds to answer itself.
POLICY = FetchPolicy(max_body_bytes=200_000)


class Site:
    """A web server with one handler for every path; it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.handler: Answer = fine
        self.base = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.handler(request)


async def fine(request: web.Request) -> web.StreamResponse:
    return web.Response(body=BODY, content_type="application/rss+xml")


def feed_at(url: str, **fields) -> Feed:
    return Feed(FeedId("example"), url, **fields)


def state_of(feed: Feed, **fields) -> FeedState:
    return FeedState(feed.id, NOW, feed.url, **fields)


@asynccontextmanager
async def hurried(**limits: timedelta) -> AsyncIterator[HttpFetcher]:
    """A fetcher with less patience, for servers that would use up all there is."""
    fetcher = HttpFetcher(dataclasses.replace(POLICY, **limits), ["127.0.0.0/8"], "NewsMonitor/1")
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def fetch(fetcher: HttpFetcher, url: str, *, options=None, **known):
    feed = feed_at(url, options=options or {})
    return await fetcher.fetch(feed, state_of(feed, **known), NOW)


async def failed(fetcher: HttpFetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(fetcher, url)
    return caught.value
