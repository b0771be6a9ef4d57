"""The `Link` header of an answer: where its hub is, and what its own address is."""

import re
from urllib.parse import urljoin

# <address>; rel="hub self", <other>; rel=...
_LINK = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[\w*-]{1,40}\s*=\s*(?:\"[^\"]{0,500}\"|[^\s\",;]{0,500}))*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)
_LONGEST = 10_000


def linked(header: str | None, relation: str, url: str) -> str | None:
    """The first address of *relation* that the *header* of an answer from *url* names; None where it names none."""
    for found in _LINK.finditer((header or "")[:_LONGEST]):
        named = _RELATION.search(found[2])
        if named and relation in (named[1] or named[2] or "").lower().split():
            try:
                return str(urljoin(url, found[1].strip()))
            except ValueError:
                return None
    return None
