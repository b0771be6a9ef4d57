"""News sitemaps: the addresses and headlines of a site's newest articles."""

import re
from datetime import UTC, datetime

from monitor.domain.errors import ParseError
from monitor.domain.feed import Entry, ParsedFeed
from monitor.stages.parse.dates import read_date
from monitor.stages.parse.element_names import Element
from monitor.stages.parse.source_text import mended
from monitor.stages.parse.values import (
    as_markup,
    between_commas,
    both_ends,
    finished,
    is_markup,
    joined,
    language_code,
    spoken,
)
from monitor.stages.parse.xml_tree import lenient_tree

_ROOTS = frozenset({"urlset", "sitemapindex"})
_ROOT = re.compile(r"<(?:[\w.-]+:)?(\w+)")
# Pictures and films on the page have titles, dates and addresses of their own.
_BESIDE = frozenset({"image", "video"})
_MOST_NAMED = 50
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_NEWS = re.compile(r"news|nieuws|nachricht|actu|notici|notizi|latest|recent", re.IGNORECASE)
_NO_TEXTS = re.compile(r"image|video|photo|author|tag|categor|static|page-?sitemap", re.IGNORECASE)
_OLD = datetime(1970, 1, 1, tzinfo=UTC)


def is_sitemap(text: str) -> bool:
    """Whether a document without prolog is a sitemap or an index of sitemaps."""
    root = _ROOT.match(text)
    return root is not None and root[1].lower() in _ROOTS


def read_sitemap(text: str, url: str, most: int) -> ParsedFeed:
    """
    A sitemap; entries have a title only where it is one for news, or where its addresses speak.

    Of an index those that it names are told, best first: those for news, else the newest.

    Raises:
        ParseError: it is none, or an index of nothing.
    """
    root = lenient_tree(mended(text))
    if root is None or (name := _name(root)) not in _ROOTS:
        raise ParseError("this is no sitemap")
    if name == "sitemapindex":
        return ParsedFeed(title="", entries=(), more=_named(root, url), is_index=True)
    urls = [child for child in root if _name(child) == "url"]
    entries = tuple(entry for one in both_ends(urls, most) if (entry := _entry(one, url)).link)
    return ParsedFeed(title="", entries=entries, is_sitemap=True)


def read_address_list(text: str, most: int) -> ParsedFeed:
    """
    A sitemap in plain text: an address a line.

    Raises:
        ParseError: there is none in it.
    """
    lines = [line.strip() for line in text.splitlines()]
    links = [line for line in lines if _ADDRESS.fullmatch(line)]
    if not links:
        raise ParseError("this is no sitemap")
    entries = (Entry(link, as_markup(spoken(link), is_html=False), link) for link in both_ends(links, most))
    return ParsedFeed(title="", entries=tuple(entries), is_sitemap=True)


def _named(root: Element, url: str) -> tuple[str, ...]:
    """The addresses of the sitemaps in an index; only those for news where there are any."""
    found: list[tuple[datetime, str]] = []
    for one in root:
        words = {_name(inner): finished(inner.text or "") for inner in one}
        if _name(one) == "sitemap" and words.get("loc"):
            found.append((read_date(words.get("lastmod", "")) or _OLD, joined(url, words["loc"])))
    if not found:
        raise ParseError("this is an index of sitemaps, and it names none")
    news = [one for one in found if _NEWS.search(_path(one[1]))]
    texts = news or [one for one in found if not _NO_TEXTS.search(_path(one[1]))] or found
    # Newest first; of the same age those at the end, where sites that number their sitemaps add new ones.
    newest = sorted(enumerate(texts), key=lambda one: (one[1][0], one[0]), reverse=True)
    return tuple(dict.fromkeys(address for _, (_, address) in newest))[:_MOST_NAMED]


def _path(address: str) -> str:
    return address.partition("://")[2].partition("/")[2]


def _entry(url: Element, base: str) -> Entry:
    words: dict[str, str] = {}
    for element in (inner for child in url if _name(child) not in _BESIDE for inner in child.iter()):
        text = finished(element.text or "") if isinstance(element.tag, str) else ""
        if text:
            words.setdefault(_name(element), text)
    link = words.get("loc", "")
    link = link if _ADDRESS.fullmatch(link) else joined(base, link)
    title = words.get("title", "") or spoken(link)
    published = words.get("publication_date", "")
    modified = words.get("lastmod", "")
    return Entry(
        guid=link,
        title=as_markup(title, is_html=is_markup("text/plain", title)),
        link=link,
        summary=as_markup(words.get("keywords", ""), is_html=False),
        published_at=read_date(published) or read_date(modified),
        updated_at=read_date(modified),
        published_raw=published or modified,
        language=language_code(words.get("language", "")),
        tags=tuple(as_markup(word, is_html=False) for word in between_commas(words.get("keywords", ""))),
    )


def _name(element: Element) -> str:
    # Behind a prefix that was declared, or that nobody declared.
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""
