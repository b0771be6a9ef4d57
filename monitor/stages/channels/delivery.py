"""
What happens to a notification after an attempt, and when a channel rests. How to deliver, in order, in one lane
for each channel (the lanes share nothing, so a channel that hangs delays nobody):

    notifications = store.claim_notifications(channel.id, now, limit, policy.lease)
    for each of them, in that order, while the channel is well and the claim lasts:
        delivery = await sender.send(notification, now)
        if delivery.outcome is REJECTED: a second try with message=`degraded(message)`, at once
        step = next_step(notification, delivery, policy)
        health = health_after(health, delivery, policy)
        store.save_delivery(notification, delivery, step.next_at, health, follow)
            next_at None and not delivered: a dead letter, and *follow* is what others get in the same transaction:
            a notice to `notice_channels(channels, failed)`, the message itself to the fallback
    store.release_notifications(those not tried)

Sending happens outside transactions. A crash between sending and saving makes a duplicate with the same
id, never a loss.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.notification import Channel, ChannelHealth, ChannelId, Delivery, Notification, Outcome
from monitor.domain.policy import DeliveryPolicy


@dataclass(frozen=True, slots=True)
class Step:
    """When the notification is tried again; None where it is done or dead, with the reason for the latter."""

    next_at: datetime | None = None
    is_dead: bool = False
    reason: str = ""


def next_step(notification: Notification, delivery: Delivery, policy: DeliveryPolicy) -> Step:
    """
    What follows from *delivery*, the last attempt.

    A refusal is final (its second, plain try has been made by then); everything else is tried again
    until the notification is too old, later each time, by chance that is none: derived from its id.
    """
    if delivery.outcome is Outcome.DELIVERED:
        return Step()
    if delivery.outcome is Outcome.REJECTED:
        return Step(is_dead=True, reason=delivery.detail or "refused")
    next_at = delivery.at + wait_before(notification, delivery, policy)
    if next_at - notification.created_at > policy.give_up_after:
        days = policy.give_up_after.days
        return Step(is_dead=True, reason=f"not delivered for {days} days: {delivery.detail}")
    return Step(next_at)


def wait_before(notification: Notification, delivery: Delivery, policy: DeliveryPolicy) -> timedelta:
    """How long the next attempt waits: what the service asks for, else 5 s, 10 s, 20 s ... with full jitter."""
    if delivery.retry_after_s is not None:
        asked = timedelta(seconds=min(delivery.retry_after_s, policy.longest_retry_after.total_seconds()))
        return max(asked, policy.shortest_retry)
    doubled = policy.first_retry * (1 << min(max(delivery.attempt - 1, 0), 20))
    longest = min(doubled, policy.longest_retry)
    return max(longest * _share(f"{notification.id}:{delivery.attempt}"), policy.shortest_retry)


def health_after(health: ChannelHealth, delivery: Delivery, policy: DeliveryPolicy) -> ChannelHealth:
    """
    *health* after one more attempt. A refusal counts as an answer, so that the channel need not rest: the message
    was bad, or, where none is taken any more, the address or the key is.

    After several failures in a row the channel rests, longer each time: the backlog need not fail
    one by one.
    """
    if delivery.outcome is Outcome.DELIVERED:
        return ChannelHealth()
    if delivery.outcome is Outcome.REJECTED:
        return ChannelHealth(refusals=health.refusals + 1, last_fault=delivery.detail)
    failures = health.failures + 1
    rests_until = None
    if failures >= policy.rest_after_failures:
        doubled = policy.first_retry * (1 << min(failures - policy.rest_after_failures, 20))
        rest = min(doubled, policy.longest_retry)
        if delivery.retry_after_s is not None:
            rest = max(rest, min(timedelta(seconds=delivery.retry_after_s), policy.longest_retry_after))
        rests_until = delivery.at + rest
    return ChannelHealth(failures, rests_until, delivery.detail, health.failing_since or delivery.at, health.refusals)


def is_dead(health: ChannelHealth, policy: DeliveryPolicy) -> bool:
    """Whether the channel takes nothing any more, so that people have to look at it."""
    return max(health.failures, health.refusals) >= policy.dead_after_failures


def may_send(health: ChannelHealth, now: datetime) -> bool:
    """Whether the channel may be tried at *now*."""
    return health.rests_until is None or now >= health.rests_until


def notice_channels(channels: Iterable[Channel], failed: ChannelId) -> tuple[Channel, ...]:
    """Who hears of a fault of *failed*: its fallback where it has one, else all others that take notices."""
    known = {channel.id: channel for channel in channels}
    broken = known.get(failed)
    fallback = known.get(broken.fallback) if broken is not None and broken.fallback is not None else None
    if fallback is not None and fallback.id != failed:
        return (fallback,)
    return tuple(channel for channel in known.values() if channel.notices and channel.id != failed)


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
