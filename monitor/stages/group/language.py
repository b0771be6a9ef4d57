"""The language of a text by its function words: enough to choose word lists for grouping."""

from collections.abc import Iterable, Mapping

UNKNOWN = "und"
_ENOUGH_WORDS = 2
_ENOUGH_SHARE = 0.12


def guess_language(words: Iterable[str], stopwords: Mapping[str, frozenset[str]]) -> str:
    """
    The language whose function words fill most of *words* (folded), "und" where none does.

    Of languages with equal counts the one listed first wins, so that the answer is stable.
    """
    sample = list(words)
    best, best_count = UNKNOWN, 0
    for language, known in stopwords.items():
        count = sum(word in known for word in sample)
        if count > best_count:
            best, best_count = language, count
    enough = best_count >= _ENOUGH_WORDS and best_count >= _ENOUGH_SHARE * len(sample)
    return best if enough else UNKNOWN
