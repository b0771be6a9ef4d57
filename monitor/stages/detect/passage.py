"""An article laid out for reading: sentences, the cues in each, and what kind of lettering it has."""

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.stages.detect.cues import Hit

_CAPITALISED = re.compile(r"[^\W\d_][\w’'-]*")
_HEADLINE_SHARE = 0.7
_CAPS_SHARE = 0.7
_LEADING = frozenset({"by_prep", "at_prep"})
_LED = 8
# Letters of a headline, and from how many on a text is no brief one.
_BRIEF, _AT_LENGTH = 100, 300
_THROUGH_SUPPLY = "through_supply"
# Concepts that no pack lists: they follow from how its cues stand together.
DERIVED = frozenset({_THROUGH_SUPPLY})


class Sentence(NamedTuple):
    """
    One sentence: its span, its cues by position, and whether capitals mean anything in it.

    A tuple, since there are thirty to an article and a data class takes four times as long to make.
    """

    start: int
    end: int
    hits: tuple[Hit, ...]
    concepts: frozenset[str]
    in_title: bool
    is_headline_case: bool
    is_caps: bool


@dataclass(frozen=True)
class Passage:
    """The title and text of an article as one: ``clean`` and ``norm`` are of equal length."""

    clean: str
    norm: str
    title_end: int
    language: str
    sentences: tuple[Sentence, ...]
    starts: tuple[int, ...]
    # Of all sentences together.
    concepts: frozenset[str]
    # Whether its outlet is known for news that is made up.
    is_satire: bool = False

    @property
    def brevity(self) -> float:
        """How little there is to read: 1 for a headline of a hundred letters or less, 0 from two sentences more on."""
        return max(0.0, min((_AT_LENGTH - len(self.norm)) / (_AT_LENGTH - _BRIEF), 1.0))

    @property
    def words(self) -> frozenset[str]:
        """The folded words of all that is news."""
        return _words_of(" ".join([self.norm[sentence.start : sentence.end] for sentence in self.sentences]))

    @property
    def printed(self) -> frozenset[str]:
        """The folded words of all that is printed, boilerplate and all."""
        return _words_of(self.norm)

    def sentence_at(self, offset: int) -> int | None:
        """The number of the sentence that holds *offset*; None in boilerplate."""
        number = bisect_right(self.starts, offset) - 1
        return number if number >= 0 and offset < self.sentences[number].end else None


# Asked for several times of one text. No property that keeps its value: compiled, it would not (decision 0345).
@functools.lru_cache(maxsize=2)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


def lay_out(
    clean: str, norm: str, title_end: int, language: str, spans: Sequence[tuple[int, int]], hits: Sequence[Hit]
) -> Passage:
    """Hand each of *hits* (by position) to the one of *spans* (sentences that are news) that holds it."""
    sentences = []
    at, places, told, hits = 0, [hit[0] for hit in hits], [hit[2] for hit in hits], tuple(hits)
    for start, end in spans:
        first = bisect_left(places, start, at)
        at = bisect_left(places, end, first)
        own, concepts = hits[first:at], frozenset(told[first:at])
        if "supply" in concepts and not concepts.isdisjoint(_LEADING):
            own = _with_ways(own)
            concepts = frozenset(hit[2] for hit in own)
        in_title = start < title_end
        # Text below the title is seldom in capitals, and headline case says nothing there.
        looks = in_title or clean[start : start + 24].isupper()
        headline, caps = lettering(clean[start : min(end, start + 400)]) if looks else (False, False)
        sentences.append(Sentence(start, end, own, concepts, in_title, headline and in_title, caps))
    everywhere = frozenset[str]().union(*[sentence.concepts for sentence in sentences])
    return Passage(clean, norm, title_end, language, tuple(sentences), tuple([span[0] for span in spans]), everywhere)


def _with_ways(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """*hits*, and "through a supplier" where a preposition of way or place stands right before one."""
    led = [end for _, end, concept in hits if concept in _LEADING]
    ways = [
        (start, end, _THROUGH_SUPPLY)
        for start, end, concept in hits
        if concept == "supply" and any(0 <= start - one <= _LED for one in led)
    ]
    return tuple(sorted([*hits, *ways])) if ways else tuple(hits)


def lettering(text: str) -> tuple[bool, bool]:
    """Whether *text* is in headline case (Most Words Begin So), and whether it is in capitals."""
    words = [word for word in _CAPITALISED.findall(text) if len(word) > 3]
    if len(words) < 2:
        return False, False
    capitals = sum(word.isupper() for word in words)
    begin = sum(word[0].isupper() for word in words)
    is_caps = capitals >= _CAPS_SHARE * len(words)
    return (len(words) >= 3 and begin >= _HEADLINE_SHARE * len(words) and not is_caps), is_caps
