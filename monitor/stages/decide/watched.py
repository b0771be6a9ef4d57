"""Since when each rule watches whom: what was seen before that is history to the rule, and does not ring."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from monitor.domain.article import Article
from monitor.domain.feed import FeedId
from monitor.domain.finding import Analysis
from monitor.domain.watchlist import EntityId, Rule, RuleId

# Rule -> entity -> when it was added; what was watched at the first start is not listed.
Late = Mapping[RuleId, Mapping[EntityId, datetime]]
_AT_FIRST = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched since when; ``note`` is the same as text, to be stored, and ``has_grown`` tells of additions."""

    late: Late
    note: str
    has_grown: bool


def watched_since(note: str | None, rules: Iterable[Rule], now: datetime) -> Watched:
    """
    Since when each of *rules* watches each of its entities.

    Args:
        note: What the last start or reload noted; None at the first one, whose rules are in force from the start.
    """
    known = {} if note is None else json.loads(note)
    added_at = _AT_FIRST if note is None else now.isoformat()
    late: dict[RuleId, Mapping[EntityId, datetime]] = {}
    written: dict[str, dict[str, list[str]]] = {}
    has_grown = False
    for rule in rules:
        before = {entity_id: at for at, names in known.get(str(rule.id), {}).items() for entity_id in names}
        since = {entity_id: before.get(entity_id, added_at) for entity_id in sorted(rule.entity_ids)}
        has_grown = has_grown or (note is not None and not since.keys() <= before.keys())
        written[str(rule.id)] = {
            at: [str(name) for name, _ in pairs]
            for at, pairs in groupby(sorted(since.items(), key=lambda pair: (pair[1], pair[0])), lambda pair: pair[1])
        }
        added = {name: datetime.fromisoformat(at) for name, at in since.items() if at}
        if added:
            late[rule.id] = added
    return Watched(late, json.dumps(written, sort_keys=True, separators=(",", ":")), has_grown)


def seen_since(
    since: Mapping[EntityId, datetime],
    articles: Sequence[Article],
    analyses: Sequence[Analysis],
    timeless: frozenset[FeedId],
) -> tuple[Analysis, ...]:
    """
    *analyses* without what articles say of entities that were not watched yet when they were seen.

    Sources that ring at any age (*timeless*) are heard on everybody.
    """
    seen_at = {str(article.id): article.first_seen_at for article in articles if article.feed_id not in timeless}
    return tuple(_seen(one, seen_at, since) for one in analyses)


def _seen(analysis: Analysis, seen_at: Mapping[str, datetime], since: Mapping[EntityId, datetime]) -> Analysis:
    moment = seen_at.get(analysis.article_id)
    if moment is None:
        return analysis
    findings = tuple(one for one in analysis.findings if one.entity_id not in since or moment > since[one.entity_id])
    return analysis if len(findings) == len(analysis.findings) else replace(analysis, findings=findings)
