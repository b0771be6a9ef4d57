"""
Text made comparable without losing its place.

Folding maps each character to exactly one (no case, no accents, every mark a space), so that an
offset in folded text is an offset in the text. The few things that cannot be mapped one to one -
HTML entities, zero-width characters, combining accents - are taken out first, with a table of
where the rest came from.
"""

import functools
import html
import re
import unicodedata
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_KEPT_MARKS = "&$€£"
_WESTERN = "cp1252"
_UNEVEN = re.compile(
    "&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});"
    "|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f]"
    "|[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
# Beyond these ranges characters stay as they are: they are letters of scripts that have no case.
_FOLDED_RANGES = (
    (0, 0x2E80),
    (0x3000, 0x3040),
    (0xA640, 0xA800),
    (0xD800, 0xE000),
    (0xFB00, 0xFB07),
    (0xFE10, 0x10000),
)


# Letters that Unicode does not take apart.
_LETTERS = dict(zip("ßẞæÆœŒøØłŁđĐıĳ", "ssaaoooollddii", strict=True))


@dataclass(frozen=True, slots=True)
class Folded:
    """
    A text and its folded twin: ``clean[i]`` is folded to ``norm[i]``.

    ``starts[i]`` and ``ends[i]`` say which span of the text as given became ``clean[i]``; None
    where nothing was taken out, and an offset is itself. ``given`` is that text.
    """

    clean: str
    norm: str
    given: str
    starts: "array[int] | None" = None
    ends: "array[int] | None" = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span, in the text as given, of ``clean[start:end]``; not empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """*text* folded; linear in its length, whatever it holds."""
    western = _western(text)
    if western is not None:
        return Folded(text, western, text)
    if _UNEVEN.search(text) is None:
        return Folded(text, text.translate(_table()), text)
    clean, starts, ends = _evened(text)
    return Folded(clean, clean.translate(_table()), text, starts, ends)


def fold_words(text: str) -> str:
    """*text* folded, with single blanks between words: how names and cues are compared."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join((_western(composed) or fold(composed).norm).split())


def fold_each(texts: Sequence[str]) -> Iterator[str]:
    """What `fold_words` makes of each of *texts*; all are folded at once, which takes a third of the time."""
    joined = "\n".join(texts)
    composed = texts
    if not unicodedata.is_normalized("NFC", joined):
        composed = [unicodedata.normalize("NFC", text) for text in texts]
        joined = "\n".join(composed)
    norm = _western(joined)
    if norm is None:
        yield from map(fold_words, texts)
        return
    end = -1
    for text in composed:
        start, end = end + 1, end + 1 + len(text)
        yield " ".join(norm[start:end].split())


def _western(text: str) -> str | None:
    """*text* folded byte by byte, ten times as fast; None where it has other letters than those of western Europe."""
    # Of what is taken out, the code page of western Europe has entities and soft hyphens only.
    if "&" in text or "\u00ad" in text:
        return None
    table, unmapped = _western_table()
    if text.isascii():
        return text.encode("ascii").translate(table).decode("ascii")
    try:
        written = text.encode(_WESTERN)
    except UnicodeEncodeError:
        return None
    return None if any(mark in written for mark in unmapped) else written.translate(table).decode(_WESTERN)


@functools.cache
def _western_table() -> tuple[bytes, tuple[int, ...]]:
    """What each byte is folded to, and those that are folded to what the code page lacks (the micro sign)."""
    table, unmapped = bytearray(range(256)), []
    for byte in range(256):
        character = bytes([byte]).decode(_WESTERN, "ignore")
        try:
            table[byte] = character.translate(_table()).encode(_WESTERN)[0] if character else byte
        except UnicodeEncodeError:
            unmapped.append(byte)
    return bytes(table), tuple(unmapped)


def _evened(text: str) -> tuple[str, "array[int]", "array[int]"]:
    pieces: list[str] = []
    starts, ends = array("q"), array("q")
    done = 0
    for match in _UNEVEN.finditer(text):
        start, end = match.span()
        pieces.append(text[done:start])
        starts.extend(range(done, start))
        ends.extend(range(done + 1, start + 1))
        mark = _meant(match[0])
        pieces.append(mark)
        one = len(mark) == 1
        starts.extend([start] if one else range(start, start + len(mark)))
        ends.extend([end] if one else range(start + 1, start + len(mark) + 1))
        done = end
    pieces.append(text[done:])
    starts.extend(range(done, len(text)))
    ends.extend(range(done + 1, len(text) + 1))
    return "".join(pieces), starts, ends


def _meant(mark: str) -> str:
    """The character an entity stands for; nothing for what is not seen."""
    if not mark.startswith("&"):
        return ""
    meant = html.unescape(mark)
    if len(meant) == 1 and meant != mark:
        return "" if _UNEVEN.fullmatch(meant) else meant
    return mark


@functools.cache
def _table() -> Mapping[int, str]:
    table = {}
    for low, high in (*_FOLDED_RANGES, (0x1F000, 0x1FB00)):
        for code in range(low, high):
            folded = _fold_character(chr(code))
            if folded != chr(code):
                table[code] = folded
    return table


def _fold_character(character: str) -> str:
    if character in _KEPT_MARKS:
        return character
    base = unicodedata.normalize("NFKD", character)[0]
    lower = _LETTERS.get(character) or _LETTERS.get(base) or base.lower()[0]
    return lower if lower.isalnum() else " "
