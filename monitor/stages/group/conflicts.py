"""What speaks against an article being part of a story: look-alikes share names and differ in these."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.contrasts import (
    is_aside,
    is_mere_failure,
    is_of_other_strength,
    is_unrelated,
    looks_back_at,
    surveys_companies,
)
from monitor.stages.group.elapsed import counts_back_to
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.leads import sureness_of
from monitor.stages.group.profile import StoryFacts
from monitor.stages.group.turns import is_scored_otherwise, other_turns

_FIRM = 0.5
_FAMILY_WEIGHT = 1.0
# More than what is recalled at the end.
_TOUCHED = 0.7
_CENTRAL = 1.2
_RECALLED = 0.8
# A name that is also a word is no sure one; one that is recalled at the end is.
_SURE = 0.55
_NAMES = ("n:", "e:")
_NAMES_AND_CITIES = (*_NAMES, "c:")
# Of headline and text.
_OFTEN = 1.4
_LEADS = ("n:", "e:", "c:", "p:", "g:")
_ANCHORS = ("n:", "e:", "c:", "i:", "u:")
# What else ties two texts to one event: without any of it they share a topic and no more.
_TIES = (*_ANCHORS, "k:", "b:", "g:", "#", "s:", "p:")
# Thousands of travellers here, thousands of jobs there: a round number is shared by many.
_ROUND = re.compile(r"#\d(?:e\+\d+|0*)$")
# Kinds of event that one company can have at the same time without their being one story.
_FAMILIES = {
    "cyb:attack": "incident", "cyb:hack": "incident", "cyb:intrusion": "incident", "cyb:ransomware": "incident",
    "cyb:ransom": "incident", "cyb:breach": "incident", "cyb:ddos": "incident", "cyb:phishing": "incident",
    "cyb:malware": "incident", "cyb:espionage": "incident", "cyb:vulnerability": "incident", "cyb:outage": "incident",
    "cyb:leak": "incident", "wor:robbery": "incident",
    "eco:ceo": "people", "eco:cfo": "people", "eco:appoint": "people", "eco:resign": "people", "eco:sacked": "people",
    "eco:profit": "results", "eco:loss": "results", "eco:revenue": "results", "eco:orders": "results",
    "eco:forecast": "results", "eco:shares": "results",
    "eco:merger": "deal", "eco:ipo": "deal",
    "eco:strike": "labour", "eco:union": "labour", "eco:wages": "labour", "eco:layoffs": "labour",
    "eco:recall": "recall",
    "eco:fine": "fine", "eco:antitrust": "fine",
    "wor:protest": "protest", "wor:wildfire": "fire", "wor:arson": "fire",
    "wor:poisoning": "poisoning", "wor:pollution": "poisoning",
}  # fmt: skip
# A chief who speaks, shares that fall, a court's orders and a forecast of votes stand beside events of all kinds.
_BESIDE = dict.fromkeys(("eco:ceo", "eco:shares", "eco:orders", "eco:forecast"), 0.5)
# Kinds of attack that seldom stand for the same incident.
_EXCLUSIVE = ("cyb:ransomware", "cyb:ddos", "cyb:espionage", "cyb:outage")
_TRADES = (
    "eco:hospital", "eco:university", "eco:school", "eco:bank", "eco:insurance", "eco:telecom", "eco:retailer",
    "eco:airline", "eco:airport", "eco:train", "eco:museum", "eco:hotel", "eco:post", "wor:court",
)  # fmt: skip
_DOWN = "cyb:outage"
_STRUCK = frozenset({"cyb:attack", "cyb:hack", "cyb:intrusion", "cyb:ransomware", "cyb:breach", "cyb:malware"})


def contradictions(
    fingerprint: Fingerprint,
    facts: Mapping[str, float],
    shared: Sequence[str],
    lead: float,
    story: StoryFacts,
    policy: GroupPolicy,
) -> Iterator[str]:
    """
    What sets an article apart from a story, or ties it to one of long ago, by name.

    *facts* are the article's with their prominence, *shared* those that the story has as well, and *lead* is how alike
    what both lead with is, in [0, 1].
    """
    days, sureness = days_apart(fingerprint, story), sureness_of(fingerprint.language)
    # What is told of most often comes first: who asks may have heard enough.
    yield from _held(_about_others(facts, shared, story, days, sureness, policy))
    yield from _held(_told_otherwise(fingerprint, facts, shared, lead, story, policy))
    yield from other_turns(fingerprint, facts, story, policy)
    if days > policy.again_days:
        yield from _held(_later(facts, story, sureness, policy))


def _held(signs: Iterable[tuple[str, bool]]) -> Iterator[str]:
    return (name for name, holds in signs if holds)


def _told_otherwise(
    fingerprint: Fingerprint,
    facts: Mapping[str, float],
    shared: Sequence[str],
    lead: float,
    story: StoryFacts,
    policy: GroupPolicy,
) -> Iterator[tuple[str, bool]]:
    """Whether something else happened, or is said to have."""
    days, least = days_apart(fingerprint, story), policy.headline_weight
    is_dated = fingerprint.is_dated and story.is_dated
    yield "other-day", is_dated and _other_day(facts, story, policy)
    yield "scored-otherwise", lead < policy.score_lead and is_scored_otherwise(facts, story)
    yield "digest", "cue:digest" in facts or story.strength("cue:digest") >= _FIRM
    yield "other-kind", _other_kind(facts, story)
    yield "again", _repeats(facts) and not _repeats(story.facts)
    yield "unrelated", is_unrelated(facts, story)
    yield "aside", is_aside(facts, story, least)
    yield "survey", surveys_companies(facts, story)
    yield "comes-after", looks_back_at(facts, story, least)
    yield "mere-failure", is_mere_failure(facts, story, least)
    yield "other-strength", is_of_other_strength(facts, story)
    yield (
        "other-family",
        _other_family(facts, story) and not _is_told_otherwise(facts, shared, story, days, policy),
    )


def _about_others(
    facts: Mapping[str, float],
    shared: Sequence[str],
    story: StoryFacts,
    days: float,
    sureness: float,
    policy: GroupPolicy,
) -> Iterator[tuple[str, bool]]:
    """Whether the article is about somebody else or somewhere else than the story."""
    sure = [key for key in shared if key[:2] != "n:" or facts[key] >= _SURE * sureness]
    names_day = _names_first_day(facts, story, days)
    are_strangers = not names_day and _strangers(facts, sure, story, sureness)
    has_other_headline = _other_lead(facts, story, sureness, policy)
    yield "strangers", are_strangers
    yield "other-headline", has_other_headline
    yield "strangers-in-headline", are_strangers and has_other_headline
    yield "other-branch", _qualified_otherwise(facts, story)
    yield "daughter", _other_branch(facts, story, sureness)
    yield "other-companies", _other_companies(facts, story, policy)
    yield "other-names", not names_day and _other_names(facts, shared, story)
    yield "abroad", not names_day and _abroad(facts, sure, story, policy)
    yield "other-victim", _other_victim(facts, story)
    yield "other-city", _other_city(facts, story, policy)
    yield "other-country", _disjoint(facts, story, "p:") or _other_country(facts, story, policy)
    yield "other-trade", _other_trade(facts, story, policy)
    yield "other-identifier", _disjoint(facts, story, "i:")
    yield "namesake", _namesake(facts, shared, story)


def _later(
    facts: Mapping[str, float], story: StoryFacts, sureness: float, policy: GroupPolicy
) -> Iterator[tuple[str, bool]]:
    """What tells only after some days: a follow-up names the day of the event, a twin gives other results."""
    yield "looks-back", _looks_back(facts, story)
    yield "counts-back", counts_back_to(facts, story.first_at)
    yield "again-later", _repeats(facts) and not _repeats(story.facts)
    yield "other-scores", _disjoint(facts, story, "s:")
    # On one day one report gives the quarter and another the year.
    yield "other-period", _disjoint(facts, story, "period:")
    yield "other-headline-later", _other_lead(facts, story, sureness, policy)
    yield "other-kind-later", _other_kind(facts, story)
    yield "newly-numbered", _newly_numbered(facts, story)


def days_apart(fingerprint: Fingerprint, story: StoryFacts) -> float:
    """Days between an article and the story's time; 0 within it, and where one of them has no date that is known."""
    if not (fingerprint.is_dated and story.is_dated):
        return 0.0
    gap = fingerprint.at - story.last_at if fingerprint.at > story.last_at else story.first_at - fingerprint.at
    return max(0.0, gap.total_seconds() / 86_400)


def _repeats(facts: Mapping[str, float]) -> bool:
    return facts.get("cue:again", 0.0) >= 1.0


def _looks_back(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether an article names the days or the month in which the story began."""
    first = story.first_at.date()
    if any(f"d:{(first + timedelta(days=offset)).isoformat()}" in facts for offset in (-1, 0, 1)):
        return True
    return f"m:{first:%Y-%m}" in facts


def _is_told_otherwise(
    facts: Mapping[str, float], shared: Sequence[str], story: StoryFacts, days: float, policy: GroupPolicy
) -> bool:
    """
    Whether an article that seems to tell of another kind of event tells of this one in other words.

    Later it names the very day on which the story began (a chief who goes over the outage), on the same day the same
    figure near its head.
    """
    if days > policy.again_days:
        return f"d:{story.first_at.date().isoformat()}" in facts
    return days <= 1.0 and any(key[0] == "#" and facts[key] >= policy.day_prominence for key in shared)


def _disjoint(facts: Mapping[str, float], story: StoryFacts, kind: str) -> bool:
    """Whether article and story each name some of a kind, and the article none of the story's."""
    ours = [key for key in facts if key.startswith(kind)]
    if not ours or any(key in story.facts for key in ours):
        return False
    return any(key.startswith(kind) and story.strength(key) >= _FIRM for key in story.facts)


def _newly_numbered(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether an article gives an identifier the story never gave, no further back than those it recalls."""
    ours = {key: weight for key, weight in facts.items() if key[:2] == "i:"}
    new = [weight for key, weight in ours.items() if key not in story.facts]
    known = [weight for key, weight in ours.items() if key in story.facts]
    return bool(new and known) and max(new) >= max(known)


def _other_country(facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy) -> bool:
    """Whether a headline names a country of which the story never spoke: ports in Denmark, and Finnish ones next."""
    ours = [key for key, weight in facts.items() if key[:2] == "p:" and weight >= policy.headline_weight]
    return bool(ours) and not any(key in story.facts for key in ours) and _has_country(story)


def _other_companies(facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy) -> bool:
    """Whether article and story are each about known companies, and none of them is the same."""
    ours = [key for key in facts if key[:2] == "e:"]
    if not any(facts[key] >= policy.company_prominence for key in ours) or any(key in story.facts for key in ours):
        return False
    return any(key[:2] == "e:" and story.strength(key) >= policy.company_firmness for key in story.facts)


def _other_day(facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy) -> bool:
    """Whether an article names days near its head, the story names days, and none of them is the same."""
    ours = [key for key, weight in facts.items() if key[:2] == "d:" and weight >= policy.day_prominence]
    if not ours or any(key in story.facts for key in ours):
        return False
    return any(key[:2] == "d:" for key in story.facts)


def _other_victim(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether both have a watched victim, and the story never so much as names the article's."""
    return _disjoint(facts, story, "v:") and not any(f"e:{key[2:]}" in story.facts for key in facts if key[:2] == "v:")


def _qualified_otherwise(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether an article is about the branch of a company in a country that the story never names."""
    for key, weight in facts.items():
        if key.startswith("q:") and weight >= _TOUCHED and key not in story.facts:
            name, _, country = key[2:].partition("=")
            if f"n:{name}" in story.facts and f"p:{country}" not in story.facts and _has_country(story):
                return True
    return False


def _has_country(story: StoryFacts) -> bool:
    return any(key.startswith("p:") and story.strength(key) >= _FIRM for key in story.facts)


def _other_family(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether article and story tell of different kinds of event, and neither does more than recall the other's."""
    ours, touched = _families(facts, _TOUCHED)
    theirs, known = _families({key: story.strength(key) for key in facts_of_families(story)}, _FIRM)
    return bool(ours and theirs) and ours.isdisjoint(known) and theirs.isdisjoint(touched)


def facts_of_families(story: StoryFacts) -> Iterable[str]:
    """The facts of a story that tell what kind of event it is."""
    return [key for key in _FAMILIES if key in story.facts]


def _families(facts: Mapping[str, float], least: float) -> tuple[set[str], set[str]]:
    """The kinds of event that carry a text, and those that it says at least so much of."""
    weights: dict[str, float] = {}
    for key, weight in facts.items():
        family = _FAMILIES.get(key)
        if family is not None:
            weights[family] = weights.get(family, 0.0) + weight * _BESIDE.get(key, 1.0)
    told = [{family for family, weight in weights.items() if weight >= enough} for enough in (_FAMILY_WEIGHT, least)]
    return told[0], told[1]


def _other_kind(facts: Mapping[str, float], story: StoryFacts) -> bool:
    ours = {kind for kind in _EXCLUSIVE if kind in facts}
    theirs = {kind for kind in _EXCLUSIVE if story.strength(kind) >= _FIRM}
    # What is down because of an attack is no other kind than the attack.
    if not _STRUCK.isdisjoint(facts) and any(story.strength(kind) >= _FIRM for kind in _STRUCK):
        ours.discard(_DOWN)
        theirs.discard(_DOWN)
    return bool(ours and theirs) and not any(kind in story.facts for kind in ours)


def _other_trade(facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy) -> bool:
    """Whether a headline is about another kind of house than the story: a hospital and a university in one city."""
    ours = {kind for kind in _TRADES if facts.get(kind, 0.0) >= policy.headline_weight}
    if not ours or any(kind in story.facts for kind in ours):
        return False
    return any(story.strength(kind) >= _CENTRAL and kind not in facts for kind in _TRADES)


def _other_branch(facts: Mapping[str, float], story: StoryFacts, sureness: float) -> bool:
    """Whether an article tells of a company's daughter, and the story, which is about the mother, never names her."""
    return "cue:branch" in facts and "cue:branch" not in story.facts and _has_newcomer(facts, story, sureness)


def _has_newcomer(facts: Mapping[str, float], story: StoryFacts, sureness: float) -> bool:
    least = _OFTEN * sureness
    return any(
        weight >= (least if key[0] == "n" else _OFTEN) and key.startswith(_NAMES) and key not in story.facts
        for key, weight in facts.items()
    )


def _other_names(facts: Mapping[str, float], shared: Sequence[str], story: StoryFacts) -> bool:
    """Whether both are about somebody, and not about the same: two retailers hit in one week."""
    if any(key.startswith(_ANCHORS) for key in shared):
        return False
    ours = any(weight >= _CENTRAL and key.startswith(_NAMES) for key, weight in facts.items())
    return ours and any(key.startswith(_NAMES) and story.strength(key) >= _CENTRAL / 2 for key in story.facts)


def _other_lead(facts: Mapping[str, float], story: StoryFacts, sureness: float, policy: GroupPolicy) -> bool:
    """Whether a headline is about somebody or some place of whom the story never spoke, and is silent on its own."""
    ours = {
        key
        for key, weight in facts.items()
        if key.startswith(_LEADS) and weight >= policy.headline_weight * (sureness if key[:2] == "n:" else 1.0)
    }
    if not any(key.startswith(_NAMES) for key in ours) or any(story.strength(key) > _RECALLED for key in ours):
        return False
    central = [key for key in story.facts if key.startswith(_NAMES) and story.strength(key) >= _CENTRAL]
    if not central:
        return False
    # A customer whom a story named in passing has an attack of its own: nothing is said of the story's own name.
    return not any(key in story.facts for key in ours) or not any(key in facts for key in central)


def _other_city(facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy) -> bool:
    """Whether headlines are about cities of their own: one gang floods an airport in Milan today, in Lyon tomorrow."""
    ours = [key for key, weight in facts.items() if key[:2] == "c:" and weight >= policy.headline_weight]
    if not ours or any(key in story.facts for key in ours):
        return False
    theirs = [key for key in story.facts if key[:2] == "c:" and story.strength(key) >= _CENTRAL]
    return bool(theirs) and not any(key in facts for key in theirs)


def _strangers(facts: Mapping[str, float], shared: Iterable[str], story: StoryFacts, sureness: float) -> bool:
    """Whether both are about somebody or some place, and share a topic only: two hospitals in one week."""
    if any(key.startswith(_TIES) and not _ROUND.match(key) for key in shared):
        return False
    least = _CENTRAL * sureness
    ours = any(weight >= least and key.startswith(_NAMES_AND_CITIES) for key, weight in facts.items())
    return ours and any(
        key.startswith(_NAMES_AND_CITIES) and story.strength(key) >= _CENTRAL / 2 for key in story.facts
    )


def _abroad(facts: Mapping[str, float], shared: Iterable[str], story: StoryFacts, policy: GroupPolicy) -> bool:
    """Whether an article is about another country than the story, and both share a topic only."""
    if any(key.startswith(_TIES) and not _ROUND.match(key) for key in shared):
        return False
    return _disjoint(facts, story, "p:") or _other_country(facts, story, policy)


def _names_first_day(facts: Mapping[str, float], story: StoryFacts, days: float) -> bool:
    """Whether an article names the very day on which the story began, some days after."""
    return days >= 1.0 and f"d:{story.first_at.date().isoformat()}" in facts


def _namesake(facts: Mapping[str, float], shared: Iterable[str], story: StoryFacts) -> bool:
    """Whether all names that both share are first halves of different double names: Siemens Energy, Siemens Gamesa."""
    names = [key[2:] for key in shared if key[:2] == "n:"]
    if not names:
        return False
    doubles = [key for key in facts if key[:2] == "b:"]
    return bool(doubles) and all(_extended_otherwise(name, doubles, story) for name in names)


def _extended_otherwise(name: str, doubles: Iterable[str], story: StoryFacts) -> bool:
    """Whether an article has *doubles* that begin with a name, and the story others."""
    head = f"b:{name} "
    ours = [key for key in doubles if key.startswith(head)]
    if not ours or any(key in story.facts for key in ours):
        return False
    return any(key.startswith(head) for key in story.facts)
