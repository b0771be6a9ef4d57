"""The rules of monitor.yaml that say who is told when feeds fall ill."""

from collections.abc import Collection
from typing import Literal

from monitor.adapters.yaml_settings.document import Document
from monitor.adapters.yaml_settings.faults import closest
from monitor.adapters.yaml_settings.models import Model
from monitor.domain.feed import Health
from monitor.domain.notification import NoticeRule
from monitor.domain.watchlist import Severity


class NoticeRuleModel(Model):
    on: Literal["feed-unhealthy"]
    """What it is about: so far, all that happens to feeds."""
    states: list[Health] = []
    """States of feeds that it tells of; empty: all."""
    tags: list[str] = []
    """Only feeds with one of these tags; empty: all."""
    channels: list[str] = []
    """Whom it tells; empty: all channels with `notices: true`."""
    severity: Severity = Severity.WARNING
    """How loud it is; a recovery is always `info`."""


def read_notice_rules(
    document: Document, models: list[NoticeRuleModel], channels: Collection[str], tags: Collection[str]
) -> tuple[NoticeRule, ...]:
    """The rules; names of channels and tags that nobody has are faults of *document*."""
    for number, model in enumerate(models):
        for what, given, known in (("channels", model.channels, channels), ("tags", model.tags, tags)):
            for place, name in enumerate(given):
                if name not in known:
                    owner = "channel is called" if what == "channels" else "feed has the tag"
                    fault = document.fault(
                        ("notices", number, what, place), f'no {owner} "{name}"{closest(name, known)}'
                    )
                    document.faults.append(fault)
    return tuple(
        NoticeRule(frozenset(map(str, model.states)), frozenset(model.tags), tuple(model.channels), model.severity)
        for model in models
    )
