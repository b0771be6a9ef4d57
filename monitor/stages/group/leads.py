"""How much an article and a story share of what each begins with: what they are about, not what they recall."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping

from monitor.stages.group.profile import FIRMEST, StoryProfile, firm_share

_LED = 0.95  # the prominence of what stands in a headline or at the head of a text
_FIRMLY = 0.85
# In German, where all nouns have a capital, names are half as sure, and half as prominent.
_HALF_AS_SURE = frozenset({"de"})
_LEADS_NOT = ("w:", "v:", "q:")

Weigh = Callable[[str], float]


def shared_lead(
    values: Mapping[str, float], prominence: Mapping[str, float], language: str, story: StoryProfile, weigh: Weigh
) -> float:
    """
    The likeness in [0, 1] of what an article leads with to what the story's articles led with, single words aside.

    *values* are the article's facts with their worth, *prominence* how far ahead each stands.
    """
    theirs, length = story_lead(story, weigh)
    sure = sureness_of(language)
    full = _full_names(prominence) if sure < 1.0 else ()
    product = own = 0.0
    for key, weight in prominence.items():
        is_name = key[:2] == "n:"
        if weight >= (_LED * sure if is_name else _LED) and key[:2] not in _LEADS_NOT:
            worth = values[key]
            other = theirs.get(key)
            if other is not None:
                product += worth * other
            if sure == 1.0 or other is not None or not is_name or key in full:
                own += worth * worth
    return min(1.0, product / (math.sqrt(own) * length)) if own else 0.0


def story_lead(story: StoryProfile, weigh: Weigh) -> tuple[Mapping[str, float], float]:
    """What a story leads with and what that is worth, and its length; kept until the story grows."""
    if story.lead is None:
        share, lead = firm_share(len(story.members)), {}
        sure = max(map(sureness_of, story.languages))
        for key, total in story.totals():
            firm = total * share
            if firm >= (_FIRMLY * sure if key[:2] == "n:" else _FIRMLY) and key[:2] not in _LEADS_NOT:
                lead[key] = weigh(key) * (firm if firm < FIRMEST else FIRMEST)
        full = _full_names(story.facts) if sure < 1.0 else ()
        told = (worth for key, worth in lead.items() if sure == 1.0 or key[:2] != "n:" or key in full)
        story.lead = (lead, math.sqrt(sum(worth * worth for worth in told)) or 1.0)
    return story.lead


def _full_names(keys: Iterable[str]) -> Collection[str]:
    """The words of full names: where any noun has a capital, two in a row are a name all the same."""
    return {f"n:{word}" for key in keys if key.startswith("b:") for word in key[2:].split()}


def sureness_of(language: str) -> float:
    """How sure it is that a word with a capital is a name."""
    return 0.5 if language in _HALF_AS_SURE else 1.0
