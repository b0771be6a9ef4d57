"""What the letters of a word tell by themselves: how they are written, and whether it is an everyday word as well."""

from collections.abc import Sequence, Set

from monitor.domain.lexicon import Lexicon
from monitor.stages.detect.memo import Memo
from monitor.stages.detect.names import NameKind

_KINDS = {kind: f"kind:{kind}" for kind in NameKind}

# Whether the sentence is in capitals, whether it is in headline case, whether the word opens it.
Standing = tuple[bool, bool, bool]
# The name as its entity has it, its kind, whether the entity is ambiguous; the word as written and folded; where it
# stands; the language.
_Word = tuple[str, NameKind, bool, str, str, Standing, str]


class LetterReader:
    """Reads the letters of words that could be names; the names of the news are few, and each is read once."""

    def __init__(self, lexicon: Lexicon, given: Set[str], places: Set[str]) -> None:
        self._function = {pack.language: pack.function_words for pack in lexicon.packs}
        self._common = {pack.language: pack.common_words | pack.function_words for pack in lexicon.packs}
        self._everywhere = frozenset[str]().union(*(pack.common_words for pack in lexicon.packs))
        self._capitalised = frozenset(pack.language for pack in lexicon.packs if pack.nouns_are_capitalised)
        self._given, self._places = given, places
        self._known = Memo(self._read)

    def parts(self, word: _Word) -> dict[str, float]:
        """What speaks for and against *word* being the name, in a fresh table to add to."""
        return self._known[word].copy()

    def _read(self, word: _Word) -> dict[str, float]:
        written, kind, is_ambiguous, surface, folded, standing, language = word
        words = folded.split()
        ordinary = self._ordinariness(words, language)
        parts = {"bias": 1.0, _KINDS[kind]: 1.0, ordinary: 1.0}
        if is_ambiguous and len(words) == 1 and kind is NameKind.NAME:
            parts["ambiguous"] = 1.0
        case = _case(surface, written, *standing)
        if language in self._capitalised and case == "exact" and not surface.isupper():
            case = "exact-noun"
        parts[f"case:{case}"] = 1.0
        parts[f"{ordinary}&case:{case}"] = 1.0
        if written.islower() and surface.isupper():
            parts["case:shouted"] = 1.0
        if len(surface) > 1 and surface.isupper() and written.isupper() and not standing[0]:
            parts["case:abbreviation"] = 1.0
        return parts

    def _ordinariness(self, words: Sequence[str], language: str) -> str:
        common = self._common.get(language, frozenset())
        if len(words) > 1:
            return "words:ordinary" if all(word in common or len(word) <= 2 for word in words) else "words:several"
        word = words[0]
        kinds = (
            ("word:function", self._function.get(language, frozenset())),
            ("word:ordinary", common),
            ("word:given-name", self._given),
            ("word:place", self._places),
        )
        known = next((sort for sort, listed in kinds if word in listed), "")
        if known or len(word) <= 3:
            return known or "word:short"
        return "word:foreign" if word in self._everywhere else "word:own"


def _case(surface: str, written: str, is_caps: bool, is_headline_case: bool, at_start: bool) -> str:
    if is_caps:
        return "caps-text"
    if surface.islower():
        return "lower-name" if written.islower() else "lower"
    # "AXA" is often written "Axa".
    spelt = written.isupper() and len(written) > 2 and surface == written.title()
    exact = spelt or surface.startswith(written) or written.startswith(surface)
    if (at_start or is_headline_case) and not any(map(str.isupper, surface[1:])):
        return "headline" if not at_start else "start" if exact else "start-variant"
    return "exact" if exact else "variant"
