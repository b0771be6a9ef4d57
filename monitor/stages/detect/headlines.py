"""Whom a headline means that tells of an attack and names nobody: "Hospital hit by hackers" is no maker of programs."""

from collections.abc import Collection, Mapping, Set
from typing import NamedTuple

from monitor.domain.watchlist import Entity
from monitor.stages.detect.passage import Passage

_PUBLIC = "public_noun"
_NOUNS = frozenset({"company_noun", _PUBLIC})


class Nameless(NamedTuple):
    """The words of the nouns in such a headline, folded, and whether one of the nouns means public bodies alone."""

    words: frozenset[str]
    is_public: bool


def nameless(passage: Passage, named: Set[int], told: Collection[int]) -> Nameless | None:
    """
    What a headline says of whom it tells; None where it names an entity or tells of no attack.

    *named* and *told* are the numbers of the sentences that name an entity and that tell of an attack.
    """
    titles = [number for number, sentence in enumerate(passage.sentences) if sentence.in_title]
    if not named.isdisjoint(titles) or not any(number in told for number in titles):
        return None
    hits = [hit for number in titles for hit in passage.sentences[number].hits if hit[2] in _NOUNS]
    words = frozenset(word for start, end, _ in hits for word in _whole_words(passage.norm, start, end))
    return Nameless(words, any(concept == _PUBLIC for *_, concept in hits))


def fit_of(entity: Entity, headline: Nameless | None, trades: Mapping[str, frozenset[str]]) -> Mapping[str, float]:
    """The part that says whether *entity* is such a body as the headline tells of; *trades* are words by sector."""
    if headline is None:
        return {}
    sectors = {sector for sector, words in trades.items() if not words.isdisjoint(headline.words)}
    if entity.sector in sectors or (headline.is_public and entity.kind == "public-body"):
        return {"headline:fits": 1.0}
    is_other = headline.is_public or (sectors and entity.sector)
    return {"headline:others": 1.0} if is_other else {"headline:open": 1.0}


def _whole_words(norm: str, start: int, end: int) -> list[str]:
    """The words of which ``start:end`` is all or a part: a cue may be the ending of a compound alone."""
    last = norm.find(" ", end)
    return norm[norm.rfind(" ", 0, start) + 1 : last if last >= 0 else len(norm)].split()
