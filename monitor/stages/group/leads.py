"""How much an article and a story share of what each begins with: what they are about, not what they recall."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping

from monitor.stages.group.profile import FIRMEST, StoryProfile, firm_share

_LED = 0.95  # the prominence of what stands in a headline or at the head of a text
_FIRMLY = 0.85
# In German, where all nouns have a capital, names are half as sure, and half as prominent.
_HALF_AS_SURE = frozenset({"de"})
# What tells what happened.
_EVENTS = ("cyb:", "eco:", "wor:", "spo:", "o:", "#", "d:", "s:")
_LEADS_NOT = ("w:", "v:", "q:")

Weigh = Callable[[str], float]
# Facts with their worth, and the length of them all.
Lead = tuple[Mapping[str, float], float]


def lead_of(values: Mapping[str, float], prominence: Mapping[str, float], language: str) -> Lead:
    """What an article leads with: *values* are its facts with their worth, *prominence* how far ahead each stands."""
    sure = sureness_of(language)
    lead = {
        key: values[key]
        for key, weight in prominence.items()
        if weight >= (_LED * sure if key[:2] == "n:" else _LED) and key[:2] not in _LEADS_NOT
    }
    return lead, _length(lead, prominence, sure)


def story_lead(story: StoryProfile, weigh: Weigh) -> Lead:
    """What a story leads with; kept until the story grows."""
    if story.lead is None:
        share, lead = firm_share(len(story.members)), {}
        sure = max(map(sureness_of, story.languages))
        for key, total in story.totals():
            firm = total * share
            if firm >= (_FIRMLY * sure if key[:2] == "n:" else _FIRMLY) and key[:2] not in _LEADS_NOT:
                lead[key] = weigh(key) * (firm if firm < FIRMEST else FIRMEST)
        story.lead = (lead, _length(lead, story.facts, sure))
    return story.lead


def shared_lead(ours: Lead, theirs: Lead) -> float:
    """The likeness of two leads in [0, 1]."""
    (one, length), (other, other_length) = ours, theirs
    product = sum([worth * other[key] for key, worth in one.items() if key in other], 0.0)
    return min(1.0, product / (length * other_length))


def repeated_lead(prominence: Mapping[str, float], theirs: Lead, event_share: float) -> float:
    """
    The share of what a story leads with that an article says as well, in [0, 1]: how far it tells of the same.

    It is less by *event_share* where nothing is said of what happened: a name is repeated whatever befalls it.
    """
    lead = theirs[0]
    said = _said(lead, prominence)
    happened = {key: worth for key, worth in lead.items() if key.startswith(_EVENTS)}
    return said * (1.0 - event_share * (1.0 - _said(happened, prominence))) if happened else said


def _said(lead: Mapping[str, float], prominence: Mapping[str, float]) -> float:
    said = sum([worth * min(1.0, prominence[key]) for key, worth in lead.items() if key in prominence], 0.0)
    return said / sum(lead.values(), 0.0) if lead else 0.0


def _length(lead: Mapping[str, float], facts: Iterable[str], sure: float) -> float:
    """The length of a lead, of which what may be a noun as well as a name is no part."""
    full = _full_names(facts) if sure < 1.0 else ()
    told = [worth for key, worth in lead.items() if sure == 1.0 or key[:2] != "n:" or key in full]
    return math.sqrt(sum([worth * worth for worth in told], 0.0)) or 1.0


def _full_names(keys: Iterable[str]) -> Collection[str]:
    """The words of full names: where any noun has a capital, two in a row are a name all the same."""
    return {f"n:{word}" for key in keys if key.startswith("b:") for word in key[2:].split()}


def sureness_of(language: str) -> float:
    """How sure it is that a word with a capital is a name."""
    return 0.5 if language in _HALF_AS_SURE else 1.0


def shared_headline(ours: Mapping[str, float], others: Iterable[Iterable[str]], weigh: Weigh) -> float:
    """How like a headline, each fact with its rarity, is to the one of *others* that is most like it, in [0, 1]."""
    length = sum([rarity * rarity for rarity in ours.values()], 0.0)
    best = 0.0
    for other in others:
        both = sum([ours[key] * ours[key] for key in other if key in ours], 0.0)
        if both:
            best = max(best, both / math.sqrt(length * sum([weigh(key) ** 2 for key in other], 0.0)))
    return best
