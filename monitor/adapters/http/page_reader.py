"""
Full text: the pages behind articles that look promising, read before the articles are handed on.

It stands around the parser of web feeds. Whatever goes wrong with a page - robots not wanted, a wall, a
slow server - the text that the feed gave stays, and no article is lost or late by more than the patience. What
became of the page is noted in the article.
"""

import asyncio
import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.adapters.http.client import HttpClient, Request, parse_address
from monitor.adapters.http.robots import Robots
from monitor.adapters.parse_workers.pool import ParseWorkers
from monitor.domain.article import Article
from monitor.domain.errors import FetchError, ParseError
from monitor.domain.feed import Feed, FeedState, Fetched, Fulltext
from monitor.domain.policy import FulltextPolicy
from monitor.ports import Parsed
from monitor.stages.normalise.canonical_url import is_opaque

_HTML = ("text/html", "application/xhtml+xml", "")
_LONGEST_NOTE = 300
_ACCEPT = "text/html, application/xhtml+xml;q=0.9"


class PageReader:
    """Keeps the promise of ``Parser``: what *workers* read, with full text where it is wanted and to be had."""

    def __init__(
        self,
        workers: ParseWorkers,
        client: HttpClient,
        policy: FulltextPolicy,
        is_promising: Callable[[Article], bool],
    ) -> None:
        self._workers = workers
        self._client = client
        self._robots = Robots(client)
        self._policy = policy
        self._is_promising = is_promising

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        """
        Parse, normalise, and complete from pages.

        Raises:
            ParseError: the document is no feed. Pages raise nothing.
        """
        parsed = await self._workers.parse(feed, state, fetched, known, now)
        wanted = [article for article in parsed.articles if self._wants(feed, article)]
        if not wanted:
            return parsed
        most, patience_s = self._policy.most, self._policy.patience.total_seconds()
        tasks = {asyncio.create_task(self._completed(article, now)): article for article in wanted[:most]}
        done, late = await asyncio.wait(tasks, timeout=patience_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        noted = [task.result() for task in done]
        noted += [_unread(tasks[task], f"it took longer than {patience_s:g} s") for task in late]
        noted += [_unread(article, f"no more than {most} are in one poll") for article in wanted[most:]]
        complete = {article.id: article for article in noted}
        return replace(parsed, articles=tuple(complete.get(article.id, article) for article in parsed.articles))

    async def close(self) -> None:
        """End the workers; connections belong to the fetcher."""
        await self._workers.close()

    def _wants(self, feed: Feed, article: Article) -> bool:
        """Whether the page is to be read: never for history, nor where the feed tells all already."""
        if feed.fulltext is Fulltext.NEVER or not article.rings or not article.url or is_opaque(article.url):
            return False
        if len(article.text) >= self._policy.enough_characters:
            return False
        return feed.fulltext is Fulltext.ALWAYS or self._is_promising(article)

    async def _completed(self, article: Article, now: datetime) -> Article:
        try:
            url = parse_address(article.url).with_user(None)
            refusal = functools.partial(self._robots.refusal, now=now)
            if reason := await refusal(url):
                return _unread(article, reason)
            headers = {"User-Agent": self._client.user_agent, "Accept": _ACCEPT}
            request = Request(url, headers, self._policy.max_page_bytes, is_visit=True, refusal=refusal)
            answer = await self._client.get(request, now)
            kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in _HTML or not answer.body:
                return _unread(article, f"it is {kind[:60]} and no HTML" if answer.body else "it is empty")
            complete = await self._workers.complete(article, answer.body, answer.headers)
            return replace(complete, page="read, the text is from there")
        except FetchError as error:
            # What follows a status is advice for whoever wrote the address of a feed.
            return _unread(article, str(error) if error.status is None else str(error).partition(": ")[0])
        except ParseError as error:
            return _unread(article, str(error))


def _unread(article: Article, reason: str) -> Article:
    return replace(article, page=f"not read, the text is that of the feed: {reason}"[:_LONGEST_NOTE])
