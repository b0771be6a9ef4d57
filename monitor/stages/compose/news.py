"""What is new since the last message of an alert, said with what was told before where that is known."""

from collections.abc import Callable, Iterator

from monitor.domain.alert import Alert, Reason
from monitor.domain.story import Story
from monitor.domain.wording import Wording
from monitor.stages.compose.said import attack_words, figure, is_attacked, name_of, role_key


def news(alert: Alert, before: Alert | None, story: Story, changes: tuple[Reason, ...], words: Wording) -> list[str]:
    """
    A sentence or two for each change that speaks, in the order of *changes*; first that an ended story goes on.

    What the attack is by now is told along, whatever it is that is told; of the sources of a denial none is counted.
    """
    said: list[str] = [words.say("news.reopened")] if before and before.is_closed and not alert.is_closed else []
    for reason in changes:
        if not reason.speaks or reason in {Reason.NEW_STORY, *_untold(changes)}:
            continue
        detailed = list(_DETAILS[reason](alert, before, story, words)) if before and reason in _DETAILS else []
        said += detailed or [words.say(f"reason.{reason}")]
    if before and not alert.is_closed:
        said += _statuses(alert, before, story, words)
    return [text[:1].upper() + text[1:] for text in dict.fromkeys(said)]


def _untold(changes: tuple[Reason, ...]) -> frozenset[Reason]:
    """One source more for what is denied now may be the one that denies."""
    return frozenset({Reason.MORE_SOURCES}) if Reason.DENIED_OR_CORRECTED in changes else frozenset()


def _severity(alert: Alert, before: Alert, _: Story, words: Wording) -> Iterator[str]:
    now, then = (words.say(f"severity.{one.severity}") for one in (alert, before))
    if now != then:
        yield words.say("news.severity", before=then, after=now)


def _roles(alert: Alert, before: Alert, _: Story, words: Wording) -> Iterator[str]:
    known = {entity.entity_id: entity for entity in before.entities}
    for entity in alert.entities:
        then = known.get(entity.entity_id)
        if then is not None and entity.role.rank < then.role.rank:
            roles = (words.say(f"role.{role_key(one)}") for one in (then, entity))
            yield words.say("news.role", name=name_of(entity), before=next(roles), after=next(roles))


def _statuses(alert: Alert, before: Alert, _: Story, words: Wording) -> Iterator[str]:
    known = {entity.entity_id: entity for entity in before.entities}
    for entity in alert.entities:
        then = known.get(entity.entity_id)
        if then is None or not (is_attacked(entity) or is_attacked(then)):
            continue
        old, new = attack_words(then.statuses, words), attack_words(entity.statuses, words)
        if old != new:
            yield words.say("news.status", name=name_of(entity), before=old, after=new)


def _added(alert: Alert, before: Alert, _: Story, words: Wording) -> Iterator[str]:
    known = {entity.entity_id for entity in before.entities}
    for entity in alert.entities:
        if entity.entity_id not in known:
            yield words.say("news.added", name=name_of(entity), role=words.say(f"role.{role_key(entity)}"))


def _sources(_: Alert, before: Alert, story: Story, words: Wording) -> Iterator[str]:
    if before.told is not None:
        yield words.say("news.sources", before=before.told.sources, after=story.independent_sources)


def _numbers(_: Alert, before: Alert, story: Story, words: Wording) -> Iterator[str]:
    if before.told is not None and before.told.numbers and story.numbers:
        then, now = (
            words.listed(tuple(figure(n, words) for n in many), 3) for many in (before.told.numbers, story.numbers)
        )
        yield words.say("news.numbers", before=then, after=now)


_Detail = Callable[[Alert, Alert, Story, Wording], Iterator[str]]
_DETAILS: dict[Reason, _Detail] = {
    Reason.SEVERITY_ROSE: _severity,
    Reason.ROLE_STRONGER: _roles,
    Reason.STATUS_STRONGER: _statuses,
    Reason.ENTITY_ADDED: _added,
    Reason.DENIED_OR_CORRECTED: _statuses,
    Reason.MORE_SOURCES: _sources,
    Reason.NUMBERS_CHANGED: _numbers,
}
