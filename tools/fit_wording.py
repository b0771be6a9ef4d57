"""
Fit what is said in whole articles: part of `python -m tools.fit_weights`.

For each kind of attack, for each status, for an attack of any kind, for one that holds and for somebody watched who is
under attack: a logistic model over the stems, cues and meanings of labelled articles. Words that name somebody or some
place are no part of it: it may know the language of attacks, and no company.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.domain.finding import LIVE, AttackType, Status
from monitor.domain.lexicon import Lexicon, SignWeights
from monitor.domain.watchlist import Entity
from monitor.stages.detect.folding import fold_words
from monitor.stages.detect.meanings import MeaningIndex
from monitor.stages.detect.passage import Passage
from monitor.stages.detect.wording import cue_signs, meaning_signs, stems_of, words_of
from tools.cases import Case

OUTCOMES = (*map(str, AttackType), *map(str, Status), "any", "live", "under")
# In how many articles, and how many sets, a stem must stand.
_ARTICLES, _SETS = 5, 3
# Concepts of words with two senses, and from how many letters on longer words that begin so are held to be the same.
_TWO_SENSES = ("attack_word", "hack", "breach_weak", "not_hack", "not_breach", "not_leak")
_BEGUN = 4
# The inverse strength of the Gaussian prior, and the least weight that is kept.
_LOOSE, _LEAST = 5.0, 0.35
_LIVE = frozenset(map(str, LIVE))


@dataclass(frozen=True, slots=True)
class Text:
    """A labelled article as its words, cues and meanings; ``plain`` are words that it writes without a capital."""

    source: str
    case: Case
    words: frozenset[str]
    plain: frozenset[str]
    cues: frozenset[str]
    meanings: frozenset[str]

    @classmethod
    def of(cls, source: str, case: Case, passage: Passage, meanings: MeaningIndex) -> "Text":
        words = frozenset(word for sentence in passage.sentences for word in words_of(passage, sentence))
        written = (passage.clean[s.start : s.end].split() for s in passage.sentences)
        plain = frozenset(fold_words(word).strip() for line in written for word in line if word[:1].islower())
        told = frozenset(cue_signs(passage)), frozenset(meaning_signs(passage, meanings))
        return cls(source, case, words, words & plain if case["lang"] != "de" else words, *told)


def names_in(lexicon: Lexicon, entities: Sequence[Entity]) -> frozenset[str]:
    """Single words that name companies, people and places: the catalogue's, and those of *entities*."""
    everyday = frozenset[str]().union(*(pack.common_words | pack.function_words for pack in lexicon.packs))
    names = {fold_words(name) for e in (*load_catalogue(), *entities) for name in (e.name, *e.aliases, *e.people)}
    single = {name for name in names if " " not in name}
    several = {word for name in names for word in name.split()} - everyday
    bearers = frozenset[str]().union(*lexicon.bearers.values(), *(pack.given_names for pack in lexicon.packs))
    places = lexicon.towns.union(*(pack.places for pack in lexicon.packs))
    return frozenset(single | several | (bearers - everyday) | places)


def words_with_two_senses(lexicon: Lexicon) -> frozenset[str]:
    """Words such as "attack", that war and sport have as well: frames judge them by what stands around them."""
    found: set[str] = set()
    for pack in lexicon.packs:
        for concept in _TWO_SENSES:
            folded = (fold_words(text.strip("*")).strip() for text in pack.cues.of(concept))
            found.update(word for word in folded if word.isalpha())
    return frozenset(found)


def fit_wording(texts: Sequence[Text], names: Collection[str], two_senses: Collection[str]) -> SignWeights:
    """The wording of *texts*; *names* are no part of it, nor are words with *two_senses* and what begins with them."""
    begun = tuple(sorted(word for word in two_senses if len(word) >= _BEGUN))
    words = frozenset[str]().union(*(text.plain for text in texts)) - frozenset(names) - frozenset(two_senses)
    allowed = frozenset(word for word in words if not word.startswith(begun))
    shut = frozenset(stem for word in two_senses for stem in stems_of(word))
    worded = [frozenset(stem for word in text.words & allowed for stem in stems_of(word)) - shut for text in texts]
    sources = [text.source for text in texts]
    sorts = [
        _Signs.of(rows, sources) for rows in (worded, [text.cues for text in texts], [text.meanings for text in texts])
    ]
    matrix = hstack([sort.matrix for sort in sorts]).tocsr()
    table = [(sign, rarity) for sort in sorts for sign, rarity in zip(sort.signs, sort.rarity, strict=True)]
    weights: list[list[str]] = [[] for _ in table]
    biases = []
    for place, outcome in enumerate(OUTCOMES):
        model = LogisticRegression(C=_LOOSE, solver="liblinear", max_iter=300)
        model.fit(matrix, [_is(outcome, text.case) for text in texts])
        biases.append(round(float(model.intercept_[0]), 2))
        for number, weight in enumerate(model.coef_[0]):
            if abs(weight) >= _LEAST:
                weights[number].append(f"{place}:{weight:.1f}")
    told = zip(table, weights, strict=True)
    return SignWeights(OUTCOMES, tuple(biases), {sign: " ".join([str(r), *own]) for (sign, r), own in told if own})


@dataclass(frozen=True, slots=True)
class _Signs:
    """Signs of one sort, how rare each is, and the texts as rows of length one."""

    signs: Sequence[str]
    rarity: Sequence[float]
    matrix: csr_matrix

    @classmethod
    def of(cls, rows: Sequence[frozenset[str]], sources: Sequence[str]) -> "_Signs":
        articles = Counter(sign for row in rows for sign in row)
        sets = Counter(
            sign for sign, _ in {(s, source) for row, source in zip(rows, sources, strict=True) for s in row}
        )
        signs = sorted(sign for sign, count in articles.items() if count >= _ARTICLES and sets[sign] >= _SETS)
        rarity = [round(math.log((1 + len(rows)) / (1 + articles[sign])) + 1, 2) for sign in signs]
        numbers = {sign: number for number, sign in enumerate(signs)}
        return cls(signs, rarity, _matrix([[numbers[s] for s in sorted(row & numbers.keys())] for row in rows], rarity))


def written(wording: SignWeights, remark: str) -> str:
    """*wording* as the table that the lexicon reads, after a *remark*."""
    head = (
        f"# {remark} Written by tools/fit_weights.py.",
        "outcomes\t" + " ".join(wording.outcomes),
        "biases\t" + " ".join(map(str, wording.biases)),
    )
    return "\n".join([*head, *(f"{stem}\t{row}" for stem, row in sorted(wording.rows.items()))]) + "\n"


def _matrix(rows: Sequence[Sequence[int]], rarity: Sequence[float]) -> csr_matrix:
    """One row for each text, of length one."""
    values, columns, ends = [], [], [0]
    for row in rows:
        length = math.sqrt(sum(rarity[number] ** 2 for number in row)) or 1.0
        values += [rarity[number] / length for number in row]
        columns += row
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(rows), len(rarity)))


def _is(outcome: str, case: Case) -> bool:
    if outcome == "any":
        return bool(case["attacks"])
    if outcome == "under":
        return bool(case["under_attack"])
    if outcome == "live":
        return any(attack["status"] in _LIVE and attack["type"] != AttackType.OUTAGE for attack in case["attacks"])
    return any(outcome in (attack["type"], attack["status"]) for attack in case["attacks"])
