"""One spelling for each web address, so that the same article is known again from any feed."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

_LONGEST = 4000
_SCHEMES = frozenset({"http", "https"})
_DEFAULT_PORTS = {("http", 80), ("https", 443)}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parameters that say where a reader came from, never what is read.
_TRACKERS = _words(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id epik mc_cid mc_eid"
    " mkt_tok _hsenc _hsmi __hstc __hssc __hsfp hsctatracking s_cid s_kwcid cmpid cmp ocid icid ncid sr_share wt_mc"
    " wt.mc_id wt_zmc wt.zmc xtor ftag emc smid smtyp ito ns_mchannel ns_source ns_campaign wtrid scm"
    " ns_fee srnd guccounter guce_referrer guce_referrer_sig feature_share rss_id rssid _ga _gl zanpid spm"
)
_TRACKER_STARTS = ("utm_", "at_", "pk_", "mtm_", "hsa_", "vero_", "oly_", "piwik_", "matomo_", "ns_", "utm-", "trk_")
# Parameters that are trackers with such a value only: `?from=rss`, while `?from=2020` chooses what is read.
_ORIGINS = frozenset(
    {"from", "ref", "source", "src", "via", "partner", "referrer", "origin", "output", "campaign", "f", "fr"}
)
_FEED_VALUES = re.compile(r"(?:rss|atom|feed|feedburner|xml|newsletter)(?:[_\-. ]?\w*)?", re.IGNORECASE)
# Doors to other addresses: the host, its path, and the parameters that hold the real address.
_DOORS: tuple[tuple[re.Pattern[str], str, Sequence[str]], ...] = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}"), "/url", ("url", "q")),
    (re.compile(r"(?:www\.)?bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"(?:www\.)?duckduckgo\.com"), "/l/", ("uddg",)),
    (re.compile(r"lm?\.facebook\.com"), "/l.php", ("u",)),
    (re.compile(r"(?:www\.)?youtube\.com"), "/redirect", ("q",)),
    (re.compile(r"out\.reddit\.com"), "", ("url",)),
    (re.compile(r"t\.umblr\.com"), "/redirect", ("z",)),
    (re.compile(r"[a-z0-9-]+\.safelinks\.protection\.outlook\.com"), "/", ("url",)),
)
# Yahoo's has the real address in its path.
_YAHOO_DOOR = re.compile(r"https?://r\.search\.yahoo\.com/[^?#]{0,2000}?/RU=(https?%3[aA][^/?#]+)/")
_MOST_DOORS = 3
_OPAQUE = re.compile(r"https?://news\.google\.com/(?:rss/)?(?:articles|read)/")
# An address of which nothing has to be respelled, but for its parameters; it is no door, which would need a "%" or ":".
_LABEL = r"(?!xn--)[a-z](?:[a-z0-9-]{0,60}[a-z0-9])?"
_PAIR = r"[A-Za-z0-9_-]+=[A-Za-z0-9_-]*"
_PLAIN = re.compile(
    rf"(https?://(?:{_LABEL}\.)+{_LABEL}(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+/?)(?:\?({_PAIR}(?:&{_PAIR})*))?"
)


def canonical_url(link: str) -> str:
    """
    *link* as a web address in one spelling: no trackers, no fragment, no credentials, parameters in order.

    Returns:
        An http(s) address that can be opened; empty where *link* is none.
    """
    url = link.strip()
    plain = _PLAIN.fullmatch(url)
    if plain is not None and len(url) <= _LONGEST:
        return plain[1] if plain[2] is None else _with_parameters(plain[1], plain[2])
    for _ in range(_MOST_DOORS):
        inner = _behind_door(url)
        if not inner:
            break
        url = inner
    return _canonical(url)


def leads_elsewhere(link: str) -> bool:
    """Whether *link* is a door of a search engine or network, with the address that it leads to in it."""
    return "http" in link[8:].lower() and bool(_behind_door(link.strip()))


def is_opaque(url: str) -> bool:
    """Whether only its owner knows where *url* leads, and tells no program: there is no page behind it to read."""
    return _OPAQUE.match(url) is not None


def url_identity(url: str) -> str:
    """
    What a canonical address is known by: without scheme, ``www.`` and a trailing slash.

    Empty for the front page of a site: no article lives there.
    """
    # By hand, since it is known to be well spelled and to hold no fragment.
    address, _, query = url.partition("://")[2].partition("?")
    place, _, path = address.rstrip("/").partition("/")
    if not path and not query:
        return ""
    return f"{place.removeprefix('www.')}{'/' if path else ''}{path}{'?' if query else ''}{query}"


def spellings(typed: str) -> tuple[str, ...]:
    """The addresses under which that one may be stored which a person pasted: trackers, scheme and slash left aside."""
    address = typed.strip()
    if "://" not in address and "." in address.partition("/")[0]:
        address = f"https://{address}"
    known = url_identity(canonical_url(address))
    if not known:
        return (typed,)
    ends = ("", "/") if "?" not in known else ("",)
    return (
        typed,
        *(f"{scheme}://{www}{known}{end}" for scheme in sorted(_SCHEMES) for www in ("", "www.") for end in ends),
    )


def _canonical(url: str) -> str:
    if not url or len(url) > _LONGEST:
        return ""
    try:
        parts = urlsplit("".join(url.split()))
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.port
        if scheme not in _SCHEMES or not host:
            return ""
        place = f"[{host}]" if ":" in host else host
        if port is not None and (scheme, port) not in _DEFAULT_PORTS:
            place = f"{place}:{port}"
        return str(canonicalize_url(urlunsplit((scheme, place, parts.path, _query(parts.query), ""))))
    except ValueError:  # a port or an IPv6 address that is none, a name that no host can have
        return ""


def _with_parameters(url: str, query: str) -> str:
    """A plain address with its parameters, as `canonicalize_url` writes them."""
    pairs = (part.partition("=")[::2] for part in query.split("&"))
    kept = sorted(pair for pair in pairs if not _is_tracker(*pair))
    return f"{url}?{'&'.join(map('='.join, kept))}" if kept else url


def _query(query: str) -> str:
    kept = (part for part in query.split("&") if part and not _is_tracker(*_pair(part)))
    return "&".join(kept)


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return unquote(name), unquote(value)


def _is_tracker(name: str, value: str) -> bool:
    lower = name.lower()
    if lower in _TRACKERS or lower.startswith(_TRACKER_STARTS):
        return True
    if lower in {"rss", "feed", "atom"} and (
        not value or _FEED_VALUES.fullmatch(value) or value in {"1", "yes", "true"}
    ):
        return True
    return lower in _ORIGINS and bool(_FEED_VALUES.fullmatch(value))


def _behind_door(url: str) -> str:
    """The address that a link of a search engine or network leads to; empty where *url* is no such door."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    for pattern, path, names in _DOORS:
        if pattern.fullmatch(host) and (not path or parts.path == path):
            held = dict(parse_qsl(parts.query))
            found = next((held[name] for name in names if held.get(name, "").startswith(("http://", "https://"))), "")
            return found or _unquoted(held, names)
    in_path = _YAHOO_DOOR.match(url)
    return unquote(in_path[1]) if in_path else ""


def _unquoted(held: dict[str, str], names: Sequence[str]) -> str:
    values = (unquote(held.get(name, "")) for name in names)
    return next((value for value in values if value.startswith(("http://", "https://"))), "")
