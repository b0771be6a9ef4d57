"""Which language a text is in, told from the little words that every sentence needs."""

import functools
from collections.abc import Mapping

from monitor.domain.lexicon import Lexicon
from monitor.stages.detect.folding import fold
from monitor.stages.detect.scoring import Packing

UNKNOWN = "und"
# Enough words to be sure, few enough to cost nothing on a long text.
_CHARACTERS_READ = 1500
_LEAST_SHARE = 0.12


class LanguageIndex:
    """Function words by language, ours and others, with the weight of each."""

    def __init__(self, lexicon: Lexicon) -> None:
        ours = {pack.language: pack.function_words for pack in lexicon.packs}
        others = {f"-{name}": words for name, words in lexicon.other_languages.items()}
        self._ours, self._languages = frozenset(ours), sorted([*ours, *others])
        # No more words are read than there are characters, and each counts as one at most.
        self._packing = Packing(1 + len(self._languages), are_sums_small=True)
        # Of each word that it is known, and its weight in each language.
        self._weights = {
            word: self._packing.pack([1.0, *(weights.get(language, 0.0) for language in self._languages)])
            for word, weights in _weights({**ours, **others}).items()
        }

    def language_of(self, folded: str) -> str:
        """The language of *folded* text, or ``und`` where it is none of ours or cannot be told."""
        words = folded[:_CHARACTERS_READ].split()
        table = self._weights
        known, *scores = self._packing.unpack(sum(map(table.__getitem__, filter(table.__contains__, words))))
        if not known or known < _LEAST_SHARE * len(words):
            return UNKNOWN
        _, best = max(zip(scores, self._languages, strict=True))
        return best if best in self._ours else UNKNOWN


def detect_language(text: str, lexicon: Lexicon) -> str:
    """The language of *text* (a code of a pack of *lexicon*), or ``und``."""
    return _index(lexicon).language_of(fold(text[:_CHARACTERS_READ]).norm)


@functools.lru_cache(maxsize=4)
def _index(lexicon: Lexicon) -> LanguageIndex:
    return LanguageIndex(lexicon)


def _weights(languages: Mapping[str, frozenset[str]]) -> dict[str, dict[str, float]]:
    holders: dict[str, list[str]] = {}
    for language, words in languages.items():
        for word in words:
            holders.setdefault(word, []).append(language)
    # A word that many languages share tells little.
    return {word: dict.fromkeys(names, 1.0 / len(names)) for word, names in holders.items()}
