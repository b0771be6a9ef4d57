"""News sitemaps: the addresses and headlines of a site's newest articles."""

from typing import Any

from lxml import etree

from monitor.domain.errors import ParseError
from monitor.domain.feed import Entry, ParsedFeed
from monitor.stages.parse.dates import read_date
from monitor.stages.parse.source_text import mended
from monitor.stages.parse.values import as_markup, both_ends, finished
from monitor.stages.parse.xml_tree import lenient_tree

_ROOTS = frozenset({"urlset", "sitemapindex"})
_SHOWN = 3


def is_sitemap(text: str) -> bool:
    """Whether a document without prolog is a sitemap or an index of sitemaps."""
    return text[:200].partition(">")[0].rpartition(":")[2].lstrip("<").split(maxsplit=1)[:1] in (
        ["urlset"],
        ["sitemapindex"],
    ) or text[:14].lower().startswith(("<urlset", "<sitemapindex"))


def read_sitemap(text: str, most: int) -> ParsedFeed:
    """
    A sitemap; entries have a title only where it is one for news, or where its addresses speak.

    Raises:
        ParseError: it is none, or an index of other sitemaps.
    """
    root = lenient_tree(mended(text))
    name = _name(root) if root is not None else ""
    if name not in _ROOTS:
        raise ParseError("this is no sitemap")
    if name == "sitemapindex":
        found = [finished(one.text or "") for one in root.iter() if _name(one) == "loc"]
        shown = ", ".join(found[:_SHOWN]) or "none"
        raise ParseError(f"this is an index of {len(found)} sitemaps: name the one for news, such as {shown}")
    urls = [child for child in root if _name(child) == "url"]
    return ParsedFeed(title="", entries=tuple(entry for url in both_ends(urls, most) if (entry := _entry(url)).link))


def _entry(url: Any) -> Entry:
    words: dict[str, str] = {}
    for element in url.iter():
        text = finished(element.text or "") if isinstance(element.tag, str) else ""
        if text:
            words.setdefault(_name(element), text)
    link = words.get("loc", "")
    published = words.get("publication_date", "")
    modified = words.get("lastmod", "")
    return Entry(
        guid=link,
        title=as_markup(words.get("title", "") or _spoken(link), is_html=False),
        link=link,
        summary=as_markup(words.get("keywords", ""), is_html=False),
        published_at=read_date(published) or read_date(modified),
        updated_at=read_date(modified),
        published_raw=published or modified,
        language=words.get("language") or None,
    )


def _spoken(link: str) -> str:
    """The words of an address, for sitemaps that tell nothing else: ``/2026/bank-was-hacked.html``."""
    tail = link.split("?")[0].rstrip("/").rpartition("/")[2].rpartition(".")
    words = (tail[0] or tail[2]).replace("_", "-").split("-")
    return " ".join(words).capitalize() if len(words) > 2 else ""


def _name(element: Any) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
