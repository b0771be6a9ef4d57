"""The facts of one article while it is read."""

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter

_weight = itemgetter(1)


@lru_cache(4096)
def _rounded(weight: float) -> float:
    # Rounding goes through decimal digits, and the same few weights come again and again.
    return round(weight, 2)


class Notes:
    """Facts as they are found: the strongest mention counts, repetition adds a little."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[str, float] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._found

    def add(self, key: str, weight: float) -> None:
        known = self._found.get(key)
        if known is None:
            self._found[key] = weight
        else:
            larger, smaller = (known, weight) if known > weight else (weight, known)
            total = larger + 0.15 * smaller
            self._found[key] = total if total < 2.0 else 2.0

    def add_all(self, plan: Iterable[tuple[str, float]], prominence: float) -> None:
        """Note what a word says, each fact by its factor."""
        found = self._found
        for key, factor in plan:
            if key in found:
                self.add(key, factor * prominence)
            else:
                found[key] = factor * prominence

    def facts(self) -> tuple[tuple[str, float], ...]:
        """The weightiest facts by key; words only where there is room beside the others."""
        found = sorted(self._found.items())
        if len(found) > self._most:
            first, last = bisect_left(found, ("w:",)), bisect_left(found, ("w;",))
            words, others = found[first:last], found[:first] + found[last:]
            for facts in (others, words) if len(others) > self._most else (words,):
                facts.sort(key=_weight, reverse=True)
            found = sorted((others + words)[: self._most])
        return tuple([(key, _rounded(weight)) for key, weight in found])
