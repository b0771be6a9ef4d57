"""Delivering: what waits for a channel is sent, and each attempt saved before the next begins."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from monitor.domain.notification import Channel, ChannelHealth, Delivery, Notification, Outcome
from monitor.domain.policy import DeliveryPolicy
from monitor.domain.report import DeliverReport
from monitor.ports import ChannelState, Clock, Sender, Store
from monitor.stages.channels.delivery import health_after, may_send, next_step
from monitor.stages.compose.message import degraded

# What others are told where a message is given up.
Follow = Callable[["DeadLetter"], Sequence[Notification]]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that is given up, and its last attempt."""

    notification: Notification
    delivery: Delivery


@dataclass(slots=True)
class Lane:
    """One channel's way out. Lanes share nothing, so that a channel that hangs delays nobody."""

    channel: Channel
    sender: Sender
    health: ChannelHealth = field(default_factory=ChannelHealth)


async def deliver(
    clock: Clock,
    store: Store,
    lane: Lane,
    policy: DeliveryPolicy,
    limit: int = 20,
    follow: Follow = lambda _: (),
) -> DeliverReport:
    """
    Send what is due on one channel, severest first; each attempt is saved before the next begins.

    How the channel is doing is known from the store, and saved there with each attempt; what others are told where a
    message is given up (*follow*, called on another thread) is saved with that. A crash between sending and saving
    makes a second message with the same id, never a loss.

    Raises:
        StoreError: what was not tried yet is sent when its lease ends.
    """
    counts: Counter[str] = Counter()
    dead: list[Notification] = []
    before = lane.health = await asyncio.to_thread(store.channel_health, lane.channel)
    if not may_send(lane.health, clock()):
        return DeliverReport(lane.channel.id, resting_until=lane.health.rests_until)
    # A channel that failed last time is probed with one message; the rest need not fail one by one.
    many = limit if lane.health.is_well else 1
    claimed_at = clock()
    claimed = await asyncio.to_thread(store.claim_notifications, lane.channel.id, claimed_at, many, policy.lease)
    tried = 0
    for notification in claimed:
        if tried and not _goes_on(lane, clock() - claimed_at, policy):
            break
        # Whoever slept, on whatever clock, does not send what another has sent meanwhile.
        if not await asyncio.to_thread(store.holds, notification):
            break
        tried += 1
        outcome, is_dead = await _attempt(notification, lane, store, clock, policy, follow)
        counts["dead" if is_dead else str(outcome)] += 1
        dead += [notification] if is_dead else []
    if tried < len(claimed):
        await asyncio.to_thread(store.release_notifications, claimed[tried:])
    return DeliverReport(
        channel=lane.channel.id,
        delivered=counts[Outcome.DELIVERED],
        retried=counts[Outcome.RETRY],
        unknown=counts[Outcome.UNKNOWN],
        dead=tuple(dead),
        last_fault=lane.health.last_fault,
        resting_until=lane.health.rests_until,
        health_before=before,
    )


async def _attempt(
    notification: Notification, lane: Lane, store: Store, clock: Clock, policy: DeliveryPolicy, follow: Follow
) -> tuple[Outcome, bool]:
    """One attempt, saved with what follows from it for the channel; what came of it, and whether it was the last."""
    delivery = await _send(lane, notification, clock)
    step = next_step(notification, delivery, policy)
    lane.health = health_after(lane.health, delivery, policy)
    state = ChannelState(lane.channel, lane.health)
    others = await asyncio.to_thread(follow, DeadLetter(notification, delivery)) if step.is_dead else ()
    await asyncio.to_thread(store.save_delivery, notification, delivery, step.next_at, state, others)
    return delivery.outcome, step.is_dead


def _goes_on(lane: Lane, since_claim: timedelta, policy: DeliveryPolicy) -> bool:
    """Whether the next attempt, even a slow one in two tries, still ends within the lease of the claim."""
    return lane.health.is_well and since_claim + 2 * policy.send_timeout < policy.lease


async def _send(lane: Lane, notification: Notification, clock: Clock) -> Delivery:
    delivery = await lane.sender.send(notification, clock())
    if delivery.outcome is not Outcome.REJECTED:
        return delivery
    # Perhaps only the form was refused: once more, as short plain text.
    plainest = replace(notification, message=degraded(notification.message))
    again = await lane.sender.send(plainest, clock())
    return again if again.outcome is Outcome.DELIVERED else delivery
