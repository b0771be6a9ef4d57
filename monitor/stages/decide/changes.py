"""What is materially new in a story since its alert last spoke."""

from collections.abc import Iterable, Sequence

from monitor.domain.alert import Alert, Reason, Told
from monitor.domain.finding import LIVE, AttackType, Status
from monitor.domain.policy import AlertPolicy
from monitor.domain.story import Story, StoryEntity, StoryState
from monitor.domain.watchlist import Rule
from monitor.stages.rules.matching import best_rank, limited, wanted_attacks


def material_changes(
    story: Story, rule: Rule, alert: Alert | None, found: Sequence[StoryEntity], policy: AlertPolicy
) -> tuple[Reason, ...]:
    """
    The typed reasons to speak, the weightiest first; NEW_STORY where nothing was said yet.

    Edits, more of the same and old news again give none.
    """
    if alert is None:
        return (Reason.NEW_STORY,)
    reasons = [
        (Reason.SEVERITY_ROSE, rule.severity.rank > alert.severity.rank),
        (Reason.DENIED_OR_CORRECTED, _is_taken_back(story, alert, found)),
        (Reason.ROLE_STRONGER, _any_stronger_role(alert, found)),
        (Reason.STATUS_STRONGER, _any_stronger_status(alert, found, wanted_attacks(rule))),
        (Reason.ENTITY_ADDED, _any_new_entity(alert, found)),
        *_of_the_whole(story, alert.told, policy),
    ]
    return tuple(reason for reason, holds in reasons if holds)


def _of_the_whole(story: Story, told: Told | None, policy: AlertPolicy) -> Iterable[tuple[Reason, bool]]:
    if told is None:
        return
    yield Reason.OFFICIALLY_CONFIRMED, story.confirmed_at is not None and not told.is_confirmed
    milestones = (policy.third_source, policy.tenth_source)
    yield Reason.MORE_SOURCES, any(told.sources < mark <= story.independent_sources for mark in milestones)
    is_smaller = not set(told.numbers).isdisjoint(story.taken_back)
    yield Reason.NUMBERS_CHANGED, is_smaller or _any_larger(told.numbers, story.numbers, policy.number_growth)


def _any_stronger_role(alert: Alert, found: Sequence[StoryEntity]) -> bool:
    before = {entity.entity_id: entity for entity in alert.entities}
    return any(one.entity_id in before and one.role.rank < before[one.entity_id].role.rank for one in found)


def _any_stronger_status(alert: Alert, found: Sequence[StoryEntity], wanted: frozenset[str]) -> bool:
    # An outage may be all that a correction left of it: against an attack that counts for nothing.
    before = {entity.entity_id: best_rank(limited(entity, wanted)) for entity in alert.entities}
    # After a denial the same claim once more is no news, whoever repeats it; a confirmation is.
    was_denied = alert.told is not None and alert.told.state is StoryState.DENIED
    enough = Status.CONFIRMED.rank if was_denied else Status.HYPOTHETICAL.rank
    return any(best_rank(one) < before.get(one.entity_id, 0) and best_rank(one) <= enough for one in found)


def _any_new_entity(alert: Alert, found: Sequence[StoryEntity]) -> bool:
    """A bystander more is more of the same; somebody drawn in no weaker than the weakest told is news."""
    before = {entity.entity_id for entity in alert.entities}
    weakest = max((entity.role.rank for entity in alert.entities), default=9)
    strongest = min((entity.role.rank for entity in alert.entities), default=9)
    limit = weakest if strongest == weakest else strongest
    return any(one.entity_id not in before and one.role.rank <= limit for one in found)


def _is_taken_back(story: Story, alert: Alert, found: Sequence[StoryEntity]) -> bool:
    """What was told as live is denied now, or nobody of those told is concerned any more."""
    told_live = any(status in LIVE for entity in alert.entities for status in entity.statuses.values())
    if not told_live:
        return False
    if story.state is StoryState.DENIED:
        return alert.told is not None and alert.told.state is not StoryState.DENIED
    return not found and all(_is_harmless(story, entity) for entity in alert.entities)


def _is_harmless(story: Story, told: StoryEntity) -> bool:
    now = next((entity for entity in story.entities if entity.entity_id == told.entity_id), None)
    live = {kind for kind, status in now.statuses.items() if status in LIVE} if now is not None else set()
    return not live or (live == {AttackType.OUTAGE} and AttackType.OUTAGE not in told.statuses)


def _any_larger(before: Sequence[str], after: Sequence[str], growth: float) -> bool:
    """Whether a key figure grew by more than rounding. The first one is none: outlets give it sooner or later."""
    told = {_unit(number): _value(number) for number in before}
    return any(_value(number) > told[_unit(number)] * (1 + growth) for number in after if _unit(number) in told)


def with_first(told: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    """The figures *told*, and the first one of each kind that was not among them."""
    known = {_unit(number) for number in told}
    return (*told, *(number for number in now if _unit(number) not in known))


def _unit(number: str) -> str:
    return "$" if number.endswith("$") else ""


def _value(number: str) -> float:
    return float(number.removesuffix("$"))
