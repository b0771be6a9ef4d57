"""Labelled cases as detection reads them: for the tools that fit."""

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.domain.finding import AttackType, Role
from monitor.domain.lexicon import Lexicon
from monitor.stages.detect import Detector, build_detector
from monitor.stages.detect.echoes import Echo, find_echoes
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.roles import Company
from monitor.stages.detect.senses import Sighting
from tools.cases import Case, in_test_split, learnt_from, read_cases, strongest

# The set that holds the product's first promise.
PROMISE = "seeds"
# Sets of no attack at all, which most of what is read is, and little of what is labelled.
ORDINARY = frozenset({"ordinary", "ordinarytwo", "ordinarythree", "ordinaryfour"})
Gold = Mapping[AttackType, str]
# A company told of in vain costs more than one overlooked.
_IN_VAIN = 1.5
_GIVEN = frozenset({"same-sense", "person-elsewhere", "place-elsewhere", "doubted"})


@dataclass(frozen=True, slots=True)
class Named:
    """A labelled name in an article, or in the item of a round-up that tells most of it."""

    entity: int
    role: Role
    sightings: Sequence[Sighting]
    echoes: Sequence[Echo]
    reading: Reading
    types: frozenset[AttackType]
    company: Company


# (name, file of cases, watchlist)
Source = tuple[str, Path, Path]


def labelled(lexicon: Lexicon) -> Iterator[tuple[str, Detector, Case]]:
    """Every case that is not held back, its set, and a detector of what that set watches."""
    reader = build_detector((), lexicon)
    for source in learnt_from():
        detector, cases = labelled_in(source, reader)
        yield from ((source[0], detector, case) for case in cases)


def labelled_in(source: Source, reader: Detector) -> tuple[Detector, list[Case]]:
    """*reader* made to watch what a set watches, and the cases of that set that are not held back."""
    name, path, watchlist = source
    cases = [case for case in read_cases(path) if name == "shared" or not in_test_split(case["id"])]
    known = [case for case in cases if reader.reads(case["lang"])]
    return reader.watching(load_watchlist_file(watchlist).entities), known


def number_of(case: Case) -> int:
    """A number drawn by the id of a case alone."""
    return int(hashlib.sha256(case["id"].encode()).hexdigest(), 16)


def fold_of(case: Case, folds: int) -> int:
    """The fold of a case, by its id alone."""
    return number_of(case) // 3 % folds


def gold_of(case: Case) -> dict[AttackType, str]:
    """The kinds of attack that a case tells of, each with its strongest status."""
    return {AttackType(kind): status for kind, status in strongest(case["attacks"]).items()}


def named_in(case: Case, reading: Reading, detector: Detector, gold: Gold) -> list[Named]:
    """The names that a case has a role for; those of the press alone where it tells of no attack."""
    if not gold:
        untold = dataclasses.replace(reading, events=[])
        named = _named_in(case, untold, detector, gold, is_item=False)
        return [one for one in named if one.entity in detector.cast.press]
    best: dict[int, tuple[int, Named]] = {}
    parts = detector.parts(reading)
    for part in parts:
        told = sum(event.type in gold for event in part.events)
        for one in _named_in(case, part, detector, gold, is_item=len(parts) > 1):
            if one.entity not in best or told > best[one.entity][0]:
                best[one.entity] = (told, one)
    return [one for told, one in best.values() if told or len(parts) == 1]


def alone(case: Case, reading: Reading, ids: Sequence[str]) -> Reading | None:
    """
    An article that names several as it is read by who watches but one of them, picked by the id of the case.

    Who keeps a watchlist knows few of the names in an article; a set of cases knows nearly all.
    """
    named = sorted({s.name.entity for s in reading.sightings if ids[s.name.entity] in case["mentions"]})
    if len(named) < 2:
        return None
    one = named[number_of(case) // 15 % len(named)]
    return dataclasses.replace(reading, sightings=[s for s in reading.sightings if s.name.entity == one])


def both_readings(case: Case, reading: Reading, detector: Detector) -> list[Reading]:
    """*reading*, and as it is read by who watches but one of those named."""
    lone = alone(case, reading, [str(entity.id) for entity in detector.entities])
    return [reading] if lone is None else [reading, lone]


def as_headline(case: Case, kinds: Collection[AttackType]) -> Case | None:
    """
    *case* as a feed has it that gives titles alone, with its attacks of the *kinds* that the title tells of.

    None where the title tells of others than the text does.
    """
    told = [attack for attack in case["attacks"] if attack["type"] in kinds]
    if case["attacks"] and kinds and not told:
        return None
    return {**case, "text": "", "attacks": told}


def sightings_of(case: Case, reading: Reading, ids: Sequence[str]) -> Iterator[tuple[Sighting, bool, float]]:
    """
    Words that could be names, whether the case says that the entity is meant, and how much each counts.

    Of an entity that is meant the likeliest place; of others all, together half as much again.
    """
    best: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in reading.sightings:
        best[ids[sighting.name.entity]].append(sighting)
    teaser = {tag.split(":", 1)[1] for tag in case.get("tags", []) if tag.startswith("teaser-only:")}
    for entity, sightings in best.items():
        if entity in case["mentions"]:
            yield max(sightings, key=lambda s: s.score), True, 1.0
        elif entity not in teaser:
            yield from ((sighting, False, _IN_VAIN / len(sightings)) for sighting in sightings)


def own_parts(sighting: Sighting) -> dict[str, float]:
    """The parts of a sighting but for what the others of its article give it."""
    return {part: value for part, value in sighting.parts.items() if part not in _GIVEN}


def _named_in(case: Case, reading: Reading, detector: Detector, gold: Gold, *, is_item: bool) -> Iterator[Named]:
    events = [event for event in reading.events if event.type in gold]
    types = frozenset(event.type for event in events) if is_item else frozenset(gold)
    ids = [str(entity.id) for entity in detector.entities]
    known: dict[int, list[Sighting]] = defaultdict(list)
    for sighting in reading.sightings:
        if ids[sighting.name.entity] in case["mentions"] and "case:lower" not in sighting.parts:
            known[sighting.name.entity].append(sighting)
    everybody = [s for group in known.values() for s in group]
    # As when it is read: where nothing is told nobody looks for more words that mean somebody.
    echoes = find_echoes(reading.passage, everybody, detector.cast) if gold else {}
    company = detector.company(reading, everybody, echoes, events)
    for number, sightings in known.items():
        role = Role(case["mentions"][ids[number]])
        yield Named(number, role, sightings, echoes.get(number, ()), reading, types, company)
