"""
Names in a row: "X, Y and Z".

What stands around such a row is told of each of its names, whichever of them stands nearest to it.
"""

import re
from collections.abc import Mapping, Sequence

from monitor.stages.detect.passage import Passage, Sentence

# What may stand between two names of a row.
_JOINED = re.compile(
    r"(?:[ ,&/+]|\b(?:and|or|as well as|en|of|alsook|evenals|und|oder|sowie|et|ou|ainsi que|y|e|o|ed|the|de|het|der|die"
    r"|das|den|dem|la|le|les|l|el|los|las|il|lo|i|gli|a|as|os|au|aux|du|di|da|do|al|del)\b)+"
)
# One of a list that nobody watches: "hit were Asda, Tesco (UK) and X".
_LISTED = r"[A-ZÀ-Þ0-9][\w&’'.+-]*(?: (?:(?:de|di|of|du) )?[A-ZÀ-Þ0-9][\w&’'.+-]*){0,4}(?: \([^()]{1,30}\))?"
_LISTING = (
    r"(?:,| (?:and|or|en|of|und|oder|et|ou|y|e|o|ed)\b) ?"
    r"(?:(?:the|het|die|der|das|la|le|les|el|il|a|os|del|des|du|d[aeio](?: la)?|d[ao]s|dell[ae]|dei)\b |d[’'])?"
)
_LISTED_BEFORE = re.compile(rf"(?<![\w&-]){_LISTED}{_LISTING}\Z")
_LISTED_AFTER = re.compile(rf"{_LISTING}{_LISTED}")
# What stands between two names of a list that has such in its middle: "X, Asda and Y".
_LISTED_BETWEEN = re.compile(rf"(?:{_LISTING}{_LISTED})+{_LISTING}")
_LONGEST_LISTED = 60

# What is put in brackets after a name and tells nothing of it: "X (NYSE: XYZ)", "X (UK)"; or the end of that.
_ASIDE = re.compile(r" \((?:[A-Z][\w.]*: ?)?[A-Z0-9][A-Z0-9.&:-]{0,11}\)|\)")
# More names than these in a row are a directory, of which nothing is told.
_MOST = 30

# (start, end, entity): where an entity is named or meant.
Place = tuple[int, int, int]


def rows_of(passage: Passage, sentence: Sentence, places: Sequence[Place]) -> list[tuple[int, int]]:
    """The rows of *places*, which are in order: the first of each and the one after its last, by number."""
    rows = []
    first = 0
    is_plain = not (sentence.is_headline_case or sentence.is_caps)
    for index in range(1, len(places) + 1):
        if index < len(places):
            end, start = past_aside(passage, places[index - 1][1]), places[index][0]
            if start < end or _is_joined(passage, end, start, is_plain):
                continue
        rows.append((first, index))
        first = index
    return rows


def past_aside(passage: Passage, end: int) -> int:
    """Where a name that ends at *end* is over, with what stands in brackets after it."""
    aside = _ASIDE.match(passage.clean, end)
    return aside.end() if aside else end


def _is_joined(passage: Passage, end: int, start: int, is_plain: bool) -> bool:
    """Whether two names are of one row; others may stand between them where capitals tell what is a name."""
    if _JOINED.fullmatch(passage.norm, end, start):
        return True
    return is_plain and start - end <= _LONGEST_LISTED and bool(_LISTED_BETWEEN.fullmatch(passage.clean, end, start))


def with_strangers(
    passage: Passage, sentence: Sentence, left: tuple[int, int], right: tuple[int, int]
) -> tuple[int, int]:
    """Where a row of names begins and ends, with the strangers beside it; *left* and *right* of it is free so far."""
    clean, start, end = passage.clean, left[1], past_aside(passage, right[0])
    if sentence.is_headline_case or sentence.is_caps:
        return start, end
    while match := _LISTED_BEFORE.search(clean, max(left[0], start - _LONGEST_LISTED), start):
        if match.start() == sentence.start:
            break
        start = match.start()
    while match := _LISTED_AFTER.match(clean, end, min(right[1], end + _LONGEST_LISTED)):
        end = match.end()
    return start, end


class Series:
    """The rows of one article that hold several names."""

    def __init__(self, passage: Passage, named: Mapping[int, Sequence[Place]]) -> None:
        """*named* holds, by sentence, where somebody is named or meant."""
        self._passage = passage
        self._spans: dict[int, tuple[int, int]] = {}
        self._members: dict[int, frozenset[int]] = {}
        self._beside: dict[int, set[int]] = {}
        for number, found in named.items():
            places = sorted(found)
            for first, last in rows_of(passage, passage.sentences[number], places) if len(places) > 1 else ():
                self._add(places[first:last])

    def _add(self, row: Sequence[Place]) -> None:
        members = frozenset(entity for _, _, entity in row)
        if 1 < len(members) <= _MOST:
            for entity in members:
                self._beside.setdefault(entity, set()).update(members)
            self._spans.update((place[0], (row[0][0], row[-1][1])) for place in row)
            self._members.update((place[0], members) for place in row)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the row begins and ends in which the name at ``start:end`` stands, or the name itself, brackets too."""
        first, last = self._spans.get(start, (start, end))
        return first, past_aside(self._passage, last)

    def members(self, start: int, entity: int) -> frozenset[int]:
        """The entities that stand in a row with *entity*, named at *start*, and it itself."""
        return self._members.get(start) or frozenset((entity,))

    def beside(self, entity: int) -> frozenset[int]:
        """Those that stand in a row with *entity* anywhere, and it itself."""
        return frozenset(self._beside.get(entity, (entity,)))
