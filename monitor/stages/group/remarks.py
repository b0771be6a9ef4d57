"""What else tells an event from another one: what it came after, that nobody attacked, how strong an earthquake was."""

import re
from collections.abc import Sequence

from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.notes import Notes
from monitor.stages.group.reading import Shape, Token

UNHURT = "cue:unhurt"
PAST = "past:"
STRENGTH = "mag:"
_QUAKE = "wor:earthquake"
_ATTACKS = frozenset({"cyb:attack", "cyb:hack", "cyb:intrusion", "cyb:malware", "cyb:ransomware"})
_EXCLUSIONS = frozenset({"cue:excluded"})
# Behind the word a "no" is about something else: the ransomware was not paid for.
_NEGATIONS = _EXCLUSIONS | {"cue:not"}
_REACH = 5
_ARTICLE = 3
_MAGNITUDE = re.compile(r"[3-9][.,]\d$")
_TITLE_WEIGHT, _LATER_WEIGHT = 1.3, 1.0


def add_remarks(tokens: Sequence[Token], notes: Notes, lexicon: ConceptLexicon, language: str) -> None:
    """Note these where an article says them."""
    if _QUAKE in notes:
        for token in tokens:
            if token.shape is Shape.NUMBER and _MAGNITUDE.match(token.word) and not (token.money or token.percent):
                weight = _TITLE_WEIGHT if token.in_title else _LATER_WEIGHT
                notes.add(f"{STRENGTH}{token.word.replace(',', '.')}", weight)
    if any(key in notes for key in _ATTACKS) and _denies_attack(tokens, lexicon, language):
        notes.add(UNHURT, 1.0)


def note_past(tokens: Sequence[Token], index: int, notes: Notes, lexicon: ConceptLexicon, language: str) -> None:
    """What is named right behind a word that looks back, an article aside: after Milan, Lyon is struck as well."""
    named = next((one for one in tokens[index + 1 : index + 3] if not _is_article(one)), None)
    if named is not None and Shape.OPENING <= named.shape <= Shape.ACRONYM:
        for key in _keys_of(named.word, lexicon, language):
            notes.add(f"{PAST}{key}", _LATER_WEIGHT)


def _is_article(token: Token) -> bool:
    return token.shape is Shape.LOWER and len(token.word) <= _ARTICLE


def _keys_of(word: str, lexicon: ConceptLexicon, language: str) -> list[str]:
    places = [concept for concept in lexicon.concepts_of(word, language) if concept[:2] in ("p:", "c:")]
    return places or [f"n:{word}"]


def _denies_attack(tokens: Sequence[Token], lexicon: ConceptLexicon, language: str) -> bool:
    """Whether each attack that is named is ruled out in the same breath: there is no sign of an attack."""
    is_attack = lexicon.carriers_of(_ATTACKS, language)
    found = [index for index, token in enumerate(tokens) if is_attack[token.word] and token.shape <= Shape.ACRONYM]
    return bool(found) and all(_is_negated(tokens, index, lexicon, language) for index in found)


def _is_negated(tokens: Sequence[Token], index: int, lexicon: ConceptLexicon, language: str) -> bool:
    """Whether within its sentence a "no" stands a little before a word, or a word for ruling out on either side."""
    for step, denying in ((-1, _NEGATIONS), (1, _EXCLUSIONS)):
        for place in range(index + step, index + step * (_REACH + 1), step):
            if not 0 <= place < len(tokens) or tokens[place].shape is Shape.BREAK:
                break
            if not denying.isdisjoint(lexicon.concepts_of(tokens[place].word, language)):
                return True
    return False
