"""Which entities of a story a rule is about, or the first condition that none of them meets."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.domain.alert import Reason
from monitor.domain.finding import AttackType
from monitor.domain.story import Story, StoryEntity
from monitor.domain.watchlist import Rule
from monitor.stages.rules.expression import IndexedText, matches, parse_expression

_ALL_KINDS = frozenset(str(kind) for kind in AttackType)


def match_rule(story: Story, rule: Rule, text: IndexedText) -> tuple[tuple[StoryEntity, ...], Reason | None]:
    """
    The entities that meet all conditions of the rule, worst first, and None; or none and the reason.

    The conditions are tried in the order of `Reason`, so that the reason names the last gate that
    anybody got to.
    """
    left: Sequence[StoryEntity] = [entity for entity in story.entities if entity.entity_id in rule.entity_ids]
    if not left:
        return (), Reason.NO_ENTITY
    left = [entity for entity in left if entity.role in rule.roles]
    if not left:
        return (), Reason.ROLE_NOT_WANTED
    if not story.attacks:
        return (), Reason.NO_ATTACK
    left = [limited(entity, wanted_attacks(rule)) for entity in left]
    left = [entity for entity in left if entity.statuses]
    if not left:
        return (), Reason.ATTACK_NOT_WANTED
    left = [entity for entity in left if any(status in rule.statuses for status in entity.statuses.values())]
    if not left:
        return (), Reason.STATUS_NOT_WANTED
    return _sure_enough(left, story, rule, text)


def wanted_attacks(rule: Rule) -> frozenset[str]:
    """The kinds a rule asks for. An outage is an event, no attack: it counts only where it is named."""
    return rule.attacks - {AttackType.OUTAGE} if rule.attacks >= _ALL_KINDS else rule.attacks


def worst_first(entities: Iterable[StoryEntity]) -> tuple[StoryEntity, ...]:
    """Entities by role, then by status, then by confidence, then by name."""
    return tuple(
        sorted(entities, key=lambda one: (one.role.rank, best_rank(one), -one.confidence, one.name, one.entity_id))
    )


def best_rank(entity: StoryEntity) -> int:
    """The rank of the strongest status that concerns an entity, 0 for the strongest, 9 for none."""
    return min((status.rank for status in entity.statuses.values()), default=9)


def _sure_enough(
    entities: Sequence[StoryEntity], story: Story, rule: Rule, text: IndexedText
) -> tuple[tuple[StoryEntity, ...], Reason | None]:
    sure = [entity for entity in entities if entity.confidence >= rule.min_confidence]
    if not sure:
        return (), Reason.TOO_UNSURE
    if rule.text and not matches(parse_expression(rule.text), text):
        return (), Reason.TEXT_NOT_MATCHED
    if story.independent_sources < rule.min_sources:
        return (), Reason.TOO_FEW_SOURCES
    return worst_first(sure), None


def limited(entity: StoryEntity, wanted: frozenset[str]) -> StoryEntity:
    """*entity* with the kinds of attack that are wanted, which may be none."""
    statuses = {kind: status for kind, status in entity.statuses.items() if kind in wanted}
    return entity if len(statuses) == len(entity.statuses) else replace(entity, statuses=statuses)
