"""Pages that stand in front of what was asked for: captchas, cookie walls, logins, paywalls, errors of bridges."""

import re
import unicodedata
from collections.abc import Mapping

from monitor.stages.parse.bridge_words import is_complaint

# An article may mention captchas; a page that is one is short. In a shorter one fewer signs are proof.
_LONGEST_WALL, _LONG_WALL, _SOME_WALL, _SHORT_WALL = 2_500, 1_000, 400, 120
_MARKUP = re.compile(r"(?is)<(script|style|noscript|svg)\b.*?(?:</\1\s*>|\Z)|<[^<>]{0,2000}>")
_SPACE = re.compile(r"\s+")
_READ = 60_000
# Each comment is matched in one way only: else many of them would be tried in all combinations.
_HTML_START = re.compile(
    r"\s*(?:(?><!--.{0,2000}?-->)\s*)*+<(?:!doctype\s+html|html|head|body|script|meta|title)\b",
    re.DOTALL | re.IGNORECASE,
)
_HTML_WORDS = re.compile(r"<(?:body|div|form|input|iframe)\b", re.IGNORECASE)
_PASSWORD = re.compile(r"""<input\b[^<>]{0,500}\btype\s*=\s*["']?password\b""", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"""<link\b[^>]{0,400}type\s*=\s*["']?application/(?:rss|atom)\+xml[^>]{0,400}>""", re.IGNORECASE
)
_FEED = r"(?:(?:the|de|den|le|el|la|il|lo|o|this) )?(?:rss[- ]?)?(?:feeds?|flux|fuente|canal rss|rss)\b"
_BRIDGE = re.compile(
    r"^(?:bridge returned error\b|error \d{3} in \w*bridge\b|rss-?bridge (?:error|failed)|"
    r"rsshub\b.{0,40}\b(?:error|failed)|(?:fetch|feed) error\b|\w+bridge (?:was unable|failed)|"
    rf"(?:unable|failed) to (?:fetch|load|read|parse) {_FEED}|(?:the )?feed could not be (?:loaded|fetched|read)|"
    rf"fout bij (?:het )?(?:ophalen|laden|lezen) van {_FEED}|(?:de )?feed kon niet worden (?:geladen|opgehaald)|"
    rf"fehler beim (?:laden|abrufen|lesen) (?:des|eines) {_FEED}|(?:der )?feed konnte nicht (?:geladen|abgerufen)|"
    rf"erreur lors (?:de la |du )(?:récupération|chargement|lecture) du (?:flux|fil) ?\b|"
    rf"impossible de (?:charger|récupérer|lire) {_FEED}|"
    rf"error al (?:obtener|cargar|leer) {_FEED}|no se pudo (?:cargar|obtener|leer) {_FEED}|"
    rf"errore durante il (?:caricamento|recupero) del {_FEED}|impossibile (?:caricare|leggere) {_FEED}|"
    rf"erro ao (?:obter|carregar|ler) {_FEED}|não foi possível (?:carregar|obter|ler) {_FEED})",
    re.IGNORECASE,
)


def wall_in(text: str, title: str = "") -> str:
    """
    What kind of wall a page is, such as ``a captcha``; empty where it is none.

    Args:
        text: The plain text of the page, all of it.
    """
    if len(text) > _LONGEST_WALL:
        return ""
    # Hundreds of patterns, a tenth of the start of a process that reads documents; few documents are walls.
    from monitor.stages.parse.wall_topics import KINDS
    from monitor.stages.parse.wall_voice import door_in, is_report
    from monitor.stages.parse.wall_words import ONLY_SHORT, SIGNS, WEAK

    words = _folded(f"{title} {text}")
    left_out = ONLY_SHORT if len(words) > _SOME_WALL else frozenset()
    found = {
        kind: [name for name, sign in signs.items() if name not in left_out and sign.search(words)]
        for kind, signs in SIGNS.items()
    }
    kind = max(found, key=lambda name: len(found[name]))
    if len(words) <= _SHORT_WALL and not WEAK.issuperset(found[kind]):
        return kind
    # The end of an article is where it is cut off to be paid for: however long it is, two signs are enough.
    needed = 3 if len(words) > _LONG_WALL and kind != "a paywall" else 2
    if len(found[kind]) >= needed:
        return kind
    report = is_report(words)
    topical = (name for name, topics in KINDS.items() if not report and topics.are_in(words))
    return next(topical, "") or door_in(words)


def says_missing(text: str) -> bool:
    """Whether a page says that there is nothing at its address, although its status says that all is well."""
    from monitor.stages.parse.missing_pages import is_missing

    return is_missing(_folded(text))


def absence_instead_of_feed(page: str) -> str:
    """What of a feed is gone by the words of the *page* that came in its place, in plain words; empty where none is."""
    from monitor.stages.parse.missing_pages import is_for_sale, is_missing

    words = _folded(_MARKUP.sub(" ", page[:_READ]))
    if is_for_sale(words):
        return "offers this domain for sale"
    return "says that there is nothing at this address" if is_missing(words) else ""


def _folded(text: str) -> str:
    """*text* in lower case, without accents, with single blanks and straight apostrophes."""
    plain = text.casefold().replace("\u2019", "'")
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return _SPACE.sub(" ", plain).strip()


def wall_instead_of_feed(text: str, headers: Mapping[str, str]) -> str:
    """What kind of wall came in place of a feed; empty where none did."""
    if not is_page(text, headers):
        return ""
    plain = _SPACE.sub(" ", _MARKUP.sub(" ", text[:_READ]))
    title = re.search(r"<title[^>]{0,200}>([^<]{0,300})", text[:_READ], re.IGNORECASE)
    found = wall_in(plain[:_LONGEST_WALL], title[1] if title else "")
    return found or ("a login page" if _PASSWORD.search(text[:_READ]) else "")


def is_page(text: str, headers: Mapping[str, str]) -> bool:
    """Whether a document is an HTML page rather than a feed, whatever its type says."""
    if _HTML_START.match(text[:5000]):
        return True
    return "html" in headers.get("content-type", "") and bool(_HTML_WORDS.search(text[:_READ]))


def names_feed(text: str) -> bool:
    """Whether an HTML page links to a feed."""
    return bool(_FEED_LINK.search(text[:_READ]))


def is_bridge_error(title: str) -> bool:
    """Whether an entry is no news but the complaint of a program between us and the site."""
    return bool(_BRIDGE.match(title.strip())) or is_complaint(_folded(title[:500]))
