"""Sentences of a text, in one pass."""

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…]+[\"'»”’)\]]{0,3}(?=\s)|\n+|\s[•▪●|]\s|\s\+\s(?=[A-Z])")
# The same for the many texts without any of the marks that part items of a list.
_PLAIN_END = re.compile(r"[.!?…]+[\"'»”’)\]]{0,3}(?=\s)|\n+")
_ITEM_MARK = re.compile(r"[•▪●|+]")
_LAST_WORD = re.compile(r"[\w.]*\Z")
_LONGEST_WORD = 12
_LONGEST = 1000


def split_sentences(text: str, abbreviations: frozenset[str]) -> list[tuple[int, int]]:
    """
    Half-open spans of the sentences of *text*, in order, without surrounding blanks.

    A full stop after one of *abbreviations* or a single letter, or before a lower-case letter or a
    digit that cannot begin a sentence, ends nothing.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end, following in _ends(text, abbreviations):
        spans += _stripped(text, start, end)
        start = following
    return [*spans, *_stripped(text, start, len(text))]


def _ends(text: str, abbreviations: frozenset[str]) -> Iterator[tuple[int, int]]:
    for match in (_END if _ITEM_MARK.search(text) else _PLAIN_END).finditer(text):
        mark = match[0]
        if mark[0] == "." and len(mark) == 1 and not _ends_sentence(text, match.start(), match.end(), abbreviations):
            continue
        yield (match.end() if mark[0] in ".!?…" else match.start()), match.end()


def _ends_sentence(text: str, at: int, after: int, abbreviations: frozenset[str]) -> bool:
    following = text[after : after + 3].lstrip("\"'«“„‘( ")
    if following[:1].islower():
        return False
    word = _last_word(text, at).lower()
    if word in abbreviations or (len(word) == 1 and word.isalpha()):
        return False
    # "am 5. Januar", "op 3. mei": a number before a stop counts, unless a line ends there.
    return not (word.isdigit() and len(word) <= 2 and following[:1].isalpha() and "\n" not in text[after : after + 2])


def _last_word(text: str, at: int) -> str:
    """The letters, digits and stops right before *at*, twelve at most."""
    tail = text[max(at - _LONGEST_WORD, 0) : at].rpartition(" ")[2]
    if tail.isalnum():
        return tail
    found = _LAST_WORD.search(tail)
    return found[0] if found else ""


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without the blanks around it: none where nothing is left, several where it is endless."""
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    # Each name of a sentence is held against each of its cues: a text without full stops must not be one sentence.
    while right - left > _LONGEST:
        cut = text.rfind(" ", left + 1, left + _LONGEST)
        cut = left + _LONGEST if cut < 0 else cut
        yield left, cut
        left = cut + (text[cut] == " ")
    if left < right:
        yield left, right
