"""Words as grouping compares them: without case, accents, scripts and elisions."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n",
        # Cyrillic, so that a name in a Ukrainian, Russian or Bulgarian text meets its Latin spelling
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z", "и": "i",
        "і": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
        "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "",
        "э": "e", "ю": "yu", "я": "ya", "ѐ": "e", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
        # Greek
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
        "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
        "χ": "ch", "ψ": "ps", "ω": "o",
    }
)  # fmt: skip
_ELISION = re.compile(
    r"^(?:[ldjtmnsc]|qu|jusqu|lorsqu|puisqu|dell|nell|sull|dall|all|un|quest|quell|bell|sant)['’](?=\w{2})",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’](?:s|S|n|t|re|ve|ll|d|m)?$")


def fold(text: str) -> str:
    """*text* in lower case without accents, in Latin letters where the script has an alphabet."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.translate(_LETTERS)


def pieces(surface: str) -> tuple[str, ...]:
    """
    A printed word as the words it stands for: "l'Équipe" is Équipe, "Berlin's" is Berlin.

    Hyphenated compounds fall apart ("Windows-computers"), short ones also stay whole without
    the hyphen ("Co-op" is coop); "M&S" stays whole.
    """
    bare = _POSSESSIVE.sub("", _ELISION.sub("", surface))
    if "-" not in bare and "." not in bare:
        return (bare,)
    parts = tuple(part for part in re.split(r"[-.]", bare) if part)
    if "." in bare and "-" not in bare:
        # "U.S.", "example.com", "S.p.A.": initials close up, domains keep their first part.
        return ("".join(parts),) if all(len(part) == 1 for part in parts) else parts[:1]
    if max(map(len, parts), default=0) <= 3:
        return ("".join(parts),)
    return parts


# What is written in several ways for one sound, in the order in which it is taken away.
_SOUNDS = (
    (re.compile(r"t?sch|tch|sh|zh|t[sz]|cz"), "s"),
    (re.compile(r"kh|ck|qu?"), "k"),
    (re.compile(r"c(?=[eiy])|ss|z"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"ph|[wf]"), "v"),
    (re.compile(r"x"), "ks"),
)
_CH = re.compile(r"(?<![st])ch")
_HARD_CH = frozenset({"de", "nl", "it"})
_LEADING = re.compile(r"^[aeiouyjh]+")
_VOWELS = re.compile(r"(?<=.)[aeiouyjh]+")
_DOUBLED = re.compile(r"(.)\1+")
# What a name looks like that was taken from a Cyrillic script, in one language or another.
_TAKEN_OVER = re.compile(
    r"kh|zh|sch|tch|[yj][iaeou]|i[yj]|[oe](?:v|w|ff)$|sk(?:y|i|ij|yj|iy)$|enko$|[yi][wv]|ts[ky]|ou[kr]|yts"
)


def is_taken_over(word: str) -> bool:
    """Whether a folded name looks like one from another script, so that languages may spell it in other ways."""
    return _TAKEN_OVER.search(word) is not None


@lru_cache(20_000)
def skeleton(word: str, language: str) -> str:
    """The consonants of a folded name as a reader of *language* says them: Kyivstar, Kyjiwstar and Kiewstar are one."""
    bare = _CH.sub("k" if language in _HARD_CH else "sh", word)
    for written, sound in _SOUNDS:
        bare = written.sub(sound, bare)
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", _LEADING.sub("a", bare)))
