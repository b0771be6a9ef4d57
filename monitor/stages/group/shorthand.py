"""Counts and sums that are written short, in full: "10 M€", "R$ 2 mi", "USD 4bn", "6.5m customers"."""

import re
from collections.abc import Iterable

from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.folding import fold
from monitor.stages.group.quantities import number_value

_SCALES = (10**3, 10**5, 10**6, 10**7, 10**9, 10**12)
_BLANK = r"[ \u00a0\u2009\u202f]"
_NUMBER = rf"\d+(?:[.,'’]\d+|{_BLANK}\d{{3}}(?!\d))*"
_SIGNS = "$€£¥₹₽"
_CODE = r"\b(?:USD|EUR|GBP|CHF|JPY|CNY|INR|BRL|AUD|CAD|SEK|NOK|DKK|PLN|Rs)\b"
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BEHIND = re.compile(rf"(?<=[^\W_])\.?{_BLANK}?(?:[{_SIGNS}]|{_CODE})(?!{_BLANK}?\d)")
_BEFORE = re.compile(rf"{_CODE}\.?{_BLANK}?(?=\d)")
_WHOSE = re.compile(rf"{_BLANK}U\.?S\.?A?\.?(?:-|{_BLANK})(?=d[oóò]l)", re.IGNORECASE)
_BEHIND_LETTERS, _WORDS_ON = 60, 3
_END = re.compile(r"[.,;:!?()\n\d]")


class Shorthand:
    """
    How counts and sums are written short in one language.

    A letter is a scale beside money, or right behind a number of what is counted: "12m wide" stays as it is.
    """

    def __init__(self, language: str, lexicon: ConceptLexicon) -> None:
        self._language, self._lexicon = language, lexicon
        self._words = _scales("short", language, lexicon)
        self._letters = _scales("letter", language, lexicon)
        self._is_counted = _any_of(lexicon.phrases_of("counted", language))
        shorts = "|".join(sorted(map(re.escape, {**self._words, **self._letters}), key=len, reverse=True))
        self._short = re.compile(
            rf"(?<![\w.,])(?P<sign>(?:[A-Z]{{0,3}}[{_SIGNS}]{_BLANK}?)?)(?P<number>{_NUMBER})"
            rf"(?P<gap>{_BLANK}?)(?P<short>{shorts or '(?!)'})(?!\w)"
        )

    def spelt_out(self, text: str) -> str:
        """*text* with what is written short in digits, and money signs in front: "€10000000" for "10 M€"."""
        if not _DIGIT.search(text):
            return text
        # Any currency will do, since figures tell money from other counts only; all languages know this one.
        text = _WHOSE.sub(" ", _BEFORE.sub("€", _BEHIND.sub(" euro", text)))
        return self._short.sub(self._in_full, text)

    def _in_full(self, found: re.Match[str]) -> str:
        value = number_value(re.sub(_BLANK, "", found["number"]))
        scale = self._words.get(found["short"]) or self._letter(found)
        if value is None or scale is None:
            return found.group()
        return f"{found['sign']}{value * scale:.0f}"

    def _letter(self, found: re.Match[str]) -> int | None:
        behind = _END.split(found.string[found.end() : found.end() + _BEHIND_LETTERS], maxsplit=1)[0]
        words = _WORD.findall(behind)[:_WORDS_ON]
        counts = not found["gap"] and self._is_counted.search(" ".join(words))
        is_scale = found["sign"] or counts or any(map(self._is_money, words[:2]))
        return self._letters.get(found["short"]) if is_scale else None

    def _is_money(self, word: str) -> bool:
        concepts = self._lexicon.concepts_of(fold(word), self._language)
        return any(concept.startswith("money:") for concept in concepts)


def _scales(kind: str, language: str, lexicon: ConceptLexicon) -> dict[str, int]:
    return {word: scale for scale in _SCALES for word in lexicon.phrases_of(f"{kind}:{scale}", language)}


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    words = "|".join(re.escape(phrase).replace(r"\*", r"\w*") for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{words or '(?!)'})(?!\w)", re.IGNORECASE)
