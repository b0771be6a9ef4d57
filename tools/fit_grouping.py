"""
Fit what each sign weighs when articles are put into stories: `python -m tools.fit_grouping`.

The model says of every article which of the stories at hand it tells of, or that it tells of none: a logistic one over
them all. It is learnt from the labelled streams of `tests/evaluation/` and the shared one beside the checkout, but for
those that are kept apart (`KEPT_APART`), and drawn to `tools/grouping_priors.yaml`: what is believed of signs that
part two events, and what a crowd of published articles taught that is no more (decision 0419). Who has a labelled crowd
learns from it as well by `--crowd FOLDER`: `*.jsonl` files of the form of the streams, each holding all that papers
printed in some days.

At first each article finds the stories as they are labelled; then, in turns, as grouping by what was learnt so far made
them, its mistakes included. The same streams write the same file; it is close to the one that ships (decision 0419).
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.group_policy import GroupPolicy, GroupWeights
from monitor.domain.story import StoryId
from monitor.lexicon import LEXICON
from monitor.stages.group import Fingerprint, GroupWindow, StoryProfile, assign, find_copy, signs_of_candidates
from tools.cases import EVALUATION, SHARED

# Streams that no weight is learnt from: what they say of it is what unseen news will.
KEPT_APART = frozenset(
    "quarry orchard saffron azure lagoon nimbus prairie summit upland yonder topaz tundra umber velvet walnut fjord"
    " glade heath plinth trellis bellows easel".split()
)
# Few streams tell of real events, or are like those that are asked about; made ones are many and of a kind.
COUNTED_THRICE = frozenset({"anvil", "crucible", "dovetail", "flint", "shared"})
PRIORS = Path(__file__).with_name("grouping_priors.yaml")
# Made streams are read each by itself and as so many mixed ones: in a short one whatever shares something is one event.
_MIXED = 4
_ROUNDS = 3
# How strongly a weight of which nothing was known is drawn to nought.
_UNKNOWN = (0.0, 8.0)
_STEPS = 800
_LEAST = 0.01


class Priors(NamedTuple):
    """
    What was known of signs beforehand, each by its mean and strength: a Gaussian with one over its variance, for each
    round of examples.

    ``believed`` are signs that part two events, so that they never weigh more than nothing, ``learnt`` all others.
    """

    believed: Mapping[str, tuple[float, float]]
    learnt: Mapping[str, tuple[float, float]]


class Choice(NamedTuple):
    """The stories that an article may join, each by its signs, and which of them it tells of; None of none."""

    stories: Sequence[Mapping[str, float]]
    right: int | None


class Stream(NamedTuple):
    """Fingerprints in order of time, the labelled story of each, and how often the stream counts."""

    prints: Sequence[Fingerprint]
    told: Mapping[str, str]
    times: int


def stream_files() -> dict[str, Path]:
    """The files of labelled streams by name; the shared one only where it lies beside the checkout."""
    found = {path.stem.partition("-")[2] or "first": path for path in sorted(EVALUATION.glob("stories*.jsonl"))}
    shared = SHARED / "stories.jsonl"
    return {**found, "shared": shared} if shared.is_file() else found


def streams(names: Collection[str], mixtures: int = _MIXED, crowds: Sequence[Path] = ()) -> dict[str, Stream]:
    """The streams of *names* by name, those that are made once more as so many *mixtures*, and crowds."""
    found = stream_files()
    made = sorted(set(names) - COUNTED_THRICE)
    by_themselves = {
        name: read_stream([found[name]], times_of(name)) for name in (*sorted(set(names) - set(made)), *made)
    }
    mixed = {f"mixed {n}": read_stream([found[name] for name in made[n::mixtures]], 1) for n in range(mixtures)}
    return by_themselves | mixed | {f"crowd {path.stem}": read_stream([path], 1) for path in sorted(crowds)}


def times_of(name: str) -> int:
    """How often a stream counts."""
    return 3 if name in COUNTED_THRICE else 1


def learnt_from() -> list[str]:
    """The names of all streams that weights are learnt from."""
    return sorted(stream_files().keys() - KEPT_APART)


def read_stream(paths: Sequence[Path], times: int) -> Stream:
    """The articles of files as one stream."""
    reader = load_fact_reader(GroupPolicy())
    rows = [
        {**row, "id": f"{path.stem}/{row['id']}", "story": f"{path.stem}/{row['story']}"}
        for path in paths
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]
    prints = [
        reader.fingerprint(row["id"], row["title"], row["text"], datetime.fromisoformat(row["published"]))
        for row in rows
    ]
    prints.sort(key=lambda one: (one.at.replace(second=0, microsecond=0), one.article_id))
    return Stream(prints, {row["id"]: row["story"] for row in rows}, times)


def choices(stream: Stream, weights: GroupWeights | None) -> Iterator[Choice]:
    """What each article could join; it then joins what *weights* say, or what it is labelled where there are none."""
    policy, priors = GroupPolicy(), load_fact_reader(GroupPolicy()).lexicon.priors
    window = GroupWindow(policy, weights or GroupWeights(signs={}), priors)
    for fingerprint in stream.prints:
        if find_copy(fingerprint, window, policy) is None:
            found = list(signs_of_candidates(fingerprint, window, policy))
            if found:
                right = _right([story for story, _ in found], stream.told, stream.told[fingerprint.article_id])
                yield Choice([signs for _, signs in found], right)
        if weights is None:
            window.add(fingerprint, StoryId(stream.told[fingerprint.article_id]))
        else:
            assign(fingerprint, window, policy)


def _right(stories: Sequence[StoryProfile], told: Mapping[str, str], wanted: str) -> int | None:
    """The place of the story that holds most articles of the *wanted* event, if these are half of it at least."""
    counts = [Counter(told[article] for article in story.members) for story in stories]
    best = max(range(len(stories)), key=lambda place: (counts[place][wanted], -counts[place].total()))
    return best if 0 < counts[best][wanted] * 2 >= counts[best].total() else None


def read_priors(path: Path = PRIORS) -> Priors:
    """What a file says of signs."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Priors(
        *({sign: (mean, strength) for sign, (mean, strength) in told[part].items()} for part in Priors._fields)
    )


def fit(examples: Sequence[Choice], priors: Priors, rounds: int) -> dict[str, float]:
    """The most probable weights of signs: *priors* pull with the number of *rounds*."""
    known = {**priors.believed, **priors.learnt}
    signs = sorted({sign for one in examples for story in one.stories for sign in story} | known.keys())
    start, strength = np.array([known.get(sign, _UNKNOWN) for sign in signs]).T
    pull = strength * rounds
    column = {sign: number for number, sign in enumerate(signs)}
    stories = [story for one in examples for story in one.stories]
    ends = np.cumsum([0, *map(len, stories)])
    values = [strength for story in stories for strength in story.values()]
    columns = [column[sign] for story in stories for sign in story]
    matrix = csr_matrix((values, columns, ends), shape=(len(stories), len(signs)))
    owner = np.repeat(np.arange(len(examples)), [len(one.stories) for one in examples])
    hits = np.array([float(place == one.right) for one in examples for place in range(len(one.stories))])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = matrix @ weights
        most = np.zeros(len(examples))
        np.maximum.at(most, owner, sums)
        shares = np.exp(sums - most[owner])
        # None of the stories is a choice as well, of sum nought.
        totals = np.exp(-most)
        np.add.at(totals, owner, shares)
        shares /= totals[owner]
        away = weights - start
        value = (np.log(totals) + most).sum() - hits @ sums + (pull * away) @ away / 2
        return float(value), matrix.T @ (shares - hits) + pull * away

    # What is believed to part two events never speaks for their being one.
    bounds = [(None, 0.0 if sign in priors.believed else None) for sign in signs]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS}).x
    return {sign: round(float(weight), 3) for sign, weight in zip(signs, found, strict=True) if abs(weight) >= _LEAST}


def learn(read: Mapping[str, Stream], say: Callable[[str], object]) -> dict[str, float]:
    """Weights learnt from streams, in rounds."""
    examples: list[Choice] = []
    priors = read_priors()
    weights: GroupWeights | None = None
    for number in range(_ROUNDS):
        for stream in read.values():
            examples += list(choices(stream, weights)) * stream.times
        weights = GroupWeights(signs=fit(examples, priors, number + 1))
        say(f"round {number + 1}: {len(examples)} choices, {len(weights.signs)} signs")
    return dict(weights.signs) if weights else {}


def main() -> int:
    parser = argparse.ArgumentParser(description="Fit what each sign weighs in grouping.")
    parser.add_argument("--crowd", type=Path, help="a folder of labelled streams to learn from as well")
    parser.add_argument("--into", type=Path, default=LEXICON / "grouping.yaml", help="the file to write")
    given = parser.parse_args()
    crowds = sorted(given.crowd.glob("*.jsonl")) if given.crowd else ()
    write_weights(given.into, "signs", learn(streams(learnt_from(), crowds=crowds), say))
    return 0


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def write_weights(into: Path, part: str, weights: Mapping[str, float]) -> None:
    """Put *weights* into a *part* of the file of weights, whose other parts stay."""
    told = (yaml.safe_load(into.read_text(encoding="utf-8")) if into.exists() else None) or {}
    head = "# What each sign weighs in grouping. Written by tools/fit_grouping.py and fit_parting.py.\n"
    text = yaml.safe_dump({**told, part: dict(weights)}, sort_keys=True, allow_unicode=True, width=200)
    into.write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
