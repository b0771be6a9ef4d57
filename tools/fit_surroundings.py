"""
Fit what stands around names: part of `python -m tools.fit_weights`.

A logistic model with the roles as outcomes, those of victims under attack apart, over the meanings of the words around
each labelled name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from monitor.domain.finding import Role
from monitor.domain.lexicon import SignWeights

# (signs, outcome)
Signed = tuple[Mapping[str, float], str]
STRUCK = "struck"
OUTCOMES = (*map(str, Role), STRUCK)
_FEWEST = 5
# The inverse strength of the Gaussian prior, for signs scaled so; and the least weight that is kept.
_LOOSE, _SCALE, _LEAST = 0.3, 0.4, 0.01


def fit_surroundings(named: Sequence[Signed]) -> SignWeights:
    """The weights of signs for each outcome, from labelled names."""
    counts = Counter(sign for signs, _ in named for sign in signs)
    vectorizer = DictVectorizer()
    rows = [{sign: value for sign, value in signs.items() if counts[sign] >= _FEWEST} for signs, _ in named]
    matrix = vectorizer.fit_transform(rows) * _SCALE
    model = LogisticRegression(C=_LOOSE, max_iter=300)
    model.fit(matrix, [outcome for _, outcome in named])
    place = {outcome: number for number, outcome in enumerate(model.classes_)}
    table = {}
    for number, sign in enumerate(vectorizer.get_feature_names_out()):
        weights = [model.coef_[place[outcome]][number] * _SCALE for outcome in OUTCOMES]
        told = [f"{at}:{weight:.2f}" for at, weight in enumerate(weights) if abs(weight) >= _LEAST]
        if told:
            table[str(sign)] = " ".join(told)
    return SignWeights(OUTCOMES, tuple(round(float(model.intercept_[place[one]]), 2) for one in OUTCOMES), table)
