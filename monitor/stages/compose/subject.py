"""Who, what, how sure, how many sources - in one line."""

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.domain.alert import Alert
from monitor.domain.article import ArticleId
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.story import Story, StoryEntity
from monitor.domain.watchlist import EntityId, Severity
from monitor.domain.wording import Wording
from monitor.stages.compose.said import attack_words, is_attacked, name_of, strongest

_MOST_NAMES = 3


def subject_of(alert: Alert, story: Story, words: Wording) -> str:
    """The subject of an alert as it stands."""
    return _said(alert.entities, alert.severity, story.independent_sources, words, is_closed=alert.is_closed)


def subject_in(data: Mapping[str, Any], words: Wording) -> str:
    """The same in another language, from what a message keeps for programs; empty where it keeps too little."""
    try:
        entities = [_entity(one) for one in data["entities"]]
        severity, sources = Severity(data["severity"]), int(data["story"]["independent_sources"])
    except (KeyError, ValueError):
        return ""
    return _said(entities, severity, sources, words, is_closed=bool(data.get("closed")))


def concerned(entities: Sequence[StoryEntity]) -> tuple[StoryEntity, ...]:
    """Those attacked; where there are none, the victims of what was denied or failed."""
    attacked = tuple(entity for entity in entities if is_attacked(entity))
    almost = {Status.DENIED, Status.THWARTED}
    return attacked or tuple(
        entity for entity in entities if entity.role is Role.VICTIM and not almost.isdisjoint(entity.statuses.values())
    )


def _said(entities: Sequence[StoryEntity], severity: Severity, sources: int, words: Wording, *, is_closed: bool) -> str:
    hit = concerned(entities)
    # A press outlet that is cited is the last that anybody wants to read of.
    named = hit or sorted(entities, key=lambda entity: entity.role is Role.SOURCE)
    values = {
        "severity": words.say(f"severity.{severity}"),
        "names": words.listed(tuple(name_of(entity) for entity in named), _MOST_NAMES),
        "sources": words.count("sources", max(sources, 1)),
    }
    if is_closed:
        return words.say("subject.closed", attacks=attack_words(strongest(named), words), **values)
    if not hit:
        return words.say("subject.named-one" if len(named) == 1 else "subject.named", **values)
    return words.say("subject.attacked", attacks=attack_words(strongest(hit), words), **values)


def _entity(data: Mapping[str, Any]) -> StoryEntity:
    statuses = {AttackType(kind): Status(status) for kind, status in data["attacks"].items()}
    confidence = float(data["confidence"])
    return StoryEntity(EntityId(data["id"]), data["name"], Role(data["role"]), confidence, statuses, ArticleId(""))
