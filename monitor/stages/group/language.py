"""The language of a text by its function words: enough to choose word lists for grouping."""

from collections.abc import Iterable, Mapping

UNKNOWN = "und"
_ENOUGH_WORDS = 2
_ENOUGH_SHARE = 0.12


def index_languages(stopwords: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """For each function word the languages that have it, in the order of *stopwords*."""
    index: dict[str, tuple[str, ...]] = {}
    for language, words in stopwords.items():
        for word in words:
            index[word] = (*index.get(word, ()), language)
    return index


def guess_language(words: Iterable[str], index: Mapping[str, tuple[str, ...]]) -> str:
    """
    The language whose function words fill most of *words* (folded), "und" where none does.

    Of languages with equal counts the one listed first wins, so that the answer is stable.
    """
    counts: dict[str, int] = {}
    size = 0
    for languages in map(index.get, words):
        size += 1
        if languages is not None:
            for language in languages:
                counts[language] = counts.get(language, 0) + 1
    best = max(counts, key=counts.__getitem__, default=UNKNOWN)
    count = counts.get(best, 0)
    return best if count >= _ENOUGH_WORDS and count >= _ENOUGH_SHARE * size else UNKNOWN
