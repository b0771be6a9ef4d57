"""What an operator watches: entities, and the rules about them."""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import NewType

EntityId = NewType("EntityId", str)
RuleId = NewType("RuleId", str)


class Severity(StrEnum):
    """How loud an alert is; listed softest first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the softest."""
        return _SEVERITY_RANK[self]


_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Digest(StrEnum):
    """Whether an alert is sent at once or folded into a regular message."""

    NONE = "none"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Entity:
    """A company or organisation we watch, under all its names."""

    id: EntityId
    name: str
    aliases: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    subsidiaries: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kind: str = "company"
    country: str = ""
    sector: str = ""
    ambiguous: bool = False

    def joined_with(self, other: "Entity") -> "Entity":
        """This entity with the names, tags and hints that another list gives it as well; what it is stays as it was."""
        both = {
            field.name: tuple(dict.fromkeys((*getattr(self, field.name), *getattr(other, field.name))))
            for field in fields(self)
            if isinstance(getattr(self, field.name), tuple)
        }
        aliases = tuple(
            name for name in dict.fromkeys((*self.aliases, other.name, *other.aliases)) if name != self.name
        )
        named = {name.casefold() for name in (self.name, *aliases)}
        exclude = tuple(phrase for phrase in both["exclude"] if phrase.casefold() not in named)
        return replace(self, **{**both, "aliases": aliases, "exclude": exclude})  # type: ignore[arg-type]  # tuples only


@dataclass(frozen=True, slots=True)
class Rule:
    """When a story about entities is worth an alert. ``version`` is a hash of how the rule was written."""

    id: RuleId
    watchlist: str
    entity_ids: frozenset[EntityId]
    roles: frozenset[str]
    attacks: frozenset[str]
    statuses: frozenset[str]
    text: str = ""
    min_confidence: float = 0.5
    min_sources: int = 1
    severity: Severity = Severity.WARNING
    channels: tuple[str, ...] = ()
    digest: Digest = Digest.NONE
    version: str = ""
    notify_closed: bool = False
    cooldown: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Watchlist:
    """One watchlist file, expanded: tags resolved, catalogue and CSV rows filled in."""

    id: str
    entities: tuple[Entity, ...]
    rules: tuple[Rule, ...]
