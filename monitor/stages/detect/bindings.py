"""
What a clause says of the name in it: whom an attack is told of, who was struck, whose data they are.

A binding is a short chain of cues around one name with no other name and no break between: an attack,
a preposition and the name; the name and a verb of suffering; somebody's data. The parts are told in
concepts, so they hold in every language.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.stages.detect.cues import Hit
from monitor.stages.detect.passage import Passage, Sentence

_BLOW = frozenset(
    {
        "ransomware", "cyberattack", "hack", "breach", "ddos", "malware", "takeover", "deface", "crypto_theft",
        "intrude", "attack_word", "breach_weak", "encrypt", "hit_noun", "steal", "compromise", "espionage", "sabotage",
    }
)  # fmt: skip
_PREPOSITIONS = {"at_prep": "at", "of_prep": "of", "by_prep": "by"}
_ASSETS = frozenset({"data", "systems", "account", "homepage", "traffic"})
_SPEAKS = frozenset({"say", "admit", "deny"})
_BREAK = re.compile(r"[;:–—()\n]|, ")
_WORD = re.compile(r"\s*(?:[\"“„«'‘]\s*)?([^\W\d_][\w’'&.-]*)")
_REACH = 70
_BESIDE = 6

# (start, end, entity): where an entity is named or meant.
Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Bindings:
    """The parts of each entity, and whether attacks are told of somebody that nobody watches."""

    parts: Mapping[int, Mapping[str, float]]
    stranger: float

    def of(self, entity: int) -> Mapping[str, float]:
        return self.parts.get(entity, {})


def bind(passage: Passage, places: Mapping[int, Sequence[Place]], nouns_are_capitalised: bool) -> Bindings:
    """Bindings of all *places*, by sentence."""
    bound: dict[int, dict[str, float]] = {}
    strangers = 0
    for number, sentence in enumerate(passage.sentences):
        if not sentence.concepts & _BLOW:
            continue
        own = sorted(places.get(number, ()))
        for index, place in enumerate(own):
            before = own[index - 1][1] if index else sentence.start
            after = own[index + 1][0] if index + 1 < len(own) else sentence.end
            for part in _of_place(passage, sentence, place, before, after):
                bound.setdefault(place[2], {})[part] = 1.0
        strangers += _names_stranger(passage, sentence, own, nouns_are_capitalised)
    _add_others(bound)
    return Bindings(bound, min(strangers, 2) / 2)


def _of_place(passage: Passage, sentence: Sentence, place: Place, before: int, after: int) -> Iterable[str]:
    start, end, _ = place
    clean = passage.clean
    left = [hit for hit in sentence.hits if hit[1] <= start and hit[0] >= max(before, start - _REACH)]
    right = [hit for hit in sentence.hits if hit[0] >= end and hit[1] <= min(after, end + _REACH)]
    left = [hit for hit in left if not _BREAK.search(clean[hit[1] : start])]
    right = [hit for hit in right if not _BREAK.search(clean[end : hit[0]])]
    parts = set(_from_left(left, start)) | set(_from_right(right, end, clean))
    yield from (f"bound:{part}" for part in parts)
    if sentence.in_title:
        yield from (f"title-bound:{part}" for part in parts)


def _from_left(left: Sequence[Hit], start: int) -> Iterable[str]:
    preposition = next((hit for hit in reversed(left) if hit[2] in _PREPOSITIONS and start - hit[1] <= _BESIDE), None)
    if preposition is None:
        if any(hit[2] in _BLOW and start - hit[1] <= 2 for hit in left):
            yield "blow-beside"
        return
    way = _PREPOSITIONS[preposition[2]]
    chain = [hit for hit in left if hit[1] <= preposition[0]]
    if any(hit[2] in _BLOW and preposition[0] - hit[1] <= 3 for hit in chain):
        yield f"blow-{way}"
    elif any(hit[2] in _BLOW for hit in chain):
        yield f"blow-far-{way}"
    if any(hit[2] in _ASSETS and preposition[0] - hit[1] <= 3 for hit in chain):
        yield f"asset-{way}"
    if any(hit[2] == "victim_verb" for hit in chain):
        yield f"struck-{way}"


def _from_right(right: Sequence[Hit], end: int, clean: str) -> Iterable[str]:
    kinds = {hit[2] for hit in right}
    struck = next((hit for hit in right if hit[2] == "victim_verb"), None)
    if struck and not any(hit[2] in {"neg", "customer"} and hit[0] <= struck[0] for hit in right):
        yield "struck-blow" if kinds & _BLOW else "struck"
    if clean[end : end + 1] in {"-", "‑"} and any(hit[2] in _BLOW and hit[0] - end <= 2 for hit in right):
        yield "compound-blow"
    if any(hit[2] in _ASSETS and hit[0] - end <= 4 for hit in right):
        yield "own-asset"
    if kinds & _SPEAKS and kinds & _BLOW:
        speaks = min(hit[0] for hit in right if hit[2] in _SPEAKS)
        if any(hit[2] in _BLOW and hit[0] > speaks for hit in right):
            yield "tells-of-blow"
    if any(hit[2] in _BLOW and hit[0] - end <= 2 for hit in right):
        yield "before-blow"


def _names_stranger(passage: Passage, sentence: Sentence, places: Sequence[Place], nouns: bool) -> bool:
    """Whether an attack is told of a name, or of some company, that is none of *places*."""
    if sentence.is_headline_case or sentence.is_caps:
        return False
    taken = {start for start, _, _ in places}
    blows = [hit for hit in sentence.hits if hit[2] in _BLOW]
    for start, end, concept in sentence.hits:
        if concept not in ("at_prep", "of_prep"):
            continue
        if not any(0 <= start - blow[1] <= 3 for blow in blows):
            continue
        word = _WORD.match(passage.clean, end)
        if word is None or any(abs(word.start(1) - one) <= 12 for one in taken):
            continue
        if word[1][0].isupper() and not nouns:
            return True
    return False


def _add_others(bound: dict[int, dict[str, float]]) -> None:
    strong = {entity for entity, parts in bound.items() if parts.keys() & _STRONG}
    for entity in strong:
        bound[entity]["bound:strongly"] = 1.0


_STRONG = frozenset({"bound:blow-at", "bound:struck-blow", "bound:struck", "bound:asset-of", "bound:compound-blow"})
