"""Words that mean an entity named before: "the retailer", "het bedrijf", a pronoun that opens a sentence."""

import re
from collections.abc import Mapping, Sequence

from monitor.domain.lexicon import LanguagePack
from monitor.domain.watchlist import Entity
from monitor.stages.detect.folding import fold_words
from monitor.stages.detect.passage import Passage, Sentence
from monitor.stages.detect.senses import Sighting

# How many sentences back the name may stand.
_REACH = 3
_GAP = 26
# "the retailer Brenko", "its owner, Brenko,": the noun says what the name after it is, and means nobody before.
_NAMED = re.compile(r" (?=[A-ZÀ-Þ])|, (?=[A-ZÀ-Þ][\w&’' -]{1,40},)")
# "Ostwell Hospital": what stands before the noun in a name, not at the start of its sentence.
_PART_OF_NAME = re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Þ][\w’'-]+ \Z")
# "the site of a branch", "the time it takes a firm": these stand between the article and a noun that is not its own.
_APART = frozenset({"of_prep", "at_prep", "by_prep", "in_prep", "say", "pronoun"})
# One of these is needed to mean somebody.
_MEANING = frozenset({"company_noun", "company_def", "pronoun"})
# In which of the sentences that open a text somebody is named whom the headline means.
_OPENING = 2
_NOUNS = frozenset({"company_noun", "public_noun"})
_PRESS = frozenset({"press", "agency"})
_ASIDE = frozenset({"public-body", "security-vendor"})

Echo = tuple[int, int, int]


class Cast:
    """
    What entities may be, by their number, as far as it tells whom a word means.

    ``press`` is passed over where anybody else is named; so is who looks on (``aside``: authorities, sellers of
    protection) by "the company". "The council" means public bodies, and who has such a word in its names.
    """

    def __init__(self, entities: Sequence[Entity], packs: Sequence[LanguagePack]) -> None:
        self._entities = entities
        self.press = frozenset(n for n, entity in enumerate(entities) if entity.kind in _PRESS)
        self.aside = frozenset(n for n, entity in enumerate(entities) if entity.kind in _ASIDE)
        nouns = {text for pack in packs for text in pack.cues.of("public_noun")}
        self._nouns = frozenset(fold_words(noun) for noun in nouns if not noun.startswith("*"))
        self._endings = tuple(sorted(fold_words(noun.strip("*")) for noun in nouns if noun.startswith("*")))
        self._public: dict[int, bool] = {}

    def is_public(self, number: int) -> bool:
        """Whether "the hospital", "the council" may mean the entity; read when it is first met."""
        known = self._public.get(number)
        if known is None:
            # Two threads may both read it: they read alike.
            known = self._public[number] = self._is_public(self._entities[number])
        return known

    def _is_public(self, entity: Entity) -> bool:
        words = fold_words(" ".join((entity.name, *entity.aliases, *entity.context))).split()
        return entity.kind == "public-body" or any(w in self._nouns or w.endswith(self._endings) for w in words)


def find_echoes(passage: Passage, sightings: Sequence[Sighting], cast: Cast) -> Mapping[int, list[Echo]]:
    """
    For each entity, the (start, end, sentence) of words that mean it.

    They mean the entity named first in the nearest sentence before that names any that they can mean (see `Cast`).
    "Both" and "each" mean all that were named there; a noun of a headline that names nobody, whom the text opens with.
    """
    subjects = _subjects(sightings, cast)
    echoes: dict[int, list[Echo]] = _of_several(passage, sightings, cast.press)
    current = -1
    seen_at = -_REACH - 1
    for number, sentence in enumerate(passage.sentences):
        span = echo_in(passage, sentence)
        own = subjects.get(number)
        is_near = number - seen_at <= _REACH
        if span and is_near and (own is None or own[0] > span[0]) and _can_mean(sentence, span, current, cast):
            echoes.setdefault(current, []).append((*span, number))
            seen_at = number
        if own is not None and not (is_near and own[1] in cast.aside):
            current, seen_at = own[1], number
    _foretell(passage, subjects, cast, echoes)
    return echoes


def _foretell(
    passage: Passage, subjects: Mapping[int, tuple[int, int]], cast: Cast, echoes: dict[int, list[Echo]]
) -> None:
    """Add the noun of a headline that names nobody ("Council hit by hackers"): it means whom the text opens with."""
    opening = next((number for number, one in enumerate(passage.sentences) if not one.in_title), 0)
    named = next((number for number in range(opening + _OPENING) if number in subjects), opening)
    if named < opening or named not in subjects or subjects[named][1] in cast.press:
        return
    start, entity = subjects[named]
    if _introduces(passage, opening, named, start):
        return
    for number in range(opening):
        sentence = passage.sentences[number]
        span = next(((start, end) for start, end, concept in sentence.hits if concept in _NOUNS), None)
        if span and not _is_named(passage, sentence, span) and _can_mean(sentence, span, entity, cast):
            echoes.setdefault(entity, []).append((*span, number))


def _introduces(passage: Passage, opening: int, named: int, start: int) -> bool:
    """
    Whether a noun with a name of its own ("hosting firm Ostwell", "Ostwell Hospital") comes before the name at *start*.

    The headline means that stranger, then; sentences from *opening* to *named* are looked at.
    """
    return any(
        _bears_name(passage.clean, sentence, begin, end, start)
        for sentence in passage.sentences[opening : named + 1]
        for begin, end, concept in sentence.hits
        if concept in _NOUNS and end < start and not _is_of_gang(sentence, end)
    )


def _is_of_gang(sentence: Sentence, end: int) -> bool:
    """Whether the noun that ends there is that of attackers: "the extortion group"."""
    return "gang" in sentence.concepts and any(hit[0] < end <= hit[1] for hit in sentence.hits if hit[2] == "gang")


def _bears_name(clean: str, sentence: Sentence, begin: int, end: int, start: int) -> bool:
    """Whether the noun in ``begin:end`` stands beside a name that is not the one at *start*, or is part of it."""
    behind = _NAMED.match(clean, end)
    if behind is not None:
        return behind.end() < start
    before = _PART_OF_NAME.search(clean, sentence.start + 1, begin)
    return before is not None and clean[begin].isupper()


def _can_mean(sentence: Sentence, span: tuple[int, int], entity: int, cast: Cast) -> bool:
    """Whether *entity* may be meant: "the council" is a public body; any other noun, and a pronoun, is anybody."""
    is_public = any(concept == "public_noun" and end == span[1] for _, end, concept in sentence.hits)
    return not is_public or cast.is_public(entity)


def _of_several(passage: Passage, sightings: Sequence[Sighting], outlets: frozenset[int]) -> dict[int, list[Echo]]:
    """Echoes of all entities that the sentence before names, where it names several."""
    named: dict[int, list[int]] = {}
    for sighting in sightings:
        if sighting.name.entity not in outlets:
            named.setdefault(sighting.sentence, []).append(sighting.name.entity)
    echoes: dict[int, list[Echo]] = {}
    for number, entities in named.items():
        several = dict.fromkeys(entities)
        if len(several) < 2 or number + 1 >= len(passage.sentences):
            continue
        following = passage.sentences[number + 1]
        span = next(((start, end) for start, end, concept in following.hits if concept == "each"), None)
        if span is not None:
            for entity in several:
                echoes.setdefault(entity, []).append((*span, number + 1))
    return echoes


def echo_in(passage: Passage, sentence: Sentence) -> tuple[int, int] | None:
    """The words of *sentence* that mean somebody named before."""
    span = _echo_span(sentence)
    return None if span is None or _is_named(passage, sentence, span) else span


def _is_named(passage: Passage, sentence: Sentence, span: tuple[int, int]) -> bool:
    return not (sentence.is_headline_case or sentence.is_caps) and _NAMED.match(passage.clean, span[1]) is not None


def _subjects(sightings: Sequence[Sighting], cast: Cast) -> dict[int, tuple[int, int]]:
    subjects: dict[int, tuple[int, int, int]] = {}
    for sighting in sightings:
        entity = sighting.name.entity
        rank = (2 if entity in cast.press else int(entity in cast.aside), sighting.candidate.start, entity)
        held = subjects.get(sighting.sentence)
        if held is None or rank < held:
            subjects[sighting.sentence] = rank
    return {number: (start, entity) for number, (_, start, entity) in subjects.items()}


def _echo_span(sentence: Sentence) -> tuple[int, int] | None:
    if sentence.concepts.isdisjoint(_MEANING):
        return None
    article: tuple[int, int] | None = None
    apart = -1
    for start, end, concept in sentence.hits:
        if concept == "the":
            article = (start, end)
        elif concept in _APART and article and start >= article[1]:
            apart = end
        elif concept == "company_noun" and article and 0 <= start - article[1] <= _GAP and apart <= article[1]:
            return article[0], end
        elif concept == "company_def" or (concept == "pronoun" and start - sentence.start <= 2):
            return start, end
    return None
