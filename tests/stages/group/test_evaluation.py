"""Grouping on labelled stories in seven languages: floors a little below what was measured (docs/stories.md)."""

import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group import FactReader, GroupWindow, group

EVALUATION = Path(__file__).parents[2] / "evaluation"
Row = Mapping[str, str]
# Made of twins on purpose: two votes, two finals, two record prices, two earthquakes; and news of weeks as papers print it.
PRECISION = {
    "stories-week": 0.93, "stories-archive": 0.89, "stories-vesper": 0.87,
    "stories-viaduct": 0.94, "stories-paddock": 0.92, "stories-orchard": 0.87,
    "stories-saffron": 0.90, "stories-basalt": 0.94, "stories-cobalt": 0.89,
    "stories-dune": 0.88, "stories-fjord": 0.93, "stories-glade": 0.92, "stories-heath": 0.91,
    "stories-raven": 0.93,
    "stories-ridge": 0.91, "stories-summit": 0.94, "stories-umber": 0.94,
    "stories-willow": 0.92,
    "stories-girder": 0.90, "stories-hinge": 0.89, "stories-dovetail": 0.86, "stories-flint": 0.89,
}  # fmt: skip


def is_held_out(row: Row) -> bool:
    """A third of the stories, whose errors nobody looked at while tuning."""
    return int(hashlib.sha256(row["story"].encode()).hexdigest(), 16) % 3 == 0


def grouped(reader: FactReader, rows: list[Row]) -> dict[str, str]:
    window = GroupWindow(GroupPolicy(), load_group_weights(), reader.lexicon.priors)
    prints = [
        reader.fingerprint(row["id"], row["title"], row["text"], datetime.fromisoformat(row["published"]))
        for row in rows
    ]
    return {str(join.article_id): str(join.story_id) for join in group(prints, window, GroupPolicy())}


def bcubed(rows: list[Row], got: Mapping[str, str]) -> tuple[float, float]:
    wanted, found = defaultdict(set), defaultdict(set)
    for row in rows:
        wanted[row["story"]].add(row["id"])
        found[got[row["id"]]].add(row["id"])
    both = [(len(wanted[row["story"]] & found[got[row["id"]]]), row) for row in rows]
    precision = sum(size / len(found[got[row["id"]]]) for size, row in both) / len(rows)
    recall = sum(size / len(wanted[row["story"]]) for size, row in both) / len(rows)
    return precision, recall


def pairs(rows: list[Row], got: Mapping[str, str], keep: Callable[[Row, Row], bool]) -> tuple[float, float]:
    counts: dict[tuple[bool, bool], int] = defaultdict(int)
    for one, other in itertools.combinations(rows, 2):
        if keep(one, other):
            counts[(one["story"] == other["story"], got[one["id"]] == got[other["id"]])] += 1
    hits = counts[(True, True)]
    return hits / (hits + counts[(False, True)]), hits / (hits + counts[(True, False)])


def f1(scores: tuple[float, float]) -> float:
    return 2 * scores[0] * scores[1] / (scores[0] + scores[1])


@pytest.mark.parametrize(
    ("name", "held_out", "bcubed_floor", "cross_floor"),
    [
        ("stories", False, 0.96, 0.95),
        ("stories", True, 0.95, 0.92),
        ("stories-b", False, 0.98, 0.98),
        ("stories-b", True, 1.00, 1.00),
        ("stories-c", False, 0.99, 0.98),
        ("stories-c", True, 0.95, 0.94),
        ("stories-ordinary", False, 1.00, 1.00),
        ("stories-ordinary", True, 1.00, 1.00),
        ("stories-daily", False, 1.00, 1.00),
        ("stories-daily", True, 1.00, 1.00),
        ("stories-newsroom", False, 0.99, 0.98),
        ("stories-newsroom", True, 0.98, 0.98),
        ("stories-twins", False, 1.00, 1.00),
        ("stories-twins", True, 1.00, 1.00),
        ("stories-attacks", False, 1.00, 1.00),
        ("stories-attacks", True, 1.00, 1.00),
        # Whole: its twins stand on both sides of a split.
        ("stories-week", None, 0.95, 0.89),
        ("stories-april", None, 0.97, 0.96),
        ("stories-fortnight", None, 0.93, 0.90),
        ("stories-archive", None, 0.91, 0.87),
        ("stories-lantern", None, 0.96, 0.94),
        ("stories-pharos", None, 0.97, 0.94),
        ("stories-tessera", None, 0.99, 0.99),
        ("stories-umbra", None, 0.97, 0.96),
        ("stories-vesper", None, 0.87, 0.74),
        ("stories-harbour", None, 0.97, 0.96),
        ("stories-meridian", None, 0.93, 0.93),
        ("stories-estuary", None, 0.94, 0.94),
        ("stories-beacon", None, 0.93, 0.93),
        ("stories-viaduct", None, 0.94, 0.92),
        ("stories-paddock", None, 0.87, 0.85),
        ("stories-quarry", None, 0.92, 0.90),
        ("stories-orchard", None, 0.88, 0.84),
        ("stories-saffron", None, 0.90, 0.85),
        ("stories-azure", None, 0.92, 0.90),
        ("stories-aspen", None, 0.94, 0.94),
        ("stories-basalt", None, 0.94, 0.92),
        ("stories-cobalt", None, 0.90, 0.88),
        ("stories-dune", None, 0.81, 0.76),
        ("stories-ember", None, 0.95, 0.96),
        ("stories-fjord", None, 0.85, 0.86),
        ("stories-glade", None, 0.91, 0.92),
        ("stories-heath", None, 0.90, 0.90),
        ("stories-kestrel", None, 0.90, 0.85),
        ("stories-lagoon", None, 0.95, 0.92),
        ("stories-marble", None, 0.92, 0.88),
        ("stories-nimbus", None, 0.95, 0.95),
        ("stories-obelisk", None, 0.90, 0.88),
        ("stories-prairie", None, 0.93, 0.89),
        ("stories-quartz", None, 0.88, 0.84),
        ("stories-raven", None, 0.90, 0.85),
        ("stories-ridge", None, 0.92, 0.88),
        ("stories-summit", None, 0.91, 0.91),
        ("stories-thicket", None, 0.94, 0.93),
        ("stories-topaz", None, 0.95, 0.92),
        ("stories-tundra", None, 0.94, 0.91),
        ("stories-umber", None, 0.88, 0.86),
        ("stories-upland", None, 0.91, 0.90),
        ("stories-velvet", None, 0.91, 0.86),
        ("stories-walnut", None, 0.93, 0.88),
        ("stories-willow", None, 0.89, 0.84),
        ("stories-plinth", None, 0.92, 0.88),
        ("stories-trellis", None, 0.91, 0.87),
        ("stories-yonder", None, 0.92, 0.89),
        ("stories-zenith", None, 0.95, 0.96),
        # Small streams, each made of look-alikes: two hospitals, two victims of one gang, a company and its daughter.
        ("stories-girder", None, 0.90, 0.82),
        ("stories-hinge", None, 0.90, 0.80),
        # Events, outlets and days are real; the words are ours.
        ("stories-anvil", None, 1.00, 1.00),
        ("stories-bellows", None, 0.88, 0.56),
        ("stories-crucible", None, 0.89, 0.77),
        ("stories-dovetail", None, 0.77, 0.46),
        ("stories-easel", None, 0.89, 0.87),
        ("stories-flint", None, 0.84, 0.81),
    ],
)
def test_grouping_reaches_its_floor(
    reader: FactReader, name: str, held_out: bool | None, bcubed_floor: float, cross_floor: float
) -> None:
    rows = [json.loads(line) for line in (EVALUATION / f"{name}.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if held_out is None or is_held_out(row) is held_out]
    got = grouped(reader, rows)
    precision, _ = bcubed(rows, got)
    assert precision >= (PRECISION.get(name, 0.95)), name
    assert f1(bcubed(rows, got)) >= bcubed_floor
    assert f1(pairs(rows, got, lambda one, other: one["lang"] != other["lang"])) >= cross_floor
