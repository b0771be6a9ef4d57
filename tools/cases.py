"""Labelled cases: where they lie, which of them are held back, and how findings compare with labels."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.domain.finding import Analysis, Role, Status
from monitor.stages.detect import Detector

Case = dict[str, Any]
EVALUATION = Path(__file__).resolve().parents[1] / "tests" / "evaluation"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "evaluation"
_ORDER = [str(status) for status in Status]


def in_test_split(case_id: str) -> bool:
    """A third of the cases, by their id alone: never fitted on, never looked at."""
    return int(hashlib.sha256(case_id.encode()).hexdigest(), 16) % 3 == 0


def sources() -> list[tuple[str, Path, Path]]:
    """(set, cases, watchlist) of every set there is; the shared one only where it lies beside the checkout."""
    found = [
        (path.stem.partition("-")[2], path, path.with_name(f"watchlist-{path.stem.partition('-')[2]}.yaml"))
        for path in sorted(EVALUATION.rglob("cases-*.jsonl"))
    ]
    if SHARED.is_dir():
        found.append(("shared", SHARED / "cases.jsonl", SHARED / "watchlist.yaml"))
    return [source for source in found if source[2].exists()]


def learnt_from() -> list[tuple[str, Path, Path]]:
    """Those of `sources` that weights are fitted on."""
    return [source for source in sources() if source[0] not in KEPT_APART]


# Their authors told much of it in oblique words ("the tills fell silent"): it says little of plain news.
OBLIQUE = frozenset({"opal", "sable", "cobalt", "umber", "ochre", "pipit", "bittern"})


# Retold from published reports, or shaped like them: lists of victims, outlets cited, earlier cases recalled.
PUBLISHED = frozenset(
    {"dunlin", "heron", "egret", "plover", "curlew", "avocet", "fulmar", "gannet", "shrike", "dipper", "siskin"}
)


# Titles alone and titles with a line or two, as search feeds and sitemaps have them.
SHORT = frozenset(
    {
        "otter",
        "stoat",
        "badger",
        "marten",
        "verbless",
        "ferret",
        "mink",
        "polecat",
        "shrew",
        "knot",
        "serin",
        "godwit",
        "dunnock",
    }
)
# No weight is learnt from these: they say what unseen headlines will.
KEPT_APART = frozenset({"ferret", "mink", "polecat"})


def author_of(name: str) -> str:
    """Who wrote a set: `opal-2` is the second one of `opal`."""
    return name.partition("-")[0]


def manner_of(name: str) -> str:
    """How a set is worded: plainly, as reports are, obliquely, or in short; the shared one stands by itself."""
    if name == "shared":
        return name
    manners = {"oblique": OBLIQUE, "published": PUBLISHED, "short": SHORT}
    return next((manner for manner, authors in manners.items() if author_of(name) in authors), "plain")


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, in order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def published(case: Case) -> datetime | None:
    """When the article of *case* came out."""
    return datetime.fromisoformat(case["published"]) if case.get("published") else None


def strongest(attacks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The status of an article for each kind of attack."""
    best: dict[str, str] = {}
    for attack in attacks:
        kind, status = str(attack["type"]), str(attack["status"])
        if kind not in best or _ORDER.index(status) < _ORDER.index(best[kind]):
            best[kind] = status
    return best


@dataclass
class Rate:
    """True and false positives and false negatives of one thing that is looked for."""

    hits: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, gold: set[str], got: set[str]) -> None:
        self.hits += len(gold & got)
        self.extra += len(got - gold)
        self.missed += len(gold - got)

    def merge(self, other: "Rate") -> None:
        self.hits += other.hits
        self.extra += other.extra
        self.missed += other.missed

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.extra) if self.hits + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass
class Tally:
    """How findings compare with labels, over some cases."""

    cases: int = 0
    language: int = 0
    mentions: Rate = field(default_factory=Rate)
    any_attack: Rate = field(default_factory=Rate)
    types: Rate = field(default_factory=Rate)
    under: Rate = field(default_factory=Rate)
    other_sense: list[int] = field(default_factory=lambda: [0, 0])
    roles: list[int] = field(default_factory=lambda: [0, 0])
    statuses: list[int] = field(default_factory=lambda: [0, 0])
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, case: Case, analysis: Analysis) -> None:
        """Count one case."""
        self.cases += 1
        self.language += analysis.language == case["lang"]
        roles = {str(finding.entity_id): finding.role for finding in analysis.findings}
        teasers = {tag.partition(":")[2] for tag in case.get("tags", ()) if tag.startswith("teaser-only:")}
        self.mentions.add(set(case["mentions"]), set(roles) - teasers)
        for other in case.get("not_mentions", ()):
            self.other_sense[0] += other in roles
            self.other_sense[1] += 1
        for entity, role in case["mentions"].items():
            if entity in roles:
                self.roles[0] += roles[entity] == Role(role)
                self.roles[1] += 1
                if roles[entity] != Role(role):
                    self.confusions[role, str(roles[entity])] += 1
        self._attacks(case, analysis)

    def _attacks(self, case: Case, analysis: Analysis) -> None:
        gold = strongest(case["attacks"])
        got = strongest([{"type": attack.type, "status": attack.status} for attack in analysis.attacks])
        self.any_attack.add({"y"} if gold else set(), {"y"} if got else set())
        self.types.add(set(gold), set(got))
        for kind in set(gold) & set(got):
            self.statuses[0] += gold[kind] == got[kind]
            self.statuses[1] += 1
        self.under.add(set(case["under_attack"]), {str(entity) for entity in analysis.under_attack})

    def merge(self, other: "Tally") -> None:
        """Take in the counts of *other*."""
        self.cases += other.cases
        self.language += other.language
        for name in ("mentions", "any_attack", "types", "under"):
            getattr(self, name).merge(getattr(other, name))
        for name in ("other_sense", "roles", "statuses"):
            setattr(self, name, [a + b for a, b in zip(getattr(self, name), getattr(other, name), strict=True)])
        self.confusions += other.confusions

    def row(self) -> dict[str, str]:
        """The figures, as text."""
        return {
            "cases": str(self.cases),
            "under P": f"{self.under.precision:.3f}",
            "under R": f"{self.under.recall:.3f}",
            "under F": f"{self.under.f1:.3f}",
            "mentions F": f"{self.mentions.f1:.3f}",
            "other sense": f"{self.other_sense[0]}/{self.other_sense[1]}",
            "roles": f"{_share(self.roles):.3f}",
            "any attack F": f"{self.any_attack.f1:.3f}",
            "types F": f"{self.types.f1:.3f}",
            "statuses": f"{_share(self.statuses):.3f}",
            "language": f"{self.language}/{self.cases}",
        }


def _share(pair: Sequence[int]) -> float:
    return pair[0] / pair[1] if pair[1] else 1.0


def analyses(cases: Sequence[Case], detector: Detector) -> Iterator[tuple[Case, Analysis]]:
    """Each case with what *detector* finds in it."""
    for case in cases:
        yield case, detector.analyse(case["id"], case["title"], case["text"], published(case))


def analyses_alone(cases: Sequence[Case], detector: Detector) -> Iterator[tuple[Case, Analysis]]:
    """Each case once for each name in it, as read by who watches that one alone, with the labels of that one."""
    lone = {str(entity.id): detector.watching([entity]) for entity in detector.entities}
    for case in cases:
        for entity, role in case["mentions"].items():
            under_attack = [entity] if entity in case["under_attack"] else []
            labels = {**case, "mentions": {entity: role}, "not_mentions": [], "under_attack": under_attack}
            if entity in lone:
                yield from analyses([labels], lone[entity])


def faults_of(case: Case, analysis: Analysis) -> list[str]:
    """What is wrong in *analysis*, a line each: for error analysis of cases that are not held back."""
    roles = {str(finding.entity_id): str(finding.role) for finding in analysis.findings}
    gold = strongest(case["attacks"])
    got = strongest([{"type": attack.type, "status": attack.status} for attack in analysis.attacks])
    lines = []
    if set(case["under_attack"]) != set(map(str, analysis.under_attack)):
        lines.append(f"UNDER want {sorted(case['under_attack'])} got {sorted(map(str, analysis.under_attack))}")
    if bool(gold) != bool(got):
        lines.append(f"ANY want {gold} got {got}")
    elif gold != got:
        lines.append(f"types want {gold} got {got}")
    missing, extra = set(case["mentions"]) - set(roles), set(roles) - set(case["mentions"])
    if missing or extra:
        lines.append(f"NAMES missing {sorted(missing)} extra {sorted(extra)}")
    wrong = {e: (r, roles[e]) for e, r in case["mentions"].items() if e in roles and roles[e] != r}
    if wrong:
        lines.append(f"roles (want, got) {wrong}")
    return lines
