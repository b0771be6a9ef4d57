"""
Fit the weights of detection on labelled cases: `python tools/fit_weights.py CASES:WATCHLIST ...`

Each model is a logistic one (binary, or with several outcomes), fitted by AdaGrad in a fixed order of
rows, drawn back to tools/priors.yaml. Cases whose id falls into our test split are never read:
sha256(id) modulo 3 is 0. The result is written to monitor/lexicon/weights.yaml; running this again
on the same cases writes the same file.
"""

import argparse
import hashlib
import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import yaml

from monitor.adapters.yaml_lexicon import PACKAGED, load_lexicon
from monitor.adapters.yaml_settings import load_watchlist_file
from monitor.domain.finding import AttackType, Role, Status
from monitor.stages.detect import Detector, build_detector
from monitor.stages.detect.echoes import find_echoes
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.status import together

Row = tuple[dict[str, float], int, float]
PRIORS = Path(__file__).with_name("priors.yaml")
EPOCHS = 60
RATE = 0.25


def in_test_split(case_id: str) -> bool:
    return int(hashlib.sha256(case_id.encode()).hexdigest(), 16) % 3 == 0


def fit_many(rows: Sequence[Row], outcomes: Sequence[str], prior: Mapping[str, float], pull: float) -> dict[str, float]:
    """Weights `outcome/part` of a model with several outcomes."""
    start = [{key.partition("/")[2]: w for key, w in prior.items() if key.partition("/")[0] == o} for o in outcomes]
    weights = [defaultdict(float, own) for own in start]
    speeds: list[defaultdict[str, float]] = [defaultdict(lambda: 1e-2) for _ in outcomes]
    order = list(range(len(rows)))
    chance = random.Random(7)  # noqa: S311  # the order of rows, the same each time
    step_pull = pull / max(len(rows), 1)
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
                if abs(error) < 1e-3:
                    continue
                for part, value in parts.items():
                    slope = error * value + step_pull * (own[part] - start[place].get(part, 0.0))
                    speeds[place][part] += slope * slope
                    own[part] -= RATE * slope / math.sqrt(speeds[place][part])
    return {
        f"{outcome}/{part}": weight
        for outcome, own in zip(outcomes, weights, strict=True)
        for part, weight in own.items()
        if abs(weight) > 0.02
    }


def fit_one(rows: Sequence[Row], prior: Mapping[str, float], pull: float) -> dict[str, float]:
    """Weights of a yes-or-no model; rows hold 1 for yes."""
    prefixed = {f"yes/{part}": weight for part, weight in prior.items()}
    # The outcome "no" has no parts of its own: its sum is always nought.
    weights: defaultdict[str, float] = defaultdict(float, prior)
    speeds: defaultdict[str, float] = defaultdict(lambda: 1e-2)
    order = list(range(len(rows)))
    chance = random.Random(7)  # noqa: S311
    step_pull = pull / max(len(rows), 1)
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for index in order:
            parts, gold, importance = rows[index]
            total = sum(weights[part] * value for part, value in parts.items())
            error = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - gold) * importance
            for part, value in parts.items():
                slope = error * value + step_pull * (weights[part] - prior.get(part, 0.0))
                speeds[part] += slope * slope
                weights[part] -= RATE * slope / math.sqrt(speeds[part])
    del prefixed
    return {part: weight for part, weight in weights.items() if abs(weight) > 0.02}


class Collected:
    """Rows for every model, from labelled cases."""

    def __init__(self) -> None:
        self.mention: list[Row] = []
        self.about: list[Row] = []
        self.type: dict[AttackType, list[Row]] = {kind: [] for kind in AttackType}
        self.status: list[Row] = []
        self.role: list[Row] = []

    def add(self, case: dict, reading: Reading, detector: Detector, ids: Sequence[str]) -> None:
        self._mentions(case, reading, ids)
        gold = _strongest(case["attacks"])
        attacks, passage = detector.attacks, reading.passage
        self.about.append((attacks.about(passage, reading.events), int(bool(gold)), 1.0))
        parts = attacks.type_parts(passage, reading.events)
        present = {event.type for event in reading.events}
        for kind in AttackType:
            if kind in present:
                own = {
                    p: v
                    for p, v in parts.items()
                    if ":" not in p or p.startswith(("has:", "often:")) or p.split(":")[0] in (kind, "title")
                }
                self.type[kind].append((own, int(kind in gold), 1.0 if kind in gold or gold else 0.5))
        self._statuses(reading, detector, gold)
        self._roles(case, reading, detector, ids, gold)

    def _mentions(self, case: dict, reading: Reading, ids: Sequence[str]) -> None:
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
        article = detector.statuses.article_parts(reading.passage, reading.published)
        for kind, status in gold.items():
            events = [
                detector.statuses.event_parts(reading.passage, e, reading.published)
                for e in reading.events
                if e.type is kind
            ]
            if events:
                self.status.append((together(article, events), list(Status).index(Status(status)), 1.0))

    def _roles(self, case: dict, reading: Reading, detector: Detector, ids: Sequence[str], gold: Mapping) -> None:
        if not gold:
            return
        types = frozenset(gold)
        known: dict[int, list] = defaultdict(list)
        for sighting in reading.sightings:
            if ids[sighting.name.entity] in case["mentions"] and "case:lower" not in sighting.parts:
                known[sighting.name.entity].append(sighting)
        events = [event for event in reading.events if event.type in types]
        echoes = find_echoes(reading.passage, [s for group in known.values() for s in group], detector.outlets)
        for number, sightings in known.items():
            parts = detector.roles.parts(
                detector.entities[number], sightings, echoes.get(number, ()), reading.passage, events, types
            )
            self.role.append((parts, list(Role).index(Role(case["mentions"][ids[number]])), 1.0))


def _own(parts: Mapping[str, float]) -> dict[str, float]:
    return {part: value for part, value in parts.items() if part not in ("same-sense", "person-elsewhere")}


def _strongest(attacks: Sequence[dict]) -> dict[AttackType, str]:
    order = [str(status) for status in Status]
    best: dict[AttackType, str] = {}
    for attack in attacks:
        kind = AttackType(attack["type"])
        if kind not in best or order.index(attack["status"]) < order.index(best[kind]):
            best[kind] = attack["status"]
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", help="CASES.jsonl:WATCHLIST.yaml; @ before it reads the test split too")
    parser.add_argument("--out", type=Path, default=PACKAGED / "weights.yaml")
    options = parser.parse_args()
    lexicon = load_lexicon()
    rows = Collected()
    priors = yaml.safe_load(PRIORS.read_text(encoding="utf-8"))
    read = 0
    for source in options.sources:
        cases, watchlist = source.lstrip("@").split(":")
        entities = load_watchlist_file(Path(watchlist)).entities
        detector = build_detector(entities, lexicon)
        ids = [str(entity.id) for entity in entities]
        for line in Path(cases).read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if not source.startswith("@") and in_test_split(case["id"]):
                continue
            published = datetime.fromisoformat(case["published"]) if case.get("published") else None
            rows.add(case, detector.read(case["id"], case["title"], case["text"], published, None), detector, ids)
            read += 1
    weights: dict[str, dict[str, float]] = {
        "mention": {**priors["mention"], **fit_one(rows.mention, priors["mention"], pull=3.0)},
        "about": fit_one(rows.about, priors["about"], pull=3.0),
        "status": fit_many(rows.status, list(map(str, Status)), priors["status"], pull=6.0),
        "role": fit_many(rows.role, list(map(str, Role)), priors["role"], pull=8.0),
        "type": {},
    }
    for kind, own in rows.type.items():
        prior = {"bias": -1.0, f"has:{kind}": 0.5, f"title:{kind}": 0.5, f"often:{kind}": 0.5}
        prior |= {frame.id: 1.2 for frame in lexicon.frames if frame.type is kind}
        weights["type"] |= {f"{kind}/{part}": weight for part, weight in fit_one(own, prior, pull=4.0).items()}
    head = "# Weights of the parts that add up to a finding. Written by tools/fit_weights.py; see docs/detection.md.\n"
    rounded = {model: {part: round(w, 2) for part, w in sorted(own.items())} for model, own in weights.items()}
    options.out.write_text(
        head + yaml.safe_dump(rounded, sort_keys=True, allow_unicode=True, width=200), encoding="utf-8"
    )
    print(
        f"{read} cases: {len(rows.mention)} mentions, {len(rows.role)} roles, {len(rows.status)} statuses",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
