"""What people say of alerts: kept with the findings and the rule that made them speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.domain.alert import AlertId
from monitor.domain.article import ArticleId
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.watchlist import EntityId, RuleId


class OpinionKind(StrEnum):
    """What people say of an alert: that somebody takes care of it, or what it was worth."""

    ACKNOWLEDGE = "acknowledge"
    USEFUL = "useful"
    NOISE = "noise"
    WRONG_COMPANY = "wrong-company"
    WRONG_ROLE = "wrong-role"
    DUPLICATE = "duplicate"


JUDGEMENTS = tuple(kind for kind in OpinionKind if kind is not OpinionKind.ACKNOWLEDGE)


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's word on an alert as it was given; ``entity_id`` is the company meant, None for all that it names."""

    alert_id: AlertId
    kind: OpinionKind
    author: str
    comment: str = ""
    entity_id: EntityId | None = None


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """The finding an opinion is about, as it was then: what *article_id* was taken to say of an entity."""

    article_id: ArticleId
    entity_id: EntityId
    role: Role
    confidence: float
    attacks: Mapping[AttackType, Status]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One person's word on an alert, with what it was about when it was given."""

    alert_id: AlertId
    rule_id: RuleId
    kind: OpinionKind
    author: str
    at: datetime
    entity_id: EntityId | None = None
    comment: str = ""
    findings: tuple[JudgedFinding, ...] = ()
