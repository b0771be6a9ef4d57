"""The reasons to turn red, asked of a running service: `/healthz`, `/readyz`, `monitor healthcheck`, the watchdog."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.errors import StoreError
from monitor.domain.feed import Feed, FeedId
from monitor.domain.notification import ChannelId, Delivery, Message, Notification, NotificationId, Outcome
from monitor.domain.watchlist import Severity
from monitor.entrypoints.daemon import Daemon, utc_now
from monitor.entrypoints.service import Service, open_service
from monitor.observe import open_log
from monitor.stages.delivery import health_after
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
        done = self.installation.run("healthcheck", check=False)
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
    installation = install(folder)
    installation.write("config/monitor.yaml", "seeds: []\nweb: {listen: '127.0.0.1:0'}\n")
    installation.write("config/channels.yaml", "channels: {chat: {webhook: 'https://chat.example/x', default: true}}\n")
    log = io.StringIO()
    async with open_service(
        installation.config, {}, {}, open_log(log, as_json=True, secrets=tuple), io.StringIO()
    ) as service:
        yield Running(service, installation, log)


def message(created_s: float) -> Notification:
    at = utc_now() - timedelta(seconds=created_s)
    return Notification(NotificationId("n1"), CHAT, None, Severity.WARNING, Message("Subject", "Text"), at, at)


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
        store.save_notifications([message(400)])
        for ago_s in (390, 200, 10):
            at = utc_now() - timedelta(seconds=ago_s)
            (one,) = store.claim_notifications(CHAT, at, 1, timedelta(minutes=2))
            store.save_delivery(one, Delivery(one.id, CHAT, 1, Outcome.RETRY, at, 0.1, "503"), at)
        assert await found.says() == ('a notification for the channel "chat" has waited for 6 minutes',)
        (one,) = store.claim_notifications(CHAT, utc_now(), 1, timedelta(minutes=2))
        store.save_delivery(one, Delivery(one.id, CHAT, 4, Outcome.DELIVERED, utc_now(), 0.1, ""), None)
        assert found.service.ailments() == ()


async def test_red_where_a_channel_is_dead(tmp_path: Path) -> None:
    async with running(tmp_path) as found:
        lane, policy = found.service.parts.lanes[CHAT], found.service.parts.settings.policy.delivery
        refused = Delivery(NotificationId("n1"), CHAT, 1, Outcome.RETRY, utc_now(), 0.1, "503")
        for _ in range(4):
            lane.health = health_after(lane.health, refused, policy)
        assert found.service.ailments() == ()
        lane.health = health_after(lane.health, refused, policy)
        assert await found.says() == ('the channel "chat" takes nothing: see `monitor alerts dead`',)
        lane.health = health_after(lane.health, replace(refused, outcome=Outcome.DELIVERED), policy)
        assert found.service.ailments() == ()


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


async def test_a_bug_in_the_lane_of_a_channel_ends_the_service(tmp_path: Path) -> None:
    class Buggy:
        channel = None

        async def send(self, notification: Notification, now: object) -> Delivery:
            raise KeyError(f"a bug with {notification.id} at {now}")

        async def close(self) -> None:
            return None

    async with running(tmp_path) as found:
        found.service.parts.lanes[CHAT].sender = Buggy()  # type: ignore[assignment]
        found.service.store.save_notifications([message(1)])
        with pytest.raises(KeyError, match="a bug with n1"):
            await found.service.run()
    # The message is not lost: it is there for the next start.
    database = Database(f"sqlite:///{tmp_path / 'storage' / 'monitor.db'}")
    assert DatabaseStore(database).waiting()[CHAT][0] == 1
    database.close()
