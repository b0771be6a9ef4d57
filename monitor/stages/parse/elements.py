"""What one element of a document holds: its attributes, the address it counts from, what stands within it."""

import contextlib
import re
from collections.abc import Iterator

from feedparser.urls import _urljoin, make_safe_absolute_uri

from monitor.stages.parse.element_names import Element
from monitor.stages.parse.values import as_markup

_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_MOST_ATTRIBUTES = 100
_KNOWN_ATTRIBUTES = ("rel", "type", "href", "url", "uri", "isPermaLink", "ispermalink", "mode")
# What joining it to any other address leaves as it is.
_WHOLE = re.compile(r"https?://[a-z0-9.-]+/[A-Za-z0-9/_.~-]*(?:\?[A-Za-z0-9_.~=&%+-]+)?")


def attributes_of(element: Element) -> dict[str, str]:
    """Attributes by their local names in lower case; of very many, the known ones."""
    held = element.attrib
    if len(held) > _MOST_ATTRIBUTES:
        # The list of them costs time by the square of their number.
        return {name.lower(): held[name] for name in _KNOWN_ATTRIBUTES if name in held}
    return {str(name).rpartition("}")[2].lower(): value for name, value in held.items()}


def base_of(element: Element, base: str) -> str:
    """The address that relative links within *element* are relative to."""
    given = element.get(_XML_BASE) or element.get("base")
    return base if not given else make_safe_absolute_uri(base, given) or base if base else _joined(base, given)


def xml_language(element: Element) -> str:
    """The language that *element* itself says it is in."""
    return str(element.attrib.get(_XML_LANGUAGE, ""))


def whole_address(base: str, link: str) -> str:
    """*link* as an address by itself, which most are already: to take both apart and put them together takes time."""
    is_whole = _WHOLE.fullmatch(link) and base.isascii() and "[" not in base and "]" not in base
    return link if is_whole else str(_urljoin(base, link))


def _joined(base: str, given: str) -> str:
    with contextlib.suppress(ValueError):
        return str(_urljoin(base, given))
    return base


def inner_markup(element: Element, children: int) -> str:
    """What stands within *element*, up to so many of its children, as markup."""
    return "".join(_pieces(element, children))


def _pieces(element: Element, children: int) -> Iterator[str]:
    from lxml import etree

    yield as_markup(element.text or "", is_html=False)
    for child in element[:children]:
        yield etree.tostring(child, encoding="unicode", with_tail=False)
        yield as_markup(child.tail or "", is_html=False)
