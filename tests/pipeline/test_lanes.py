"""Delivery on a real store to real receivers: lanes share nothing, refusals end, faults come back."""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.packaged.messages import wording_for
from monitor.adapters.senders.open_sender import open_sender
from monitor.domain.notification import (
    Channel,
    ChannelId,
    ChannelKind,
    Delivery,
    Notification,
    NotificationId,
    OutboxState,
)
from monitor.domain.policy import DeliveryPolicy
from monitor.pipeline import Lane, deliver
from monitor.ports import Assessment
from monitor.stages.compose.alert import outline_alert
from monitor.stages.compose.message import write
from tests.adapters.senders.receivers import http_receiver
from tests.occasions import NOW, attacked, channel
from tests.stores import open_database

POLICY = DeliveryPolicy(send_timeout=timedelta(seconds=20))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    database = open_database(f"sqlite:///{tmp_path / 'monitor.db'}")
    yield DatabaseStore(database)
    database.close()


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def lane(name: str, target: str, kind: ChannelKind = ChannelKind.WEBHOOK, stream: io.StringIO | None = None) -> Lane:
    made = replace(channel(target, kind), id=ChannelId(name))
    sender = open_sender(made, POLICY, allowed=("127.0.0.0/8",), stream=stream or io.StringIO(), user_agent="x")
    return Lane(made, sender)


def fill(store: DatabaseStore, *channels: Channel, each: int = 1) -> None:
    made = attacked()
    messages = tuple(
        Notification(
            NotificationId(f"{one.id}-{number}"),
            one.id,
            made.alert.id,
            made.alert.severity,
            write(outline_alert(replace(made, channel=one), wording_for("en")), one),
            NOW,
            NOW,
        )
        for one in channels
        for number in range(each)
    )
    store.save_assessment(Assessment(stories=(made.story,), alerts=(made.alert,), notifications=messages), NOW)


def states(store: DatabaseStore) -> dict[str, str]:
    return {one["id"]: str(one["state"]) for one in DatabaseCatalogue(store.database).notifications()}


async def test_a_channel_that_hangs_delays_no_other(store: DatabaseStore) -> None:
    async with http_receiver() as receiver:
        stuck = lane("stuck", f"json://127.0.0.1:{receiver.port}/hang", ChannelKind.APPRISE)
        hook, shown = lane("hook", receiver.url("/ok")), io.StringIO()
        console = lane("screen", "", stream=shown)
        fill(store, stuck.channel, hook.channel, console.channel, each=3)
        clock = Clock()
        hanging = asyncio.create_task(deliver(clock, store, stuck, POLICY))
        reports = await asyncio.gather(deliver(clock, store, hook, POLICY), deliver(clock, store, console, POLICY))
        assert [report.delivered for report in reports] == [3, 3]
        assert not hanging.done()
        assert shown.getvalue().count("CRITICAL - Apple") == 3
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)
        await stuck.sender.close()
    assert {state for name, state in states(store).items() if name.startswith("stuck")} == {"leased"}


async def test_a_refused_form_is_tried_once_as_plain_text_then_it_is_dead(store: DatabaseStore) -> None:
    async with http_receiver() as receiver:
        refusing = lane("hook", receiver.url("/400"))
        fill(store, refusing.channel)
        report = await deliver(Clock(), store, refusing, POLICY)
        assert len(receiver.posts) == 2
        assert len(receiver.posts[1].body) < len(receiver.posts[0].body)
    assert [str(one.id) for one in report.dead] == ["hook-0"]
    assert states(store) == {"hook-0": str(OutboxState.DEAD)}


async def test_a_fault_comes_back_when_the_service_says_and_arrives_once(store: DatabaseStore) -> None:
    async with http_receiver() as receiver:
        busy = lane("hook", receiver.url("/503"))
        fill(store, busy.channel)
        clock = Clock()
        assert (await deliver(clock, store, busy, POLICY)).retried == 1
        well = lane("hook", receiver.url("/ok"))
        clock.now = NOW + timedelta(seconds=76)
        assert (await deliver(clock, store, well, POLICY)).delivered == 0
        clock.now = NOW + timedelta(seconds=78)
        assert (await deliver(clock, store, well, POLICY)).delivered == 1
        assert (await deliver(clock, store, well, POLICY)).delivered == 0
        ids = [post.headers["webhook-id"] for post in receiver.posts]
    assert ids == ["hook-0", "hook-0"]


async def test_a_channel_that_is_down_rests_and_then_gets_its_whole_backlog_in_order(store: DatabaseStore) -> None:
    async with http_receiver() as receiver:
        hook = lane("hook", "http://127.0.0.1:9/down")
        fill(store, hook.channel, each=30)
        clock = Clock()
        for _ in range(6):
            await deliver(clock, store, hook, POLICY)
            clock.now += timedelta(seconds=1)
        assert hook.health.rests_until is not None
        attempts = sum(one["attempts"] for one in DatabaseCatalogue(store.database).notifications())
        assert attempts < 40
        back = lane("hook", receiver.url("/ok"))
        clock.now = NOW + timedelta(hours=1)
        while (await deliver(clock, store, back, POLICY)).delivered:
            pass
        assert len({post.headers["webhook-id"] for post in receiver.posts}) == len(receiver.posts) == 30
    assert set(states(store).values()) == {str(OutboxState.SENT)}


async def test_after_a_fault_the_rest_of_a_claim_is_given_back(store: DatabaseStore) -> None:
    hook = lane("hook", "http://127.0.0.1:9/down")
    fill(store, hook.channel, each=5)
    report = await deliver(Clock(), store, hook, POLICY)
    assert report.retried == 1
    assert list(states(store).values()) == [str(OutboxState.PENDING)] * 5


async def test_a_slow_channel_never_sends_what_its_claim_no_longer_covers(store: DatabaseStore) -> None:
    async with http_receiver() as receiver:
        hook = lane("hook", receiver.url("/ok"))
        fill(store, hook.channel, each=5)
        clock = Clock()
        sender = hook.sender

        class Slow:
            channel = hook.channel

            async def send(self, notification: Notification, now: datetime) -> Delivery:
                delivery = await sender.send(notification, now)
                clock.now += timedelta(seconds=50)
                return delivery

            async def close(self) -> None:
                await sender.close()

        hook.sender = Slow()
        report = await deliver(clock, store, hook, POLICY)
        # 0 s and 50 s after the claim: yes. At 100 s two tries of 20 s would outlast its two minutes.
        assert report.delivered == 2
        assert sorted(states(store).values()) == ["pending"] * 3 + ["sent"] * 2


async def test_a_replayed_message_has_a_week_again(store: DatabaseStore) -> None:
    hook = lane("hook", "http://127.0.0.1:9/down")
    fill(store, hook.channel)
    clock = Clock()
    clock.now = NOW + timedelta(days=8)
    assert len((await deliver(clock, store, hook, POLICY)).dead) == 1
    assert store.replay([NotificationId("hook-0")], clock.now) == 1
    assert (await deliver(clock, store, lane("hook", "http://127.0.0.1:9/down"), POLICY)).retried == 1
    assert states(store) == {"hook-0": str(OutboxState.PENDING)}
