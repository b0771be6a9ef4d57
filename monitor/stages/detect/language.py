"""
Which language a text is in, told from the little words that every sentence needs.

A headline alone may hold none of them, or two that three languages share: there the other words count as well, and how
words are spelt.
"""

import functools
from collections.abc import Mapping, Sequence

from monitor.domain.lexicon import LanguagePack, Lexicon
from monitor.stages.detect.folding import fold
from monitor.stages.detect.scoring import Packing
from monitor.stages.detect.spelling import Spelling

UNKNOWN = "und"
# Enough words to be sure, few enough to cost nothing on a long text.
_CHARACTERS_READ = 1500
_LEAST_SHARE = 0.12
# A text of fewer words is a headline or little more.
_FEW_WORDS = 40
# What any other word says of the language, to a little word's one.
_EVERYDAY = 0.3
# What it says by how it is spelt.
_SPELT = 0.5
# What it says that the feed declares a language: many declare the one that their program came with.
_DECLARED = 0.3


class LanguageIndex:
    """Function words by language, ours and others, with the weight of each; the other words of ours beside them."""

    def __init__(self, lexicon: Lexicon) -> None:
        ours = {pack.language: pack.function_words for pack in lexicon.packs}
        # A language that got a pack is none of the others any more, whatever is listed there.
        others = {f"-{name}": words for name, words in lexicon.other_languages.items() if name not in ours}
        self._ours, self._languages = frozenset(ours), sorted([*ours, *others])
        # No more words are read than there are characters, and each counts as one at most.
        self._packing = Packing(1 + len(self._languages), are_sums_small=True)
        self._packs = lexicon.packs
        self._said = _weights({**ours, **others})
        # Of each word that it is known, and its weight in each language.
        self._weights = {word: self._row(weights, 0) for word, weights in self._said.items()}
        self._of_headlines: dict[str, int] | None = None
        self._spelling: Spelling | None = None
        self._places = [self._languages.index(pack.language) for pack in lexicon.packs]

    def language_of(self, folded: str, declared: str | None = None) -> str:
        """
        The language of *folded* text, or ``und`` where it is none of ours or cannot be told.

        Where a headline is as good as even between two ("Ciberataque a ..."), the *declared* one.
        """
        words = folded[:_CHARACTERS_READ].split()
        is_headline = len(words) < _FEW_WORDS
        table = self._for_headlines() if is_headline else self._weights
        known, *scores = self._packing.unpack(sum(filter(None, map(table.get, words))))
        if not known or known < _LEAST_SHARE * len(words):
            return UNKNOWN
        best = self._best(scores, declared if is_headline else None)
        if best not in self._ours:
            return UNKNOWN
        return self._as_spelt(words, scores) if is_headline else best

    def _best(self, scores: list[float], declared: str | None) -> str:
        if declared in self._ours:
            place = self._languages.index(declared)
            scores[place] += _DECLARED if scores[place] else 0.0
        return max(zip(scores, self._languages, strict=True))[1]

    def _as_spelt(self, words: Sequence[str], scores: Sequence[float]) -> str:
        """Which of ours it is: spelling tells ours apart, and says nothing of languages that have no words here."""
        shares = self._speller().shares(words)
        return max(
            (scores[place] + _SPELT * share, self._languages[place])
            for place, share in zip(self._places, shares, strict=True)
        )[1]

    def _speller(self) -> Spelling:
        if self._spelling is None:
            self._spelling = Spelling([_words_of(pack) | pack.function_words for pack in self._packs])
        return self._spelling

    def _for_headlines(self) -> dict[str, int]:
        """The same with all other words that we know of our languages; made when the first short text comes."""
        if self._of_headlines is None:
            # A bit for each language that has the word: there are 70,000 words, and a hundred ways to share one.
            holders: dict[str, int] = {}
            for place, pack in enumerate(self._packs):
                for word in _words_of(pack):
                    holders[word] = holders.get(word, 0) | 1 << place
            alike = {bits: self._row({}, bits) for bits in set(holders.values())}
            self._of_headlines = self._weights | {
                word: self._row(self._said[word], bits) if word in self._said else alike[bits]
                for word, bits in holders.items()
            }
        return self._of_headlines

    def _row(self, said: Mapping[str, float], bits: int) -> int:
        """What a word says that these languages have, and what it says as a little word (*said*)."""
        names = [pack.language for place, pack in enumerate(self._packs) if bits >> place & 1]
        weights = dict(said) | {name: max(said.get(name, 0.0), _EVERYDAY / len(names)) for name in names}
        return self._packing.pack([1.0, *(weights.get(language, 0.0) for language in self._languages)])


def detect_language(text: str, declared: str | None, lexicon: Lexicon) -> str:
    """The language of *text* (a code of a pack of *lexicon*), or ``und``; *declared* is what its feed says."""
    return _index(lexicon).language_of(fold(text[:_CHARACTERS_READ]).norm, declared)


def _words_of(pack: LanguagePack) -> frozenset[str]:
    return pack.common_words.union(*(words.split() for words in pack.meanings.values()))


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
