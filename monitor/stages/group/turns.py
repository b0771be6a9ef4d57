"""Whether an article tells of another turn of what a story is about: a round, a leg, a race, a meeting of a bank."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.leads import sureness_of
from monitor.stages.group.profile import StoryFacts

_FIRM = 0.5
_CENTRAL = 1.0
# What the weather services call a storm.
_CHRISTENED = "h:"
_ROUNDS = ("round:", "leg:", "series:", "edition:")
# What is decided again and again between the same: who tells of it gives the result and the day.
_VOTES = frozenset({"wor:election", "wor:referendum"})
_RATES = frozenset({"eco:interestrate", "eco:centralbank", "eco:inflation", "eco:unemployment"})
_COUNTED = frozenset({"eco:layoffs", "eco:shares", "eco:crypto", "o:gold"})
_GAMES = frozenset(
    {
        "spo:football", "spo:match", "spo:goal", "spo:league", "spo:cup", "spo:tennis", "spo:cycling", "spo:f1",
        "spo:rugby", "spo:basketball", "spo:cricket", "spo:golf", "spo:boxing", "spo:athletics", "spo:swimming",
        "spo:skiing", "spo:tournament", "spo:champion", "spo:win", "spo:lose", "spo:draw",
    }
)  # fmt: skip
_CONTESTS = _GAMES | _VOTES
_DECIDED = _VOTES | frozenset({"spo:win", "spo:lose", "spo:draw", "spo:champion", "spo:cup"})
# Who takes and leaves an office.
_OFFICES = frozenset({"eco:ceo", "eco:appoint", "eco:resign", "eco:sacked", "wor:primeminister", "wor:minister"})
# The prominence, on average, of what most headlines name.
_HEADED = 1.05
# How much a full name counts in German.
_FULL_NAME = 0.6
_NAMES = ("n:", "e:")
_PLACES = ("p:", "c:")


def other_turns(
    fingerprint: Fingerprint, facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy
) -> Iterator[str]:
    """The signs that an article tells of another turn than the story."""
    if not (fingerprint.is_dated and story.is_dated):
        return
    days = abs(fingerprint.at - story.first_at) / timedelta(days=1)
    if _is_another_storm(facts, story) or (days >= policy.score_days and is_scored_otherwise(facts, story)):
        yield "other-round"
    elif days >= policy.round_days:
        yield from _other_turns_later(fingerprint, facts, story, policy)


def _is_another_storm(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether both christen a storm, not the same, and the article does not so much as name the story's."""
    if not _differ(facts, story, _CHRISTENED):
        return False
    theirs = _foremost({key: story.strength(key) for key in story.facts if key[:2] == _CHRISTENED})
    return not any(f"n:{key[2:]}" in facts for key in theirs)


def _other_turns_later(
    fingerprint: Fingerprint, facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy
) -> Iterator[str]:
    """The same for what speaks only after some days: who won one round tells of the next, figures are counted on."""
    if _named_otherwise(facts, story, _ROUNDS):
        yield "other-round"
    elif _is_measured_otherwise(facts, story):
        yield "other-result"
    else:
        if _is_of_another_office(fingerprint, facts, story, policy):
            yield "other-office"
        if (
            _is_decided_anew(fingerprint, facts, story, policy)
            or _is_counted_anew(fingerprint, facts, story, policy)
            or _is_played_elsewhere(facts, story)
        ):
            yield "decided-anew"


def _named_otherwise(facts: Mapping[str, float], story: StoryFacts, kinds: tuple[str, ...]) -> bool:
    """Whether article and story name different turns of one thing: rounds of an election, legs of a match."""
    return any(_differ(facts, story, kind) for kind in kinds)


def _differ(facts: Mapping[str, float], story: StoryFacts, start: str, end: str = "") -> bool:
    """
    Whether article and story each give facts that begin and end so, and not the same.

    Who tells of one turn names another as well, so that what counts is which of them is named first and oftenest.
    """
    ours = {key: weight for key, weight in facts.items() if key.startswith(start) and key.endswith(end)}
    if not ours:
        return False
    theirs = {key: story.strength(key) for key in story.facts if key.startswith(start) and key.endswith(end)}
    return bool(theirs) and max(theirs.values()) >= _FIRM and _foremost(ours).isdisjoint(_foremost(theirs))


def _foremost(weights: Mapping[str, float]) -> set[str]:
    most = max(weights.values())
    return {key for key, weight in weights.items() if weight >= most}


def is_scored_otherwise(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """
    Whether both tell of a game, give results and share none of them.

    On the day itself a result may be that of the first half: there it counts where the leads differ as well.
    """
    return (
        _differ(facts, story, "s:")
        and not any(key.startswith("s:") and key in story.facts for key in facts)
        and _shares(facts, story, _GAMES)
    )


def _is_measured_otherwise(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether both tell of a vote or a rate, and the share that they name first is not the same."""
    return _differ(facts, story, "#", "%") and (_shares(facts, story, _VOTES) or _shares(facts, story, _RATES))


def _is_counted_anew(
    fingerprint: Fingerprint, facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy
) -> bool:
    """Whether a headline gives another figure of what is counted anew each time: jobs that go, a price."""
    if fingerprint.at - story.first_at < timedelta(days=policy.count_days) or not _shares(facts, story, _COUNTED):
        return False
    ours = {key for key, weight in facts.items() if key[0] == "#" and weight >= policy.headline_weight}
    if not ours or any(key in story.facts for key in ours):
        return False
    return any(key[0] == "#" and story.strength(key) >= _CENTRAL for key in story.facts)


def _shares(facts: Mapping[str, float], story: StoryFacts, kinds: Iterable[str]) -> bool:
    """Whether article and story are both about a kind of contest."""
    return any(kind in facts and story.strength(kind) >= _FIRM for kind in kinds)


def _is_decided_anew(
    fingerprint: Fingerprint, facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy
) -> bool:
    """Whether a headline is about a contest that was decided these days, while the story's was decided before."""
    if not any(facts.get(kind, 0.0) >= policy.headline_weight for kind in _CONTESTS):
        return False
    if not _shares(facts, story, _DECIDED) or _names_days_of(facts, story):
        return False
    today = fingerprint.at.date()
    return any(f"d:{(today - timedelta(days=back)).isoformat()}" in facts for back in (0, 1))


def _names_days_of(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether an article names the day on which the story began, or a day before it of which the story tells."""
    first = story.first_at.date()
    if any(f"d:{(first + timedelta(days=offset)).isoformat()}" in facts for offset in (-1, 0, 1)):
        return True
    return any(key.startswith("d:") and key in story.facts and key < f"d:{first.isoformat()}" for key in facts)


def _is_of_another_office(
    fingerprint: Fingerprint, facts: Mapping[str, float], story: StoryFacts, policy: GroupPolicy
) -> bool:
    """
    Whether both tell of who takes or leaves an office, and each leads with a name that the other only recalls.

    The chief goes this week and the chairman of the same company the next one, because of him.
    """
    days = abs(fingerprint.at - story.first_at) / timedelta(days=1)
    if days < policy.office_days or not _shares(facts, story, _OFFICES):
        return False
    least = policy.headline_weight * (_FULL_NAME if sureness_of(fingerprint.language) < 1.0 else 1.0)
    theirs = {key: total / story.size for key, total in story.facts.items() if key[:2] in _NAMES}
    if not any(theirs.get(key, 0.0) < _HEADED for key in facts if key[:2] in _NAMES and facts[key] >= least):
        return False
    return any(weight >= _HEADED and facts.get(key, 0.0) < least for key, weight in theirs.items())


def _is_played_elsewhere(facts: Mapping[str, float], story: StoryFacts) -> bool:
    """Whether both tell of a game and name countries or cities, and none in common."""
    ours = [key for key in facts if key.startswith(_PLACES)]
    if not ours or any(key in story.facts for key in ours) or not _shares(facts, story, _GAMES):
        return False
    return any(key.startswith(_PLACES) and story.strength(key) >= _FIRM for key in story.facts)
