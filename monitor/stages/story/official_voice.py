"""
Who speaks in a sentence, and whether as of a fact: an official word is the victim's own or an authority's.

"Acme confirmed" is one, and so is ", the company said". "Acme has not confirmed", "Acme was told", "two employees of
Acme said" and "Acme said it was looking into reports of" are none.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.folding import fold, pieces

_WORD = re.compile(r"[^\W\d_][\w'’&-]*")
_BEFORE = 40  # characters: "Acme, which runs 300 shops, has confirmed"
_BEHIND = 8  # "said Acme"
_HOUSE_BEHIND = 30  # "bestätigte der Stahlkonzern"
# A comma within a figure parts nothing.
_BREAK = re.compile(r"[,;:(](?=\s)|\s[–—-]\s|[\"”»]")
_CAPITAL = re.compile(r"\s*[A-ZÀ-ÖØ-Þ]")
_NOT_SHORT = re.compile(r"n['’]t(?!\w)")
# What attackers are told to say stands behind a comma: "Acme hit by ransomware, says gang", not "Acme says gang ...".
_TOLD_BY = re.compile(r"[,;:–—\"'”’»]\s*$")
_AUTHORITIES = frozenset(
    {"wor:police", "wor:prosecutor", "wor:minister", "eco:regulator", "cyb:privacyregulator", "wor:spyagency"}
)
_VERB, _ATTACKER, _OFFICE, _NOT = 1, 2, 4, 8
_Place = tuple[int, int]


class Voices(dict[str, int]):
    """
    Printed words of one language: which of a verb of confirming, attackers, an authority and a "no" each means.

    ``words`` finds the phrases of a row of `official.psv`.
    """

    def __init__(self, language: str, lexicon: ConceptLexicon) -> None:
        self._language, self._lexicon = language, lexicon
        self.function_words = lexicon.stopwords.get(language, frozenset())
        self.house = _house(*(lexicon.phrases_of(row, language) for row in ("the", "house", "spoken")))

    def __missing__(self, word: str) -> int:
        means = {one for piece in pieces(word) for one in self._lexicon.concepts_of(fold(piece), self._language)}
        found = _VERB * ("cue:confirm" in means) | _ATTACKER * ("cyb:gang" in means) | _NOT * ("cue:not" in means)
        self[word] = found = found | _OFFICE * (not means.isdisjoint(_AUTHORITIES))
        return found

    def words(self, row: str) -> re.Pattern[str]:
        return any_of(self._lexicon.phrases_of(row, self._language))

    def verbs_in(self, body: str) -> list[_Place]:
        """Where *body* has verbs of confirming and saying, by position."""
        single = [word.span() for word in _WORD.finditer(body) if self[word.group()] & _VERB]
        return sorted([*single, *(phrase.span() for phrase in self.words("says").finditer(body))])


@lru_cache
def any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Any of *phrases* as a text prints them; a star stands for any letters."""
    return re.compile(rf"(?<!\w)(?:{_printed(phrases)})(?:(?<=['’])|(?!\w))", re.IGNORECASE)


def said_by(sentence: re.Match[str], verbs: Iterable[_Place], named: Sequence[_Place], voices: Voices) -> _Place | None:
    """Which of *verbs* in a *sentence* is the victim's own or an authority's; *named* is where victims are named."""
    if voices.words("doubt").search(sentence.group()):
        return None
    found = list(_WORD.finditer(sentence.string, *sentence.span()))
    gangs = [word.start() for word in found if voices[word.group()] & _ATTACKER]
    speakers = [*named, *(word.span() for word in found if voices[word.group()] & _OFFICE)]
    return next(
        (
            verb
            for verb in verbs
            if not _is_said_by_a_gang(sentence, verb, gangs)
            and not _is_unsaid(sentence, verb, voices)
            and (_is_subject(sentence, verb, speakers, voices) or (named and _is_of_the_house(sentence, verb, voices)))
        ),
        None,
    )


def _is_said_by_a_gang(sentence: re.Match[str], verb: _Place, gangs: Sequence[int]) -> bool:
    """Whether attackers are named right behind a verb that stands behind a comma."""
    is_behind = any(0 <= gang - verb[1] <= _BEHIND for gang in gangs)
    return is_behind and _TOLD_BY.search(sentence.string, sentence.start(), verb[0]) is not None


def _clause(sentence: re.Match[str], verb: _Place) -> str:
    """What stands before a verb in its clause."""
    return _last_part(sentence.string[sentence.start() : verb[0]])


def _last_part(text: str) -> str:
    return _BREAK.split(text)[-1]


def _is_unsaid(sentence: re.Match[str], verb: _Place, voices: Voices) -> bool:
    """Whether the verb is denied: "has not confirmed", "declined to say", "has yet to confirm"."""
    clause = _clause(sentence, verb)
    is_denied = any(voices[word] & _NOT for word in _WORD.findall(clause)) or _NOT_SHORT.search(clause) is not None
    return is_denied or voices.words("unsaid").search(clause) is not None


def _is_subject(sentence: re.Match[str], verb: _Place, speakers: Iterable[_Place], voices: Voices) -> bool:
    return any(
        _speaks_before(sentence, verb, one, voices) or _speaks_behind(sentence, verb, one, voices) for one in speakers
    )


def _speaks_before(sentence: re.Match[str], verb: _Place, speaker: _Place, voices: Voices) -> bool:
    """Whether *speaker* is the subject of a verb behind it, and not somebody who is told or spoken of."""
    if not 0 <= verb[0] - speaker[1] <= _BEFORE:
        return False
    gap = sentence.string[speaker[1] : verb[0]]
    parts = _BREAK.split(gap)
    # Behind one comma the verb has another subject, unless it goes on with "which"; what stands between two is put in.
    is_own = len(parts) % 2 == 1 or voices.words("who").match(parts[-1].lstrip()) is not None
    return is_own and not voices.words("passive").search(parts[-1]) and not _is_outsider(sentence, speaker, voices)


def _is_outsider(sentence: re.Match[str], speaker: _Place, voices: Voices) -> bool:
    """Whether it is a worker or a customer *of* the victim who speaks."""
    before = sentence.string[sentence.start() : speaker[0]]
    for found in voices.words("outsider").finditer(before):
        link = before[found.end() :].split()
        if 1 <= len(link) <= 2 and voices.words("of").match(f"{link[0]} "):
            return True
    return False


def _speaks_behind(sentence: re.Match[str], verb: _Place, speaker: _Place, voices: Voices) -> bool:
    """Whether *speaker* right behind a verb is its subject: "..., said Acme", "confirmed by Acme"."""
    if not 0 <= speaker[0] - verb[1] <= _BEHIND:
        return False
    gap = sentence.string[verb[1] : speaker[0]].strip()
    return voices.words("by").match(gap) is not None or _is_inverted(sentence, verb, voices)


def _is_inverted(sentence: re.Match[str], verb: _Place, voices: Voices) -> bool:
    """Whether no subject stands before a verb in its clause, and nobody is addressed behind it ("told Acme")."""
    if voices.words("addressed").match(sentence.string[verb[0] : verb[1]]):
        return False
    words = _WORD.findall(_clause(sentence, verb))
    return all(fold(word) in voices.function_words for word in words)


def _is_of_the_house(sentence: re.Match[str], verb: _Place, voices: Voices) -> bool:
    """Whether "the company" or "a spokeswoman" says it: the one victim that is meant, not a house that guards it."""
    clause = _clause(sentence, verb)
    behind = _BREAK.split(sentence.string[verb[1] : min(sentence.end(), verb[1] + 2 * _HOUSE_BEHIND)])[0]
    if voices.words("guard").search(f"{clause} {behind}") or any(
        voices[one] & _ATTACKER for one in _WORD.findall(clause)
    ):
        return False
    if any(_is_bare(clause[one.end() :], voices) for one in voices.house.finditer(clause)):
        return True
    found = voices.house.search(behind[:_HOUSE_BEHIND]) if _is_inverted(sentence, verb, voices) else None
    return found is not None and not _is_of_another(behind[found.end() :], voices)


def _is_bare(rest: str, voices: Voices) -> bool:
    """Whether between "the company" and its verb stands neither a name nor a passive."""
    return len(rest) <= _BEFORE and not voices.words("passive").search(rest) and not _is_of_another(rest, voices)


def _is_of_another(rest: str, voices: Voices) -> bool:
    """Whether a name follows: "the company Volexity", "a spokesman for Volexity"."""
    link = voices.words("of").match(rest.lstrip())
    return _CAPITAL.match(rest.lstrip()[link.end() :] if link else rest) is not None


def _printed(phrases: Sequence[str]) -> str:
    printed = (re.escape(one).replace(r"\ ", r"\s+").replace("'", "['’]").replace(r"\*", r"\w*") for one in phrases)
    return "|".join(printed) or "(?!)"


def _house(article: tuple[str, ...], house: tuple[str, ...], spoken: tuple[str, ...]) -> re.Pattern[str]:
    """ "the company", "the engineering group", "l'entreprise", "a spokeswoman"."""
    # An elided article stands at its noun without a blank.
    the = rf"(?:{_printed(article)})(?:(?<=['’])|\s)\s*"
    return re.compile(rf"(?<!\w)(?:{the}(?:[\w-]+\s+){{0,2}}?(?:{_printed(house)})|{_printed(spoken)})(?!\w)", re.I)
