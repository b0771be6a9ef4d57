"""
Fit the weights of detection on labelled cases: `python -m tools.fit_weights [--folds 5]`.

Each model is a logistic one (binary, or with several outcomes), drawn to tools/priors.yaml. Of our own cases the test
split is never read. Without --folds the result is written to monitor/lexicon/; running this again on the same cases
writes the same files. With --folds the cases are fitted and judged in turns, and nothing is written: figures of
weights on cases that they were not fitted on.
"""

import argparse
import dataclasses
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import yaml

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.domain.finding import Role, Status
from monitor.domain.lexicon import Lexicon, SignWeights
from monitor.lexicon import LEXICON
from monitor.stages.detect import build_detector
from tools.cases import Case, Tally, author_of, faults_of, learnt_from, published
from tools.fit_wording import written
from tools.fit_words import Words, fit_words
from tools.labelled import fold_of
from tools.logistic import fit_many, fit_one
from tools.rows import LONG, Collected, Gathered, collect, collect_struck
from tools.score_cases import table

Weights = dict[str, dict[str, float]]
_REMARKS = {
    "wording": "What is said in whole articles: sign, rarity, outcome:weight.",
    "contexts": "What stands around words that could be names: sign, outcome:weight.",
    "surroundings": "What stands around names: sign, outcome:weight.",
}
PRIORS = Path(__file__).with_name("priors.yaml")
_PASSES = 2
FOLDS = 5
# How strongly each model is drawn to what we believed before: the strength of a Gaussian prior.
PULL = {"mention": 1.0, "about": 0.6, "status": 3.0, "role": 3.0, "type": 1.5, "under-attack": 20.0}


def _only(parts: Mapping[str, float], named: Collection[str]) -> dict[str, float]:
    return {part: value for part, value in parts.items() if part in named}


def fit(rows: Collected, lexicon: Lexicon) -> Weights:
    """All models."""
    priors = yaml.safe_load(PRIORS.read_text(encoding="utf-8"))
    weights: Weights = {
        "mention": {**priors["mention"], **fit_one(rows.mention, priors["mention"], PULL["mention"])},
        "about": {**fit_one(rows.about, priors["about"], PULL["about"]), **_only(priors["about"], LONG)},
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


def believed(lexicon: Lexicon) -> Lexicon:
    """*lexicon* with the weights that we believe in before looking at cases, and nothing learnt of contexts."""
    return dataclasses.replace(
        lexicon, weights=yaml.safe_load(PRIORS.read_text(encoding="utf-8")), contexts=SignWeights()
    )


def learn(
    lexicon: Lexicon, by_fold: Sequence[Words], held_back: Callable[[Case], bool]
) -> tuple[Lexicon, Sequence[tuple[str, Case]]]:
    """
    *lexicon* with weights fitted on all cases but those held back, and all cases.

    Where a name stands several times, its best place is what is learnt from: told by what we believe at first, and then
    by what was learnt of names so. Who is under attack is learnt last, from what weights say of each fold that were
    fitted on the others.
    """
    fitted = believed(lexicon)
    gathered: Gathered = []
    for _ in range(_PASSES):
        gathered = collect(fitted, by_fold)
        kept = [one for one in gathered if not held_back(one[1])]
        fitted = dataclasses.replace(lexicon, weights=fit(_together(kept), lexicon))
    folds = range(len(by_fold))
    others = ([one for one in kept if fold_of(one[1], len(folds)) != fold] for fold in folds)
    lexicons = [dataclasses.replace(lexicon, weights=fit(_together(own), lexicon)) for own in others]
    struck = _together([one for one in collect_struck(lexicons, by_fold) if not held_back(one[1])]).struck
    priors = yaml.safe_load(PRIORS.read_text(encoding="utf-8"))
    under = fit_one(struck, priors["under-attack"], PULL["under-attack"])
    weights = {**fitted.weights, "under-attack": {part: round(weight, 2) for part, weight in sorted(under.items())}}
    return dataclasses.replace(fitted, weights=weights), [(name, case) for name, case, _ in gathered]


def _together(gathered: Gathered) -> Collected:
    rows = Collected()
    for *_, own in gathered:
        rows.merge(own)
    return rows


def _judge(fold: int, by_fold: Sequence[Words]) -> tuple[dict[str, Tally], list[str]]:
    folds = len(by_fold)
    fitted, cases = learn(load_lexicon(), by_fold, lambda case: fold_of(case, folds) == fold)
    fitted = dataclasses.replace(fitted, **by_fold[fold]._asdict())
    watchlists = {name: load_watchlist_file(watchlist).entities for name, _, watchlist in learnt_from()}
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
    by_fold, _ = fit_words(believed(load_lexicon()), folds)
    results = [_judge(fold, by_fold) for fold in range(folds)]
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
    parser.add_argument("--out", type=Path, default=LEXICON / "weights.yaml")
    options = parser.parse_args()
    if options.folds:
        judge(options.folds, options.faults)
        return 0
    by_fold, words = fit_words(believed(load_lexicon()), FOLDS)
    fitted, cases = learn(load_lexicon(), by_fold, lambda _: False)
    head = "# Weights of the parts that add up to a finding. Written by tools/fit_weights.py; see docs/detection.md.\n"
    text = yaml.safe_dump(fitted.weights, sort_keys=True, allow_unicode=True, width=200)
    options.out.write_text(head + text, encoding="utf-8")
    for name, learnt in words._asdict().items():
        options.out.with_name(f"{name}.tsv").write_text(written(learnt, _REMARKS[name]), encoding="utf-8")
    sys.stderr.write(f"{len(cases)} cases\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
