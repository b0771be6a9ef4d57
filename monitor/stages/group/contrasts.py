"""
What tells an article's event from a story's though they share names: a survey, business as usual, a mere failure,
another shock; and when two stories are about others.
"""

from collections.abc import Iterable, Mapping

from monitor.stages.group.profile import StoryFacts
from monitor.stages.group.remarks import PAST, STRENGTH, UNHURT

_FIRM = 0.5
_CENTRAL = 1.0
_MANY = 2
_NAMING = ("n:", "e:", "c:")
_UNRELATED = "cue:unrelated"
_DOWN = "cyb:outage"
# What is done to somebody, not what breaks by itself.
_DONE = ("cyb:hack", "cyb:intrusion", "cyb:ransomware", "cyb:breach", "cyb:malware", "cyb:leak")
_HARM = (*_DONE, "cyb:attack", "cyb:ddos", "cyb:ransom", "cyb:phishing", _DOWN, "wor:robbery")
_SWINDLED = ("cyb:phishing", "cyb:impersonation", "eco:fraud")
_BUSINESS = (
    "eco:strike", "eco:union", "eco:wages", "eco:layoffs", "eco:merger", "eco:ipo", "eco:recall", "eco:profit",
    "eco:revenue", "eco:orders", "eco:forecast", "eco:appoint", "eco:cfo",
)  # fmt: skip
# By how much the agencies correct the strength of an earthquake.
_CORRECTED = 0.3


def surveys_companies(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """
    Whether several companies of which the story never spoke stand as far ahead as any that it knows.

    Of an attack that is a survey of the attacked; a shortage of parts names all who go without.
    """
    companies = {key: weight for key, weight in facts.items() if key[:2] == "e:"}
    known = [weight for key, weight in companies.items() if key in story.facts]
    if not known or not _tells(story, _HARM, _FIRM):
        return False
    least = max(_CENTRAL, *known)
    return sum(key not in story.facts and weight >= least for key, weight in companies.items()) >= _MANY


def is_aside(facts: Mapping[str, float], story: StoryFacts, headline: float) -> bool:
    """Whether a headline is on business as usual, and the text only recalls the attack that the story is about."""
    if any(facts.get(key, 0.0) >= headline for key in _HARM):
        return False
    is_business = any(facts.get(key, 0.0) >= headline and story.strength(key) < _FIRM for key in _BUSINESS)
    return is_business and _tells(story, _HARM, _CENTRAL)


def is_unrelated(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether an article says that its event has nothing to do with another one: the story's, which never says so."""
    return _UNRELATED in facts and _UNRELATED not in story.facts


def looks_back_at(facts: Mapping[str, float], story: StoryFacts, headline: float) -> bool:
    """Whether an article is about somebody or some place of its own, and says that it comes after the story's."""
    past = {key.removeprefix(PAST) for key in facts if key[:5] == PAST}
    known = {key for key in past if story.strength(key) >= (_FIRM if key[0] == "n" else _CENTRAL)}
    if not known:
        return False
    # A country is told from a country: "dead in France after PSG wins" is no other event.
    kinds = tuple(kind for kinds in (_NAMING, ("p:",)) if any(key.startswith(kinds) for key in known) for kind in kinds)
    return any(
        weight >= headline and key.startswith(kinds) and key not in story.facts and key not in past
        for key, weight in facts.items()
    )


def is_mere_failure(facts: Mapping[str, float], story: StoryFacts, headline: float) -> bool:
    """Whether one tells that something failed and nobody attacked, and the other of an attack."""
    if UNHURT in facts and not any(facts.get(key, 0.0) >= headline for key in (*_DONE, "cyb:ddos")):
        return UNHURT not in story.facts and _tells(story, _DONE, _CENTRAL)
    is_failure = story.strength(UNHURT) >= _FIRM
    return is_failure and any(facts.get(key, 0.0) >= _CENTRAL for key in (*_DONE, *_SWINDLED))


def is_of_other_strength(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether both tell of an earthquake, and not of one that was about as strong."""
    ours = {key: weight for key, weight in facts.items() if key[:4] == STRENGTH}
    if not ours:
        return False
    theirs = {key: story.strength(key) for key in story.facts if key[:4] == STRENGTH}
    if not theirs:
        return False
    return not any(abs(one - other) <= _CORRECTED for one in _foremost(ours) for other in _foremost(theirs))


def are_about_others(one: StoryFacts, other: StoryFacts, headline: float) -> bool:
    """Whether the headlines of two stories each name somebody or some place, and they are not about the same."""
    ours, theirs = _named(one, headline), _named(other, headline)
    if not ours or not theirs:
        return False
    if _named(one, _CENTRAL).isdisjoint(_named(other, _CENTRAL)):
        return True
    return not (ours <= other.facts.keys() or theirs <= one.facts.keys())


def _named(story: StoryFacts, least: float) -> set[str]:
    return {key for key in story.facts if key.startswith(_NAMING) and story.strength(key) >= least}


def _tells(story: StoryFacts, kinds: Iterable[str], least: float) -> bool:
    return any(story.strength(key) >= least for key in kinds)


def _foremost(strengths: Mapping[str, float]) -> list[float]:
    """The strengths that stand furthest ahead."""
    most = max(strengths.values())
    return [float(key.removeprefix(STRENGTH)) for key, weight in strengths.items() if weight >= most]
