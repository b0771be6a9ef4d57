"""Numbers in words: "twenty-five", "zweihunderttausend", "quatre-vingt-dix", "dos mil"."""

from collections.abc import Iterable, Mapping, Sequence

_HUNDRED, _THOUSAND = 100, 1000
# "Quatre-vingts" is four times twenty, and from there, as from sixty, French counts on to nineteen.
_TWENTY, _FOUR, _TEENS_ON = 20, 4, (60, 80)
_TEN, _TEENS = 10, (7, 8, 9)
_SHORTEST, _LONGEST = 6, 40


class Numerals(dict[str, tuple[float, ...]]):
    """
    Folded words of one language, and the numbers that each is put together from: (5, 20) of "fünfundzwanzig".

    Empty for a word that is no number. *joiners* are words for "and", which may stand within.
    """

    def __init__(self, words: Mapping[str, float], joiners: Iterable[str]) -> None:
        self._words = words
        self.joiners = frozenset(joiners)
        self._inner = ("", *sorted(self.joiners))

    def __missing__(self, word: str) -> tuple[float, ...]:
        found = self[word] = (self._words[word],) if word in self._words else self._split(word)
        return found

    def _split(self, word: str) -> tuple[float, ...]:
        if not _SHORTEST <= len(word) <= _LONGEST:
            return ()
        for end in range(len(word) - 2, 1, -1):
            first = self._words.get(word[:end], 0.0)
            if not 1 < first <= _THOUSAND:
                continue
            for joiner in self._inner:
                rest = word[end:].removeprefix(joiner) if word.startswith(joiner, end) else ""
                others = (self._words[rest],) if rest in self._words else self._split(rest)
                if others and max(others) <= _THOUSAND:
                    return (first, *others)
        return ()


def number_of(parts: Sequence[float]) -> float:
    """
    The number that the last of *parts* in a row make together: 25.0 of (20, 5) and of (5, 20), 10.0 of (5, 10).

    A thousand or more multiplies what stands before it.
    """
    total = 0.0
    for part in parts:
        if part >= _THOUSAND or (part == _HUNDRED and 1 < total < _TEN):
            total = (total or 1.0) * part
        elif part == _TWENTY and total == _FOUR:
            total *= part
        else:
            total = total + part if _goes_on(total, part) else part
    return total


def _goes_on(total: float, part: float) -> bool:
    """Whether *part* is added to what was counted so far; else a new number begins with it."""
    tens = total % _HUNDRED
    if part < 1 or total % _THOUSAND == 0 or (tens == 0 and total):
        return True
    is_unit, is_tens = part < _TEN, _TEN < part < _HUNDRED and part % _TEN == 0
    return (
        (is_unit and tens >= _TWENTY and tens % _TEN == 0)
        or (is_unit and tens == _TEN and part in _TEENS)
        or (part < _TWENTY and tens in _TEENS_ON)
        # "Fünfundzwanzig", but not "five and ten".
        or (is_tens and tens < _TEN)
    )
