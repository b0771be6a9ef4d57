"""
How far grouping lumps what has nothing to do with each other: `python -m tools.lumps [--weights FILE] [--every N]`.

The labelled articles of `tests/evaluation/` tell of many events in seven languages, nearly each of its own. Every N-th
of them, in an order that their ids alone make, becomes a crowd: all that was published in four days. How many stories
there are for each article says how far it lumps, and so does the largest story. Names that mean several things and
attacks on the same few companies were sought for these articles, so that even a careful reader would join some: compare
one set of weights with another.
"""

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.adapters.packaged.group_weights import read_group_weights
from monitor.domain.group_policy import GroupPolicy
from monitor.lexicon import LEXICON
from monitor.stages.group import FactReader, Fingerprint, GroupWindow, group
from tools.cases import Case, manner_of, read_cases, sources

_START, _DAYS = datetime(2026, 3, 2, tzinfo=UTC), 4
_EVERY = 36


class Lumps(NamedTuple):
    """How many articles there were, how many stories they became, and how many articles the largest have."""

    articles: int
    stories: int
    largest: Sequence[int]


def crowds(reader: FactReader, every: int, most: int) -> Iterator[list[Fingerprint]]:
    """At most *most* crowds, each of every so many labelled articles, no article in two of them."""
    # Headlines of a few words are another matter.
    told = [(name, path) for name, path, _ in sources() if manner_of(name) not in {"shared", "short"}]
    cases = [(name, case) for name, path in told for case in read_cases(path)]
    cases.sort(key=lambda one: hashlib.sha256(one[1]["id"].encode()).hexdigest())
    for first in range(min(every, most)):
        yield _crowd(reader, cases[first::every])


def _crowd(reader: FactReader, cases: Sequence[tuple[str, Case]]) -> list[Fingerprint]:
    step = timedelta(days=_DAYS) / len(cases)
    return [
        reader.fingerprint(f"{name}/{case['id']}", case["title"], case["text"], _START + number * step)
        for number, (name, case) in enumerate(cases)
    ]


def lumps_of(prints: Sequence[Fingerprint], window: GroupWindow, policy: GroupPolicy) -> Lumps:
    """What becomes of a crowd."""
    sizes = Counter(Counter(join.story_id for join in group(prints, window, policy)).values())
    return Lumps(len(prints), sizes.total(), sorted(sizes.elements(), reverse=True)[:5])


def main() -> int:
    parser = argparse.ArgumentParser(description="How far grouping lumps what has nothing to do with each other.")
    parser.add_argument("--weights", type=Path, default=LEXICON / "grouping.yaml")
    parser.add_argument("--every", type=int, default=_EVERY, help="one article of so many; the fewer, the denser")
    parser.add_argument("--most", type=int, default=6, help="how many crowds")
    given = parser.parse_args()
    policy = GroupPolicy()
    reader, weights = load_fact_reader(policy), read_group_weights(given.weights.read_text("utf-8"))
    for prints in crowds(reader, given.every, given.most):
        found = lumps_of(prints, GroupWindow(policy, weights, reader.lexicon.priors), policy)
        share, largest = found.stories / found.articles, ", ".join(map(str, found.largest))
        print(f"{found.articles:6,d} articles, {share:.3f} stories for each, the largest of {largest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
