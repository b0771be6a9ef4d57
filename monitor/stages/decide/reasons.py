"""
Whether a rule has something to say about a story. How to call it, for each story that changed:

    story = summarise(...)                                           stages/story/summary.py
    verdicts = decide_story(story, rules, alerts, silences, text, now, policy, ways)
    for each verdict: alert = alert_after(verdict, story, alert)
    for those that speak: route(alert, verdict, ...)                 stages/channels/route.py

and once in a while `closing` for each open alert. Nothing here knows a clock or a store.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.domain.alert import Alert, AlertId, Reason, Silence, Told, Verdict
from monitor.domain.finding import Role
from monitor.domain.policy import AlertPolicy
from monitor.domain.story import Story, StoryEntity, StoryId
from monitor.domain.watchlist import EntityId, Rule, RuleId
from monitor.stages.decide.changes import material_changes, with_first
from monitor.stages.rules.expression import IndexedText, matches, parse_expression
from monitor.stages.rules.matching import best_rank, limited, match_rule, wanted_attacks, worst_first

# What a cool-down never holds back.
_GRAVER = frozenset(
    {
        Reason.SEVERITY_ROSE,
        Reason.ROLE_STRONGER,
        Reason.STATUS_STRONGER,
        Reason.OFFICIALLY_CONFIRMED,
        Reason.DENIED_OR_CORRECTED,
    }
)


# For each rule, the channels that take its alerts.
Ways = Mapping[RuleId, frozenset[str]]


@dataclass(frozen=True, slots=True)
class History:
    """
    What was said before: this rule's alert on the story, and alerts on it of other rules.

    Where stories were merged, ``alert`` is the one that told most (see `alert_of`). ``ways`` are the channels that
    take each rule's alerts: where they are known, an alert is muted by what its own channels hear, and nothing else.
    """

    alert: Alert | None = None
    louder: tuple[Alert | Verdict, ...] = ()
    ways: Ways = field(default_factory=dict)


def decide_story(
    story: Story,
    rules: Sequence[Rule],
    alerts: Sequence[Alert],
    silences: Sequence[Silence],
    text: IndexedText,
    now: datetime,
    policy: AlertPolicy,
    ways: Ways | None = None,
) -> tuple[Verdict, ...]:
    """
    One verdict for each rule, the loudest rule first: what it says decides whether softer ones keep still.

    Args:
        alerts: All alerts of the story, and of stories that were merged into it.
        text: Titles and texts of the story's articles, for the text conditions of rules and silences.
        ways: The channels that take each rule's alerts.
    """
    verdicts: list[Verdict] = []
    known = {rule.id for rule in rules}
    for rule in sorted(rules, key=lambda one: -one.severity.rank):
        others = others_told(rule, alerts, verdicts, known)
        history = History(alert_of(rule.id, alerts, story.id), others, ways or {})
        verdicts.append(decide(story, rule, history, silences, text, now, policy))
    return tuple(verdicts)


def others_told(
    rule: Rule, alerts: Iterable[Alert], verdicts: Iterable[Verdict], known: AbstractSet[RuleId]
) -> tuple[Alert | Verdict, ...]:
    """
    What other rules than *rule* have told of a story, or tell now.

    An alert that is closed counts as well, since whatever is news opens it again, unless its rule is not among the
    *known* ones any more.
    """
    theirs = (alert for alert in alerts if alert.rule_id != rule.id and (alert.rule_id in known or not alert.is_closed))
    spoken = (verdict for verdict in verdicts if verdict.rule_id != rule.id and verdict.reason.speaks)
    return (*theirs, *spoken)


def decide(
    story: Story,
    rule: Rule,
    history: History,
    silences: Sequence[Silence],
    text: IndexedText,
    now: datetime,
    policy: AlertPolicy,
) -> Verdict:
    """The verdict on one story under one rule."""
    found, doubt = match_rule(story, rule, text)
    changes = material_changes(story, rule, history.alert, found, policy)
    verdict = Verdict(rule.id, story.id, Reason.NOTHING_NEW, rule.severity, now, found, changes)
    # The order is the policy: doubt first, then whether there is news, then a person's wish, then manners.
    if doubt is not None and not _takes_back(history.alert, changes):
        return replace(verdict, reason=doubt, changes=())
    if doubt is not None and history.alert is not None:
        verdict = replace(verdict, entities=_as_now(history.alert.entities, story, rule))
    if history.alert is not None and not changes:
        return verdict
    hushing = hushed_by(silences, story, rule, verdict.entities, text, now)
    if hushing:
        return replace(verdict, reason=Reason.SILENCED, detail=", ".join(silence.id for silence in hushing))
    return _with_manners(verdict, story, rule, history, now, policy)


def alert_of(rule_id: RuleId, alerts: Sequence[Alert], story_id: StoryId | None = None) -> Alert | None:
    """
    The alert of a rule with all that was ever told under it.

    Of several, which a merge of stories brings together, that of *story_id* goes on, else the first.
    """
    ours = [alert for alert in alerts if alert.rule_id == rule_id]
    if not ours:
        return None
    first = min(ours, key=lambda alert: (alert.story_id != story_id, alert.opened_at, alert.id))
    told: dict[EntityId, StoryEntity] = {}
    for alert in ours:
        for entity in alert.entities:
            known = told.get(entity.entity_id)
            if known is None or (entity.role.rank, best_rank(entity)) < (known.role.rank, best_rank(known)):
                told[entity.entity_id] = entity
    latest = max(ours, key=lambda alert: (alert.updated_at, alert.version))
    return replace(
        first,
        entities=worst_first(told.values()),
        severity=max((alert.severity for alert in ours), key=lambda severity: severity.rank),
        version=max(alert.version for alert in ours),
        updated_at=latest.updated_at,
        is_closed=all(alert.is_closed for alert in ours),
        told=latest.told,
    )


def alert_id(rule_id: RuleId, story_id: StoryId) -> AlertId:
    """The id of the one alert of a rule on a story."""
    return AlertId(f"al-{hashlib.sha256(f'{rule_id} {story_id}'.encode()).hexdigest()[:12]}")


def alert_after(verdict: Verdict, story: Story, alert: Alert | None) -> Alert | None:
    """The alert as it stands after a verdict: opened, updated, closed, or as it was."""
    if verdict.reason is Reason.CLOSED_QUIETLY and alert is not None:
        return replace(alert, is_closed=True)
    if verdict.reason is Reason.NOTHING_NEW and alert is not None and alert.told is not None:
        # What grows later grows from here, though the first figure of its kind was no news.
        return replace(alert, told=replace(alert.told, numbers=with_first(alert.told.numbers, story.numbers)))
    if not verdict.reason.speaks:
        return alert
    told = told_of(story)
    if alert is None:
        return Alert(
            alert_id(verdict.rule_id, verdict.story_id),
            verdict.rule_id,
            verdict.story_id,
            verdict.severity,
            1,
            verdict.decided_at,
            verdict.decided_at,
            verdict.entities,
            told=told,
        )
    return replace(
        alert,
        story_id=verdict.story_id,
        severity=verdict.severity,
        version=alert.version + 1,
        updated_at=verdict.decided_at,
        entities=_kept(alert.entities, verdict),
        is_closed=verdict.reason is Reason.STORY_CLOSED,
        told=told,
    )


def told_of(story: Story) -> Told:
    """What a message written now tells of the story as a whole."""
    return Told(story.state, story.independent_sources, story.numbers, story.confirmed_at is not None)


def closing(
    alert: Alert,
    rule: Rule,
    story: Story,
    silences: Sequence[Silence],
    text: IndexedText,
    now: datetime,
    policy: AlertPolicy,
) -> Verdict | None:
    """
    The verdict that closes an alert on a story that has been quiet for long; None while it has not.

    Who is told that it is over is told how things stand, also where that was no news or came in a silence.
    """
    if alert.is_closed or now - story.updated_at < policy.closes_after:
        return None
    if not rule.notify_closed:
        return Verdict(rule.id, story.id, Reason.CLOSED_QUIETLY, alert.severity, now, alert.entities)
    entities = _as_now(alert.entities, story, rule)
    verdict = Verdict(rule.id, story.id, Reason.STORY_CLOSED, alert.severity, now, entities, (Reason.STORY_CLOSED,))
    hushing = ", ".join(silence.id for silence in hushed_by(silences, story, rule, entities, text, now))
    return replace(verdict, reason=Reason.CLOSED_QUIETLY, changes=(), detail=hushing) if hushing else verdict


def hushed_by(
    silences: Sequence[Silence],
    story: Story,
    rule: Rule,
    entities: Sequence[StoryEntity],
    text: IndexedText,
    now: datetime,
) -> tuple[Silence, ...]:
    """
    The silences that hold for this story under this rule now, none where it may speak.

    Each field of a silence that is set must agree. Another entity in the story may still be worth a message, so
    all of *entities* must be silenced, by one silence or by one each.
    """
    agreeing = [silence for silence in silences if _agrees(silence, story, rule, text, now)]
    whole = next((silence for silence in agreeing if silence.entity_id is None), None)
    if whole is not None:
        return (whole,)
    by_entity = {silence.entity_id: silence for silence in agreeing}
    if not entities or any(entity.entity_id not in by_entity for entity in entities):
        return ()
    return tuple(dict.fromkeys(by_entity[entity.entity_id] for entity in entities))


def followed(silence: Silence, merged: Mapping[StoryId, StoryId]) -> Silence:
    """A silence on a story that is part of another one now holds for that one; *merged* maps the one to the other."""
    kept = merged.get(silence.story_id) if silence.story_id is not None else None
    return silence if kept is None else replace(silence, story_id=kept)


def _agrees(silence: Silence, story: Story, rule: Rule, text: IndexedText, now: datetime) -> bool:
    return (
        now < silence.ends_at
        and silence.rule_id in {None, rule.id}
        and silence.story_id in {None, story.id}
        and (not silence.expression or matches(parse_expression(silence.expression), text))
    )


def _takes_back(alert: Alert | None, changes: Sequence[Reason]) -> bool:
    return alert is not None and not alert.is_closed and Reason.DENIED_OR_CORRECTED in changes


def _as_now(told: Sequence[StoryEntity], story: Story, rule: Rule) -> tuple[StoryEntity, ...]:
    """The entities told before, as the story has them now: what the rule asks for, and else what is left of it."""
    wanted = wanted_attacks(rule)
    asked = ((one, limited(one, wanted)) for one in story.entities)
    current = {one.entity_id: few if few.statuses else one for one, few in asked}
    return worst_first(current.get(entity.entity_id, entity) for entity in told)


def _with_manners(
    verdict: Verdict, story: Story, rule: Rule, history: History, now: datetime, policy: AlertPolicy
) -> Verdict:
    """The verdict with everything held against it that is neither doubt nor a wish."""
    alert, spoken = history.alert, replace(verdict, reason=verdict.changes[0])
    louder = _muting(verdict, rule, history)
    if louder is not None:
        return replace(verdict, reason=Reason.INHIBITED, detail=str(louder.rule_id))
    if alert is not None:
        until = alert.updated_at + rule.cooldown if rule.cooldown is not None else now
        # A clock that was set back must not stretch the pause, nor may the pause swallow what is graver.
        if alert.updated_at <= now < until and not _is_graver(verdict, alert):
            return replace(verdict, reason=Reason.COOLING_DOWN, retry_at=until)
        return spoken
    if not story.rings:
        return replace(verdict, reason=Reason.HISTORY)
    newest = story.newest_at or story.updated_at
    if not story.is_timeless and now - newest > policy.oldest:
        return replace(verdict, reason=Reason.TOO_OLD)
    return spoken


def _is_graver(verdict: Verdict, alert: Alert) -> bool:
    """Whether something happened that no pause may swallow; one company more that is attacked is such a thing."""
    told = {entity.entity_id for entity in alert.entities}
    attacked = {entity.entity_id for entity in verdict.entities if entity.role is Role.VICTIM}
    return not _GRAVER.isdisjoint(verdict.changes) or not attacked <= told


def muting(verdict: Verdict, rule: Rule, others: Iterable[Alert | Verdict]) -> Iterator[Alert | Verdict]:
    """Louder alerts of the same story that name a victim, and every victim that this verdict names."""
    victims = {entity.entity_id for entity in verdict.entities if entity.role is Role.VICTIM}
    for other in others:
        theirs = {entity.entity_id for entity in other.entities if entity.role is Role.VICTIM}
        if theirs and victims <= theirs and other.severity.rank > rule.severity.rank:
            yield other


def _muting(verdict: Verdict, rule: Rule, history: History) -> Alert | Verdict | None:
    """The louder alert that mutes this verdict: all that would hear of it hear of a louder one."""
    found = list(muting(verdict, rule, history.louder))
    if not found or not history.ways:
        return next(iter(found), None)
    heard = frozenset[str]().union(*(history.ways.get(other.rule_id, frozenset()) for other in found))
    return found[0] if history.ways.get(rule.id, frozenset()) <= heard else None


def _kept(before: Sequence[StoryEntity], verdict: Verdict) -> tuple[StoryEntity, ...]:
    """Those told before and now, each as strong as it was ever told, so that nothing is told twice."""
    if not {Reason.DENIED_OR_CORRECTED, Reason.STORY_CLOSED}.isdisjoint(verdict.changes):
        return verdict.entities
    strongest: dict[EntityId, StoryEntity] = {entity.entity_id: entity for entity in before}
    for entity in verdict.entities:
        known = strongest.get(entity.entity_id)
        if known is None or (entity.role.rank, best_rank(entity)) <= (known.role.rank, best_rank(known)):
            strongest[entity.entity_id] = entity
    return worst_first(strongest.values())
