"""The outlet that an item says it is from: a `source` of RSS or Atom, read from the tree or as feedparser read it."""

import re
from collections.abc import Mapping
from typing import Any

from monitor.stages.parse.element_names import Element, ElementNames
from monitor.stages.parse.values import finished

_ADDRESS = re.compile(r"https?://[^\s/]\S*$", re.IGNORECASE)
# Best first: what RSS gives, the site of a feed, the feed itself, and an id that is an address.
_PLACES = ("href", "alternate", "self", "id")
_MOST_PARTS = 50


def origin_in_tree(element: Element, attributes: Mapping[str, str], names: ElementNames) -> tuple[str, str]:
    """Name and address of the outlet in a `source` element; either is empty where it is not there."""
    name, places = "", {"href": attributes.get("url", "")}
    for child in element[:_MOST_PARTS]:
        kind = names.of(child)
        if kind == "title":
            name = name or finished(child.text or "")
        elif kind == "link":
            given = child.get("href") or child.text or ""
            places[(child.get("rel") or "alternate").lower()] = given.strip()
        elif kind in {"id", "guid"}:
            places["id"] = (child.text or "").strip()
    return finished(element.text or "") or name, _address(places)


def origin_as_read(source: Any) -> tuple[str, str]:
    """The same of what feedparser made of a `source` element."""
    if not isinstance(source, dict):
        return "", ""
    places = {key: str(dict.get(source, key) or "") for key in ("href", "id")}
    for link in (dict.get(source, "links") or ())[:_MOST_PARTS]:
        places[str(link.get("rel", "alternate")).lower()] = str(link.get("href", ""))
    return str(dict.get(source, "title") or ""), _address(places)


def _address(places: Mapping[str, str]) -> str:
    given = (places.get(place, "").strip() for place in _PLACES)
    return next((address for address in given if _ADDRESS.match(address)), "")
