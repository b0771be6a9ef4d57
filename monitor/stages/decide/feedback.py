"""What people's opinions on alerts come to: for each rule and entity how often it was noise, and what to change."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.domain.alert import Alert
from monitor.domain.finding import Role
from monitor.domain.opinion import JUDGEMENTS, JudgedFinding, Opinion, OpinionKind
from monitor.domain.policy import AlertPolicy
from monitor.domain.watchlist import EntityId
from monitor.stages.compose.said import is_attacked

_BAD = frozenset(JUDGEMENTS) - {OpinionKind.USEFUL}


@dataclass(frozen=True, slots=True)
class Worth:
    """
    What a rule or an entity was worth to people: of how many alerts they spoke, and how.

    ``bad_share`` is the share of judgements, in [0, 1], that are anything but useful; ``advice`` is what to change,
    empty where there is nothing to.
    """

    kind: str
    id: str
    alerts: int
    counts: Mapping[OpinionKind, int]
    bad_share: float
    advice: str = ""


def judged_findings(alert: Alert, entity_id: EntityId | None = None) -> tuple[JudgedFinding, ...]:
    """The findings that an opinion on *alert* is about: of one entity, else of those attacked, else of all."""
    if entity_id is not None:
        meant = [entity for entity in alert.entities if entity.entity_id == entity_id]
    else:
        meant = [entity for entity in alert.entities if is_attacked(entity)] or list(alert.entities)
    return tuple(
        JudgedFinding(one.article_id, one.entity_id, one.role, one.confidence, dict(one.statuses)) for one in meant
    )


def weigh(opinions: Iterable[Opinion], policy: AlertPolicy) -> tuple[Worth, ...]:
    """Rules first, then entities, the worst first. A person's newest word on an alert is the one that counts."""
    newest: dict[tuple[str, str, str], Opinion] = {}
    for opinion in sorted(opinions, key=lambda one: one.at):
        # That somebody takes care of an alert is no judgement on it, and replaces none.
        aside = str(opinion.kind) if opinion.kind is OpinionKind.ACKNOWLEDGE else ""
        newest[(opinion.alert_id, opinion.author, f"{opinion.entity_id or ''} {aside}")] = opinion
    by_rule: dict[str, list[Opinion]] = {}
    by_entity: dict[str, list[Opinion]] = {}
    for opinion in newest.values():
        by_rule.setdefault(str(opinion.rule_id), []).append(opinion)
        for name in dict.fromkeys(finding.entity_id for finding in opinion.findings):
            by_entity.setdefault(str(name), []).append(opinion)
    rules = [_worth("rule", key, said, _rule_advice(said, policy)) for key, said in by_rule.items()]
    entities = [_worth("entity", key, said, _entity_advice(key, said, policy)) for key, said in by_entity.items()]
    return tuple(sorted([*rules, *entities], key=lambda one: (one.kind != "rule", -one.bad_share, -one.alerts, one.id)))


def _worth(kind: str, key: str, said: Sequence[Opinion], advice: str) -> Worth:
    counts = Counter(opinion.kind for opinion in said)
    judged, bad = sum(counts[one] for one in JUDGEMENTS), sum(counts[one] for one in _BAD)
    share = bad / judged if judged else 0.0
    return Worth(kind, key, len({opinion.alert_id for opinion in said}), dict(counts), share, advice)


def _rule_advice(said: Sequence[Opinion], policy: AlertPolicy) -> str:
    """The change that keeps most of the noise quiet and every useful alert; the first that fits."""
    noise = [one for one in said if one.kind is OpinionKind.NOISE]
    useful = [one for one in said if one.kind is OpinionKind.USEFUL]
    advice: list[str] = []
    if _is_much(noise, said, policy):
        advice.append(_against_noise(noise, useful))
    if _is_much([one for one in said if one.kind is OpinionKind.WRONG_ROLE], said, policy):
        advice.append("narrow its `roles`, and keep the article as a rule test (`monitor test`)")
    if _is_much([one for one in said if one.kind is OpinionKind.DUPLICATE], said, policy):
        advice.append("give it a `cooldown`; stories that are one are made one by `monitor stories merge`")
    return "; ".join(advice)


def _against_noise(noise: Sequence[Opinion], useful: Sequence[Opinion]) -> str:
    least = min((_surest(one) for one in useful), default=0.0)
    quiet = sum(_surest(one) < least for one in noise)
    if quiet:
        bar = f"{int(least * 100) / 100:.2f}"
        return f"`min_confidence: {bar}` keeps {quiet} of {len(noise)} noisy alerts quiet, no useful one"
    roles: set[Role] = {finding.role for one in useful for finding in one.findings} or {Role.VICTIM}
    if any(roles.isdisjoint(finding.role for finding in one.findings) for one in noise if one.findings):
        wanted = ", ".join(str(role) for role in sorted(roles, key=lambda role: role.rank))
        return f"`roles: [{wanted}]`: no useful alert had another one"
    return "`min_sources: 2` waits for a second outlet, `digest: daily` makes it one message a day"


def _entity_advice(name: str, said: Sequence[Opinion], policy: AlertPolicy) -> str:
    wrong = [one for one in said if one.kind is OpinionKind.WRONG_COMPANY and _is_about(one, name)]
    if wrong:
        times = "once" if len(wrong) == 1 else f"{len(wrong)} times"
        return (
            f"{times} somebody else was meant: add `context` or `exclude` to {name}; "
            "`monitor watch lint` names its doubtful aliases"
        )
    if _is_much([one for one in said if one.kind is OpinionKind.NOISE], said, policy):
        return f"much is noise: give it a rule of its own, or `monitor silence add --entity {name}`"
    return ""


def _is_about(opinion: Opinion, name: str) -> bool:
    """Whether it is about this entity alone: of several that an alert names, one may have been right."""
    return opinion.entity_id == name or {finding.entity_id for finding in opinion.findings} == {name}


def _surest(opinion: Opinion) -> float:
    return max((finding.confidence for finding in opinion.findings), default=0.0)


def _is_much(some: Sequence[Opinion], said: Sequence[Opinion], policy: AlertPolicy) -> bool:
    judged = sum(one.kind in JUDGEMENTS for one in said)
    return len(some) >= policy.advise_from and len(some) >= policy.noisy_share * judged
