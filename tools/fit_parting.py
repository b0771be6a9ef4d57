"""
Fit what each sign weighs when an article takes others out of a story: `python -m tools.fit_parting`.

Where a report of another event joined a story wrongly, the second report of that event shows it
(`monitor/stages/group/parting.py`). Whether it does, a logistic model over a few signs says. It is learnt from what
grouping makes of the streams that `tools.fit_grouping` learns from, each half of them grouped by weights learnt from
the other half: the mistakes of weights on what they have seen are few, and not those on unseen news. Streams of nothing
but look-alikes are left out.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.group_policy import GroupPolicy, GroupWeights
from monitor.lexicon import LEXICON
from monitor.stages.group import GroupWindow, assign, partings
from tools.fit_grouping import (
    Stream,
    learn,
    learnt_from,
    read_stream,
    say,
    stream_files,
    streams,
    times_of,
    write_weights,
)

_LOOK_ALIKES = frozenset({"girder", "hinge"})
# Right pairs that are parted count so many times as much as wrong ones that are not.
_CAUTION = 1.75
_DRAWN = 10.0
_EVEN = 0.25
_MIXED = 2


class Chance(NamedTuple):
    """A way to part a story by its signs, and how many pairs come right by it, and how many wrong."""

    signs: Mapping[str, float]
    gained: int
    lost: int


def chances(stream: Stream, weights: GroupWeights) -> Iterator[Chance]:
    """All ways to part stories while a stream is grouped, none of them taken."""
    policy = GroupPolicy()
    window = GroupWindow(policy, weights, load_fact_reader(policy).lexicon.priors)
    for fingerprint in stream.prints:
        join = assign(fingerprint, window, policy)
        for parting in partings(fingerprint, join, window, policy):
            leaving = [*(member.article_id for member in parting.taken), fingerprint.article_id]
            story = window.stories[window.story_of(join.article_id) or join.story_id]
            yield _judged(dict(parting.signs), leaving, story.members, stream.told)


def _judged(
    signs: Mapping[str, float], leaving: Sequence[str], members: Iterable[str], told: Mapping[str, str]
) -> Chance:
    """What comes right and wrong where *leaving* are taken out of all *members*; *told* has each article's event."""
    left = Counter(told[article_id] for article_id in members if article_id not in leaving)
    rightly = sum(left.total() - left[told[article_id]] for article_id in leaving)
    return Chance(signs, rightly, left.total() * len(leaving) - rightly)


def fit(seen: Sequence[Chance]) -> dict[str, float]:
    """The weights of signs that tell best where to part; the sum is above nought where it is worth it."""
    signs = sorted({sign for one in seen for sign in one.signs})
    matrix = np.array([[one.signs.get(sign, 0.0) for sign in signs] for one in seen])
    spread = np.where(matrix.std(0) > 0.0, matrix.std(0), 1.0)
    scaled = matrix / spread
    gained, lost = (np.array([one[place] for one in seen], float) for place in (1, 2))
    hits = (gained > lost).astype(float)
    counts = np.sqrt(np.abs(gained - lost) + _EVEN) * np.where(hits > 0.0, 1.0, _CAUTION)
    drawn = np.array([0.0 if sign == "bias" else _DRAWN for sign in signs])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = scaled @ weights
        shares = 1.0 / (1.0 + np.exp(-sums))
        value = counts @ (np.logaddexp(0.0, sums) - hits * sums) + (drawn * weights) @ weights / 2
        return float(value), scaled.T @ (counts * (shares - hits)) + drawn * weights

    found = minimize(loss, np.zeros(len(signs)), jac=True, method="L-BFGS-B").x / spread
    return {sign: round(float(weight), 3) for sign, weight in zip(signs, found, strict=True)}


def examples(names: Sequence[str]) -> Iterator[Chance]:
    """The chances in the streams of *names*, each half grouped by weights of the other half."""
    files = stream_files()
    for half in (0, 1):
        weights = GroupWeights(signs=learn(streams(names[1 - half :: 2], _MIXED), say))
        for name in names[half::2]:
            if name not in _LOOK_ALIKES:
                yield from list(chances(read_stream([files[name]], 1), weights)) * times_of(name)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fit what each sign weighs when stories are parted.")
    parser.add_argument("--into", type=Path, default=LEXICON / "grouping.yaml", help="the file to write it into")
    given = parser.parse_args()
    write_weights(given.into, "parting", fit(list(examples(learnt_from()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
