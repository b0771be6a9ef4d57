"""Alerts that a person silences before anybody has heard of them."""

from collections.abc import Sequence
from datetime import datetime

from monitor.domain.alert import Alert, Silence
from monitor.domain.notification import Sent
from monitor.domain.story import Story
from monitor.domain.watchlist import Rule
from monitor.stages.decide.merged import untold
from monitor.stages.decide.reasons import hushed_by
from monitor.stages.rules.expression import IndexedText


def held_back(
    story: Story,
    rules: Sequence[Rule],
    alerts: Sequence[Alert],
    messages: Sequence[Sent],
    silences: Sequence[Silence],
    text: IndexedText,
    now: datetime,
) -> tuple[Alert, ...]:
    """
    Those of *alerts* that are as good as never raised: all *messages* about them wait still, for a second outlet, a
    digest or the end of quiet hours, and a silence has come that holds for them.
    """
    if not silences:
        return ()
    unheard, by_id = untold(alerts, messages), {rule.id: rule for rule in rules}
    waiting = [alert for alert in alerts if alert.id in unheard and alert.rule_id in by_id]
    return tuple(
        alert for alert in waiting if hushed_by(silences, story, by_id[alert.rule_id], alert.entities, text, now)
    )
