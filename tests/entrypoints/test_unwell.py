"""The reasons to turn red, asked of a running service: `/healthz`, `/readyz`, `monitor healthcheck`, the watchdog."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.errors import StoreError
from monitor.domain.feed import Feed, FeedId
from monitor.domain.notification import (
    Channel,
    ChannelHealth,
    ChannelId,
    ChannelKind,
    Delivery,
    Message,
    Notification,
    NotificationId,
    Outcome,
)
from monitor.domain.policy import DeliveryPolicy
from monitor.domain.watchlist import Severity
from monitor.entrypoints.daemon import Daemon, utc_now
from monitor.entrypoints.opening import open_service
from monitor.entrypoints.service import Service
from monitor.observe import open_log
from monitor.pipeline import Lane, deliver
from monitor.ports import ChannelState
from tests.processes import Installation, install

CHAT = ChannelId("chat")


@dataclass
class Running:
    """A service whose beats a test runs by hand, and the ways to ask how it is."""

    service: Service
    installation: Installation
    log: io.StringIO

    async def says(self) -> tuple[str, ...]:
        """The reasons, the same in every way of asking."""
        await self.service.write_health()
        done = self.installation.told("healthcheck", check=False)
        told = tuple(line.removeprefix("unwell: ") for line in done.stderr.splitlines())
        assert done.returncode == (1 if told else 0)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{self.port}") as client:
            for path in ("/healthz", "/readyz"):
                async with client.get(path) as response:
                    body = await response.json()
                    assert response.status == (503 if told else 200)
                    # The second in which each was asked may differ.
                    assert [one.split(" for ")[0] for one in body["reasons"]] == [one.split(" for ")[0] for one in told]
        return told

    @property
    def port(self) -> int:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return int(next(one["port"] for one in lines if one["event"] == "web.listening"))


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Running]:
    installation = Installation(folder) if (folder / "config").exists() else install(folder)
    installation.write("config/monitor.yaml", "seeds: []\nweb: {listen: '127.0.0.1:0'}\n")
    installation.write("config/channels.yaml", "channels: {chat: {webhook: 'https://chat.example/x', default: true}}\n")
    log = io.StringIO()
    async with open_service(
        installation.config, {}, {}, open_log(log, as_json=True, secrets=tuple), io.StringIO()
    ) as service:
        yield Running(service, installation, log)


def message(created_s: float, key: str = "n1") -> Notification:
    at = utc_now() - timedelta(seconds=created_s)
    return Notification(NotificationId(key), CHAT, None, Severity.WARNING, Message("Subject", "Text"), at, at)


@dataclass
class Answers:
    """A way out on which every attempt ends alike."""

    outcome: Outcome
    channel: Channel = field(default_factory=lambda: Channel(CHAT, ChannelKind.WEBHOOK))

    async def send(self, notification: Notification, now: datetime) -> Delivery:
        return Delivery(notification.id, CHAT, notification.attempts + 1, self.outcome, now, 0.1, "no")

    async def close(self) -> None:
        return None


async def test_well_where_nothing_is_late(tmp_path: Path) -> None:
    async with running(tmp_path) as found:
        assert await found.says() == ()


async def test_red_where_no_round_ran_for_a_minute_past_due(tmp_path: Path) -> None:
    async with running(tmp_path) as found:
        began = utc_now() - timedelta(seconds=100)
        found.service.store.sync_feeds([Feed(FeedId("f1"), "https://f1.example/feed")], began)
        assert found.service.ailments() == ()
        # Its first round never ended: it holds the feed, and nothing was heard of it since the start.
        found.service.store.claim_due_feeds(utc_now(), 1, timedelta(minutes=3))
        found.service.last_round_at = began
        (reason,) = await found.says()
        assert reason.startswith("no round of polling for ")
        assert reason.endswith(", though feeds are due")
        found.service.note_round()
        assert found.service.ailments() == ()


async def test_red_where_a_message_waits_for_more_than_five_minutes_however_often_it_is_tried(tmp_path: Path) -> None:
    async with running(tmp_path) as found:
        store = found.service.store
        store.save_notifications([message(365)])
        for ago_s in (360, 200, 10):
            at = utc_now() - timedelta(seconds=ago_s)
            (one,) = store.claim_notifications(CHAT, at, 1, timedelta(minutes=2))
            store.save_delivery(one, Delivery(one.id, CHAT, 1, Outcome.RETRY, at, 0.1, "503"), at)
        assert await found.says() == ('a notification for the channel "chat" has waited for 6 minutes',)
        (one,) = store.claim_notifications(CHAT, utc_now(), 1, timedelta(minutes=2))
        store.save_delivery(one, Delivery(one.id, CHAT, 4, Outcome.DELIVERED, utc_now(), 0.1, ""), None)
        assert found.service.ailments() == ()


@pytest.mark.parametrize("outcome", [Outcome.RETRY, Outcome.REJECTED])
async def test_red_where_a_channel_is_dead_and_after_a_restart_too(tmp_path: Path, outcome: Outcome) -> None:
    red = ('the channel "chat" takes nothing: see `monitor alerts dead`',)
    async with running(tmp_path) as found:
        service, later = found.service, utc_now()
        lane = Lane(service.gear.lanes[CHAT].channel, Answers(outcome))
        for number in range(5):
            assert service.ailments() == ()
            service.store.save_notifications([message(1, f"n{number}")])
            # At the end of each rest, and with the wait before each retry over.
            later += timedelta(hours=1)
            await deliver(lambda at=later: at, service.store, lane, DeliveryPolicy(), limit=1)
        assert await found.says() == red
        listed = found.installation.told("channels", "list", "-o", "jsonl").stdout
        assert json.loads(listed)["state"].startswith("dead")
        assert json.loads(listed)["state"].endswith(": no")
    async with running(tmp_path) as found:
        assert await found.says() == red
        service = found.service
        service.store.save_notifications([message(1, "n9")])
        lane = Lane(service.gear.lanes[CHAT].channel, Answers(Outcome.DELIVERED))
        await deliver(lambda: later + timedelta(hours=1), service.store, lane, DeliveryPolicy(), limit=9)
        assert service.ailments() == ()


async def test_others_hear_once_that_a_channel_takes_nothing_and_once_that_it_does_again(tmp_path: Path) -> None:
    async with running(tmp_path) as found:
        service = found.service
        settings = service.gear.settings
        at_once = replace(settings.policy.delivery, first_retry=timedelta(0), shortest_retry=timedelta(0))
        settings = replace(settings, policy=replace(settings.policy, delivery=at_once))
        paper = Channel(ChannelId("paper"), ChannelKind.FILE, target="paper.jsonl", notices=True)
        desk = replace(service.gear.desk, bench=replace(service.gear.desk.bench, channels=(*settings.channels, paper)))
        service.gear = replace(service.gear, settings=settings, desk=desk)
        chat = service.gear.lanes[CHAT].channel
        for outage in range(2):
            service.store.save_notifications([message(1, f"n{outage}")])
            for _ in range(7):
                await service.send_due(Lane(chat, Answers(Outcome.RETRY)))
            await service.send_due(Lane(chat, Answers(Outcome.DELIVERED)))
            service.store.save_notifications([message(1, f"well-{outage}")])
            await service.send_due(Lane(chat, Answers(Outcome.DELIVERED)))
        held = service.store.claim_notifications(paper.id, utc_now(), 9, timedelta(minutes=1))
        subjects = [one.message.subject for one in held]
        assert sorted(set(subjects)) == [
            "NOTICE - The channel chat takes no messages", "NOTICE - The channel chat works again",
        ]  # fmt: skip


async def test_a_channel_whose_address_was_changed_starts_afresh(tmp_path: Path) -> None:
    async with running(tmp_path) as found:
        store, channel = found.service.store, found.service.gear.lanes[CHAT].channel
        store.save_notifications([message(1)])
        (one,) = store.claim_notifications(CHAT, utc_now(), 1, timedelta(minutes=2))
        attempt, dead = Delivery(one.id, CHAT, 1, Outcome.RETRY, utc_now(), 0.1, "503"), ChannelHealth(failures=7)
        assert store.save_delivery(one, attempt, utc_now(), ChannelState(channel, dead))
        assert store.channel_health(channel) == dead
        assert store.channel_health(replace(channel, target="https://chat.example/y")) == ChannelHealth()
        # One that slept and lost its claim has no say in it.
        assert not store.save_delivery(
            one, attempt, utc_now(), ChannelState(channel, ChannelHealth()), [message(1, "x")]
        )
        assert store.channel_health(channel) == dead
        assert store.waiting()[CHAT][0] == 1


async def test_the_watchdog_is_fed_neither_by_a_stale_round_nor_without_a_store(tmp_path: Path) -> None:
    async with running(tmp_path) as found:
        service = found.service
        assert not await service._is_alive()
        daemon = service._daemon = Daemon(
            (), service.log, reload=service.reload, replan=service.replan, is_alive=service._is_alive
        )
        assert await service._is_alive()
        daemon.pulse.ended_at["collect"] = daemon.pulse.running_since["collect"] = -1000.0
        assert not await service._is_alive()
        service.note_round()
        assert await service._is_alive()

        class Away(DatabaseStore):
            def ping(self) -> None:
                raise StoreError("the store cannot be reached")

        service.store = Away(service.store.database)
        assert not await service._is_alive()


async def test_a_configuration_that_the_store_cannot_follow_is_refused_whole(tmp_path: Path) -> None:
    class Full(DatabaseStore):
        def sync_feeds(self, *_: object) -> None:
            raise StoreError("the disk is full")

    async with running(tmp_path) as found:
        service, gear = found.service, found.service.gear
        store, service.store = service.store, Full(service.store.database)
        await service.reload()
        assert service.gear is gear
        assert "the disk is full" in found.log.getvalue()
        service.store = store
        await service.reload()
        assert service.gear is not gear


async def test_a_bug_in_the_lane_of_a_channel_ends_the_service(tmp_path: Path) -> None:
    class Buggy:
        channel = None

        async def send(self, notification: Notification, now: object) -> Delivery:
            raise KeyError(f"a bug with {notification.id} at {now}")

        async def close(self) -> None:
            return None

    async with running(tmp_path) as found:
        found.service.gear.lanes[CHAT].sender = Buggy()
        found.service.store.save_notifications([message(1)])
        with pytest.raises(KeyError, match="a bug with n1"):
            await found.service.run()
    # The message is not lost: it is there for the next start.
    database = Database(f"sqlite:///{tmp_path / 'storage' / 'monitor.db'}")
    assert DatabaseStore(database).waiting()[CHAT][0] == 1
    database.close()
