"""Additive scores: named parts times their weights, summed and squashed. Nothing else decides."""

import math
from collections.abc import Iterable, Mapping

from monitor.domain.lexicon import Weights

Parts = Mapping[str, float]
_DIGITS = 9


class Outcomes:
    """Weights of a model with several outcomes, turned so that one pass over the parts scores them all."""

    def __init__(self, weights: Weights, outcomes: Iterable[str]) -> None:
        self.names = tuple(outcomes)
        place = {name: number for number, name in enumerate(self.names)}
        rows: dict[str, list[float]] = {}
        for key, weight in weights.items():
            outcome, _, part = key.partition("/")
            if outcome in place:
                rows.setdefault(part, [0.0] * len(place))[place[outcome]] = weight
        # What each part adds to each outcome, and the same by outcome.
        self._rows = {part: tuple(row) for part, row in rows.items()}
        self._nothing = (0.0,) * len(place)
        self._weights = {
            name: {part: row[number] for part, row in rows.items() if row[number]} for name, number in place.items()
        }

    def scores(self, parts: Parts) -> list[float]:
        """One sum for each outcome, in the order of ``names``."""
        rows: list[Iterable[float]] = [self._nothing]
        for part, value in parts.items():
            row = self._rows.get(part)
            if row is not None:
                rows.append(row if value == 1 else [weight * value for weight in row])
        return [sum(column) for column in zip(*rows, strict=True)]

    def shares(self, parts: Parts) -> dict[str, float]:
        """The scores as shares of one."""
        # Rounded, so that a tie is one whatever the order in which the parts were added up.
        sums = [round(value, _DIGITS) for value in self.scores(parts)]
        highest = max(sums)
        powers = [math.exp(value - highest) for value in sums]
        total = sum(powers)
        return {name: power / total for name, power in zip(self.names, powers, strict=True)}

    def parts_of(self, outcome: str, parts: Parts) -> list[tuple[str, float]]:
        """What each part adds to *outcome*, the heaviest first."""
        return heaviest_first(parts, self._weights[outcome])


def heaviest_first(parts: Parts, weights: Weights) -> list[tuple[str, float]]:
    """Parts and what they add: the heaviest first, and none that adds nothing."""
    weight_of = weights.get
    added = [(-abs(one), part, one) for part, value in parts.items() if (one := weight_of(part, 0.0) * value)]
    return [(part, one) for _, part, one in sorted(added)]


def squash(score: float) -> float:
    """A score as a confidence in [0, 1]."""
    if score < -30:
        return 0.0
    return 1.0 / (1.0 + math.exp(-score))
