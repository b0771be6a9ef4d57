"""What `monitor why` and `why-not` are asked about an article, with what the store and configuration say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.adapters.database.catalogue import Chain
    from monitor.domain.alert import Silence, Verdict
    from monitor.domain.settings import Settings
    from monitor.domain.watchlist import Rule


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked about, with all that is known of it; ``watch`` is the entity it is about, or empty."""

    chain: "Chain"
    settings: "Settings"
    silences: "Sequence[Silence]"
    watch: str = ""
    is_short: bool = False
    lists: "Sequence[Mapping[str, Any]]" = ()

    def rules(self) -> "list[Rule]":
        """The rules it is about, the loudest first."""
        rules = [rule for watchlist in self.settings.watchlists for rule in watchlist.rules]
        return sorted(
            (rule for rule in rules if not self.watch or self.watch in rule.entity_ids),
            key=lambda rule: -rule.severity.rank,
        )

    def decided(self, rule: "Rule") -> "list[Verdict]":
        return [verdict for verdict in self.chain.verdicts if verdict.rule_id == rule.id]

    def is_about(self, rule: "Rule") -> bool:
        """Whether the story names an entity of a rule."""
        story = self.chain.story
        return story is not None and any(one.entity_id in rule.entity_ids for one in story.entities)

    def because(self, rule: "Rule", verdict: "Verdict") -> str:
        """Why a verdict fell. What it found is known of the last one only: the story has moved on since."""
        from monitor.stages.decide.explain import Circumstances, explain

        is_last = verdict is self.decided(rule)[-1] and self.chain.story is not None
        if not is_last or self.chain.story is None:
            return explain(verdict, silences=self.silences)
        oldest = self.settings.policy.alerts.oldest
        return explain(verdict, Circumstances(rule, self.chain.story, self.silences, oldest))
