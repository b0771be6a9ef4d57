"""What sites ask of robots, for pages. Feeds are published to be polled: for them it is not asked."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego
from yarl import URL

from monitor.adapters.http.client import HttpClient, Request
from monitor.domain.errors import FetchError
from monitor.stages.fulltext.robots_group import group_for

_MOST_SITES = 2_000
_MOST_BYTES = 512 * 2**10
_KEPT = timedelta(hours=24)
_KEPT_AFTER_FAILURE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: Protego | None  # None: the site could not be asked, so nothing is fetched
    until: datetime


class Robots:
    """Asks each site once a day, and remembers the answer in memory."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._sites: OrderedDict[str, _Rules] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def refusal(self, url: URL, now: datetime) -> str:
        """
        Why we are not to fetch *url*, empty where we may; a site that cannot say so is taken to mean no, for an hour.
        """
        site = str(url.origin())
        lock = self._locks.setdefault(site, asyncio.Lock())
        async with lock:
            known = self._sites.get(site)
            if known is None or known.until <= now:
                known = await self._asked(site, now)
                self._keep(site, known)
                delay = known.rules.crawl_delay(self._client.user_agent) if known.rules else None
                if delay and url.host:
                    self._client.visits.keep_distance(url.host, delay)
        if known.rules is None:
            return f"{url.host} cannot be asked for its robots.txt"
        may_go = known.rules.can_fetch(str(url), self._client.user_agent)
        return "" if may_go else f"the robots.txt of {url.host} does not want it"

    async def _asked(self, site: str, now: datetime) -> _Rules:
        headers = {"User-Agent": self._client.user_agent, "Accept": "text/plain, */*;q=0.5"}
        try:
            request = Request(URL(site) / "robots.txt", headers, _MOST_BYTES, is_visit=True)
            answer = await self._client.get(request, now)
            text = (answer.body or b"").decode("utf-8", "replace")
        except FetchError as error:
            is_absent = error.status is not None and 400 <= error.status < 500 and error.status != 429
            if not is_absent:
                return _Rules(None, now + _KEPT_AFTER_FAILURE)
            text = ""
        # On another thread: half a megabyte takes a fifth of a second.
        rules = await asyncio.to_thread(lambda: Protego.parse(group_for(text, self._client.user_agent)))
        return _Rules(rules, now + _KEPT)

    def _keep(self, site: str, rules: _Rules) -> None:
        self._sites[site] = rules
        self._sites.move_to_end(site)
        while len(self._sites) > _MOST_SITES:
            gone, _ = self._sites.popitem(last=False)
            self._locks.pop(gone, None)
