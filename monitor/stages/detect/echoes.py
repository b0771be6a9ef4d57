"""Words that mean an entity named before: "the retailer", "het bedrijf", a pronoun that opens a sentence."""

import re
from collections.abc import Mapping, Sequence

from monitor.stages.detect.mentions import Sighting
from monitor.stages.detect.passage import Passage, Sentence

# How many sentences back the name may stand.
_REACH = 3
_GAP = 26
# "the retailer Brenko", "its owner, Brenko,": the noun says what the name after it is, and means nobody before.
_NAMED = re.compile(r" (?=[A-ZÀ-Þ])|, (?=[A-ZÀ-Þ][\w&’' -]{1,40},)")

Echo = tuple[int, int, int]


def find_echoes(passage: Passage, sightings: Sequence[Sighting], outlets: frozenset[int]) -> Mapping[int, list[Echo]]:
    """
    For each entity, the (start, end, sentence) of words that mean it.

    They mean the entity named first in the nearest sentence before that names any; *outlets*
    (the press) are passed over where anybody else is named. "Both" and "each" mean all that were named there.
    """
    subjects = _subjects(sightings, outlets)
    echoes: dict[int, list[Echo]] = _of_several(passage, sightings, outlets)
    current: int | None = None
    seen_at = -_REACH - 1
    for number, sentence in enumerate(passage.sentences):
        span = echo_in(passage, sentence)
        own = subjects.get(number)
        if span and current is not None and number - seen_at <= _REACH and (own is None or own[0] > span[0]):
            echoes.setdefault(current, []).append((*span, number))
            seen_at = number
        if own is not None:
            current, seen_at = own[1], number
    return echoes


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


def _subjects(sightings: Sequence[Sighting], outlets: frozenset[int]) -> dict[int, tuple[int, int]]:
    subjects: dict[int, tuple[int, int]] = {}
    for sighting in sightings:
        entity, start = sighting.name.entity, sighting.candidate.start
        held = subjects.get(sighting.sentence)
        rank = (entity in outlets, start)
        if held is None or rank < (held[1] in outlets, held[0]):
            subjects[sighting.sentence] = (start, entity)
    return subjects


def _echo_span(sentence: Sentence) -> tuple[int, int] | None:
    article: tuple[int, int] | None = None
    for start, end, concept in sentence.hits:
        if concept == "the":
            article = (start, end)
        elif concept == "company_noun" and article and 0 <= start - article[1] <= _GAP:
            return article[0], end
        elif concept == "company_def" or (concept == "pronoun" and start - sentence.start <= 2):
            return start, end
    return None
