"""
Makes text from feeds harmless: nothing in it may steer a terminal, a mail, a chat or a spreadsheet.

``clean`` comes first and for all; ``chat`` is for services that read marks in plain text.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit

_SPACES = re.compile(r"\s+")
# Look like letters to Unicode and like nothing to people.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 2
_READ_AHEAD = 8
_LONGEST_LINK = 2_000
_BREAK = "\u200b"


def clean(text: str, limit: int) -> str:
    """
    *text* as one line of visible characters in NFC, at most *limit* code points, cut with an ellipsis.

    Gone are controls (ESC, NUL, CR, LF), direction and zero-width marks, lone surrogates, private and
    unassigned characters, and stacks of combining marks.
    """
    # A megabyte of title costs no more than a long one.
    text = text[: limit * _READ_AHEAD]
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", "".join(c for c in text if not "\ud800" <= c <= "\udfff")):
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARKS else 0
        if marks > _MOST_MARKS:
            continue
        if char.isspace() or category == "Cc" or char in _INVISIBLE:
            kept.append(" ")
        elif category not in _DROPPED:
            kept.append(char)
    return cut(_SPACES.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip(), limit)


def cut(text: str, limit: int) -> str:
    """*text* in at most *limit* code points, ended with an ellipsis at a word's end where one is near."""
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 1, 0)]
    space = kept.rfind(" ")
    if space >= limit * 0.7:
        kept = kept[:space]
    return f"{kept.rstrip()}…"[:limit]


def cut_lines(text: str, limit: int) -> str:
    """*text* in at most *limit* code points, whole lines where possible."""
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 2, 0)]
    line = kept.rfind("\n")
    if line > limit * 0.5:
        return f"{kept[:line]}\n…"[:limit]
    return cut(text, limit)


def is_right_to_left(text: str) -> bool:
    """Whether *text* is read from right to left: its first letter is."""
    first = next((way for way in map(unicodedata.bidirectional, text) if way in {"L", "R", "AL"}), "L")
    return first != "L"


def chat(text: str) -> str:
    """*text* with the marks broken that chats read in plain text: @names, masked links, <commands>."""
    text = text.replace("@", f"@{_BREAK}")
    text = re.sub(r"\](?=[(\[:])", f"]{_BREAK}", text)
    return re.sub(r"<(?=\S)", f"<{_BREAK}", text)


def markdown(text: str) -> str:
    """*text* for a place that reads Markdown: each mark of it escaped, and @names broken."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-!|~.:/])", r"\\\1", text).replace("@", f"@{_BREAK}")


def safe_url(url: str) -> str:
    """
    *url* where it is a plain web address, made of harmless ASCII; else an empty text.

    A name before the host (``https://bank.example@evil.example``) is taken out, it only misleads.
    """
    if len(url) > _LONGEST_LINK:
        return ""
    try:
        parts = urlsplit(url.strip())
        host, port = host_of(url), parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    place = f"[{host}]" if ":" in host else host
    path = _quoted(parts.path) or "/"
    query = f"?{_quoted(parts.query)}" if parts.query else ""
    fragment = f"#{_quoted(parts.fragment)}" if parts.fragment else ""
    address = f"{parts.scheme.lower()}://{place}{f':{port}' if port else ''}{path}{query}{fragment}"
    return address if len(address) <= _LONGEST_LINK else ""


def host_of(url: str) -> str:
    """The host of *url* in ASCII (look-alike letters show as ``xn--``), or an empty text."""
    try:
        host = urlsplit(url.strip()).hostname or ""
        ascii_host = host.encode("ascii").decode() if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""
    return ascii_host if re.fullmatch(r"[a-z0-9._:-]{1,253}", ascii_host) else ""


def _quoted(text: str) -> str:
    visible = "".join(c for c in text if not "\ud800" <= c <= "\udfff")
    # An "@" is the same escaped, and no chat takes what follows for a name.
    return quote(visible, safe="/%:!$&*+,;=?~-._")
