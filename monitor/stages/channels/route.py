"""Which channels hear of an alert, and when. How to call it, for each verdict that speaks:

    planned = route(alert, verdict, rule, story, channels, tags, now, policy)
    planned = fold_storms(planned, alert.severity, sent_lately, channels, now)

A channel that is given up on hands over to `next_channel`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.alert import Alert, Planned, Reason, Timing, Verdict
from monitor.domain.fold_key import FoldKey, Hold
from monitor.domain.notification import Channel, ChannelId
from monitor.domain.policy import AlertPolicy
from monitor.domain.story import Story
from monitor.domain.watchlist import Digest, EntityId, Rule, RuleId, Severity
from monitor.stages.channels.hours import end_of, is_within, next_period

_STORM_SPAN = timedelta(minutes=1)


def route(
    alert: Alert,
    verdict: Verdict,
    rule: Rule,
    story: Story,
    channels: Sequence[Channel],
    tags: Mapping[EntityId, frozenset[str]],
    now: datetime,
    policy: AlertPolicy,
) -> tuple[Planned, ...]:
    """
    One planned message for each channel that wants this alert, in the order of *channels*.

    A rule's own channels, else the default ones; of these, those whose severity, tags, watchlists,
    languages and hours agree. *tags* holds the tags of the watched entities.
    """
    return tuple(
        _plan(alert, verdict, rule, story, channel, now, policy)
        for channel in channels
        if not unheard_because(verdict, rule, story, channel, tags, now)
    )


def unheard_because(
    verdict: Verdict,
    rule: Rule,
    story: Story,
    channel: Channel,
    tags: Mapping[EntityId, frozenset[str]],
    now: datetime,
) -> str:
    """Why a channel does not hear of an alert, in plain words; empty where it does."""
    shut = closed_because(
        rule, verdict.severity, tags_of((entity.entity_id for entity in verdict.entities), tags), channel
    )
    return shut or _unheard_now(story, channel, now)


def closed_because(rule: Rule, severity: Severity, tags: AbstractSet[str], channel: Channel) -> str:
    """Why a channel never takes alerts of *rule* of this severity about companies with these *tags*, or nothing."""
    if rule.channels and channel.id not in rule.channels:
        return f"the rule names {_listed(rule.channels)}"
    if not rule.channels and not channel.is_default:
        return "it is no default channel, and the rule names none"
    if severity.rank < channel.min_severity.rank:
        return f"it takes {channel.min_severity} and above"
    if channel.tags and channel.tags.isdisjoint(tags):
        return f"it takes companies tagged {_listed(channel.tags)}"
    if channel.watchlists and rule.watchlist not in channel.watchlists:
        return f"it takes the watchlists {_listed(channel.watchlists)}"
    return ""


def ways_of(
    rules: Iterable[Rule], channels: Sequence[Channel], tags: Mapping[EntityId, frozenset[str]]
) -> dict[RuleId, frozenset[str]]:
    """The channels that take alerts of each rule, some at least, whatever the hour and the language."""
    return {
        rule.id: frozenset(
            str(channel.id)
            for channel in channels
            if not closed_because(rule, rule.severity, tags_of(rule.entity_ids, tags), channel)
        )
        for rule in rules
    }


def tags_of(entity_ids: Iterable[EntityId], tags: Mapping[EntityId, frozenset[str]]) -> frozenset[str]:
    """The tags of some entities together."""
    return frozenset(tag for entity_id in entity_ids for tag in tags.get(entity_id, ()))


def fold_storms(
    planned: Iterable[Planned],
    severity: Severity,
    sent_lately: Mapping[str, Sequence[tuple[datetime, Severity]]],
    channels: Sequence[Channel],
    now: datetime,
) -> tuple[Planned, ...]:
    """
    Fold what exceeds a channel's messages per minute into one list a minute later; nothing is dropped.

    Only what is as severe or more so counts against a message: a flood of small things delays nothing grave.

    Args:
        severity: Of the alert that *planned* is about.
        sent_lately: When each channel last got single messages, those still waiting included.
    """
    known = {str(channel.id): channel for channel in channels}
    limits = {name: channel.per_minute for name, channel in known.items()}
    used = Counter(
        name
        for name, sent in sent_lately.items()
        for moment, was in sent
        if abs(now - moment) < _STORM_SPAN and was.rank >= severity.rank
    )
    folded = []
    for plan in planned:
        if plan.timing is Timing.SINGLE:
            used[plan.channel] += 1
            if used[plan.channel] > limits.get(plan.channel, used[plan.channel]):
                due = now.replace(second=0, microsecond=0) + 2 * _STORM_SPAN
                quiet = quiet_until(known[plan.channel], severity, due)
                due, why = (due, Hold.STORM) if quiet is None else (quiet, Hold.QUIET)
                key = FoldKey.until(why, plan.channel, due)
                plan = replace(plan, timing=Timing.FOLDED, not_before=due, fold_key=str(key))
        folded.append(plan)
    return tuple(folded)


def next_channel(channel: ChannelId, channels: Sequence[Channel], tried: Iterable[ChannelId]) -> ChannelId | None:
    """The channel that takes over from one that is down, None at the end of the chain or in a circle."""
    known = {one.id: one for one in channels}
    following = known[channel].fallback if channel in known else None
    if following is None or following not in known or following in {channel, *tried}:
        return None
    return following


def _unheard_now(story: Story, channel: Channel, now: datetime) -> str:
    if channel.languages and channel.languages.isdisjoint(story.languages):
        return f"it takes stories told in {_listed(channel.languages)}"
    if channel.hours is not None and not is_within(channel.hours, now, channel.timezone):
        return f"it is used from {channel.hours.start:%H:%M} to {channel.hours.end:%H:%M} only"
    return ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _plan(
    alert: Alert, verdict: Verdict, rule: Rule, story: Story, channel: Channel, now: datetime, policy: AlertPolicy
) -> Planned:
    digest = rule.digest if rule.digest is not Digest.NONE else channel.digest
    if digest is not Digest.NONE:
        name, due = digest_due(digest, channel, verdict.severity, now)
        return Planned(alert.id, channel.id, Timing.DIGEST, due, str(FoldKey(Hold.DIGEST, channel.id, (name,))))
    # The wait is for a second outlet; where one is there already, there is nothing to wait for.
    waits = verdict.reason is Reason.NEW_STORY and len(story.sources) < 2
    ready = now + policy.group_wait if waits else now
    # That it is over wakes nobody, however grave it was.
    gravity = Severity.INFO if verdict.reason is Reason.STORY_CLOSED else verdict.severity
    quiet = quiet_until(channel, gravity, ready)
    if quiet is not None:
        return Planned(alert.id, channel.id, Timing.FOLDED, quiet, str(FoldKey.until(Hold.QUIET, channel.id, quiet)))
    return Planned(alert.id, channel.id, Timing.SINGLE, ready)


def digest_due(digest: Digest, channel: Channel, severity: Severity, now: datetime) -> tuple[str, datetime]:
    """
    The name of the digest that tells of what comes up *now*, and when it is sent.

    One that is due in quiet hours waits for their end; of the hours among them one digest tells then.
    """
    name, due = next_period(digest, channel.digest_at, now, channel.timezone)
    quiet = quiet_until(channel, severity, due)
    if quiet is None:
        return name, due
    return (f"{digest}:{quiet:%Y-%m-%dT%H:%M}" if digest is Digest.HOURLY else name), quiet


def quiet_until(channel: Channel, severity: Severity, moment: datetime) -> datetime | None:
    """When the quiet hours end that hold a message of this severity at *moment*; None where none do."""
    quiet = channel.quiet
    if quiet is None or severity.rank >= quiet.pierce.rank or not is_within(quiet, moment, channel.timezone):
        return None
    return end_of(quiet, moment, channel.timezone)
