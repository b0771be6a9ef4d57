"""
Documents that go on elsewhere: the sitemaps that an index names, and further pages of what rolled past unseen.

It stands around the parser of web feeds. An index is always followed, since it holds nothing itself. A page is
followed where a feed that was read before shows nothing that is known: then entries passed between two looks, and
the next page still has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.adapters.http.client import HttpClient, Request, parse_address
from monitor.adapters.http.fetcher import without_credentials
from monitor.domain.article import Article, DateFlag
from monitor.domain.errors import FetchError, ParseError
from monitor.domain.feed import Feed, FeedState, Fetched
from monitor.domain.policy import FetchPolicy
from monitor.ports import Parsed, Parser
from monitor.stages.sites import domain_of

# What is older than the last look by more than this did not pass between two looks, whatever page it stands on.
_SLACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Poll:
    """What all pages of one poll have in common."""

    feed: Feed
    state: FeedState
    known: Mapping[str, str]
    now: datetime


class PageFollower:
    """Keeps the promise of ``Parser``: what *inner* reads, and what it reads on the pages that go on from there."""

    def __init__(self, inner: Parser, client: HttpClient, policy: FetchPolicy) -> None:
        self._inner = inner
        self._client = client
        self._policy = policy

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        """
        Parse and normalise, page after page, ``policy.most_pages`` at the most.

        Raises:
            ParseError: the first document is no feed, or nothing that an index names is one. Other pages raise nothing.
        """
        poll = _Poll(feed, state, known, now)
        first = page = await self._inner.parse(feed, state, fetched, known, now)
        queue, seen, faults, read = _next(poll, page), {fetched.url}, [], [first]
        while queue and len(seen) <= self._policy.most_pages:
            url = queue.pop(0)
            if url in seen:
                continue
            seen.add(url)
            try:
                page = await self._page(poll, fetched, url)
            except (FetchError, ParseError) as error:
                faults.append(str(error))
                continue
            read.append(page if first.document.is_index else _news(page, poll))
            # What the best one leads to comes before the next best: sitemaps lie below an index of indexes.
            queue[:0] = _next(poll, page)
        if first.document.is_index and len(read) == 1 and faults:
            raise ParseError(f"none of the sitemaps that this index names could be read: {faults[0]}")
        if all(page.document.is_index for page in read):
            raise ParseError("this index of sitemaps leads to indexes only, as far as it was followed")
        return _together(read, tuple(f"a page of it was not read: {fault}" for fault in faults))

    async def close(self) -> None:
        """End what reads; connections belong to the fetcher."""
        await self._inner.close()

    async def _page(self, poll: _Poll, fetched: Fetched, address: str) -> Parsed:
        url = parse_address(address)
        own, private = without_credentials(parse_address(fetched.url), poll.feed.options)
        url = url.with_user(None).with_fragment(None)
        headers = {"User-Agent": str(poll.feed.options.get("user_agent") or self._client.user_agent)}
        # What the feed was given to send is for its own origin only.
        request = Request(
            url,
            headers,
            self._policy.max_body_bytes,
            private if url.origin() == own.origin() else {},
            is_visit=domain_of(url.host or "") != domain_of(own.host or ""),
        )
        answer = await self._client.get(request, poll.now)
        page = Fetched(
            poll.feed.id, answer.status, str(answer.url), answer.body or b"", answer.headers, body_hash=answer.body_hash
        )
        return await self._inner.parse(poll.feed, poll.state, page, poll.known, poll.now)


def _next(poll: _Poll, page: Parsed) -> list[str]:
    """Where *page* goes on, if anybody wants to know."""
    if page.document.is_index:
        return list(page.document.more)
    was_read = poll.state.last_success_at is not None and poll.state.address(poll.feed) == poll.state.url
    is_known = page.listed or any(article.identity in poll.known for article in page.articles)
    return list(page.document.more[:1]) if was_read and page.articles and not is_known else []


def _news(page: Parsed, poll: _Poll) -> Parsed:
    """*page* with what is no news marked as history: on pages that nobody looked at before, all is new to us."""
    since = (poll.state.last_success_at or poll.now) - _SLACK
    return replace(
        page, articles=tuple(_told(article, since, always=poll.feed.rings_always) for article in page.articles)
    )


def _told(article: Article, since: datetime, *, always: bool) -> Article:
    is_news = always or (article.date_flag is DateFlag.FINE and article.published_at > since)
    return article if is_news or not article.rings else replace(article, rings=False)


def _together(read: list[Parsed], flaws: tuple[str, ...]) -> Parsed:
    first = read[0]
    if len(read) == 1 and not flaws:
        return first
    articles = {article.id: article for page in reversed(read) for article in reversed(page.articles)}
    entries = tuple(entry for page in read for entry in page.document.entries)
    shapes = [page.document.shape for page in read if page.document.shape is not None]
    document = replace(
        first.document,
        entries=entries,
        flaws=(*first.document.flaws, *flaws),
        shape=max(shapes, key=lambda shape: shape.count, default=None),
        is_renamed=any(page.document.is_renamed for page in read),
        is_cut=any(page.document.is_cut for page in read),
    )
    return Parsed(
        document=document,
        articles=tuple(reversed(articles.values())),
        entries=len(entries),
        unchanged=sum(page.unchanged for page in read),
        notes=tuple(dict.fromkeys(note for page in read for note in page.notes)),
        listed=tuple(dict.fromkeys(key for page in read for key in page.listed)),
    )
