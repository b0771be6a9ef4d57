"""Where a text says something that a language pack knows: one automaton a language."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import itemgetter

from ahocorasick_rs import AhoCorasick

from monitor.domain.lexicon import LanguagePack
from monitor.stages.detect.folding import fold_each, fold_words

# (number of the pattern, start, end), offsets into the padded text.
Match = tuple[int, int, int]
# (start, end, concept), offsets into the folded text.
Hit = tuple[int, int, str]
# Which covers a concept may stand within (`_COVERS`), and which it is itself, -1 for none; None of most.
_Covers = tuple[tuple[int, ...], int] | None
# What all cues of a kind have in common: their length, the number of their concept, the concept and its covers.
_Kind = tuple[int, int, str, _Covers]

# A cue of these kinds says that the weaker words inside it are not meant as they look.
_BLOCKING = frozenset(
    {
        "not_hack",
        "not_breach",
        "not_leak",
        "not_malware",
        "not_encrypt",
        "not_intrude",
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
        "hit_noun", "victim_verb", "steal", "cyber", "flood", "deny", "infect", "fraud", "insider", "encrypt", "hijack",
    }
)  # fmt: skip
# The noun at the head of a longer cue is not told a second time.
_WHOLE_WORDS = frozenset(
    {"cyberattack", "breach", "ddos", "leak_site", "malware", "crypto_theft", "takeover", "fraud", "phishing", "thwart"}
)
_PART_WORDS = frozenset({"attack_word", "hack", "breach_weak", "steal"})
# What covers, and what is not told within that. The deed in the name of those who do it is one of these: "a ransomware
# gang" is nobody's ransomware. Who "asks for help" helps nobody, and who "helps its customers" no stranger.
_COVERS = (
    (_BLOCKING, _BLOCKED),
    (_WHOLE_WORDS, _PART_WORDS),
    (frozenset({"gang"}), frozenset({"ransomware"})),
    (frozenset({"call_in", "for_own"}), frozenset({"for_others"})),
)
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
_INDEX = itemgetter(0)


@dataclass(slots=True)
class _Phrases:
    """
    The phrases of a pack by how they are found, each as its pattern in folded text.

    ``beside`` are single words that tell nothing but beside a name, ``patterns`` what is found whole, with their
    concepts; ``openings`` maps first halves to the second ones and their concepts; ``shouted`` are those that
    are meant in capitals only.
    """

    beside: dict[str, list[str]] = field(default_factory=dict)
    patterns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    openings: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    shouted: set[str] = field(default_factory=set)

    def halves(self) -> set[str]:
        return {half for first, ends in self.openings.items() for half in (first, *(last for last, _ in ends))}


class CueIndex:
    """
    The cues of one language, ready to be found in folded text; *telling* concepts are those that news of an attack
    cannot do without. ``beside`` maps words to the concepts that they tell beside a name, and nowhere else.
    """

    def __init__(self, pack: LanguagePack, telling: Set[str] = frozenset()) -> None:
        found = _sorted_out(pack)
        self.beside, patterns, openings = found.beside, found.patterns, found.openings
        # First come those that need a second look: whether they are in capitals, or where their other half stands.
        odd = sorted(found.halves() | found.shouted)
        number = {place: index for index, place in enumerate(odd)}
        places = [*odd, *(place for place in patterns if place not in number)]
        self._odd, self._trims = len(odd), [_trim(place) for place in odd]
        self._kinds = _kinds(patterns, openings)
        self._concepts = 1 + max((number for _, number, _, _ in self._kinds), default=0)
        # A hit is one number, its start and then its kind: these are made and put in order quicker than tuples.
        self._shift = len(self._kinds).bit_length()
        kinds = {(length, concept): kind for kind, (length, _, concept, _) in enumerate(self._kinds)}
        added = list(_told(places, patterns, kinds, self._shift))
        self._shouted = {number[place]: added[number[place]] for place in found.shouted}
        self._told = [() if index in self._shouted else one for index, one in enumerate(added)]
        self._openings = {
            number[first]: [(number[last], kinds[len(first.strip()), concept]) for last, concept in ends]
            for first, ends in openings.items()
        }
        self._closings = {opening: frozenset(last for last, _ in ends) for opening, ends in self._openings.items()}
        needed = _needed(openings, telling)
        self._tells = bytes(place in needed or not telling.isdisjoint(patterns.get(place, ())) for place in places)
        self._automaton = AhoCorasick(places)

    def find(self, padded: str, clean: str, *, is_news: bool = True) -> list[Hit]:
        """
        Every cue in folded text that has one blank put before and after it, by position.

        *clean* is the text as written, without the blanks around it; offsets are into it. Of hits of one
        concept that begin at one place the longest is kept; hits inside a phrase that means something
        else are dropped. Of what *is_news* to nobody, nothing is told but where it may tell of an attack.
        """
        matches = self._automaton.find_matches_as_indexes(padded, overlapping=True)
        if not is_news and not any(map(self._tells.__getitem__, map(_INDEX, matches))):
            return []
        told, shift, odd = self._told, self._shift, self._odd
        hits = [(start << shift) + kind for index, start, _ in matches for kind in told[index]]
        if seen_twice := [match for match in matches if match[0] < odd]:
            hits += self._second_look(seen_twice, clean)
        del matches  # of a text of 5 MB they take 100
        hits.sort()
        return _in_one_sense(*self._without_covered(hits))

    def _second_look(self, matches: Sequence[Match], clean: str) -> list[int]:
        """What is found of *matches* that are meant in capitals only, and of halves of cues with a gap."""
        present, shouted, closings = set(map(_INDEX, matches)), self._shouted, self._closings
        hits: list[int] = []
        if not shouted.keys().isdisjoint(present):
            matches = [match for match in matches if match[0] not in shouted or self._is_shouted(match, clean)]
            meant = [(start, kind) for index, start, _ in matches for kind in shouted.get(index, ())]
            hits = [(start << self._shift) + kind for start, kind in meant]
        openings = {index for index in closings.keys() & present if not closings[index].isdisjoint(present)}
        return hits + self._across(openings, matches, clean) if openings else hits

    def _is_shouted(self, match: Match, clean: str) -> bool:
        index, start, end = match
        before, after = self._trims[index]
        return clean[start - before : end - after].isupper()

    def _across(self, openings: Set[int], meant: Sequence[Match], clean: str) -> list[int]:
        """Cues with a gap: both halves in one sentence, in their order, the second within reach of the first."""
        closings = {last for index in openings for last in self._closings[index]}
        wanted = closings | openings
        halves = [match for match in meant if match[0] in wanted]
        closed = sorted([(start - self._trims[index][0], index) for index, start, _ in halves if index in closings])
        hits: list[int] = []
        for index, begin, stop in [match for match in halves if match[0] in openings]:
            before, after = self._trims[index]
            start, end = begin - before, stop - after
            first = bisect_left(closed, (end, -1))
            if first == len(closed) or closed[first][0] >= end + _GAP_REACH:
                continue
            reach = min(end + _GAP_REACH, _sentence_end(clean, end))
            near = {last for _, last in closed[first : bisect_left(closed, (reach, -1), lo=first)]}
            hits += [(start << self._shift) + kind for last, kind in self._openings[index] if last in near]
        return hits

    def _without_covered(self, hits: Sequence[int]) -> tuple[list[Hit], Set[str]]:
        """
        *hits*, in their order, as read: the longest of a concept at a place, and none within one that covers it.

        And which of `_SENSES` are among them.
        """
        kept: list[Hit] = []
        # Where the latest hit of each cover, and of each concept, ends.
        until, latest = [-1] * len(_COVERS), [-1] * self._concepts
        keep, kinds, shift, mask = kept.append, self._kinds, self._shift, (1 << self._shift) - 1
        for hit in hits:
            start = hit >> shift
            length, number, concept, covers = kinds[hit & mask]
            if latest[number] > start:
                continue
            end = start + length
            if covers is not None:
                coverings, own = covers
                if coverings and end <= max(map(until.__getitem__, coverings)):
                    continue
                if own >= 0:
                    until[own] = max(until[own], end)
            latest[number] = end
            keep((start, end, concept))
        return kept, {sense for sense, end in zip(_SENSES, latest, strict=False) if end >= 0}


def _sorted_out(pack: LanguagePack) -> _Phrases:
    found = _Phrases()
    shouted: set[str] = set()
    # Few differ: kept once they take 8 MB less for a language.
    once: dict[tuple[str, ...], tuple[str, ...]] = {}
    for concept, text, pattern in _phrases(pack):
        # A short word written in capitals is an abbreviation: "IT" is no "it".
        if len(text) <= _ABBREVIATION and text.isupper():
            shouted.add(pattern)
        else:
            shouted.discard(pattern)
        first, _, last = text.partition(GAP)
        if concept in _TOUCHING and _is_plain(text):
            found.beside.setdefault(pattern.strip(), []).append(concept)
        elif last:
            one, other = patterns_of((first.strip(), last.strip()))
            found.openings.setdefault(one, []).append((other, concept))
        elif concept not in (held := found.patterns.get(pattern, ())):
            told = (*held, concept)
            found.patterns[pattern] = once.setdefault(told, told)
    found.patterns.pop("", None)
    found.shouted = shouted & (found.patterns.keys() | found.halves())
    return found


def _trim(pattern: str) -> tuple[int, int]:
    return int(pattern[0] != " "), 1 + (pattern[-1] == " ")


def _kinds(patterns: Mapping[str, Sequence[str]], openings: Mapping[str, Sequence[tuple[str, str]]]) -> list[_Kind]:
    """All that can be found at a place, the longest first."""
    plain = {(-len(place.strip()), concept) for place, concepts in patterns.items() for concept in concepts}
    gapped = {(-len(first.strip()), concept) for first, ends in openings.items() for _, concept in ends}
    found = sorted(plain | gapped)
    number = {concept: at for at, concept in enumerate(dict.fromkeys((*_SENSES, *(concept for _, concept in found))))}
    return [(-length, number[concept], concept, _TELLING.get(concept)) for length, concept in found]


def _told(
    places: Iterable[str], patterns: Mapping[str, tuple[str, ...]], kinds: Mapping[tuple[int, str], int], shift: int
) -> Iterator[tuple[int, ...]]:
    """What is added to where each of *places* is found, in the place of its start, for each hit."""
    # Few differ: kept once.
    kept: dict[tuple[int, int, tuple[str, ...]], tuple[int, ...]] = {}
    for place in places:
        one = before, length, concepts = _trim(place)[0], len(place.strip()), patterns.get(place, ())
        if one not in kept:
            kept[one] = tuple([kinds[length, concept] - (before << shift) for concept in concepts])
        yield kept[one]


def _phrases(pack: LanguagePack) -> Iterator[tuple[str, str, str]]:
    """Each phrase with its concept, and as it is looked for."""
    for concept in pack.cues.families:
        texts = pack.cues.of(concept)
        for text, pattern in zip(texts, patterns_of(texts), strict=True):
            yield concept, text, pattern


def _needed(openings: Mapping[str, Sequence[tuple[str, str]]], telling: Set[str]) -> set[str]:
    """Of each telling cue with a gap one half: both are needed, and the longer one is the rarer."""
    return {
        max(first, last, key=len) for first, ends in openings.items() for last, concept in ends if concept in telling
    }


def _sentence_end(clean: str, start: int) -> int:
    """Where the sentence ends, or where it is out of reach: no text is read to its end for each opening."""
    reach = min(start + _GAP_REACH, len(clean))
    match = _STOP.search(clean, start, reach + 2)
    return match.start() if match else reach


# Where a text uses the word on the left, the concept on the right is meant so too, if nothing surer is said.
_OTHER_SENSES = {"not_hack": "hack", "not_breach": "breach_weak", "not_leak": "breach_weak", "not_malware": "infect"}
_SURE = frozenset({"ransomware", "cyberattack", "breach", "ddos", "phishing", "takeover", "crypto_theft", "leak_site"})
# Both: these concepts are numbered first.
_SENSES = (*sorted(_SURE), *_OTHER_SENSES)


def _in_one_sense(hits: list[Hit], present: Set[str]) -> list[Hit]:
    """*hits* without those of a word that is meant otherwise in this text, which has *present* ones of `_SENSES`."""
    if not present.isdisjoint(_SURE):
        return hits
    dropped = {_OTHER_SENSES[sense] for sense in present}
    return [hit for hit in hits if hit[2] not in dropped] if dropped else hits


def _is_plain(text: str) -> bool:
    """Whether *text* is a plain word, which may be looked up beside names; abbreviations are told by their capitals."""
    return text.isalpha() and not text.isupper() and fold_words(text).isalpha()


def patterns_of(texts: Sequence[str]) -> Iterator[str]:
    """Each of *texts* as it stands in folded text: ``word*`` begins a word, ``*word`` ends one."""
    for text, words in zip(texts, fold_each(texts), strict=True):
        if words:
            yield f"{'' if text[0] == '*' else ' '}{words}{'' if text[-1] == '*' else ' '}"
        else:
            yield ""
