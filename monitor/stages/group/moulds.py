"""Texts made from one mould about different things: daily lists of victims, closing prices, weather, accidents."""

from collections.abc import Iterable, Mapping, Sequence

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.profile import Member

_NAMING = ("n:", "e:", "c:")
_COUNTING = ("#", "s:")
_SECONDS_A_DAY = 86_400


def shared_text(ours: Sequence[int], theirs: Sequence[int], size: int) -> float:
    """
    The share of word triples that two texts have in common, estimated from their sketches, in [0, 1].

    Of the *size* smallest hashes of either text, those that both have.
    """
    mine, other = set(ours), set(theirs)
    smallest = sorted(mine | other)[:size]
    return len(mine.intersection(other, smallest)) / len(smallest) if smallest else 0.0


def names_others(facts: Mapping[str, float], theirs: Mapping[str, float], policy: GroupPolicy) -> bool:
    """Whether each of two texts names something in its headline that the other never names."""
    return _names_beyond(facts, theirs, policy) and _names_beyond(theirs, facts, policy)


def _names_beyond(facts: Mapping[str, float], known: Mapping[str, float], policy: GroupPolicy) -> bool:
    least = policy.headline_weight
    return any(weight >= least and key not in known and key.startswith(_NAMING) for key, weight in facts.items())


def is_from_one_mould(fingerprint: Fingerprint, members: Iterable[Member], policy: GroupPolicy) -> bool:
    """
    Whether an article says in the same words of another thing what one of *members* says of its own.

    So say texts that share much of their wording while each names others in its headline; and those of different days
    that share wording, but no name in a headline, or much wording, but not their figures.
    """
    facts = dict(fingerprint.facts)
    for member in members:
        if member.language != fingerprint.language:
            continue
        share = shared_text(fingerprint.sketch, member.sketch, policy.sketch_size)
        if share >= policy.mould_share and _differs(facts, fingerprint, member, share, policy):
            return True
    return False


def _differs(
    facts: Mapping[str, float], fingerprint: Fingerprint, member: Member, share: float, policy: GroupPolicy
) -> bool:
    theirs = dict(member.facts())
    if share >= policy.mould_names_share and names_others(facts, theirs, policy):
        return True
    days = abs((fingerprint.at - member.at).total_seconds()) / _SECONDS_A_DAY
    if days < policy.mould_days:
        return False
    if share >= policy.mould_figures_share and _counts_otherwise(facts, theirs) and _counts_otherwise(theirs, facts):
        return True
    return not any(
        weight >= policy.headline_weight and key.startswith(_NAMING) and key in theirs for key, weight in facts.items()
    )


def _counts_otherwise(facts: Mapping[str, float], known: Mapping[str, float]) -> bool:
    return any(key.startswith(_COUNTING) and key not in known for key in facts)
