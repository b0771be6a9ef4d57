"""
Fit the weights of detection on labelled cases: `python -m tools.fit_weights [--folds 5]`.

Each model is a logistic one (binary, or with several outcomes), drawn to tools/priors.yaml and fitted
by AdaGrad in a fixed order of rows. Of our own cases the test split is never read. Without --folds the
result is written to monitor/lexicon/weights.yaml; running this again on the same cases writes the same
file. With --folds the cases are fitted and judged in turns, and nothing is written: figures of weights
on cases that they were not fitted on.
"""

import argparse
import dataclasses
import functools
import math
import multiprocessing
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import yaml

from monitor.adapters.yaml_lexicon import PACKAGED, load_lexicon
from monitor.adapters.yaml_settings import load_watchlist_file
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.lexicon import Lexicon
from monitor.stages.detect import Detector, build_detector
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.status import together
from monitor.stages.detect.surroundings import SurroundingsReader
from monitor.stages.detect.wording import WordingReader
from tools.cases import Case, Tally, author_of, faults_of, published, sources
from tools.fit_wording import written
from tools.fit_words import Words, fit_words
from tools.labelled import ORDINARY, PROMISE, fold_of, gold_of, labelled, named_in
from tools.score_cases import table

Row = tuple[dict[str, float], int, float]
Weights = dict[str, dict[str, float]]
_REMARKS = {
    "wording": "What is said in whole articles: sign, rarity, outcome:weight.",
    "surroundings": "What stands around names: sign, outcome:weight.",
}
PRIORS = Path(__file__).with_name("priors.yaml")
EPOCHS = 40
_PASSES = 2
FOLDS = 5
RATE = 0.3
# Parts that only long articles have: our cases are too short to weigh them, so the belief stands.
_LONG = frozenset({"passing"})
# The two articles that the product grew from hold its first promise: they count as several.
_PROMISED = 48
# Sets made in the likeness of the shared one (its languages, lengths, traps) stand for what the product is measured by:
# they count twice, and so do plain flashes, which most of what feeds carry is. Other sets are of one language family,
# of one sort of trap, or harder than the press writes.
_LIKE_SHARED = frozenset(
    "shared scribe tinta ledger vellum wren xylon yarrow zephyr almanac quarto folio katern bogen cahier pliego gazette"
    " courrier gaceta kurier mosaic herald revue tribuna postille cronaca register moniteur lumen quadrant beeld"
    " corsivo atlas flash heads marl fallow".split()
)
_LIKENED = 2
_TIMES_ORDINARY = 3
# How strongly each model is drawn to what we believed before: the strength of a Gaussian prior.
PULL = {"mention": 1.0, "about": 0.6, "status": 3.0, "role": 3.0, "type": 1.5}


def fit_many(rows: Sequence[Row], outcomes: Sequence[str], prior: Mapping[str, float], pull: float) -> dict[str, float]:
    """Weights `outcome/part` of a model with several outcomes."""
    start = [{key.partition("/")[2]: w for key, w in prior.items() if key.partition("/")[0] == o} for o in outcomes]
    weights = [defaultdict(float, own) for own in start]
    speeds: list[defaultdict[str, float]] = [defaultdict(lambda: 1e-2) for _ in outcomes]
    order = list(range(len(rows)))
    chance = random.Random(7)  # the order of rows, the same each time
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for index in order:
            parts, gold, importance = rows[index]
            sums = [sum(own[part] * value for part, value in parts.items()) for own in weights]
            top = max(sums)
            powers = [math.exp(s - top) for s in sums]
            total = sum(powers)
            for place, own in enumerate(weights):
                error = (powers[place] / total - (place == gold)) * importance
                if abs(error) > 1e-3:
                    _step(own, speeds[place], parts, error)
        for own, speed, first in zip(weights, speeds, start, strict=True):
            _draw_back(own, speed, first, pull)
    return {
        f"{outcome}/{part}": weight
        for outcome, own in zip(outcomes, weights, strict=True)
        for part, weight in own.items()
        if abs(weight) > 0.02
    }


def fit_one(rows: Sequence[Row], prior: Mapping[str, float], pull: float) -> dict[str, float]:
    """Weights of a yes-or-no model; rows hold 1 for yes."""
    weights: defaultdict[str, float] = defaultdict(float, prior)
    speeds: defaultdict[str, float] = defaultdict(lambda: 1e-2)
    order = list(range(len(rows)))
    chance = random.Random(7)
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for index in order:
            parts, gold, importance = rows[index]
            total = sum(weights[part] * value for part, value in parts.items())
            error = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - gold) * importance
            if abs(error) > 1e-3:
                _step(weights, speeds, parts, error)
        _draw_back(weights, speeds, prior, pull)
    return {part: weight for part, weight in weights.items() if abs(weight) > 0.02}


def _step(weights: dict[str, float], speeds: dict[str, float], parts: Mapping[str, float], error: float) -> None:
    for part, value in parts.items():
        slope = error * value
        speeds[part] += slope * slope
        weights[part] -= RATE * slope / math.sqrt(speeds[part])


def _draw_back(weights: dict[str, float], speeds: Mapping[str, float], prior: Mapping[str, float], pull: float) -> None:
    for part, speed in speeds.items():
        first = prior.get(part, 0.0)
        weights[part] = first + (weights[part] - first) / (1 + RATE * pull / math.sqrt(speed))


class Collected:
    """Rows for every model, from labelled cases."""

    def __init__(self) -> None:
        self.mention: list[Row] = []
        self.about: list[Row] = []
        self.type: dict[AttackType, list[Row]] = {kind: [] for kind in AttackType}
        self.status: list[Row] = []
        self.role: list[Row] = []

    def merge(self, other: "Collected") -> None:
        """Take in the rows of *other*."""
        self.mention += other.mention
        self.about += other.about
        self.status += other.status
        self.role += other.role
        for kind, rows in other.type.items():
            self.type[kind] += rows

    def repeat(self, times: int) -> None:
        """Let each row of names, roles and statuses count as so many."""
        self.mention *= times
        self.role *= times
        self.status *= times

    def weigh(self, times: float) -> None:
        """Let each row of every model count as so many."""
        for rows in (self.mention, self.about, self.status, self.role, *self.type.values()):
            rows[:] = [(parts, gold, importance * times) for parts, gold, importance in rows]

    def add(self, case: Case, reading: Reading, detector: Detector, ids: Sequence[str]) -> None:
        self._mentions(case, reading, ids)
        gold = gold_of(case)
        attacks, passage = detector.attacks, reading.passage
        self.about.append(
            (_without(attacks.about(passage, reading.events, reading.said.scores), _LONG), int(bool(gold)), 1.0)
        )
        parts = attacks.type_parts(passage, reading.events, reading.said.scores)
        present = {event.type for event in reading.events}
        for kind in AttackType:
            if kind in present:
                own = {
                    p: v
                    for p, v in parts.items()
                    if ":" not in p
                    or p.startswith(("has:", "often:", "neg:", "says:"))
                    or p.split(":")[0] in (kind, "title")
                    or p == f"words:{kind}"
                }
                self.type[kind].append((own, int(kind in gold), 1.0 if kind in gold or gold else 0.5))
        self._statuses(reading, detector, gold)
        self._roles(case, reading, detector, gold)

    def _mentions(self, case: Case, reading: Reading, ids: Sequence[str]) -> None:
        best: dict[str, list] = defaultdict(list)
        for sighting in reading.sightings:
            best[ids[sighting.name.entity]].append(sighting)
        teaser = {t.split(":", 1)[1] for t in case.get("tags", []) if t.startswith("teaser-only:")}
        for entity, sightings in best.items():
            if entity in case["mentions"]:
                strongest = max(sightings, key=lambda s: s.score)
                self.mention.append((_own(strongest.parts), 1, 1.0))
            elif entity not in teaser:
                self.mention += [(_own(s.parts), 0, 1.5 / len(sightings)) for s in sightings]

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


def _own(parts: Mapping[str, float]) -> dict[str, float]:
    return _without(parts, {"same-sense", "person-elsewhere", "place-elsewhere", "doubted"})


def _without(parts: Mapping[str, float], named: Collection[str]) -> dict[str, float]:
    return {part: value for part, value in parts.items() if part not in named}


def _only(parts: Mapping[str, float], named: Collection[str]) -> dict[str, float]:
    return {part: value for part, value in parts.items() if part in named}


def fit(rows: Collected, lexicon: Lexicon) -> Weights:
    """All models."""
    priors = yaml.safe_load(PRIORS.read_text(encoding="utf-8"))
    weights: Weights = {
        "mention": {**priors["mention"], **fit_one(rows.mention, priors["mention"], PULL["mention"])},
        "about": {**fit_one(rows.about, priors["about"], PULL["about"]), **_only(priors["about"], _LONG)},
        "status": fit_many(rows.status, list(map(str, Status)), priors["status"], PULL["status"]),
        "role": fit_many(rows.role, list(map(str, Role)), priors["role"], PULL["role"]),
        "type": {},
        "thresholds": priors["thresholds"],
    }
    for kind, own in rows.type.items():
        prior = {
            "bias": -1.0,
            f"has:{kind}": 0.8,
            f"title:{kind}": 0.8,
            f"often:{kind}": 0.5,
            f"words:{kind}": 0.5,
        }
        prior |= {frame.id: 1.2 for frame in lexicon.frames if frame.type is kind}
        weights["type"] |= {f"{kind}/{part}": weight for part, weight in fit_one(own, prior, PULL["type"]).items()}
    return {model: {part: round(w, 2) for part, w in sorted(own.items())} for model, own in weights.items()}


def collect(lexicon: Lexicon, by_fold: Sequence[Words]) -> list[tuple[str, Case, Collected]]:
    """(set, case, rows) of every case that is not held back."""
    collected = []
    said = [(WordingReader(words.wording), SurroundingsReader(words.surroundings)) for words in by_fold]
    folds = len(by_fold)
    for name, detector, case in labelled(lexicon):
        ids = [str(entity.id) for entity in detector.entities]
        detector.wording, detector.roles.surroundings = said[fold_of(case, folds)]
        rows = Collected()
        rows.add(case, detector.read(case["id"], case["title"], case["text"], published(case), None), detector, ids)
        if name == PROMISE:
            rows.repeat(_PROMISED)
        if author_of(name) in _LIKE_SHARED:
            rows.weigh(_LIKENED)
        if name in ORDINARY:
            rows.weigh(_TIMES_ORDINARY)
        collected.append((name, case, rows))
    return collected


def learn(
    lexicon: Lexicon, by_fold: Sequence[Words], held_back: Callable[[Case], bool]
) -> tuple[Lexicon, Collected, Sequence[tuple[str, Case]]]:
    """
    *lexicon* with weights fitted on all cases but those held back, the rows they were fitted on, and all cases.

    Where a name stands several times, its best place is what is learnt from: told by the priors at first, and then by
    what was learnt of names so. The weights that *lexicon* has are of no account.
    """
    weights: Weights = yaml.safe_load(PRIORS.read_text(encoding="utf-8"))
    for _ in range(_PASSES):
        collected = collect(dataclasses.replace(lexicon, weights=weights), by_fold)
        rows = Collected()
        for _, case, own in collected:
            if not held_back(case):
                rows.merge(own)
        weights = fit(rows, lexicon)
    return dataclasses.replace(lexicon, weights=weights), rows, [(name, case) for name, case, _ in collected]


def _judge(fold: int, by_fold: Sequence[Words]) -> tuple[dict[str, Tally], list[str]]:
    folds = len(by_fold)
    fitted, _, cases = learn(load_lexicon(), by_fold, lambda case: fold_of(case, folds) == fold)
    fitted = dataclasses.replace(fitted, wording=by_fold[fold].wording, surroundings=by_fold[fold].surroundings)
    watchlists = {name: load_watchlist_file(watchlist).entities for name, _, watchlist in sources()}
    reader = build_detector((), fitted)
    detectors = {name: reader.watching(entities) for name, entities in watchlists.items()}
    tallies: dict[str, Tally] = {}
    faults = []
    for name, case in cases:
        if fold_of(case, folds) == fold:
            analysis = detectors[name].analyse(case["id"], case["title"], case["text"], published(case))
            for key in (author_of(name), f"{case['lang']}", "all"):
                tallies.setdefault(key, Tally()).add(case, analysis)
            if lines := faults_of(case, analysis):
                faults.append(f"{case['id']} {case['title'][:100]!r}\n   " + "\n   ".join(lines))
    return tallies, faults


def judge(folds: int, told: Path | None) -> None:
    """Fit on all folds but one, judge that one, in turns; print the figures."""
    by_fold, _ = fit_words(load_lexicon(), folds)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        results = pool.map(functools.partial(_judge, by_fold=by_fold), range(folds), chunksize=1)
    tallies: dict[str, Tally] = {}
    for own, _ in results:
        for key, tally in own.items():
            tallies.setdefault(key, Tally()).merge(tally)
    sys.stdout.write(table({key: tallies[key].row() for key in sorted(tallies)}) + "\n")
    sys.stdout.write(f"roles (want, got): {tallies['all'].confusions.most_common(10)}\n")
    if told is not None:
        told.write_text("\n".join(sorted(line for _, lines in results for line in lines)) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="judge by turns instead of writing weights")
    parser.add_argument("--faults", type=Path, help="with --folds: a file for what is wrong, case by case")
    parser.add_argument("--out", type=Path, default=PACKAGED / "weights.yaml")
    options = parser.parse_args()
    if options.folds:
        judge(options.folds, options.faults)
        return 0
    by_fold, words = fit_words(load_lexicon(), FOLDS)
    fitted, rows, cases = learn(load_lexicon(), by_fold, lambda _: False)
    head = "# Weights of the parts that add up to a finding. Written by tools/fit_weights.py; see docs/detection.md.\n"
    text = yaml.safe_dump(fitted.weights, sort_keys=True, allow_unicode=True, width=200)
    options.out.write_text(head + text, encoding="utf-8")
    for name, learnt in words._asdict().items():
        options.out.with_name(f"{name}.tsv").write_text(written(learnt, _REMARKS[name]), encoding="utf-8")
    sys.stderr.write(f"{len(cases)} cases, {len(rows.mention)} mentions, {len(rows.role)} roles\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
