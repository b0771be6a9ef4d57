"""Sentences of a text, in one pass."""

import re

# Of a row of full stops only the first begins a match: else each would be tried against all that follow.
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'»”’)\]]{0,3}(?=\s)|\n+|\s[•▪●|]\s|\s\+\s(?=[A-Z])")
# The same for the many texts without any of the marks that part items of a list.
# It begins with one set of characters, which the engine looks for four times as fast as for a choice.
_PLAIN_END = re.compile(r"[.!?…\n](?:(?<=\n)\n*|(?<!\n)(?<![.!?…][.!?…])[.!?…]*+[\"'»”’)\]]{0,3}(?=\s))")
_ITEM_MARKS = "•▪●|+"
_LAST_WORD = re.compile(r"[\w.]*\Z")
_LONGEST_WORD = 12
_LONGEST = 1000
# No article has as many sentences; a wall of full stops has more.
_MOST = 100_000


def split_sentences(text: str, abbreviations: frozenset[str]) -> list[tuple[int, int]]:
    """
    Half-open spans of the sentences of *text*, in order, without surrounding blanks.

    A full stop after one of *abbreviations* or a single letter, or before a lower-case letter or a
    digit that cannot begin a sentence, ends nothing. What follows more sentences than any article has is left out.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    has_items = any(map(text.__contains__, _ITEM_MARKS))
    for match in (_END if has_items else _PLAIN_END).finditer(text):
        at, after = match.span()
        first = text[at]
        if first == "." and after == at + 1 and not _ends_sentence(text, at, after, abbreviations):
            continue
        _add(spans, text, start, after if first in ".!?…" else at)
        start = after
        if len(spans) >= _MOST:
            return spans
    _add(spans, text, start, len(text))
    return spans


def _ends_sentence(text: str, at: int, after: int, abbreviations: frozenset[str]) -> bool:
    following = text[after : after + 3].lstrip("\"'«“„‘( ")
    if following[:1].islower():
        return False
    word = text[max(at - _LONGEST_WORD, 0) : at].rpartition(" ")[2]
    word = (word if word.isalnum() else _LAST_WORD.search(word)[0]).lower()  # type: ignore[index]  # it may be empty
    if word in abbreviations or (len(word) == 1 and word.isalpha()):
        return False
    # "am 5. Januar", "op 3. mei": a number before a stop counts, unless a line ends there.
    return not (word.isdigit() and len(word) <= 2 and following[:1].isalpha() and "\n" not in text[after : after + 2])


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Add the span without the blanks around it: none where nothing is left, several where it is endless."""
    piece = text[start:end].lstrip()
    left = end - len(piece)
    right = left + len(piece.rstrip())
    # Each name of a sentence is held against each of its cues: a text without full stops must not be one sentence.
    while right - left > _LONGEST:
        cut = text.rfind(" ", left + 1, left + _LONGEST)
        cut = left + _LONGEST if cut < 0 else cut
        spans.append((left, cut))
        left = cut + (text[cut] == " ")
    if left < right:
        spans.append((left, right))
