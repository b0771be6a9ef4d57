"""The text of one element as feedparser finishes it, and whether it is markup or plain text."""

import base64
import contextlib
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urljoin

from feedparser.mixin import _FeedParserMixin

from monitor.stages.parse.element_names import Element

_Item = TypeVar("_Item")
# Windows-1252 characters that were written as if they were ISO-8859-1.
_WINDOWS = {code: bytes([code]).decode("windows-1252", "ignore") or None for code in range(0x80, 0xA0)}
_AMPERSAND_NAME = re.compile("&([A-Za-z0-9_]+);")
_ANY_TAG = re.compile(r"<(script|style)\b[^<]{0,5000}(?:</\1\s*>)?|<[a-zA-Z/!][^<>]{0,500}>", re.IGNORECASE)
_SPARE = ("alternate", "enclosure", "via", "related")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_SHORT_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}
# How many of an item's tags are looked at: some feeds list thousands.
MOST_TAGS = 100


def between_commas(text: str) -> list[str]:
    """The words of a list of tags, as many as are looked at."""
    words = (word.strip() for word in text.split(",", MOST_TAGS)[:MOST_TAGS])
    return [word for word in words if word]


def both_ends(items: Sequence[_Item], most: int) -> Sequence[_Item]:
    """*items*; of too many the first and the last ones, since what is new stands at the top or at the bottom."""
    if len(items) <= most:
        return items
    bottom = most // 2
    return [*items[: most - bottom], *items[len(items) - bottom :]]


def finished(text: str) -> str:
    """*text* stripped, and mended where UTF-8 was taken for ISO-8859-1 on its way to us."""
    text = text.strip()
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_WINDOWS)


def finished_link(text: str) -> str:
    """The text of a link element; ``&name;`` in it was a parameter and no entity."""
    return _AMPERSAND_NAME.sub(r"&\g<1>", text.replace("&amp;", "&"))


def media_type(declared: str | None, usual: str) -> str:
    """The type of a text construct: ``html`` and the like written out."""
    given = (declared or usual).lower()
    return _SHORT_TYPES.get(given, given)


def is_markup(kind: str, text: str) -> bool:
    """
    Whether *text* of type *kind* is markup.

    RSS declares nothing, and many an Atom feed is wrong: what is said to be plain is markup all the same
    where it looks like it by feedparser's rule (it closes a tag or has an entity, and knows only HTML).
    """
    if kind != "text/plain":
        return True
    if "<" not in text and "&" not in text:
        return False
    return bool(_FeedParserMixin.looks_like_html(text))


def as_markup(text: str, *, is_html: bool) -> str:
    """*text* as markup, whichever it was: so that all that follows knows one kind."""
    return text if is_html else html.escape(text, quote=False)


def bare_text(element: Element, attributes: Mapping[str, str]) -> str:
    """The words of a text construct without its markup, however it is written: escaped, inline or in base64."""
    kind = media_type(attributes.get("type"), "text/plain")
    text = "".join(element.itertext())
    if attributes.get("mode") == "base64" or not (kind.startswith("text/") or kind.endswith(("xml", "json"))):
        with contextlib.suppress(ValueError):
            text = base64.b64decode(text).decode()
    return html.unescape(_ANY_TAG.sub("", text)) if is_markup(kind, text) and not len(element) else text


def joined(url: str, link: str) -> str:
    """*link* as found in a document at *url*, made absolute; empty where it is no address of the web."""
    if not link.strip():
        return ""
    with contextlib.suppress(ValueError):
        address = urljoin(url, link.strip())
        return address if address.lower().startswith(("http://", "https://")) else ""
    return ""


def spare_link(links: Iterable[tuple[str, str, str]]) -> str:
    """
    Of *links*, each with relation, media type and address, the one that stands for an item without a link to a page.

    That is the item itself in another form than HTML, else what is attached or related; never a picture.
    """
    found = [
        (_SPARE.index(relation), place, address)
        for place, (relation, kind, address) in enumerate(links)
        if relation in _SPARE and address and not kind.startswith("image/")
    ]
    return min(found)[2] if found else ""


def spoken(link: str) -> str:
    """The words of an address, for what tells nothing else: ``/2026/bank-was-hacked.html``; empty of one or two."""
    tail = link.split("?")[0].rstrip("/").rpartition("/")[2].rpartition(".")
    words = (tail[0] or tail[2]).replace("_", "-").split("-")
    return " ".join(words).capitalize() if len(words) > 2 else ""


def language_code(language: str) -> str | None:
    """The code of two or three letters that *language* begins with, such as ``en-GB``; None where it does not."""
    code = language.strip().lower().replace("_", "-").partition("-")[0]
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 else None


def is_html_type(kind: str) -> bool:
    """Whether a media type is one of HTML."""
    return kind in _HTML_TYPES
