"""Additive scores: named parts times their weights, summed and squashed. Nothing else decides."""

import math
import struct
from collections.abc import Iterable, Mapping

from monitor.domain.lexicon import Weights

Parts = Mapping[str, float]
_DIGITS = 9
_FINE, _BITS = 10_000, 64
_NOUGHT, _WHOLE = 1 << (_BITS - 1), (1 << _BITS) - 1


class Packing:
    """
    Rows of weights as whole numbers, to be added up place by place: one addition adds all places of two rows.

    Weights are kept in ten thousandths, each in so many bits: a sum is the same in whatever order its rows come.
    """

    def __init__(self, size: int) -> None:
        self._places = struct.Struct(f"<{size}Q")
        self._lift = sum(_NOUGHT << (place * _BITS) for place in range(size))

    @staticmethod
    def pack(row: Iterable[float]) -> int:
        """A row as one number."""
        return sum(round(weight * _FINE) << (place * _BITS) for place, weight in enumerate(row))

    def unpack(self, total: int) -> list[float]:
        """The places of a sum of rows."""
        places = self._places.unpack((total + self._lift).to_bytes(self._places.size, "little"))
        return [(one - _NOUGHT) / _FINE for one in places]

    def unpack_one(self, total: int, place: int) -> float:
        """One place of a sum of rows."""
        return ((((total + self._lift) >> (place * _BITS)) & _WHOLE) - _NOUGHT) / _FINE


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
        self._packing = Packing(len(place))
        self._packed = {part: self._packing.pack(row) for part, row in rows.items()}
        self._rows = {part: tuple(row) for part, row in rows.items()}
        self._weights = {
            name: {part: row[number] for part, row in rows.items() if row[number]} for name, number in place.items()
        }

    def scores(self, parts: Parts) -> list[float]:
        """One sum for each outcome, in the order of ``names``."""
        packed = self._packed.get
        # Most parts hold or do not: their value is 1.
        whole = self._packing.unpack(sum([packed(part, 0) for part, value in parts.items() if value == 1]))
        rows = self._rows
        scaled = [
            [weight * value for weight in rows[part]] for part, value in parts.items() if value != 1 and part in rows
        ]
        return [sum(column) for column in zip(whole, *scaled, strict=True)]

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
