"""How rules were changed: what was seen before a rule grew wider or louder is history to it, and does not ring."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor.domain.watchlist import Rule, RuleId, Severity

# Of each rule so many changes are remembered: by the next ones, what was seen before the first is old anyhow.
_KEPT = 5


@dataclass(frozen=True, slots=True)
class Change:
    """A change of what a rule asks for: when it was read, and the rule as it asked *before*."""

    at: datetime
    before: Rule


Changes = Mapping[RuleId, tuple[Change, ...]]


def changes_since(note: str | None, rules: Iterable[Rule], now: datetime) -> tuple[Changes, str]:
    """
    How each of *rules* was changed since it is known, oldest first, and the same as text, to be stored.

    Args:
        note: What the last start or reload noted; None at the first one.
    """
    known: dict[str, Any] = {} if note is None else json.loads(note)
    found: dict[RuleId, tuple[Change, ...]] = {}
    written: dict[str, Any] = {}
    for rule in rules:
        asks = _asks(rule)
        before = known.get(str(rule.id), {"asks": asks, "changes": []})
        changes = list(before["changes"])
        if before["asks"] != asks:
            changes.append([now.isoformat(), before["asks"]])
        written[str(rule.id)] = {"asks": asks, "changes": changes[-_KEPT:]}
        if changes:
            found[rule.id] = tuple(
                Change(datetime.fromisoformat(at), _as_asked(rule, asked)) for at, asked in changes[-_KEPT:]
            )
    return found, json.dumps(written, sort_keys=True, separators=(",", ":"))


def _asks(rule: Rule) -> dict[str, Any]:
    """What decides whether a rule speaks and how loud; whom it watches is noted elsewhere."""
    return {
        "roles": sorted(rule.roles),
        "attacks": sorted(rule.attacks),
        "statuses": sorted(rule.statuses),
        "text": rule.text,
        "min_confidence": rule.min_confidence,
        "min_sources": rule.min_sources,
        "severity": str(rule.severity),
    }


def _as_asked(rule: Rule, asked: Mapping[str, Any]) -> Rule:
    return replace(
        rule,
        roles=frozenset(asked["roles"]),
        attacks=frozenset(asked["attacks"]),
        statuses=frozenset(asked["statuses"]),
        text=asked["text"],
        min_confidence=asked["min_confidence"],
        min_sources=asked["min_sources"],
        severity=Severity(asked["severity"]),
    )
