"""When a message is tried again, when it is given up, and when a channel rests."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.notification import (
    Channel,
    ChannelHealth,
    ChannelId,
    Delivery,
    Message,
    Notification,
    NotificationId,
    Outcome,
)
from monitor.domain.policy import DeliveryPolicy
from monitor.domain.watchlist import Severity
from monitor.stages.channels.delivery import health_after, is_dead, may_send, next_step, notice_channels, wait_before
from tests.occasions import NOW, channel

POLICY = DeliveryPolicy()
ONE = Notification(NotificationId("n"), ChannelId("soc"), None, Severity.INFO, Message("s", "p"), NOW, NOW)


def delivery(
    outcome: Outcome, attempt: int = 1, after: timedelta = timedelta(0), hint: float | None = None
) -> Delivery:
    return Delivery(ONE.id, ONE.channel, attempt, outcome, NOW + after, 0.1, "HTTP 500", hint)


def test_delivered_is_done() -> None:
    step = next_step(ONE, delivery(Outcome.DELIVERED), POLICY)
    assert (step.next_at, step.is_dead) == (None, False)


def test_refused_is_dead_with_the_reason() -> None:
    step = next_step(ONE, delivery(Outcome.REJECTED), POLICY)
    assert (step.next_at, step.is_dead, step.reason) == (None, True, "HTTP 500")


@pytest.mark.parametrize("outcome", [Outcome.RETRY, Outcome.UNKNOWN])
def test_everything_else_is_tried_again_until_it_is_a_week_old(outcome: Outcome) -> None:
    step = next_step(ONE, delivery(outcome), POLICY)
    assert step.next_at is not None
    assert not step.is_dead
    old = next_step(ONE, delivery(outcome, 900, timedelta(days=7)), POLICY)
    assert (old.next_at, old.is_dead) == (None, True)
    assert "7 days" in old.reason


@given(st.integers(min_value=1, max_value=10_000), st.text(min_size=1, max_size=20))
def test_the_wait_is_bounded_and_the_same_each_time_it_is_asked(attempt: int, name: str) -> None:
    one = replace(ONE, id=NotificationId(name))
    wait = wait_before(one, delivery(Outcome.RETRY, attempt), POLICY)
    assert POLICY.shortest_retry <= wait <= min(POLICY.first_retry * 2 ** min(attempt - 1, 30), POLICY.longest_retry)
    assert wait == wait_before(one, delivery(Outcome.RETRY, attempt), POLICY)


def test_messages_that_fail_together_do_not_come_back_together() -> None:
    waits = {
        wait_before(replace(ONE, id=NotificationId(f"n{i}")), delivery(Outcome.RETRY, 6), POLICY) for i in range(50)
    }
    assert len(waits) > 45


@pytest.mark.parametrize(
    ("hint", "wait"),
    [
        (-5.0, timedelta(seconds=1)),
        (0.0, timedelta(seconds=1)),
        (77.0, timedelta(seconds=77)),
        (1e9, timedelta(hours=1)),
    ],
)
def test_retry_after_is_honoured_within_reason(hint: float, wait: timedelta) -> None:
    assert wait_before(ONE, delivery(Outcome.RETRY, hint=hint), POLICY) == wait


def test_a_channel_rests_after_failures_longer_each_time_and_one_success_ends_it() -> None:
    health = ChannelHealth()
    rests = []
    for attempt in range(1, 14):
        health = health_after(health, delivery(Outcome.RETRY, attempt), POLICY)
        rests.append(health.rests_until - NOW if health.rests_until else timedelta(0))
    assert rests[:2] == [timedelta(0), timedelta(0)]
    assert rests == sorted(rests)
    assert rests[2] == timedelta(seconds=5)
    assert rests[-1] == POLICY.longest_retry
    assert not may_send(health, NOW)
    assert may_send(health, NOW + POLICY.longest_retry)
    assert health.failing_since == NOW
    assert health_after(health, delivery(Outcome.DELIVERED), POLICY) == ChannelHealth()


def test_a_bad_message_is_no_bad_channel_but_many_in_a_row_are() -> None:
    health = ChannelHealth()
    for number in range(10):
        assert is_dead(health, POLICY) is (number >= POLICY.dead_after_failures)
        health = health_after(health, delivery(Outcome.REJECTED), POLICY)
        # It answers, so that it need not rest.
        assert health.is_well
        assert may_send(health, NOW)
    assert health_after(health, delivery(Outcome.DELIVERED), POLICY) == ChannelHealth()


def test_a_rest_is_as_long_as_the_service_asks() -> None:
    health = ChannelHealth(failures=5)
    rested = health_after(health, delivery(Outcome.RETRY, hint=1_800.0), POLICY)
    assert rested.rests_until == NOW + timedelta(minutes=30)


def named(name: str, **changes: object) -> Channel:
    return replace(channel(), id=ChannelId(name), **changes)


def test_who_hears_of_a_dead_channel() -> None:
    chat, mail, quiet = named("chat", fallback=ChannelId("mail")), named("mail"), named("quiet", notices=False)
    assert notice_channels((chat, mail, quiet), chat.id) == (mail,)
    assert notice_channels((chat, mail, quiet), mail.id) == (chat,)
    assert notice_channels((chat,), chat.id) == ()
    assert notice_channels((chat, mail, quiet), ChannelId("gone")) == (chat, mail)
