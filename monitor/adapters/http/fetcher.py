"""Polls feeds, sitemaps and JSON APIs on the web: conditional requests, and no body twice."""

import http
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import aiohttp
from yarl import URL

from monitor.adapters.address_guard import AddressGuard
from monitor.adapters.http.client import BrokenOffError, HttpClient, Request, parse_address
from monitor.domain.errors import FetchError
from monitor.domain.feed import Feed, FeedState, Fetched
from monitor.domain.policy import FetchPolicy

_ACCEPT = (
    "application/feed+json, application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9,"
    " application/json;q=0.8, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)


class HttpFetcher:
    """
    Keeps the promise of ``Fetcher`` for everything that is read over HTTP.

    *allowed* are networks that may be reached although they are private; ``client`` serves for pages too.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        allowed: Iterable[str],
        user_agent: str,
        full_every: timedelta = timedelta(hours=24),
    ) -> None:
        self.client = HttpClient(policy, AddressGuard(allowed), user_agent)
        self._policy = policy
        self._full_every = full_every

    async def fetch(self, feed: Feed, state: FeedState, now: datetime) -> Fetched:
        """
        One poll; a 304 and a body whose hash is the known one come back with ``body=None``.

        What breaks off each time comes back as far as it came.
        """
        address = state.address(feed)
        is_known = address == state.url
        url, private = without_credentials(parse_address(address), feed.options)
        headers = {"User-Agent": str(feed.options.get("user_agent") or self.client.user_agent), "Accept": _ACCEPT}
        if is_known and not self._wants_all(state, now):
            headers |= _validators(state)
        try:
            answer = await self.client.get(Request(url, headers, self._policy.max_body_bytes, private), now)
        except BrokenOffError as error:
            # Of a document that was cut no hash is kept: where it was one the last time, it is no accident.
            was_cut = is_known and state.last_success_at is not None and state.body_hash is None
            if state.failures < self._policy.broken_after and not was_cut:
                raise
            answer = error.answer
        if answer.status == http.HTTPStatus.NOT_MODIFIED and not _is_conditional(headers, private):
            raise FetchError(f"{url.host} sends no document: it says that nothing changed (304), whatever it is asked")
        is_same = is_known and not state.is_index and answer.body_hash != "" and answer.body_hash == state.body_hash
        # An address with credentials is not adopted: the new one would lack them, or get them unasked.
        has_moved = answer.is_permanent and answer.url != url and not private
        return Fetched(
            feed_id=feed.id,
            status=answer.status,
            url=str(answer.url),
            body=None if is_same else answer.body,
            headers=answer.headers,
            permanent_url=str(answer.url) if has_moved else None,
            elapsed_s=answer.elapsed_s,
            body_hash=answer.body_hash,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self.client.close()

    def _wants_all(self, state: FeedState, now: datetime) -> bool:
        """Whether to ask without validators: once a day, and after a failure, when only a document is proof.

        An index is always read: what it names changes and it stays as it is.
        """
        if state.is_index:
            return True
        is_old = state.last_full_at is None or not timedelta(0) <= now - state.last_full_at < self._full_every
        return is_old or state.failures > 0


def _is_conditional(*headers: Mapping[str, str]) -> bool:
    return any(name.lower() in {"if-none-match", "if-modified-since"} for given in headers for name in given)


def _validators(state: FeedState) -> dict[str, str]:
    given = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in given.items() if value}


def without_credentials(url: URL, options: Mapping[str, object]) -> tuple[URL, dict[str, str]]:
    """The address without name and password, and the headers that only its own origin may see."""
    private = {}
    if url.user:
        private["Authorization"] = aiohttp.encode_basic_auth(url.user, url.password or "", "utf-8")
    headers = options.get("headers")
    if isinstance(headers, Mapping):
        private |= {str(name): str(value) for name, value in headers.items()}
    if url.raw_user is None and url.raw_password is None and not url.raw_fragment:
        return url, private
    return url.with_user(None).with_fragment(None), private
