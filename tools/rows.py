"""Labelled cases as rows for the models of `python -m tools.fit_weights`."""

import dataclasses
import multiprocessing
from collections.abc import Callable, Collection, Mapping, Sequence

from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.lexicon import Lexicon
from monitor.stages.detect import Detector, build_detector
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.status import together
from tools.cases import Case, author_of, learnt_from, published
from tools.fit_words import Words
from tools.labelled import (
    ORDINARY,
    PROMISE,
    Source,
    as_headline,
    both_readings,
    fold_of,
    gold_of,
    labelled_in,
    named_in,
    own_parts,
    sightings_of,
)
from tools.logistic import Row

# Parts that only long articles have: our cases are too short to weigh them, so the belief stands.
LONG = frozenset({"passing"})
# The two articles that the product grew from hold its first promise: they count as several.
_PROMISED = 72
# Sets made in the likeness of the shared one (its languages, lengths, traps) stand for what the product is measured by:
# they count twice, and so do plain flashes, which most of what feeds carry is. Other sets are of one language family,
# of one sort of trap, or harder than the press writes.
_LIKE_SHARED = frozenset(
    "shared scribe tinta ledger vellum wren xylon yarrow zephyr almanac quarto folio katern bogen cahier pliego gazette"
    " courrier gaceta kurier mosaic herald revue tribuna postille cronaca register moniteur lumen quadrant beeld"
    " corsivo atlas flash heads verbless otter stoat badger marten marl fallow tansy corrib stint shrew query"
    " knot serin".split()
)
_LIKENED = 2
_TIMES_ORDINARY = 5
# What a title tells is not always what its text does.
_HEADLINE = 0.3


class Collected:
    """Rows for every model, from labelled cases."""

    def __init__(self) -> None:
        self.mention: list[Row] = []
        self.about: list[Row] = []
        self.type: dict[AttackType, list[Row]] = {kind: [] for kind in AttackType}
        self.status: list[Row] = []
        self.role: list[Row] = []
        self.struck: list[Row] = []

    def merge(self, other: "Collected") -> None:
        """Take in the rows of *other*."""
        self.mention += other.mention
        self.about += other.about
        self.status += other.status
        self.role += other.role
        self.struck += other.struck
        for kind, rows in other.type.items():
            self.type[kind] += rows

    def repeat(self, times: int) -> None:
        """Let each row of names, roles and statuses count as so many."""
        self.mention *= times
        self.role *= times
        self.status *= times
        self.struck *= times

    def weigh(self, times: float) -> None:
        """Let each row of every model count as so many."""
        for rows in (self.mention, self.about, self.status, self.role, self.struck, *self.type.values()):
            rows[:] = [(parts, gold, importance * times) for parts, gold, importance in rows]

    def add(self, case: Case, reading: Reading, detector: Detector) -> None:
        """Rows for every model but that of who is under attack."""
        self._mentions(case, reading, [str(entity.id) for entity in detector.entities])
        gold = gold_of(case)
        attacks, passage = detector.attacks, reading.passage
        self.about.append(
            (_without(attacks.about(passage, reading.events, reading.said.scores), LONG), int(bool(gold)), 1.0)
        )
        parts = attacks.type_parts(passage, reading.events, reading.said.scores)
        present = {event.type for event in reading.events}
        for kind in AttackType:
            if kind in present:
                own = {part: value for part, value in parts.items() if _is_of(kind, part.removeprefix("brief&"))}
                self.type[kind].append((own, int(kind in gold), 1.0 if kind in gold or gold else 0.5))
        self._statuses(reading, detector, gold)
        for read in both_readings(case, reading, detector):
            self._roles(case, read, detector, gold)

    def _mentions(self, case: Case, reading: Reading, ids: Sequence[str]) -> None:
        for sighting, is_meant, importance in sightings_of(case, reading, ids):
            self.mention.append((own_parts(sighting), int(is_meant), importance))

    def add_struck(self, case: Case, reading: Reading, detector: Detector) -> None:
        """What is told of each entity that may be under attack; of a round-up, of each item by itself."""
        for part in [part for read in both_readings(case, reading, detector) for part in detector.parts(read)]:
            for told, conclusion in detector.weighed(part)[2]:
                if conclusion.parts:
                    entity = detector.entities[told.number].id
                    self.struck.append((dict(conclusion.parts), int(entity in case["under_attack"]), 1.0))

    def _statuses(self, reading: Reading, detector: Detector, gold: Mapping[AttackType, str]) -> None:
        article = detector.statuses.article_parts(reading.passage, reading.published, reading.said.scores)
        for kind, status in gold.items():
            events = [
                detector.statuses.event_parts(reading.passage, e, reading.published)
                for e in reading.events
                if e.type is kind
            ]
            if events:
                self.status.append((together(article, events), list(Status).index(Status(status)), 1.0))

    def _roles(self, case: Case, reading: Reading, detector: Detector, gold: Mapping[AttackType, str]) -> None:
        for one in named_in(case, reading, detector, gold):
            passage, entity = one.reading.passage, detector.entities[one.entity]
            parts = detector.roles.parts(entity, one.sightings, one.echoes, passage, one.types, one.company)
            self.role.append((parts, list(Role).index(one.role), 1.0))


def _is_of(kind: AttackType, part: str) -> bool:
    """Whether *part* tells something of *kind*."""
    sort = part.partition(":")[0]
    return ":" not in part or sort in (kind, "title", "has", "often", "neg", "says") or part == f"words:{kind}"


def _without(parts: Mapping[str, float], named: Collection[str]) -> dict[str, float]:
    return {part: value for part, value in parts.items() if part not in named}


# (set, case, its rows)
Gathered = list[tuple[str, Case, Collected]]


def collect(lexicon: Lexicon, by_fold: Sequence[Words]) -> Gathered:
    """The rows of every case that is not held back, but for those of who is under attack."""
    return _gather(_Reader([lexicon] * len(by_fold), by_fold, Collected.add))


def collect_struck(lexicons: Sequence[Lexicon], by_fold: Sequence[Words]) -> Gathered:
    """The rows of who is under attack, each case as the lexicon of its fold reads it."""
    return _gather(_Reader(lexicons, by_fold, Collected.add_struck))


class _Reader:
    """Reads sets of cases; what words say comes from what was learnt without the fold of each case."""

    def __init__(
        self,
        lexicons: Sequence[Lexicon],
        by_fold: Sequence[Words],
        add: Callable[[Collected, Case, Reading, Detector], None],
    ) -> None:
        self._readers = [
            build_detector((), dataclasses.replace(lexicon, **words._asdict()))
            for lexicon, words in zip(lexicons, by_fold, strict=True)
        ]
        self._add = add

    def rows_in(self, source: Source) -> Gathered:
        """The rows of one set."""
        gathered = []
        name = source[0]
        watching = [labelled_in(source, reader) for reader in self._readers]
        for case in watching[0][1]:
            detector = watching[fold_of(case, len(watching))][0]
            rows = Collected()
            reading = detector.read(case["id"], case["title"], case["text"], published(case), None)
            self._add(rows, case, reading, detector)
            if name == PROMISE:
                rows.repeat(_PROMISED)
            if author_of(name) in _LIKE_SHARED:
                rows.weigh(_LIKENED)
            if name in ORDINARY:
                rows.weigh(_TIMES_ORDINARY)
            rows.merge(self._of_headline(case, detector))
            gathered.append((name, case, rows))
        return gathered

    def _of_headline(self, case: Case, detector: Detector) -> Collected:
        """The rows of the title alone: much of what is read has no text."""
        rows = Collected()
        reading = detector.read(case["id"], case["title"], "", published(case), None)
        headline = as_headline(case, {event.type for event in reading.events}) if case["text"] else None
        if headline is not None:
            self._add(rows, headline, reading, detector)
            rows.weigh(_HEADLINE)
        return rows


# What a process that was begun to read reads with: automata cannot be sent to it.
_READING: list[_Reader] = []


def _begin(reader: _Reader) -> None:
    _READING[:] = [reader]


def _rows_in(source: Source) -> Gathered:
    return _READING[0].rows_in(source)


def _gather(reader: _Reader) -> Gathered:
    """All sets, in their order, by two processes."""
    with multiprocessing.get_context("fork").Pool(2, _begin, (reader,)) as pool:
        return [one for rows in pool.imap(_rows_in, learnt_from()) for one in rows]
