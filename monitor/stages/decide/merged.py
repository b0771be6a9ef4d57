"""What it changes in alerts, and in messages that still wait, that stories are made one or taken apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.domain.alert import Alert, AlertId
from monitor.domain.notification import ChannelId, NotificationId, Sent
from monitor.domain.story import Story, StoryId
from monitor.stages.decide.reasons import alert_id, alert_of, told_of
from monitor.stages.rules.matching import worst_first


@dataclass(frozen=True, slots=True)
class Settled:
    """
    What a merge leaves of the alerts of its stories: one of each rule, with all that was told under any of them.

    ``changed`` are those to be saved: they go on, or are closed without a word. The messages about some are ``moved``
    to the alert that goes on: what was told is told of it. ``withdrawn`` are messages that wait about alerts of which
    nobody has heard: what they say is weighed as news.
    """

    alerts: tuple[Alert, ...]
    changed: tuple[Alert, ...] = ()
    moved: Mapping[AlertId, AlertId] = field(default_factory=dict)
    withdrawn: tuple[NotificationId, ...] = ()

    def of(self, messages: Iterable[Sent]) -> tuple[Sent, ...]:
        """Those of *messages* that are left, each about the alert that goes on."""
        return tuple(self._moved(one) for one in messages if one.notification.id not in self.withdrawn)

    def _moved(self, one: Sent) -> Sent:
        about = one.notification.alert_id
        kept = self.moved.get(about) if about is not None else None
        return one if kept is None else replace(one, notification=replace(one.notification, alert_id=kept))


def settled(alerts: Sequence[Alert], messages: Sequence[Sent], story_id: StoryId) -> Settled:
    """
    What becomes of *alerts* and of the *messages* about them, where the stories that they are on are all part of
    *story_id* now.

    Nobody has heard of an alert whose messages all wait still. Where somebody has heard of another one of its rule,
    what it says is news; else the first message tells of all of them.
    """
    if all(alert.story_id == story_id for alert in alerts):
        return Settled(tuple(alerts))
    unheard = untold(alerts, messages)
    going_on, changed, moved, over = list[Alert](), list[Alert](), dict[AlertId, AlertId](), set[AlertId]()
    for rule_id in dict.fromkeys(alert.rule_id for alert in alerts):
        ours = [alert for alert in alerts if alert.rule_id == rule_id]
        heard = [alert for alert in ours if alert.id not in unheard] or ours
        own = next((alert for alert in ours if alert.story_id == story_id), None)
        found = alert_of(rule_id, heard, story_id)
        assert found is not None
        kept = replace(found, id=own.id if own is not None else found.id, story_id=story_id)
        going_on.append(kept)
        rest = [alert for alert in ours if alert.id != kept.id]
        changed += [kept] * (kept not in ours) + [replace(one, is_closed=True) for one in rest if not one.is_closed]
        moved |= {alert.id: kept.id for alert in rest}
        over |= {alert.id for alert in ours if alert not in heard}
    return Settled(tuple(going_on), tuple(changed), moved, tuple(_withdrawn(over, alerts, messages)))


def _withdrawn(
    over: AbstractSet[AlertId], alerts: Iterable[Alert], messages: Sequence[Sent]
) -> Iterator[NotificationId]:
    """Messages about alerts that are *over*, on channels that have heard of another one of their rule."""
    rules = {alert.id: alert.rule_id for alert in alerts}
    about = [(rules[one.notification.alert_id], one) for one in messages if one.notification.alert_id in rules]
    told = {(rule_id, one.notification.channel) for rule_id, one in about if one.notification.alert_id not in over}
    for rule_id, one in about:
        if one.notification.alert_id in over and (rule_id, one.notification.channel) in told:
            yield one.notification.id


def untold(alerts: Iterable[Alert], messages: Iterable[Sent]) -> frozenset[AlertId]:
    """Those of *alerts* that nobody can have heard of: there are *messages* about them, and all of these wait."""
    waits: dict[AlertId | None, bool] = {}
    for one in messages:
        waits[one.notification.alert_id] = waits.get(one.notification.alert_id, True) and one.is_untried
    return frozenset(alert.id for alert in alerts if waits.get(alert.id, False))


def doubled(told: Iterable[Sent]) -> Iterator[NotificationId]:
    """
    Of the messages *told* about one alert all but the first that wait on a channel where nothing else was told: a merge
    brings them together, and the first gets the words of now.
    """
    by_channel: dict[ChannelId, list[Sent]] = {}
    for one in told:
        by_channel.setdefault(one.notification.channel, []).append(one)
    for messages in by_channel.values():
        if all(one.is_untried for one in messages):
            yield from (one.notification.id for one in messages[1:])


def parted(
    alerts: Iterable[Alert], unheard: AbstractSet[AlertId], seen_at: datetime, left: Story, opened: Story
) -> Iterator[Alert]:
    """
    What it changes in the alerts of a story that an article seen at *seen_at* was taken out of it: *left* remains.

    What was said since then told of the article as well: it is told of *opened*, its new story, and no longer of this
    one. What was said before is not, nor what is *unheard*: then nobody has heard of what *opened* tells.
    """
    moved = {entity.entity_id: entity for entity in opened.entities}
    stays = {entity.entity_id: entity for entity in left.entities}
    for alert in alerts:
        told = [moved[one.entity_id] for one in alert.entities if one.entity_id in moved]
        if not told or alert.updated_at < seen_at:
            continue
        new_id = alert_id(alert.rule_id, opened.id)
        if alert.id not in unheard:
            yield replace(
                alert, id=new_id, story_id=opened.id, version=1, entities=worst_first(told), told=told_of(opened)
            )
        # Else the next article of the old story would take back what stands in the new one.
        kept = [stays.get(one.entity_id) if one.entity_id in moved else one for one in alert.entities]
        rest = worst_first(one for one in kept if one is not None)
        yield replace(alert, entities=rest) if rest else replace(alert, is_closed=True)
