"""Which kinds of attack a text tells of: frames that hold in its sentences, added up for each kind."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import repeat

from monitor.domain.finding import AttackType
from monitor.domain.lexicon import Frame, Weights
from monitor.stages.detect.passage import DERIVED, Passage, Sentence
from monitor.stages.detect.scoring import Outcomes, add_brief

_TYPES = tuple(AttackType)
# Concepts that speak of computing crime by themselves, whatever stands around them.
ANCHORS = frozenset(
    {
        "ransomware", "cyberattack", "hack", "breach", "ddos", "phishing", "malware", "takeover", "deface",
        "crypto_theft", "flaw", "leak_site", "espionage", "exploit", "encrypt",
    }
)  # fmt: skip
# These say so only where computing is spoken of near by.
_WEAK = frozenset({"encrypt", "exploit", "flaw", "espionage", "leak_site"})
_SURE = frozenset(
    {"ransomware", "cyberattack", "hack", "breach", "ddos", "phishing", "malware", "takeover", "crypto_theft", "deface"}
)
_ELSEWHERE = frozenset({"sport", "war", "crime", "medical", "nature", "market", "fiction", "law", "deal"})
_COMPUTING = _SURE | {"cyber"}
_TOPICAL = ANCHORS | _ELSEWHERE | {"cyber"}


# Said anywhere, these speak against some kinds: "no sign of abuse", "it was no attack".
_DENIALS = frozenset({"no_exploit", "no_attack", "deny", "thwart", "elsewhere", "intact"})
_NEG_BEFORE, _NEG_AFTER = 40, 30
# How near an article without any word of computing is to it: criminals who scramble files tell of themselves.
_UNSAID = 0.3
_NOTHING: frozenset[str] = frozenset()
NO_WORDS: Mapping[str, float] = {}
# An article that is about an attack tells of it in one sentence of so many at least.
_TOLD_OF = 8


@dataclass(frozen=True, slots=True)
class Event:
    """A sentence that tells of a kind of attack: the frames that hold, and where their words stand."""

    type: AttackType
    sentence: int
    frames: tuple[tuple[str, float], ...]
    start: int
    end: int


class AttackReader:
    """Reads the kinds of attack out of a passage."""

    def __init__(self, frames: Sequence[Frame], weights: Mapping[str, Weights]) -> None:
        # By each concept that a frame may begin with, the frame, what it needs next, and what else.
        self._frames: dict[str, list[tuple[Frame, Set[str], Sequence[Set[str]]]]] = {}
        for frame in frames:
            for concept in frame.need[0]:
                self._frames.setdefault(concept, []).append((frame, frame.need[:2][-1], frame.need[2:]))
        self._first = frozenset(self._frames)
        self._about = weights.get("about", {})
        self._types = Outcomes(weights.get("type", {}), [str(kind) for kind in AttackType])

    @property
    def telling(self) -> frozenset[str]:
        """The concepts one of which each kind of attack needs to begin with."""
        return self._first

    def may_tell(self, concepts: Set[str]) -> bool:
        """Whether a text that says all of *concepts*, in whatever sentences, may tell of a kind of attack."""
        said = concepts | DERIVED
        return any(
            not (said.isdisjoint(following) or any(map(said.isdisjoint, more)))
            for concept in said & self._first
            for _, following, more in self._frames[concept]
        )

    def events(self, passage: Passage) -> list[Event]:
        """Every event of every sentence, whether the article as a whole is about attacks or not."""
        nearness = _nearness(passage)
        events = []
        for number, sentence in enumerate(passage.sentences):
            if not sentence.concepts.isdisjoint(self._first):
                events += self._in_sentence(number, sentence, nearness[number])
        return events

    def _in_sentence(self, number: int, sentence: Sentence, nearness: float) -> list[Event]:
        concepts = sentence.concepts
        found: dict[AttackType, list[tuple[Frame, float]]] = {}
        # In an order of their own: the same article must come out alike in every process.
        for concept in sorted(concepts & self._first):
            for frame, following, more in self._frames[concept]:
                if concepts.isdisjoint(following):
                    continue
                value = nearness if frame.needs_cyber else 1.0
                if value and not any(map(concepts.isdisjoint, more)) and concepts.isdisjoint(frame.without):
                    found.setdefault(frame.type, []).append((frame, value))
        return [_event(kind, number, sentence, held) for kind, held in found.items()]

    def about(
        self, passage: Passage, events: Sequence[Event], worded: Mapping[str, float] = NO_WORDS
    ) -> dict[str, float]:
        """Parts that speak for or against the article being about attacks on computers at all."""
        parts = {"bias": 1.0} | _topics(passage)
        parts |= {f"frame:{frame}": value for frame, value in _held(events).items()}
        if passing := _in_passing(passage, events):
            parts["passing"] = passing
        size = max(len(passage.sentences), 1)
        for concept in _ELSEWHERE:
            if concept in parts:
                parts[f"share:{concept}"] = parts.pop(concept) / size
        if "any" in worded:
            parts["words:any"] = worded["any"]
        parts = {part: value if value < 3.0 else 3.0 for part, value in parts.items()}
        add_brief(parts, passage.brevity)
        return parts

    def about_score(self, parts: Mapping[str, float]) -> float:
        # Rounded once: parts come in the order of concepts in a set, which is another one in each process.
        return math.fsum([self._about.get(part, 0.0) * value for part, value in parts.items()])

    def type_parts(self, passage: Passage, events: Sequence[Event], worded: Mapping[str, float]) -> dict[str, float]:
        """Parts for and against each kind: frames that hold, how often, in the title, and what plain words say."""
        parts: dict[str, float] = {"bias": 1.0}
        parts.update({f"says:{concept}": 1.0 for concept in sorted(passage.concepts & _DENIALS)})
        counts = Counter([event.type for event in events])
        parts |= _held(events)
        in_title = [event for event in events if passage.sentences[event.sentence].in_title]
        parts |= {f"title:{event.type}": 1.0 for event in in_title if event.frames}
        for kind, count in counts.items():
            negated = [e.type is kind and is_negated(passage.sentences[e.sentence], e) for e in events]
            parts[f"neg:{kind}"] = sum(negated) / count
            parts[f"has:{kind}"] = 1.0
            if kind in worded:
                parts[f"words:{kind}"] = worded[kind]
            if count > 1:
                parts[f"often:{kind}"] = min(count - 1, 3) / 3
        add_brief(parts, passage.brevity)
        return parts

    def type_scores(self, parts: Mapping[str, float]) -> dict[AttackType, float]:
        return dict(zip(_TYPES, self._types.scores(parts), strict=True))

    @property
    def types(self) -> Outcomes:
        return self._types


def _held(events: Sequence[Event]) -> dict[str, float]:
    """The frames that hold anywhere, with the highest value of each."""
    held: dict[str, float] = {}
    for event in events:
        held.update([(frame, value) for frame, value in event.frames if value > held.get(frame, 0.0)])
    return held


def is_negated(sentence: Sentence, event: Event) -> bool:
    """Whether a "no" or "not" stands near the words of *event*."""
    return "neg" in sentence.concepts and any(
        concept == "neg" and event.start - _NEG_BEFORE <= start and end <= event.end + _NEG_AFTER
        for start, end, concept in sentence.hits
    )


def _topics(passage: Passage) -> dict[str, float]:
    """How often it speaks of computing crime and of other things, and which of these its title speaks of."""
    parts: dict[str, float] = {}
    if passage.concepts.isdisjoint(_TOPICAL):
        return parts
    nearness = repeat(1.0) if passage.concepts.isdisjoint(_WEAK) else _nearness(passage)
    for sentence, near in zip(passage.sentences, nearness, strict=False):
        if sentence.concepts.isdisjoint(_TOPICAL):
            continue
        for concept in sentence.concepts & _TOPICAL:
            parts[concept] = parts.get(concept, 0.0) + (near if concept in _WEAK else 1.0)
            if sentence.in_title and concept != "cyber":
                parts[f"title:{concept}"] = 1.0
    return parts


def _in_passing(passage: Passage, events: Sequence[Event]) -> float:
    """How little of a long article tells of attacks: 0 where one sentence in eight does, or the title."""
    told = {event.sentence for event in events}
    if not told or any(passage.sentences[number].in_title for number in told):
        return 0.0
    return max(len(passage.sentences) / (_TOLD_OF * len(told)) - 1.0, 0.0)


def _nearness(passage: Passage) -> list[float]:
    """How near each sentence is to talk of computing, 0 to 1."""
    size = len(passage.sentences)
    if passage.concepts.isdisjoint(_COMPUTING):
        return [_UNSAID] * size
    own = [0.0] * size
    for number, sentence in enumerate(passage.sentences):
        if not sentence.concepts.isdisjoint(_COMPUTING):
            own[number] = 0.7 if sentence.concepts.isdisjoint(_SURE) else 1.0
    everywhere = 0.6 if 1.0 in own else 0.3 if size - own.count(0.0) >= 2 else 0.0
    near = [value if value > everywhere else everywhere for value in own]
    for number, value in enumerate(own):
        for beside in (number - 1, number + 1) if value else ():
            if 0 <= beside < size and near[beside] < value * 0.8:
                near[beside] = value * 0.8
    return near


def _event(kind: AttackType, number: int, sentence: Sentence, held: Sequence[tuple[Frame, float]]) -> Event:
    concepts = _NOTHING.union(*[need for frame, _ in held for need in frame.need])
    told = [hit for hit in sentence.hits if hit[2] in concepts]
    return Event(
        kind,
        number,
        tuple(sorted([(frame.id, value) for frame, value in held])),
        told[0][0],
        max([hit[1] for hit in told]),
    )
