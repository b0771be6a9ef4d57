"""Articles, findings, stories and rules in small, for tests of grouping and deciding."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.domain.alert import Alert
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import FeedId
from monitor.domain.finding import Analysis, Attack, AttackType, Finding, Role, Span, Status
from monitor.domain.story import Source, Story, StoryEntity, StoryId, StoryState
from monitor.domain.watchlist import EntityId, Rule, RuleId, Severity
from monitor.stages.decide.reasons import alert_id
from tests.builders import NOW

ALL_ROLES = frozenset(str(role) for role in Role)
ALL_ATTACKS = frozenset(str(kind) for kind in AttackType)
ALL_STATUSES = frozenset(str(status) for status in Status)


def article(
    name: str, title: str = "Acme", text: str = "", *, owner: str = "", minutes: int = 0, **more: object
) -> Article:
    """An article of its own outlet, *minutes* after NOW."""
    at = NOW + timedelta(minutes=minutes)
    outlet = owner or f"{name}.example"
    fields: dict[str, object] = {"language": "en", "first_seen_at": at, "published_at": at, "owner": outlet, **more}
    return Article(
        id=ArticleId(name),
        feed_id=FeedId("feed"),
        guid=name,
        url=f"https://{outlet}/{name}",
        title=title,
        text=text,
        **fields,
    )


def analysis(
    name: str,
    roles: dict[str, Role],
    attacks: Iterable[tuple[AttackType, Status, tuple[str, ...]]] = (),
    spans: Iterable[Span] = (),
    confidence: float = 0.9,
) -> Analysis:
    findings = tuple(Finding(EntityId(entity), role, confidence, tuple(spans)) for entity, role in roles.items())
    told = tuple(Attack(kind, status, victims, confidence, ()) for kind, status, victims in attacks)
    return Analysis(name, "en", findings, told, ())


def entity(
    name: str = "acme",
    role: Role = Role.VICTIM,
    status: Status | None = Status.CONFIRMED,
    kind: AttackType = AttackType.RANSOMWARE,
    confidence: float = 0.9,
) -> StoryEntity:
    statuses = {kind: status} if status is not None else {}
    return StoryEntity(EntityId(name), name.title(), role, confidence, statuses, ArticleId("a1"))


def story(*entities: StoryEntity, sources: int = 1, name: str = "st-1", **more: object) -> Story:
    attacks = {kind: status for one in entities for kind, status in one.statuses.items()}
    voices = tuple(
        Source(ArticleId(f"a{number}"), "Acme hit", f"https://{number}.example/", "en", f"{number}", NOW, True)
        for number in range(1, sources + 1)
    )
    fields: dict[str, object] = {
        "state": StoryState.REPORTED, "headline": "Acme hit", "headlines": {"en": "Acme hit"}, "newest_at": NOW,
        "first_reported_at": NOW, "updated_at": NOW, "attacks": attacks, **more,
    }  # fmt: skip
    return Story(id=StoryId(name), sources=voices, entities=entities, **fields)


def rule(name: str = "under-attack", *, entities: Iterable[str] = ("acme",), **more: object) -> Rule:
    fields: dict[str, object] = {
        "roles": frozenset({"victim"}), "attacks": ALL_ATTACKS, "statuses": frozenset({"confirmed", "alleged"}),
        "severity": Severity.CRITICAL, **more,
    }  # fmt: skip
    return Rule(RuleId(name), "test", frozenset(map(EntityId, entities)), **fields)


def info_rule(name: str = "in-the-news", **more: object) -> Rule:
    fields = {"roles": ALL_ROLES, "statuses": ALL_STATUSES, "severity": Severity.INFO, **more}
    return rule(name, **fields)


def alert(of: Rule, *entities: StoryEntity, at: datetime = NOW, name: str = "st-1", **more: object) -> Alert:
    fields: dict[str, object] = {"severity": of.severity, "version": 1, "opened_at": at, "updated_at": at, **more}
    return Alert(alert_id(of.id, StoryId(name)), of.id, StoryId(name), entities=entities, **fields)
