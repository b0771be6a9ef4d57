"""Verdicts and alerts: whether a rule has something to say about a story, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from monitor.domain.story import StoryEntity, StoryId, StoryState
from monitor.domain.watchlist import EntityId, RuleId, Severity

AlertId = NewType("AlertId", str)


class Reason(StrEnum):
    """Why a verdict speaks or doesn't. Each member has its sentence in ``stages/decide/explain.py``."""

    # What speaks: `_SPOKEN` below.
    NEW_STORY = "new-story"
    ROLE_STRONGER = "role-stronger"
    STATUS_STRONGER = "status-stronger"
    SEVERITY_ROSE = "severity-rose"
    ENTITY_ADDED = "entity-added"
    OFFICIALLY_CONFIRMED = "officially-confirmed"
    MORE_SOURCES = "more-sources"
    NUMBERS_CHANGED = "numbers-changed"
    DENIED_OR_CORRECTED = "denied-or-corrected"
    STORY_CLOSED = "story-closed"
    # What keeps still.
    NO_ENTITY = "no-entity"
    ROLE_NOT_WANTED = "role-not-wanted"
    NO_ATTACK = "no-attack"
    ATTACK_NOT_WANTED = "attack-not-wanted"
    STATUS_NOT_WANTED = "status-not-wanted"
    TEXT_NOT_MATCHED = "text-not-matched"
    TOO_UNSURE = "too-unsure"
    TOO_FEW_SOURCES = "too-few-sources"
    NOTHING_NEW = "nothing-new"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    TOO_OLD = "too-old"
    HISTORY = "history"
    COOLING_DOWN = "cooling-down"
    CLOSED_QUIETLY = "closed-quietly"

    @property
    def speaks(self) -> bool:
        """Whether a verdict with this reason sends a message."""
        return self in _SPOKEN


_SPOKEN = frozenset(
    {
        Reason.NEW_STORY,
        Reason.ROLE_STRONGER,
        Reason.STATUS_STRONGER,
        Reason.SEVERITY_ROSE,
        Reason.ENTITY_ADDED,
        Reason.OFFICIALLY_CONFIRMED,
        Reason.MORE_SOURCES,
        Reason.NUMBERS_CHANGED,
        Reason.DENIED_OR_CORRECTED,
        Reason.STORY_CLOSED,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    The decision on one story under one rule, always with its reason, spoken or not.

    ``changes`` are all that is new since the last message, the weightiest first. ``detail`` names the silences or the
    louder rule that keep it still. ``retry_at`` is when a verdict that a cool-down holds back would speak, if nothing
    else happens.
    """

    rule_id: RuleId
    story_id: StoryId
    reason: Reason
    severity: Severity
    decided_at: datetime
    entities: tuple[StoryEntity, ...] = ()
    changes: tuple[Reason, ...] = ()
    detail: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the last message of an alert said of its story; the next one speaks only of what differs."""

    state: StoryState
    sources: int
    numbers: tuple[str, ...] = ()
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """
    A story that a rule found worth somebody's attention: one for each rule and story.

    ``entities`` are those of the last message, worst first, as they were then; ``told`` is the rest of it.
    ``updated_at`` is when it last spoke; ``version`` is how often it spoke; ``acknowledged_by`` is who takes care
    of it, empty for nobody.
    """

    id: AlertId
    rule_id: RuleId
    story_id: StoryId
    severity: Severity
    version: int
    opened_at: datetime
    updated_at: datetime
    entities: tuple[StoryEntity, ...]
    is_closed: bool = False
    acknowledged_by: str = ""
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A person's wish not to hear about something until a moment. Empty fields match everything."""

    id: str
    author: str
    created_at: datetime
    ends_at: datetime
    entity_id: EntityId | None = None
    rule_id: RuleId | None = None
    story_id: StoryId | None = None
    expression: str = ""
    comment: str = ""


class Timing(StrEnum):
    """How a message leaves: by itself, in a regular digest, or in one list with others that were held."""

    SINGLE = "single"
    DIGEST = "digest"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Planned:
    """
    One message about an alert for one channel, not yet written.

    Messages of a channel with the same ``fold_key`` leave as one. For a digest that key names the
    period ("digest:mail:daily:2026-11-25"), so that each period is sent exactly once.
    """

    alert_id: AlertId
    channel: str
    timing: Timing
    not_before: datetime
    fold_key: str = ""
