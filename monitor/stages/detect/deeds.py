"""What was done: the kinds of attack an article tells of, and how sure it is of each; of one entity, and of all."""

from collections.abc import Mapping, Set
from typing import NamedTuple

from monitor.domain.finding import LIVE, Attack, AttackType, Part, Status
from monitor.domain.watchlist import EntityId
from monitor.stages.detect.attacks import AttackReader
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.scoring import squash
from monitor.stages.detect.status import StatusReader

# A kind of attack holds from this score on: a little below even, since most articles that tell of one tell of several.
_KIND_HOLDS = -0.25
_JUST_ENOUGH = 0.1
_STATUSES = tuple(Status)
_ASSERTED = frozenset({"boast", "leak_site", "gang", "ransomware", "breach", "deny", "steal"})


class Read(NamedTuple):
    """How sure a text is of one kind of attack: the likeliest status, its share, and that of all live ones together."""

    status: Status
    share: float
    live: float


Reads = Mapping[AttackType, Read]


class Deeds:
    """The attacks an article tells of: their kinds with their scores, their places, and how sure it is of each kind."""

    def __init__(self, reading: Reading, types: Mapping[AttackType, float], statuses: StatusReader) -> None:
        passage, published = reading.passage, reading.published
        self.types = types
        self.events = [event for event in reading.events if event.type in types]
        self._statuses = statuses
        self._article = statuses.article_parts(passage, published, reading.said.scores) if types else {}
        self._parts = [statuses.event_parts(passage, event, published) for event in self.events]
        # What several victims are told of in the same sentences is read once.
        self._known: dict[tuple[int, ...], Read] = {}
        self.reads: Reads = {kind: self._read(self._numbers(kind)) for kind in types}

    def _numbers(self, kind: AttackType, sentences: Set[int] | None = None) -> tuple[int, ...]:
        return tuple(
            number
            for number, event in enumerate(self.events)
            if event.type is kind and (sentences is None or event.sentence in sentences)
        )

    def _read(self, numbers: tuple[int, ...]) -> Read:
        known = self._known.get(numbers)
        if known is None:
            shares = self._statuses.shares(self._article, [self._parts[number] for number in numbers])
            status = max(_STATUSES, key=shares.__getitem__)
            known = self._known[numbers] = Read(status, shares[status], sum(shares[one] for one in LIVE))
        return known

    def on_somebody_in(self, sentences: Set[int]) -> Reads:
        """The same for one entity: told by the *sentences* that name it, by those beside them, else by all."""
        near = sentences | {number + 1 for number in sentences} | {number - 1 for number in sentences}
        for wanted in (sentences, near):
            told = [(kind, numbers) for kind in self.types if (numbers := self._numbers(kind, wanted))]
            if told:
                return {kind: self._read(numbers) for kind, numbers in told}
        return self.reads

    def attacks(
        self, reading: Reading, victims: Mapping[EntityId, Mapping[AttackType, Status]], about: float
    ) -> tuple[Attack, ...]:
        """
        One attack for each kind and status, with its *victims*; *about* is how sure it is to be about attacks.

        What is feared of nobody in particular is not told beside what did happen to somebody.
        """
        attacks: list[Attack] = []
        for kind, score in self.types.items():
            status, share, _ = self.reads[kind]
            by_status: dict[Status, list[str]] = {}
            for entity_id, own in victims.items():
                if kind in own:
                    by_status.setdefault(own[kind], []).append(entity_id)
            if not by_status or status.rank < min(one.rank for one in by_status):
                by_status[status] = []
            spans = tuple(reading.span(event.start, event.end) for event in self.events if event.type is kind)
            confidence = round(about * squash(score), 3)
            worded = round(reading.said.of(kind), 3)
            told = {"about": about, "type": score, "status": share} | ({"words": worded} if worded else {})
            parts = tuple(Part(name, round(value, 3)) for name, value in told.items())
            attacks += [
                Attack(kind, one, tuple(sorted(names)), confidence, spans, parts)
                for one, names in sorted(by_status.items(), key=lambda item: item[0].rank)
            ]
        return tuple(attacks)


def types_of(reading: Reading, attacks: AttackReader) -> dict[AttackType, float]:
    """The kinds that hold, with their scores; of an article about attacks, the likeliest one at least."""
    parts = attacks.type_parts(reading.passage, reading.events, reading.said.scores)
    present = {event.type for event in reading.events}
    scores = {kind: score for kind, score in attacks.type_scores(parts).items() if kind in present}
    held = {kind: score for kind, score in scores.items() if score > _KIND_HOLDS}
    if AttackType.OUTAGE in scores and _is_said_to_be_none(reading):
        return {AttackType.OUTAGE: max(scores[AttackType.OUTAGE], _JUST_ENOUGH)}
    if held or not scores:
        return held
    if AttackType.CYBERATTACK in present:
        return {AttackType.CYBERATTACK: scores[AttackType.CYBERATTACK]}
    kind = max(scores, key=lambda one: scores[one])
    return {kind: scores[kind]}


def _is_said_to_be_none(reading: Reading) -> bool:
    """Whether the article says that there was no attack, and nobody in it says that there was one."""
    concepts = reading.passage.concepts
    return "no_attack" in concepts and not concepts & _ASSERTED


def live_share(reads: Reads) -> float:
    """How sure it is that some attack, an outage apart, holds; nought where none does."""
    return max(
        (read.live for kind, read in reads.items() if read.status in LIVE and kind is not AttackType.OUTAGE),
        default=0.0,
    )
