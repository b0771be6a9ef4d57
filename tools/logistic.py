"""Logistic models over named parts, drawn to what we believed of each part: the most probable weights."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, logsumexp

# The parts of an example, the number of its outcome (or 0 and 1 for no and yes), and how much it counts.
Row = tuple[dict[str, float], int, float]
# Weights below this are left out.
_LEAST = 0.02
_STEPS = 500


def fit_many(rows: Sequence[Row], outcomes: Sequence[str], prior: Mapping[str, float], pull: float) -> dict[str, float]:
    """
    Weights `outcome/part` of a model with several outcomes.

    *prior* holds the means of Gaussian priors, by `outcome/part`, and *pull* is one over their variance.
    """
    believed = {tuple(key.partition("/")[::2]): weight for key, weight in prior.items()}
    parts = sorted({part for row in rows for part in row[0]} | {part for outcome, part in believed})
    matrix, golds, counts = _laid_out(rows, parts)
    start = np.array([[believed.get((outcome, part), 0.0) for part in parts] for outcome in outcomes])
    hits = np.eye(len(outcomes))[golds]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(start.shape)
        sums = matrix @ weights.T
        logs = sums - logsumexp(sums, axis=1, keepdims=True)
        errors = (np.exp(logs) - hits) * counts[:, None]
        away = weights - start
        total = -(logs * hits).sum(axis=1) @ counts + pull / 2 * (away**2).sum()
        return total, ((matrix.T @ errors).T + pull * away).ravel()

    fitted = _solve(loss, start.ravel()).reshape(start.shape)
    return {
        f"{outcome}/{part}": float(weight)
        for outcome, own in zip(outcomes, fitted, strict=True)
        for part, weight in zip(parts, own, strict=True)
        if abs(weight) > _LEAST
    }


def fit_one(rows: Sequence[Row], prior: Mapping[str, float], pull: float) -> dict[str, float]:
    """Weights of a yes-or-no model; rows hold 1 for yes."""
    parts = sorted({part for row in rows for part in row[0]} | prior.keys())
    matrix, golds, counts = _laid_out(rows, parts)
    start = np.array([prior.get(part, 0.0) for part in parts])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = matrix @ weights
        away = weights - start
        total = (np.logaddexp(0.0, sums) - golds * sums) @ counts + pull / 2 * (away @ away)
        return total, matrix.T @ ((expit(sums) - golds) * counts) + pull * away

    fitted = _solve(loss, start)
    return {part: float(weight) for part, weight in zip(parts, fitted, strict=True) if abs(weight) > _LEAST}


def _laid_out(rows: Sequence[Row], parts: Sequence[str]) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """One line for each example and one column for each part; outcomes; how much each counts."""
    place = {part: number for number, part in enumerate(parts)}
    values = [value for own, _, _ in rows for value in own.values()]
    columns = [place[part] for own, _, _ in rows for part in own]
    ends = np.cumsum([0, *(len(own) for own, _, _ in rows)])
    matrix = csr_matrix((values, columns, ends), shape=(len(rows), len(parts)))
    return matrix, np.array([gold for _, gold, _ in rows], int), np.array([counts for *_, counts in rows])


def _solve(loss: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray) -> np.ndarray:
    found: np.ndarray = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return found
