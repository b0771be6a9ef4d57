"""Labelled cases as detection reads them: for the tools that fit."""

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.adapters.yaml_settings import load_watchlist_file
from monitor.domain.finding import AttackType, Role
from monitor.domain.lexicon import Lexicon
from monitor.stages.detect import Detector, build_detector
from monitor.stages.detect.echoes import Echo, find_echoes
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.roles import Company
from monitor.stages.detect.senses import Sighting
from tools.cases import Case, in_test_split, read_cases, sources, strongest

# The set that holds the product's first promise.
PROMISE = "seeds"
# Sets of no attack at all, which most of what is read is, and little of what is labelled.
ORDINARY = frozenset({"ordinary", "ordinarytwo", "ordinarythree"})
Gold = Mapping[AttackType, str]


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


def labelled(lexicon: Lexicon) -> Iterator[tuple[str, Detector, Case]]:
    """Every case that is not held back, its set, and a detector of what that set watches."""
    reader = build_detector((), lexicon)
    for name, path, watchlist in sources():
        detector = reader.watching(load_watchlist_file(watchlist).entities)
        for case in read_cases(path):
            if (name == "shared" or not in_test_split(case["id"])) and lexicon.pack(case["lang"]) is not None:
                yield name, detector, case


def fold_of(case: Case, folds: int) -> int:
    """The fold of a case, by its id alone."""
    return int(hashlib.sha256(case["id"].encode()).hexdigest(), 16) // 3 % folds


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
