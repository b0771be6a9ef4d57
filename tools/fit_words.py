"""Fit what words say, of whole articles and around names: part of `python -m tools.fit_weights`."""

import functools
import multiprocessing
from collections.abc import Sequence
from typing import NamedTuple

from monitor.adapters.yaml_settings import load_watchlist_file
from monitor.domain.lexicon import Lexicon, Wording
from monitor.stages.detect.roles import places_of
from monitor.stages.detect.surroundings import signs_of
from tools.cases import Case, published, sources
from tools.fit_surroundings import Signed, fit_surroundings
from tools.fit_wording import Text, fit_wording, names_in, words_with_two_senses
from tools.labelled import ORDINARY, PROMISE, fold_of, gold_of, labelled, named_in

# What counts as so many here, among thousands.
_TIMES = {PROMISE: 8, **dict.fromkeys(ORDINARY, 3)}


class Words(NamedTuple):
    """What words say of whole articles, and around names."""

    wording: Wording
    surroundings: Wording


class _Read(NamedTuple):
    case: Case
    text: Text
    signed: Sequence[Signed]


def fit_words(lexicon: Lexicon, folds: int) -> tuple[Sequence[Words], Words]:
    """
    What words say: for each fold as learnt from all others, and as learnt from all.

    Rows are read with the words that have not seen their article: a model that was fitted on a text knows it too well.
    """
    read = []
    for name, detector, case in labelled(lexicon):
        reading = detector.read(case["id"], case["title"], case["text"], published(case), None)
        text = Text.of(name, case, reading.passage, detector.meanings(reading.passage.language))
        named = named_in(case, reading, detector, gold_of(case))
        signed = [
            (signs_of(one.company.surroundings.around(one.entity, places_of(one.sightings, one.echoes))), one.role)
            for one in named
        ]
        read += [_Read(case, text, signed)] * _TIMES.get(name, 1)
    names = names_in(lexicon, [e for *_, watchlist in sources() for e in load_watchlist_file(watchlist).entities])
    jobs = [[one for one in read if fold_of(one.case, folds) != fold] for fold in range(folds)]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        fitted = functools.partial(_fit, names=names, two_senses=words_with_two_senses(lexicon))
        *by_fold, whole = pool.map(fitted, [*jobs, read], chunksize=1)
    return by_fold, whole


def _fit(read: Sequence[_Read], names: frozenset[str], two_senses: frozenset[str]) -> Words:
    wording = fit_wording([one.text for one in read], names, two_senses)
    return Words(wording, fit_surroundings([signed for one in read for signed in one.signed]))
