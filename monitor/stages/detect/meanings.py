"""
What words mean, in classes that all languages share: "stole", "gestolen" and "volés" are all ``steal``.

A cue points at what is told of an attack; a meaning is given to most words there are, so that what is learnt of news in
one language holds in the others, and of one word for others like it.
"""

from collections import Counter
from collections.abc import Mapping

from monitor.stages.detect.memo import Memo

Codes = tuple[str, ...]
# What a number is beside a name, whatever it means elsewhere.
NUMBER: Codes = ("m:number",)
# A word that is not listed means what those mean that begin as it does: up to its last letters, and so many at least.
_ENDING, _SHORTEST_STEM, _SHORTEST = 2, 5, 6
# How many words of a language are kept with what they mean: news of a month has as many.
_MOST_WORDS = 32_768
# Articles ("the") say nothing.
_SILENT = frozenset({"the"})


class MeaningIndex:
    """The meanings of the words of one language."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        """*meanings* are the folded words of each class, with blanks between."""
        self._listed: dict[str, Codes] = {}
        for code, words in meanings.items():
            for word in words.split() if code not in _SILENT else ():
                self._listed[word] = (*self._listed.get(word, ()), code)
        begun: dict[str, Counter[Codes]] = {}
        for word, codes in self._listed.items():
            if len(word) >= _SHORTEST:
                begun.setdefault(word[: max(_SHORTEST_STEM, len(word) - _ENDING)], Counter())[codes] += 1
        self._stems = {stem: codes.most_common(1)[0][0] for stem, codes in begun.items()}
        # The classes of a folded word, most have one; and the same, but for numbers.
        self.of = Memo(self._of, _MOST_WORDS).__getitem__
        self.told = Memo[str, Codes](lambda word: NUMBER if word.isdigit() else self._of(word), _MOST_WORDS)

    def _of(self, word: str) -> Codes:
        listed = self._listed.get(word)
        if listed is not None or len(word) < _SHORTEST:
            return listed or ()
        for length in range(len(word) - 1, _SHORTEST_STEM - 1, -1):
            if codes := self._stems.get(word[:length]):
                return codes
        return ()


NO_MEANINGS = MeaningIndex({})
