"""
Whose word an item is where its feed lists the articles of others: searches, alerts, planets, exports of readers.

Such a feed names the outlet of each item, or leads to it through a door of its own. What it adds to the item - the
outlet's name behind the headline, the headline once more as a summary, a list of what others wrote - is taken off.
"""

import html
import re
from dataclasses import dataclass

from monitor.domain.feed import Entry, Feed, FeedState, ParsedFeed
from monitor.stages.normalise.canonical_url import canonical_url, leads_elsewhere
from monitor.stages.normalise.plain_text import plain_line
from monitor.stages.sites import folded, is_site, site_in, site_of

# Sites that show the articles of others under addresses of their own.
_CARRIERS = frozenset(
    "google.com bing.com msn.com yahoo.com aol.com reddit.com ycombinator.com flipboard.com newsbreak.com smartnews.com"
    " headtopics.com feedly.com inoreader.com".split()
)
# Who gives the feeds and pictures of others an address: it tells nothing of whose they are.
_HOSTS_OF_OTHERS = frozenset("feedburner.com feedblitz.com rss.app fetchrss.com rsshub.app google.com redd.it".split())
_ON_A_CARRIER = re.compile(r"\s+\w{2,4}\s+(?:msn|yahoo!?|aol)(?:\.com)?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\s[-|·•–—]\s")
_LONGEST_NAME = 200
_TAG_OF_LIST = re.compile(r"<(/?)(a|font)\b[^<>]{0,5000}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_LONGEST_LIST = 200_000
# What link boards say of an item: no word of it is news, and its numbers change all day.
_OF_BOARD = re.compile(
    r"^(?:(?:Article URL|Comments URL): \S+|(?:Points|# Comments): \d+)$"
    r"|\s*submitted by\s+/u/\S+(?:\s+to\s+r/\S+)?(?:\s*\[link\])?(?:\s*\[comments\])?\s*\Z",
    re.MULTILINE,
)
_POSTED = re.compile(r"""<a href="(https?://[^"<>\s]{1,2000})"[^<>]{0,200}>\[link\]</a>""")


@dataclass(frozen=True, slots=True)
class Outlet:
    """
    Whose article an item is: its site, else the name that it goes by; the other one is empty where nobody says it.

    ``is_at_home``: the item's address lies on that site.
    """

    name: str
    site: str
    is_at_home: bool = False

    @property
    def owner(self) -> str:
        """What the source is known by where the address does not tell it."""
        return "" if self.is_at_home else self.site or self.name

    def names(self) -> frozenset[str]:
        """The spellings under which the outlet may stand behind a headline, folded."""
        spelled = (self.name, self.site, self.site.partition(".")[0])
        return frozenset(filter(None, map(folded, spelled)))


class Origins:
    """One document as a list of what others wrote."""

    def __init__(self, feed: Feed, state: FeedState, document: ParsedFeed) -> None:
        self._given = (feed.url, state.url, document.site_url, document.self_url or "")
        self._own: frozenset[str] | None = None

    def outlet_of(self, entry: Entry, url: str) -> Outlet | None:
        """
        The outlet of *entry*, whose article lies at *url*; None where it is the feed's own.

        An address on a site of its own tells more than what the feed names: a reader's export names feeds.
        """
        posted = _posted(entry)
        if not (entry.source or entry.source_url or posted or leads_elsewhere(entry.link)):
            return None
        there, name = site_in(url), _ON_A_CARRIER.sub("", plain_line(entry.source, _LONGEST_NAME))
        if there and there not in self._own_sites() and there not in _CARRIERS:
            return Outlet(name, there, is_at_home=True)
        site = self._foreign(entry.source_url) or self._foreign(posted)
        if site or not name or there not in _CARRIERS:
            return Outlet(name, site) if site else None
        if folded(name).startswith(there.partition(".")[0]):
            return Outlet(name, there, is_at_home=True)
        return Outlet(name, site_of(name.lower()) if is_site(name) else "")

    def _foreign(self, url: str) -> str:
        site = _site(url)
        return "" if site in self._own_sites() or site in _HOSTS_OF_OTHERS else site

    def _own_sites(self) -> frozenset[str]:
        # Worked out when it is first asked for: most feeds list nothing but their own.
        if self._own is None:
            self._own = frozenset(filter(None, map(_site, self._given)))
        return self._own


def headline_of(title: str, outlet: Outlet) -> str:
    """*title* without the name of its outlet behind it; as it is where nothing else would be left."""
    names = outlet.names()
    ends = [found for found in _BETWEEN.finditer(title) if folded(title[found.end() :]) in names]
    if not ends or not title[: ends[0].start()].strip():
        return title
    # Some sign their own titles: the outlet's name stands there twice.
    return headline_of(title[: ends[0].start()].rstrip(), outlet)


def is_repetition(text: str, titles: tuple[str, ...], outlet: Outlet) -> bool:
    """Whether *text* is nothing but one of *titles*, with the outlet's name or without."""
    said = folded(text)
    return any(said == f"{folded(title)}{name}" for title in titles for name in ("", *outlet.names()))


def is_list_of_headlines(markup: str) -> bool:
    """Whether *markup* is nothing but several links, with names in small print beside them."""
    if len(markup) > _LONGEST_LIST:
        return False
    links = depth = start = 0
    for tag in _TAG_OF_LIST.finditer(markup):
        if not depth and _says_something(markup[start : tag.start()]):
            return False
        depth, start = max(0, depth + (-1 if tag[1] else 1)), tag.end()
        links += not tag[1] and tag[2].lower() == "a"
    return links > 1 and not _says_something(markup[start:])


def without_board(text: str) -> str:
    """*text* without what a link board says about its item."""
    return _OF_BOARD.sub("", text).strip() if "Comments URL: " in text or "submitted by" in text else text


def _site(url: str) -> str:
    # In the letters of the web: what looks like the name of a paper may be another one.
    return site_in(canonical_url(url))


def _says_something(markup: str) -> bool:
    return any(map(str.isalnum, html.unescape(_TAG.sub("", markup))))


def _posted(entry: Entry) -> str:
    """What a post on a link board is about, as an address; empty where it is about nothing but itself."""
    found = _POSTED.search(entry.content or entry.summary) if "[link]" in (entry.content or entry.summary) else None
    return canonical_url(html.unescape(found[1])) if found else ""
