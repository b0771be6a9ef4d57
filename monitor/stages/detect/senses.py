"""
One sense for each article: what its topic, the other places of a name and the people in it say of a word that could
be a name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.domain.lexicon import Weights
from monitor.domain.watchlist import Entity
from monitor.stages.detect.folding import fold_words
from monitor.stages.detect.names import Candidate, Name, NameKind
from monitor.stages.detect.passage import Passage

_LITTLE_WORDS = r"(?:[ \u00a0](?:[a-zà-ÿ]{1,4}[ \u00a0]){0,2})"
_COMMON = frozenset({"word:ordinary", "word:short"})
_WORDS_TOO = frozenset({"word:ordinary", "word:place", "word:given-name", "words:ordinary"})
_PERSONAL = frozenset({"age-after", "given-before", "surname-after", "title_word-before"})
_BUSINESS = frozenset({"cyber", "market", "company_noun", "customer", "product", "law"})
# How far a sighting sinks those that stand beside it.
_DOUBT_TO = 4.0
_OTHER_TOPICS = frozenset({"sport", "medical", "nature", "war"})
# Beside these the name is, or is part of, the name of something else.
_OTHER_NAME = frozenset(
    {"venue-after", "given-before", "surname-after", "capital-after", "hyphen-name-after", "capital-before"}
)


@dataclass(slots=True)
class Sighting:
    """A candidate as read in its place: whose name, in which sentence, and what speaks for and against."""

    candidate: Candidate
    name: Name
    sentence: int
    # As it stands in the folded text.
    surface: str
    parts: dict[str, float]
    score: float = 0.0


def mark_topic(sightings: Sequence[Sighting], passage: Passage) -> None:
    """What the article is about, if not what companies do: a word that is also a name is likelier the word there."""
    topics = []
    if sightings and _is_elsewhere(passage):
        topics.append(("topic-elsewhere", _COMMON))
    if passage.concepts.isdisjoint(_BUSINESS):
        topics.append(("no-business", _WORDS_TOO))
    for topic, ordinary in topics:
        for sighting in sightings:
            sighting.parts[topic] = 1.0
            if not sighting.parts.keys().isdisjoint(ordinary):
                sighting.parts[f"{topic}&ordinary"] = 1.0


def expanded_otherwise(
    sightings: Sequence[Sighting], passage: Passage, entities: Sequence[Entity]
) -> set[tuple[int, str]]:
    """Abbreviations, each with the entity that it could name, of which the article says that they are of another."""
    candidates = {
        (s.name.entity, s.surface): passage.clean[s.candidate.start : s.candidate.end]
        for s in sightings
        if "word:short" in s.parts
    }
    found = set()
    for (number, surface), letters in candidates.items():
        if letters.isupper() and letters.isalpha():
            entity = entities[number]
            own = [fold_words(name) for name in (entity.name, *entity.aliases)]
            spelt = _spelt_out(passage.clean, letters)
            if any(all(phrase not in one and one not in phrase for one in own if one != surface) for phrase in spelt):
                found.add((number, surface))
    return found


def _spelt_out(clean: str, letters: str) -> frozenset[str]:
    """What is said right before an abbreviation, with its initials, folded: "Health and Safety Executive" of HSE."""
    pattern = _LITTLE_WORDS.join(rf"{letter}[^\W\d_]{{2,}}" for letter in letters)
    told = re.finditer(rf"\b({pattern})\b[^.!?\n]{{0,24}}\b{letters}\b", clean)
    return frozenset(fold_words(match[1]) for match in told)


def _is_elsewhere(passage: Passage) -> bool:
    """Whether more sentences speak of sport, health, nature or war than of anything a company does."""
    other = _told_in(passage, _OTHER_TOPICS)
    return other > 0 and other > _told_in(passage, _BUSINESS)


def _told_in(passage: Passage, topics: frozenset[str]) -> int:
    """How many sentences speak of any of *topics*."""
    if passage.concepts.isdisjoint(topics):
        return 0
    return sum(not topics.isdisjoint(sentence.concepts) for sentence in passage.sentences)


def share_sense(sightings: Sequence[Sighting], weights: Weights) -> None:
    """One sense for each article: a sure sighting lifts those of the same letters, a person or a town sinks them."""
    towns = {s.name.entity for s in sightings if "venue-of-before" in s.parts}
    # "Mr Ostrander" of the bank is no other bearer of its name.
    bearing = [s for s in sightings if s.name.kind is not NameKind.PERSON]
    persons = {s.name.entity for s in bearing if not s.parts.keys().isdisjoint(_PERSONAL)}
    _doubt(sightings, weights)
    best: dict[int, float] = {}
    for sighting in sightings:
        entity = sighting.name.entity
        best[entity] = max(best.get(entity, sighting.score), sighting.score)
    sure, lift_from = weights.get("sure", 6.0), weights.get("lift-from", 2.0)
    for sighting in sightings:
        if "case:lower" in sighting.parts:
            continue
        entity = sighting.name.entity
        if entity in persons and best[entity] < sure:
            _lift(sighting, "person-elsewhere", weights)
        elif entity in towns and best[entity] < sure:
            _lift(sighting, "place-elsewhere", weights)
        elif best[entity] > lift_from and sighting.parts.keys().isdisjoint(_OTHER_NAME):
            _lift(sighting, "same-sense", weights)


def _lift(sighting: Sighting, part: str, weights: Weights) -> None:
    sighting.parts[part] = 1.0
    sighting.score += weights.get(part, 0.0)


def _doubt(sightings: Sequence[Sighting], weights: Weights) -> None:
    """Where one sighting of an entity is plainly something else, the others are doubted, if none is sure."""
    if all(sighting.score >= 0 for sighting in sightings):
        return
    best: dict[int, float] = {}
    worst: dict[int, float] = {}
    for sighting in sightings:
        if "case:lower" not in sighting.parts:
            entity = sighting.name.entity
            best[entity] = max(best.get(entity, sighting.score), sighting.score)
            worst[entity] = min(worst.get(entity, 0.0), sighting.score)
    for sighting in sightings:
        low = worst.get(sighting.name.entity, 0.0)
        if low < 0 and "case:lower" not in sighting.parts and best[sighting.name.entity] < weights.get("sure", 6.0):
            sighting.parts["doubted"] = max(low, -_DOUBT_TO)
            sighting.score += weights.get("doubted", 0.0) * sighting.parts["doubted"]
