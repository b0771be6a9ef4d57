"""Additive scores: named parts times their weights, summed and squashed. Nothing else decides."""

import math
import struct
from collections.abc import Iterable, Mapping
from itertools import repeat

from monitor.domain.lexicon import Weights

Parts = Mapping[str, float]
# Weights are kept in ten thousandths, values of parts in millionths.
_FINE, _FINER = 10_000, 1_000_000
# How many bits a place has, and how they are unpacked.
_WIDE, _NARROW = (64, "Q"), (32, "I")


class Packing:
    """
    Rows of weights as whole numbers, to be added up place by place: one addition adds all places of two rows.

    Weights are kept in ten thousandths, each in so many bits: a sum is the same in whatever order its rows come.
    """

    def __init__(self, size: int, *, are_sums_small: bool = False) -> None:
        """*are_sums_small*: no sum leaves -200,000 to 200,000, and half the room will do."""
        self._bits, sign = _NARROW if are_sums_small else _WIDE
        self._places = struct.Struct(f"<{size}{sign}")
        self._nought, self._whole = 1 << (self._bits - 1), (1 << self._bits) - 1
        self._lift = sum(self._nought << (place * self._bits) for place in range(size))

    def pack(self, row: Iterable[float]) -> int:
        """A row as one number."""
        return self.pack_some(enumerate(row))

    def pack_some(self, weights: Iterable[tuple[int, float]]) -> int:
        """A row of which only these places have weights."""
        bits = self._bits
        return sum([round(weight * _FINE) << (place * bits) for place, weight in weights])

    def unpack(self, total: int) -> list[float]:
        """The places of a sum of rows."""
        places, nought = self._places.unpack((total + self._lift).to_bytes(self._places.size, "little")), self._nought
        return [(one - nought) / _FINE for one in places]

    def unpack_one(self, total: int, place: int) -> float:
        """One place of a sum of rows."""
        return ((((total + self._lift) >> (place * self._bits)) & self._whole) - self._nought) / _FINE


def read_row(written: str, size: int) -> tuple[float, ...]:
    """The weights of a row as it is written, "0:1.2 7:-0.8", by their places."""
    row = [0.0] * size
    for pair in written.split():
        number, _, weight = pair.partition(":")
        row[int(number)] = float(weight)
    return tuple(row)


def add_brief(parts: dict[str, float], brevity: float) -> None:
    """
    Tell *parts* once more where there is little to read: what they mean there is learnt by itself.

    So much of a headline stands in few words that is told at length in an article (Daumé 2007 adapts to domains so).
    """
    if brevity:
        parts.update([(f"brief&{part}", value * brevity) for part, value in parts.items()])


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
        self._weights = {
            name: {part: row[number] for part, row in rows.items() if row[number]} for name, number in place.items()
        }

    def scores(self, parts: Parts) -> list[float]:
        """One sum for each outcome, in the order of ``names``."""
        # Most parts hold or do not, their value is 1: all are added so, and what others differ by is added after.
        packed = self._packed
        total = sum(map(packed.get, parts, repeat(0))) * _FINER
        differ = [
            packed[part] * round((value - 1.0) * _FINER)
            for part, value in parts.items()
            if value != 1.0 and part in packed
        ]
        total += sum(differ)
        return [one / _FINER for one in self._packing.unpack(total)]

    def shares(self, parts: Parts) -> dict[str, float]:
        """The scores as shares of one."""
        sums = self.scores(parts)
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
