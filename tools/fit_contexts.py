"""
Fit what stands around words that could be names: part of `python -m tools.fit_weights`.

A logistic model of whether the company is meant, over the parts that letters and neighbours give and the meanings of
the words around; the weights of the latter are kept.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from monitor.domain.lexicon import SignWeights
from monitor.stages.detect.contexts import OWN, WORD

_FEWEST = 6
# The inverse strength of the Gaussian prior, for signs scaled so; and the least weight that is kept.
_LOOSE, _SCALES, _LEAST = 0.3, {"A": 0.3, "K": 0.5}, 0.01
_SCALE = 0.4


class Placed(NamedTuple):
    """A word that could be a name: its parts, what stands around it, its sort, whether the company is meant."""

    parts: Mapping[str, float]
    signs: Sequence[str]
    sort: str
    is_meant: bool
    importance: float


def fit_contexts(placed: Sequence[Placed]) -> SignWeights:
    """The weights of signs for names that are nothing else, and for those that are words as well."""
    rows = [_row(one) for one in placed]
    counts = Counter(feature for row in rows for feature in row)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(
        [{feature: value for feature, value in row.items() if counts[feature] >= _FEWEST} for row in rows]
    )
    model = LogisticRegression(C=_LOOSE, max_iter=300)
    model.fit(matrix, [one.is_meant for one in placed], sample_weight=[one.importance for one in placed])
    weights = dict(zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True))
    table = {}
    for sign in sorted({sign for one in placed for sign in one.signs}):
        of_all = weights.get(sign, 0.0)
        added = [_scale(sign) * (of_all + weights.get(f"{sign}&{sort}", 0.0)) for sort in (OWN, WORD)]
        told = [f"{number}:{weight:.2f}" for number, weight in enumerate(added) if abs(weight) >= _LEAST]
        if told:
            table[sign] = " ".join(told)
    return SignWeights((OWN, WORD), (0.0, 0.0), table)


def _row(one: Placed) -> dict[str, float]:
    row = {f"part {part}": value for part, value in one.parts.items()}
    for sign in one.signs:
        scale = _scale(sign)
        row[f"{sign}&{one.sort}"] = scale
        # What the whole article is about, and who bears the name, say each sort of name its own thing.
        if sign[:1] not in _SCALES:
            row[sign] = scale
    return row


def _scale(sign: str) -> float:
    return _SCALES.get(sign[:1], _SCALE)
