"""What was done: the kinds of attack an article tells of, and how sure it is of each; of one entity, and of all."""

from collections.abc import Collection, Mapping, Set
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
_LIVE = tuple(status for status in Status if status in LIVE)
_NOT_LIVE = tuple(status for status in Status if status not in LIVE)
# The score of a kind of which nothing is told.
_UNTOLD = -3.0
# How steeply the score of a kind that is not told surely enough speaks for or against it.
_UNSURE = 2.0
# An attack that is told as one that holds, but not surely enough for an alarm, is told as denied, failed or of the past
# only where that much speaks for it: of those with less one in thirty is.
_LEAST_REFUTED = 0.15
_ASSERTED = frozenset({"boast", "leak_site", "gang", "ransomware", "breach", "deny", "steal"})


class Read(NamedTuple):
    """
    How sure a text is of one kind of attack: the likeliest status and its share.

    ``live`` is the share of all live statuses together, ``if_live`` the likelier of them, ``if_not`` of all others.
    """

    status: Status
    share: float
    live: float
    if_live: Status
    if_not: Status


Reads = Mapping[AttackType, Read]


class Kinds(NamedTuple):
    """The kinds of attack an article tells of, with their scores, and those of which it is not sure enough."""

    held: Mapping[AttackType, float]
    doubted: Mapping[AttackType, float]


NO_KINDS = Kinds({}, {})


class Deeds:
    """The attacks an article tells of: their kinds with their scores, their places, and how sure it is of each kind."""

    def __init__(self, reading: Reading, kinds: Kinds, statuses: StatusReader) -> None:
        self._reading, self._statuses = reading, statuses
        self.types, self._doubted = kinds
        self.events = [event for event in reading.events if event.type in self.types]
        said = reading.said.scores
        self._article = statuses.article_parts(reading.passage, reading.published, said) if self.types else {}
        self._parts: dict[int, dict[str, float]] = {}
        # What several victims are told of in the same sentences is read once.
        self._known: dict[tuple[int, ...], Read] = {}
        self.reads: Reads = {kind: self._read(self._numbers(kind)) for kind in self.types}

    def _numbers(self, kind: AttackType, sentences: Set[int] | None = None) -> tuple[int, ...]:
        return tuple(
            number
            for number, event in enumerate(self._reading.events)
            if event.type is kind and (sentences is None or event.sentence in sentences)
        )

    def _read(self, numbers: tuple[int, ...]) -> Read:
        known = self._known.get(numbers)
        if known is None:
            shares = self._statuses.shares(self._article, [self._event(number) for number in numbers])
            status, *likeliest = (max(some, key=shares.__getitem__) for some in (_STATUSES, _LIVE, _NOT_LIVE))
            live = sum(shares[one] for one in LIVE)
            known = self._known[numbers] = Read(status, shares[status], live, *likeliest)
        return known

    def _event(self, number: int) -> dict[str, float]:
        parts = self._parts.get(number)
        if parts is None:
            reading = self._reading
            parts = self._statuses.event_parts(reading.passage, reading.events[number], reading.published)
            self._parts[number] = parts
        return parts

    def on_somebody_in(self, sentences: Set[int]) -> Reads:
        """The same for one entity: told by the *sentences* that name it, by those beside them, else by all."""
        return self._near(self.types, sentences) or self.reads

    def doubted_of(self, sentences: Set[int], reads: Reads) -> Reads:
        """
        What may yet have befallen somebody whom *reads* tell of no attack that holds, with how likely it is.

        An attack that is likelier of the past, or denied, and a kind that the article is not sure enough of.
        """
        kinds = self._doubted
        near = self._near(kinds, sentences) or {kind: self._read(self._numbers(kind)) for kind in kinds}
        doubted = {kind: read._replace(live=read.live * squash(_UNSURE * kinds[kind])) for kind, read in near.items()}
        told = {**doubted, **reads}
        return {
            kind: one._replace(status=one.if_live, share=one.live)
            for kind, one in told.items()
            if kind is not AttackType.OUTAGE
        }

    def surest(self, reads: Reads) -> float:
        """The highest score of the kinds of attack that *reads* hold, as a logit."""
        return max(self.types.get(kind, self._doubted.get(kind, _UNTOLD)) for kind in reads) if reads else _UNTOLD

    def _near(self, kinds: Collection[AttackType], sentences: Set[int]) -> Reads:
        near = sentences | {number + 1 for number in sentences} | {number - 1 for number in sentences}
        for wanted in (sentences, near):
            told = [(kind, numbers) for kind in kinds if (numbers := self._numbers(kind, wanted))]
            if told:
                return {kind: self._read(numbers) for kind, numbers in told}
        return {}

    def attacks(
        self, reading: Reading, victims: Mapping[EntityId, Mapping[AttackType, Status]], about: float
    ) -> tuple[Attack, ...]:
        """
        One attack for each kind and status, with its *victims*; *about* is how sure it is to be about attacks.

        What is feared of nobody in particular is not told beside what did happen to somebody.
        """
        attacks: list[Attack] = []
        suffered = {kind for own in victims.values() for kind in own}
        yet = {kind: score for kind, score in self._doubted.items() if kind in suffered}
        for kind, score in {**self.types, **yet}.items():
            status, share, *_ = self._read(self._numbers(kind))
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


def kinds_of(reading: Reading, attacks: AttackReader) -> Kinds:
    """The kinds that hold; of an article about attacks, the likeliest one at least."""
    parts = attacks.type_parts(reading.passage, reading.events, reading.said.scores)
    present = {event.type for event in reading.events}
    scores = {kind: score for kind, score in attacks.type_scores(parts).items() if kind in present}
    if AttackType.OUTAGE in scores and _is_said_to_be_none(reading):
        return Kinds({AttackType.OUTAGE: max(scores[AttackType.OUTAGE], _JUST_ENOUGH)}, {})
    held = {kind: score for kind, score in scores.items() if score > _KIND_HOLDS}
    if scores and not held:
        likeliest = AttackType.CYBERATTACK if AttackType.CYBERATTACK in present else max(scores, key=scores.__getitem__)
        held = {likeliest: scores[likeliest]}
    return Kinds(held, {kind: score for kind, score in scores.items() if kind not in held})


def _is_said_to_be_none(reading: Reading) -> bool:
    """Whether the article says that there was no attack, and nobody in it says that there was one."""
    concepts = reading.passage.concepts
    return "no_attack" in concepts and not concepts & _ASSERTED


def is_live(kind: AttackType, read: Read) -> bool:
    """Whether an attack is told as one that holds; an outage is none."""
    return read.status in LIVE and kind is not AttackType.OUTAGE


def live_share(reads: Reads) -> float:
    """How sure it is that some attack holds; nought where none does."""
    return max((read.live for read in holding(reads).values()), default=0.0)


def holding(reads: Reads) -> Reads:
    """Those of *reads* that hold."""
    return {kind: read for kind, read in reads.items() if is_live(kind, read)}


def not_holding(reads: Reads) -> Reads:
    """What befell a victim that is not under attack: no attack is told as holding, though an outage may be."""
    told = {kind: read._replace(status=_doubt(read)) for kind, read in reads.items() if is_live(kind, read)}
    return {**reads, **told}


def _doubt(read: Read) -> Status:
    """What an attack that is not said to hold is told as: as what may be, where little says why it should not."""
    return read.if_not if 1.0 - read.live >= _LEAST_REFUTED else Status.HYPOTHETICAL
