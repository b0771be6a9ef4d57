"""
What a clause says of the name in it: whom an attack is told of, who was struck, whose data they are.

A binding is a short chain of cues around one name with no other name and no break between: an attack,
a preposition and the name; the name and a verb of suffering; somebody's data. The parts are told in
concepts, so they hold in every language.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from monitor.stages.detect.cues import Hit
from monitor.stages.detect.passage import Passage, Sentence
from monitor.stages.detect.series import Place, rows_of, with_strangers

_BLOW = frozenset(
    {
        "ransomware", "cyberattack", "hack", "breach", "ddos", "malware", "takeover", "deface", "crypto_theft",
        "intrude", "attack_word", "breach_weak", "encrypt", "hit_noun", "steal", "compromise", "espionage", "sabotage",
    }
)  # fmt: skip
_PREPOSITIONS = {"at_prep": "at", "of_prep": "of", "by_prep": "by"}
_ASSETS = frozenset({"data", "systems", "account", "homepage", "traffic"})
_IMITATES = frozenset({"pose", "fake"})
# Those who do something for or by somebody, and the deed: "an analyst at X", "blocked by X", "a supplier of X".
_DEEDS = frozenset(
    {
        "research", "help", "insure", "block", "study", "summoned", "call_in", "patch", "flaw", "product", "supply",
        "party_noun",
    }
)  # fmt: skip
_BESIDE = 6
_PHRASE = 30
# Words that stand before a name and how far: "posing as X", "called in X", "the app X", "warned via X", "the hack X".
_JUST_LEFT = {
    **dict.fromkeys(_BLOW, ("blow-beside", 2)),
    **dict.fromkeys(_IMITATES, ("imitated", _PHRASE)),
    "call_in": ("called-in", _BESIDE),
    "channel": ("channel", _BESIDE),
    "product": ("own-product", 1),
}
# And after it: "the X hack", "X's files", "an X plug-in" (something made by X or for it), "X customers".
_JUST_RIGHT = {
    **dict.fromkeys(_BLOW, ("before-blow", 2)),
    **dict.fromkeys(_ASSETS, ("own-asset", 4)),
    "product": ("own-product", 1),
    "user_noun": ("users", 2),
}
# Characters between a name and somebody else who is known by it: "the X supplier", "X's dealers".
_PARTY = 3
# What is said first of a name tells most of it: "X fined", "X, untouched by", "X was hit by".
_VERBS = frozenset(
    {
        "victim_verb", "not_affected", "punish", "help", "warn", "say", "admit", "deny", "research", "patch", "block",
        "insure", "actor_verb", "thwart", "steal", "unreachable", "call_in", "intact", "summoned", "struck_too",
    }
)  # fmt: skip
# What is said last before a name, or a row of them: "hit were X and Y", "among the victims X and Y", "rivals X and Y".
_LEFT_VERBS = frozenset(
    {"victim_verb", "not_affected", "among", "client_of", "rival", "help", "warn", "study", "parent", "struck_too"}
)
# What words between commas after a name say of it.
_TELLS_WHO = _VERBS | _LEFT_VERBS | {"customer", "supply", "made_by", "product", "press_noun", "hack", "state_actor"}
_APPOSED = re.compile(r", ([a-zà-ÿ][^,;:.()\n]{2,80})(?=[,;.\n])")
_LONGEST_APPOSED = 90
# "X was not hit", "X says that its own network was not breached": whoever is struck, it is not X.
_UNSTRUCK = frozenset({"neg", "customer", "intact", "not_affected", "no_attack"})
_SPEAKS = frozenset({"say", "admit", "deny"})
_SPARED = "not_affected"
_OWN = frozenset({"asset-of", "asset-at"})
_BREAK = re.compile(r"[;:–—()\n]|, ")
# An article and common nouns: "the energy company", "den Autozulieferer", "l'enseigne".
_NOUNS = re.compile(r"[ \w’'-]*?(?:[^\W\d_]+[ ’'-]*){1,3}")
_STRONG = frozenset({"blow-at", "struck-blow", "struck", "asset-of", "asset-at", "compound-blow"})
_NAME = re.compile(r"(?<![\w-])[A-ZÀ-Þ][\w&-]+(?: (?:de |di |of )?[A-ZÀ-Þ][\w&-]+)*")
STRANGER = -1
_REACH = 70


@dataclass(frozen=True, slots=True)
class Bindings:
    """The parts of each entity, and whether attacks are told of somebody that nobody watches."""

    parts: Mapping[int, Mapping[str, float]]
    stranger: float

    def of(self, entity: int) -> Mapping[str, float]:
        return self.parts.get(entity, {})


def bind(passage: Passage, places: Mapping[int, Sequence[Place]], ordinary: frozenset[str] | None) -> Bindings:
    """
    Bindings of all *places*, by sentence.

    *ordinary* are words that a capital does not make a name; None in a language that gives all nouns one.
    """
    bound: dict[int, dict[str, float]] = {}
    strangers = 0
    for number, sentence in enumerate(passage.sentences):
        own = sorted(places[number]) if number in places else []
        for place, parts in _in_sentence(passage, sentence, own) if own else ():
            held = bound.setdefault(place[2], {})
            held.update([(f"bound:{part}", 1.0) for part in parts])
            if sentence.in_title:
                held.update([(f"title-bound:{part}", 1.0) for part in parts])
        if ordinary is not None and not sentence.concepts.isdisjoint(_BLOW):
            others = _strangers(passage, sentence, own, ordinary)
            if others:
                strangers += sum(
                    place[2] == STRANGER and not _STRONG.isdisjoint(parts)
                    for place, parts in _in_sentence(passage, sentence, sorted([*own, *others]), frozenset(others))
                )
    for told in bound.values():
        if any(f"bound:{part}" in told for part in _STRONG):
            told["bound:strongly"] = 1.0
    return Bindings(bound, min(strangers, 2) / 2)


def _in_sentence(
    passage: Passage, sentence: Sentence, places: Sequence[Place], wanted: Set[Place] | None = None
) -> list[tuple[Place, set[str]]]:
    """
    The parts of each of the rows of *places*; of those that hold one that is *wanted*, where that is told.

    Names in a row ("X, Y and Z") have what is before the first and after the last.
    """
    found = []
    for first, last in rows_of(passage, sentence, places):
        row = places[first:last]
        if wanted is not None and wanted.isdisjoint(row):
            continue
        before = places[first - 1][1] if first else sentence.start
        after = places[last][0] if last < len(places) else sentence.end
        start, end = with_strangers(passage, sentence, (before, row[0][0]), (row[-1][1], after))
        parts = set(_from_left(passage, sentence, start, before))
        parts.update(_from_right(passage, sentence, end, after))
        if f"verb:{_SPARED}" in parts:
            # "The systems of X were not touched."
            parts -= _OWN
        if len(row) > 1 and len({place[2] for place in row}) > 1:
            parts.add("in-row" if parts.isdisjoint(_STRONG) else "in-row-struck")
        found += [(place, parts) for place in row]
    return found


def _within(sentence: Sentence, start: int, end: int) -> Sequence[Hit]:
    """The cues of *sentence* that begin in ``start:end``."""
    hits = sentence.hits
    first = bisect_left(hits, (start,))
    return hits[first : bisect_left(hits, (end,), first)]


def _from_left(passage: Passage, sentence: Sentence, start: int, before: int) -> list[str]:
    clean = passage.clean
    reach = max(before, start - _REACH)
    broken = max([match.start() for match in _BREAK.finditer(clean, reach, start)], default=-1)
    left = [hit for hit in _within(sentence, reach, start) if broken < hit[1] <= start]
    found = _beside_left(left, start)
    verbs = [hit[2] for hit in left if hit[2] in _LEFT_VERBS]
    if verbs:
        found.append(f"after:{verbs[-1]}")
    led = [hit[0] for hit in left if hit[2] in _PREPOSITIONS and _is_led(clean[hit[1] : start])]
    if led:
        last = max(led)
        # "an analyst at" is a cue that holds its preposition.
        chain = [hit for hit in left if hit[1] <= last or (hit[2] in _DEEDS and hit[0] < last)]
        for way in {_PREPOSITIONS[hit[2]] for hit in left if hit[0] == last and hit[2] in _PREPOSITIONS}:
            found += _by_way(chain, last, way)
    return found


def _beside_left(left: Sequence[Hit], start: int) -> list[str]:
    told = [(hit[1], *_JUST_LEFT[hit[2]]) for hit in left if hit[2] in _JUST_LEFT]
    return [part for end, part, reach in told if start - end <= reach]


def _is_led(between: str) -> bool:
    """Whether nothing but an article and a common noun or two stand between a preposition and a name."""
    return len(between) <= _BESIDE or (len(between) <= _PHRASE and _NOUNS.fullmatch(between) is not None)


def _by_way(chain: Sequence[Hit], last: int, way: str) -> Iterable[str]:
    for hit in chain:
        beside = last - hit[1] <= 3
        if hit[2] in _BLOW:
            yield f"blow-{way}" if beside else f"blow-far-{way}"
        elif hit[2] in _ASSETS and beside:
            yield f"asset-{way}"
        elif hit[2] in _DEEDS and beside:
            yield f"{hit[2]}-{way}"
        elif hit[2] == "victim_verb":
            yield f"struck-{way}"
        elif hit[2] == "user_noun" and beside:
            # "clientes de X": what is told of them is told of the people who use X.
            yield "users"


def _apposition(clean: str, end: int, after: int) -> tuple[int, int]:
    """Where words between commas, right after a name, begin and end: "X, which insures the firm, said"."""
    match = _APPOSED.match(clean, end, min(after, end + _LONGEST_APPOSED))
    return match.span(1) if match else (end, end)


def _from_right(passage: Passage, sentence: Sentence, end: int, after: int) -> list[str]:
    clean = passage.clean
    found = []
    if clean.startswith(", ", end):
        begin, close = _apposition(clean, end, after)
        found = [f"apposed:{hit[2]}" for hit in _within(sentence, begin, close) if hit[2] in _TELLS_WHO]
        if begin < close and clean[close : close + 1] == ",":
            end = close + 1
    reach = min(after, end + _REACH)
    broken = _BREAK.search(clean, end, max(reach, end))
    right = [hit for hit in _within(sentence, end, broken.end() if broken else reach) if hit[1] <= reach]
    if not right:
        return found
    if "party_noun" in sentence.concepts and any(hit[2] == "party_noun" and hit[0] - end <= _PARTY for hit in right):
        # "The X dealer", "X's contractor was hit": what follows is told of those.
        return [*found, "own-party"]
    verbs = [hit[2] for hit in right if hit[2] in _VERBS]
    if verbs:
        found.append(f"verb:{verbs[0]}")
    if verbs and verbs[0] in _SPEAKS and _SPARED in verbs and "intact" in verbs:
        # "X says that its own systems were not touched": what it says of itself.
        found.append(f"verb:{_SPARED}")
    found += _beside_right(right, end, clean)
    return found + (_told_of(right) if verbs else [])


def _told_of(right: Sequence[Hit]) -> list[str]:
    """What a verb after the name says was done to it, or what it tells of."""
    found = []
    kinds = {hit[2] for hit in right}
    if "victim_verb" in kinds:
        struck = next(hit for hit in right if hit[2] == "victim_verb")
        if not any(hit[2] in _UNSTRUCK and hit[0] <= struck[1] + _BESIDE for hit in right):
            found.append("struck-blow" if kinds & _BLOW else "struck")
    if not kinds.isdisjoint(_SPEAKS):
        speaks = min(hit[0] for hit in right if hit[2] in _SPEAKS)
        if any(hit[2] in _BLOW and hit[0] > speaks for hit in right):
            found.append("tells-of-blow")
    return found


def _beside_right(right: Sequence[Hit], end: int, clean: str) -> list[str]:
    told = [(hit[0], *_JUST_RIGHT[hit[2]]) for hit in right if hit[2] in _JUST_RIGHT]
    near = [part for start, part, reach in told if start - end <= reach]
    if "before-blow" in near and clean[end : end + 1] in {"-", "‑"}:
        return ["compound-blow" if part == "before-blow" else part for part in near]
    return near


def _strangers(passage: Passage, sentence: Sentence, places: Sequence[Place], ordinary: frozenset[str]) -> list[Place]:
    """Names in a sentence that are none of *places*: words with a capital that are no ordinary ones."""
    if sentence.is_headline_case or sentence.is_caps:
        return []
    found = []
    for match in _NAME.finditer(passage.clean, sentence.start, sentence.end):
        start, end = match.span()
        if any(start < last and first < end for first, last, _ in places):
            continue
        words = passage.norm[start:end].split()
        if len(words) == 1 and (start - sentence.start < 3 or words[0] in ordinary):
            continue
        found.append((start, end, STRANGER))
    return found
