"""
How the words of each language are spelt: it tells of a headline what no list of words does ("Cyberattacco a ...").

Each word is read by how it begins, how it ends and what stands in its middle, and each language takes the share of it
that naive Bayes gives, flattened: the three are no independent signs.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from monitor.stages.detect.memo import Memo

_LEAST = 3
_SMOOTHING = 0.5
# Below 1, since the signs of a word repeat each other.
_TEMPER = 0.5


class Spelling:
    """The spelling of some languages, learnt from *words* of each, in their order."""

    def __init__(self, words: Sequence[Collection[str]]) -> None:
        counts = [Counter(sign for word in those for sign in _signs(word)) for those in words]
        kinds = len({sign for count in counts for sign in count})
        self._size = len(words)
        self._totals = [count.total() + _SMOOTHING * kinds for count in counts]
        self._counts = counts
        self._shares = Memo(self._shares_of)

    def shares(self, words: Iterable[str]) -> list[float]:
        """How much of *words* (folded) is spelt as each language spells, in words; they add up to the words read."""
        found = [self._shares[word] for word in words if len(word) >= _LEAST and word.isalpha()]
        return [math.fsum(share[place] for share in found) for place in range(self._size)]

    def _shares_of(self, word: str) -> tuple[float, ...]:
        signs = _signs(word)
        heights = [
            _TEMPER * sum(math.log((count[sign] + _SMOOTHING) / total) for sign in signs)
            for count, total in zip(self._counts, self._totals, strict=True)
        ]
        top = max(heights)
        parts = [math.exp(height - top) for height in heights]
        return tuple(part / sum(parts) for part in parts)


def _signs(word: str) -> tuple[str, str, str]:
    middle = len(word) // 2
    return f"<{word[:4]}", f"{word[-4:]}>", word[middle - 1 : middle + 2]
