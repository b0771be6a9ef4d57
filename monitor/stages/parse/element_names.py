"""What feedparser calls an element: its handlers go by canonical prefixes, whatever prefixes a document uses."""

from typing import Any

from feedparser.mixin import _FeedParserMixin

# The library's own table and handlers: so that the quick reader knows which names it has to know.
_PREFIXES: dict[str, str] = {uri.lower(): prefix for uri, prefix in _FeedParserMixin.namespaces.items()}
_CANONICAL = frozenset(_PREFIXES.values()) - {""}
_HANDLED = frozenset(
    name.partition("_start_")[2].lower() for name in dir(_FeedParserMixin) if name.startswith("_start_")
)
_USERLAND = "backend.userland.com/rss"


# Of lxml, which has no types.
Element = Any


class DoubtError(Exception):
    """The quick reader is not sure that feedparser would read this document alike: it hands over."""


class ElementNames:
    """Names of elements within one document, such as ``title`` or ``dc_creator``; with what is doubtful refused."""

    def __init__(self, root: Element, *, is_strict: bool) -> None:
        self._names: dict[str, str] = {}
        self._prefix_of: dict[str, str] = {}
        self._is_strict = is_strict
        for prefix, uri in root.nsmap.items():
            self._check(prefix or "", uri)

    def of(self, element: Element) -> str:
        """The name of *element*; empty for comments and entities."""
        tag = element.tag
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = self._new(element) if isinstance(tag, str) else ""
        return name

    def _new(self, element: Element) -> str:
        uri, brace, local = element.tag.rpartition("}")
        prefix = element.prefix or ""
        if not brace and ":" in local:
            prefix, _, local = local.partition(":")  # nobody declared it: the name has to do
        known = self._check(prefix, uri.removeprefix("{"))
        return f"{known}_{local}".lower() if known else local.lower()

    def _check(self, prefix: str, uri: str) -> str:
        """The canonical prefix for *uri*, else the one that the document uses."""
        known = "" if _USERLAND in uri.lower() else _PREFIXES.get(uri.lower())
        if not uri and prefix:
            return prefix
        if known is None:
            if self._prefix_of.setdefault(uri, prefix) != prefix and self._is_strict:
                raise DoubtError(f"two prefixes for {uri}")
            return prefix
        if self._is_strict and prefix in _CANONICAL and prefix != known:
            raise DoubtError(f"the prefix {prefix} stands for {uri}")
        return known


def is_handled(name: str) -> bool:
    """Whether feedparser does something of its own with elements of that name."""
    return name in _HANDLED
