"""Where a text says something that a language pack knows: one automaton a language."""

import re
from bisect import bisect_left
from collections.abc import Sequence, Set
from typing import TypeVar, cast

from ahocorasick_rs import AhoCorasick

from monitor.domain.lexicon import Cue, LanguagePack
from monitor.stages.detect.folding import fold_words

T = TypeVar("T")
# (start, end, concept), offsets into the folded text.
Hit = tuple[int, int, str]
# The same as (start, -end, concept): in the order of these the longest comes first.
_Placed = tuple[int, int, str]

# A cue of these kinds says that the weaker words inside it are not meant as they look.
_BLOCKING = frozenset(
    {
        "not_hack",
        "not_breach",
        "not_leak",
        "not_malware",
        "not_encrypt",
        "no_attack",
        "no_exploit",
        "medical",
        "nature",
        "crime",
        "sport",
        "war",
    }
)
_BLOCKED = frozenset(
    {
        "hack", "breach_weak", "breach", "attack_word", "compromise", "malware", "exploit", "cyberattack", "intrude",
        "hit_noun", "victim_verb", "steal", "cyber", "flood", "deny", "infect", "fraud", "insider", "encrypt",
    }
)  # fmt: skip
# The noun at the head of a longer cue is not told a second time.
_WHOLE_WORDS = frozenset(
    {"cyberattack", "breach", "ddos", "leak_site", "malware", "crypto_theft", "takeover", "fraud", "phishing", "thwart"}
)
_PART_WORDS = frozenset({"attack_word", "hack", "breach_weak", "steal"})
# What covers, and what is not told within that. The deed in the name of those who do it is one of these: "a ransomware
# gang" is nobody's ransomware.
_COVERS = (
    (_BLOCKING, _BLOCKED),
    (_WHOLE_WORDS, _PART_WORDS),
    (frozenset({"gang"}), frozenset({"ransomware"})),
)
# Concept -> the covers that it may stand within, and which it is itself, -1 for none.
_TELLING = {
    concept: (
        tuple(number for number, (_, covered) in enumerate(_COVERS) if concept in covered),
        next((number for number, (covering, _) in enumerate(_COVERS) if concept in covering), -1),
    )
    for concept in frozenset[str]().union(*(one for pair in _COVERS for one in pair))
}


# Words that tell something of a name where they touch it, and nothing elsewhere: a third of all words of a text are
# such, so they are looked up beside names alone.
_TOUCHING = frozenset({"determiner", "does", "legal_form", "relative", "title_word"})
_ABBREVIATION = 4
# "wehrt … ab": a verb that German and Dutch take apart; how many characters may stand between its halves.
GAP = "…"
_GAP_REACH = 110
_STOP = re.compile(r"[.!?;](?:\s|$)|\n")


def _kept_once(known: dict[object, object], value: T) -> T:
    return cast(T, known.setdefault(value, value))


class CueIndex:
    """
    The cues of one language, ready to be found in folded text; *telling* concepts are those that news of an attack
    cannot do without.
    """

    def __init__(self, pack: LanguagePack, telling: Set[str] = frozenset()) -> None:
        patterns: dict[str, list[str]] = {}
        openings: dict[str, list[tuple[str, str]]] = {}
        # What single words say that tell nothing but beside a name: word -> concepts.
        self.beside: dict[str, list[str]] = {}
        for cue in pack.cues:
            first, _, last = cue.text.partition(GAP)
            if _is_touching(cue):
                self.beside.setdefault(fold_words(cue.text), []).append(cue.concept)
            elif last:
                openings.setdefault(_pattern(first.strip()), []).append((_pattern(last.strip()), cue.concept))
            else:
                patterns.setdefault(_pattern(cue.text), []).append(cue.concept)
        patterns.pop("", None)
        written = {_pattern(cue.text): cue.text for cue in pack.cues}
        places = dict.fromkeys([*patterns, *openings, *(last for ends in openings.values() for last, _ in ends)])
        # Few differ: kept once they take 8 MB less for a language.
        once: dict[object, object] = {}
        self._concepts: list[tuple[str, ...]] = [
            _kept_once(once, tuple(dict.fromkeys(patterns.get(place, ())))) for place in places
        ]
        number = {place: index for index, place in enumerate(places)}
        self._openings = {number[key]: [(number[last], c) for last, c in ends] for key, ends in openings.items()}
        self._closings = frozenset(last for ends in self._openings.values() for last, _ in ends)
        # A short word written in capitals is an abbreviation: "IT" is no "it".
        shouted = [
            text.isupper() and len(text) <= _ABBREVIATION for text in (written.get(place, "") for place in places)
        ]
        # For each pattern: what to add to its start and end for those of its words, its concepts, and whether
        # there is more to look at than that.
        self._plain = [
            _kept_once(
                once,
                (
                    0 if key[0] == " " else -1,
                    -2 if key[-1] == " " else -1,
                    self._concepts[index],
                    shouted[index] or index in self._openings or index in self._closings,
                ),
            )
            for index, key in enumerate(places)
        ]
        self._shouted = frozenset(index for index, is_shouted in enumerate(shouted) if is_shouted)
        self._automaton = AhoCorasick(list(places))
        needed = {place for place, concepts in patterns.items() if not telling.isdisjoint(concepts)}
        # Of a cue with a gap both halves are needed: the longer one is the rarer.
        needed |= {
            max(first, last, key=len)
            for first, ends in openings.items()
            for last, concept in ends
            if concept in telling
        }
        self._telling = AhoCorasick(sorted(needed))

    def may_tell(self, padded: str) -> bool:
        """Whether `find` can find a telling concept; never false where it would. A fraction of the work."""
        return bool(self._telling.find_matches_as_indexes(padded))

    def find(self, padded: str, clean: str) -> list[Hit]:
        """
        Every cue in folded text that has one blank put before and after it, by position.

        *clean* is the same text as written, without those blanks; offsets are into it. Of hits of one
        concept that begin at one place the longest is kept; hits inside a phrase that means something
        else are dropped.
        """
        hits: list[_Placed] = []
        opened: list[tuple[int, int, int]] = []
        closed: list[tuple[int, int]] = []
        plain, add = self._plain, hits.append
        shouted, openings, closings = self._shouted, self._openings, self._closings
        for index, start, end in self._automaton.find_matches_as_indexes(padded, overlapping=True):
            at_start, at_end, concepts, is_special = plain[index]
            start += at_start
            end += at_end
            if is_special:
                if index in shouted and not clean[start:end].isupper():
                    continue
                if index in openings:
                    opened.append((start, end, index))
                if index in closings:
                    closed.append((start, index))
            for concept in concepts:
                add((start, -end, concept))
        if opened and closed:
            hits += self._across(opened, closed, clean)
        hits.sort()
        return _in_one_sense(_without_covered(hits))

    def _across(
        self, opened: Sequence[tuple[int, int, int]], closed: list[tuple[int, int]], clean: str
    ) -> list[_Placed]:
        """Cues with a gap: both halves in one sentence, in their order, the second within reach of the first."""
        closed.sort()
        hits: list[_Placed] = []
        for start, end, index in opened:
            first = bisect_left(closed, (end, -1))
            if first == len(closed) or closed[first][0] >= end + _GAP_REACH:
                continue
            stop = min(end + _GAP_REACH, _sentence_end(clean, end))
            near = {last for _, last in closed[first : bisect_left(closed, (stop, -1), lo=first)]}
            hits += [(start, -end, concept) for last, concept in self._openings[index] if last in near]
        return hits


def _sentence_end(clean: str, start: int) -> int:
    """Where the sentence ends, or where it is out of reach: no text is read to its end for each opening."""
    reach = min(start + _GAP_REACH, len(clean))
    match = _STOP.search(clean, start, reach + 2)
    return match.start() if match else reach


def _without_covered(hits: Sequence[_Placed]) -> list[Hit]:
    """*hits*, in their order, as read: the longest of a concept at a place, and none within one that covers it."""
    kept: list[Hit] = []
    until = [-1] * len(_COVERS)
    latest: dict[str, int] = {}
    telling, last, keep = _TELLING, latest.get, kept.append
    for start, minus_end, concept in hits:
        if last(concept, -1) > start:
            continue
        end = -minus_end
        if concept in telling:
            coverings, own = telling[concept]
            if any(end <= until[one] for one in coverings):
                continue
            if own >= 0:
                until[own] = max(until[own], end)
        latest[concept] = end
        keep((start, end, concept))
    return kept


# Where a text uses the word on the left, the concept on the right is meant so too, if nothing surer is said.
_OTHER_SENSES = {"not_hack": "hack", "not_breach": "breach_weak", "not_leak": "breach_weak", "not_malware": "infect"}
_SURE = frozenset({"ransomware", "cyberattack", "breach", "ddos", "phishing", "takeover", "crypto_theft", "leak_site"})


def _in_one_sense(hits: list[Hit]) -> list[Hit]:
    present = {concept for _, _, concept in hits}
    if present & _SURE:
        return hits
    dropped = {concept for sense, concept in _OTHER_SENSES.items() if sense in present}
    return [hit for hit in hits if hit[2] not in dropped] if dropped else hits


def _is_touching(cue: Cue) -> bool:
    """Whether *cue* is a plain word that is looked up beside names; abbreviations are told by their capitals."""
    return cue.concept in _TOUCHING and cue.text.isalpha() and not cue.text.isupper() and fold_words(cue.text).isalpha()


def _pattern(text: str) -> str:
    open_start, open_end = text.startswith("*"), text.endswith("*")
    words = fold_words(text.strip("*"))
    if not words:
        return ""
    return ("" if open_start else " ") + words + ("" if open_end else " ")
