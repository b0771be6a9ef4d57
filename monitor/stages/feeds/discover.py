"""The feeds that a web page points to, and where they usually are when it points to none."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from monitor.domain.feed import FeedKind

_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/json",
        "application/xml",
        "text/xml",
    }
)
_HINTS = ("rss", "feed", "atom", ".xml", ".rdf")
_NOT_FEEDS = ("sitemap", "opensearch", "oembed", "wp-json", "comments/feed")
_USUAL = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
_USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml")
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_LONGEST_PAGE = 4 * 2**20
_MOST = 50


@dataclass(frozen=True, slots=True)
class PossibleFeed:
    """An address that may be a feed; ``why`` says where it comes from."""

    url: str
    title: str
    why: str
    kind: FeedKind = FeedKind.WEB


def find_feeds(page: str, url: str) -> tuple[PossibleFeed, ...]:
    """
    The feeds that *page*, found at *url*, names in its head, then those that its links look like.

    Returns:
        Candidates, each once, at most 50; none of them was looked at.
    """
    tree = LexborHTMLParser(page[:_LONGEST_PAGE])
    found: dict[str, PossibleFeed] = {}
    base = _joined(url, next((node.attributes.get("href") or "" for node in tree.css("base[href]")), "")) or url
    for node in tree.css("link[href]"):
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        relation = (node.attributes.get("rel") or "").lower().split()
        if kind in _TYPES and {"alternate", "feed"} & set(relation):
            _add(found, base, node.attributes.get("href"), node.attributes.get("title"), "the page names it")
    for node in tree.css("a[href]"):
        target = (node.attributes.get("href") or "").lower()
        if any(hint in target for hint in _HINTS):
            _add(found, base, node.attributes.get("href"), node.text(strip=True), "a link looks like one")
    return tuple(found.values())[:_MOST]


def usual_places(url: str) -> tuple[PossibleFeed, ...]:
    """Where sites put their feeds by habit; to be tried when a page names none."""
    return tuple(PossibleFeed(urljoin(url, place), "", "usual place") for place in _USUAL)


def find_sitemaps(robots: str, url: str) -> tuple[PossibleFeed, ...]:
    """The sitemaps that the robots.txt of the site at *url* names, those for news first, then the usual places."""
    named = [_joined(url, address) for address in _SITEMAP_LINE.findall(robots[:_LONGEST_PAGE])]
    found: dict[str, PossibleFeed] = {}
    for address in sorted(filter(None, named), key=lambda one: "news" not in one.lower()):
        found.setdefault(address, PossibleFeed(address, "", "robots.txt names it", FeedKind.SITEMAP))
    for place in _USUAL_SITEMAPS:
        address = urljoin(url, place)
        found.setdefault(address, PossibleFeed(address, "", "usual place", FeedKind.SITEMAP))
    return tuple(found.values())[:_MOST]


def _add(found: dict[str, PossibleFeed], base: str, href: str | None, title: str | None, why: str) -> None:
    address = _joined(base, href or "").partition("#")[0]
    if urlsplit(address).scheme in {"http", "https"} and not any(word in address.lower() for word in _NOT_FEEDS):
        found.setdefault(address, PossibleFeed(address, " ".join((title or "").split())[:200], why))


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""
