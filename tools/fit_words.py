"""Fit what words say, of whole articles and around names: part of `python -m tools.fit_weights`."""

import functools
import multiprocessing
import sys
from collections.abc import Sequence
from typing import NamedTuple

from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.domain.lexicon import Lexicon, SignWeights
from monitor.stages.detect import Detector
from monitor.stages.detect.contexts import Contexts, sort_of
from monitor.stages.detect.contexts import signs_of as context_signs_of
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.roles import places_of
from monitor.stages.detect.surroundings import signs_of
from tools.cases import Case, learnt_from, published
from tools.fit_contexts import Placed, fit_contexts
from tools.fit_surroundings import STRUCK, Signed, fit_surroundings
from tools.fit_wording import Text, fit_wording, names_in, words_with_two_senses
from tools.labelled import (
    ORDINARY,
    PROMISE,
    Named,
    as_headline,
    both_readings,
    fold_of,
    gold_of,
    labelled,
    named_in,
    number_of,
    own_parts,
    sightings_of,
)

# What counts as so many here, among thousands.
_TIMES = {PROMISE: 8, **dict.fromkeys(ORDINARY, 3)}

# One article in so many is read by its title alone as well.
_ONE_IN = 3


class Words(NamedTuple):
    """What words say of whole articles, around words that could be names, and around names."""

    wording: SignWeights
    contexts: SignWeights
    surroundings: SignWeights


class _Read(NamedTuple):
    case: Case
    text: Text
    placed: Sequence[Placed]
    signed: Sequence[Signed]


def fit_words(lexicon: Lexicon, folds: int) -> tuple[Sequence[Words], Words]:
    """
    What words say: for each fold as learnt from all others, and as learnt from all.

    Rows are read with the words that have not seen their article: a model that was fitted on a text knows it too well.
    """
    read = []
    for name, detector, case in labelled(lexicon):
        read += [_read(name, case, detector)] * _TIMES.get(name, 1)
        headline = _headline(case, detector)
        if headline is not None:
            read.append(_read(name, headline, detector))
    names = names_in(lexicon, [e for *_, watchlist in learnt_from() for e in load_watchlist_file(watchlist).entities])
    jobs = [[one for one in read if fold_of(one.case, folds) != fold] for fold in range(folds)]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        fitted = functools.partial(_fit, names=names, two_senses=words_with_two_senses(lexicon))
        *by_fold, whole = pool.map(fitted, [*jobs, read], chunksize=1)
    return by_fold, whole


def _read(name: str, case: Case, detector: Detector) -> _Read:
    reading = detector.read(case["id"], case["title"], case["text"], published(case), None)
    text = Text.of(name, case, reading.passage, detector.meanings(reading.passage.language))
    named = [
        one for each in both_readings(case, reading, detector) for one in named_in(case, each, detector, gold_of(case))
    ]
    return _Read(case, text, _placed(case, reading, detector), [_signed(case, one, detector) for one in named])


def _headline(case: Case, detector: Detector) -> Case | None:
    """
    The title of *case* alone, for one article in three: words mean more where there are few.

    Where no frame tells of its attacks, they may stand in the text only: it is left out.
    """
    if not case["text"] or number_of(case) // 45 % _ONE_IN:
        return None
    reading = detector.read(case["id"], case["title"], "", published(case), None)
    headline = as_headline(case, {event.type for event in reading.events})
    return headline if headline is not None and (headline["attacks"] or not case["attacks"]) else None


def _fit(read: Sequence[_Read], names: frozenset[str], two_senses: frozenset[str]) -> Words:
    wording = fit_wording([one.text for one in read], names, two_senses)
    return Words(
        wording,
        fit_contexts([placed for one in read for placed in one.placed]),
        fit_surroundings([signed for one in read for signed in one.signed]),
    )


def _signed(case: Case, named: Named, detector: Detector) -> Signed:
    """What stands around a name, and what it is: who is under attack is told from other victims."""
    around = named.company.surroundings.around(
        named.entity, places_of(named.sightings, named.echoes, named.company.series)
    )
    is_struck = detector.entities[named.entity].id in case["under_attack"]
    return signs_of(around), STRUCK if is_struck else str(named.role)


def _placed(case: Case, reading: Reading, detector: Detector) -> list[Placed]:
    """The words of an article that could be names, and what stands around each."""
    meanings = detector.meanings(reading.passage.language)
    contexts = Contexts(reading.passage, meanings)
    placed = []
    for sighting, is_meant, importance in sightings_of(case, reading, [str(entity.id) for entity in detector.entities]):
        told = contexts.told(sighting, detector.entities[sighting.name.entity])
        signs = sorted(map(sys.intern, context_signs_of(told)))
        placed.append(Placed(own_parts(sighting), signs, sort_of(sighting), is_meant, importance))
    return placed
