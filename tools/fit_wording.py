"""
Fit what plain words say of whole articles: part of `python -m tools.fit_weights`.

For each kind of attack a logistic model over the stems of labelled articles. Words that name somebody or some place are
no part of it: it may know the language of attacks, and no company.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.domain.finding import AttackType
from monitor.domain.lexicon import Lexicon, Wording
from monitor.domain.watchlist import Entity
from monitor.stages.detect.folding import fold_words
from monitor.stages.detect.passage import Passage
from monitor.stages.detect.wording import stems_of, words_of
from tools.cases import Case

OUTCOMES = tuple(map(str, AttackType))
# In how many articles, and how many sets, a stem must stand.
_ARTICLES, _SETS = 5, 3
# Concepts of words with two senses, and from how many letters on longer words that begin so are held to be the same.
_TWO_SENSES = ("attack_word", "hack", "breach_weak", "not_hack", "not_breach", "not_leak")
_BEGUN = 4
# The inverse strength of the Gaussian prior, and the least weight that is kept.
_LOOSE, _LEAST = 5.0, 0.35


@dataclass(frozen=True, slots=True)
class Text:
    """A labelled article as its words; ``plain`` are those that it writes without a capital."""

    source: str
    case: Case
    words: frozenset[str]
    plain: frozenset[str]

    @classmethod
    def of(cls, source: str, case: Case, passage: Passage) -> "Text":
        words = frozenset(word for sentence in passage.sentences for word in words_of(passage, sentence))
        written = (passage.clean[s.start : s.end].split() for s in passage.sentences)
        plain = frozenset(fold_words(word).strip() for line in written for word in line if word[:1].islower())
        return cls(source, case, words, words & plain if case["lang"] != "de" else words)


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


def fit_wording(texts: Sequence[Text], names: Collection[str], two_senses: Collection[str]) -> Wording:
    """The wording of *texts*; *names* are no part of it, nor are words with *two_senses* and what begins with them."""
    begun = tuple(sorted(word for word in two_senses if len(word) >= _BEGUN))
    words = frozenset[str]().union(*(text.plain for text in texts)) - frozenset(names) - frozenset(two_senses)
    allowed = frozenset(word for word in words if not word.startswith(begun))
    shut = frozenset(stem for word in two_senses for stem in stems_of(word))
    rows = [frozenset(stem for word in text.words & allowed for stem in stems_of(word)) - shut for text in texts]
    articles = Counter(stem for row in rows for stem in row)
    pairs = Counter(stem for stem, _ in {(s, text.source) for row, text in zip(rows, texts, strict=True) for s in row})
    stems = sorted(stem for stem, count in articles.items() if count >= _ARTICLES and pairs[stem] >= _SETS)
    rarity = [round(math.log((1 + len(rows)) / (1 + articles[stem])) + 1, 2) for stem in stems]
    numbers = {stem: number for number, stem in enumerate(stems)}
    matrix = _matrix([[numbers[stem] for stem in sorted(row & numbers.keys())] for row in rows], rarity)
    weights: list[list[str]] = [[] for _ in stems]
    biases = []
    for place, outcome in enumerate(OUTCOMES):
        model = LogisticRegression(C=_LOOSE, solver="liblinear", max_iter=300)
        model.fit(matrix, [_is(outcome, text.case) for text in texts])
        biases.append(round(float(model.intercept_[0]), 2))
        for number, weight in enumerate(model.coef_[0]):
            if abs(weight) >= _LEAST:
                weights[number].append(f"{place}:{weight:.1f}")
    table = zip(stems, rarity, weights, strict=True)
    return Wording(OUTCOMES, tuple(biases), {stem: " ".join([str(r), *own]) for stem, r, own in table if own})


def written(wording: Wording) -> str:
    """*wording* as the table that the lexicon reads."""
    head = (
        "# What plain words say of whole articles: stem, rarity, outcome:weight. Written by tools/fit_weights.py.",
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
    return any(attack["type"] == outcome for attack in case["attacks"])
