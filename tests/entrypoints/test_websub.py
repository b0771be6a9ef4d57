"""A hub on loopback: asked, confirming, and telling that a feed has something new."""

import dataclasses
import hmac
import io
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.app import open_store
from monitor.domain.feed import Feed, FeedId, Health
from monitor.domain.policy import Policy, WebPolicy
from monitor.domain.settings import Settings
from monitor.entrypoints.web.hubs import HUBS, open_hub_desk, routes
from monitor.entrypoints.websub import mark_of, subscribe_due
from monitor.ports import Poll
from monitor.stages.websub import load
from tests.builders import NOW

FEED = Feed(FeedId("example"), "https://example.org/feed")
LATER = NOW + timedelta(hours=1)


async def started(routes: list[web.RouteDef], desk=None) -> tuple[web.AppRunner, str]:
    app = web.Application()
    if desk is not None:
        app[HUBS] = desk
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def hub():
    asked = []

    async def ask(request: web.Request) -> web.Response:
        asked.append(dict(await request.post()))
        return web.Response(status=202)

    runner, base = await started([web.post("/hub", ask)])
    yield f"{base}/hub", asked
    await runner.cleanup()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        root=tmp_path,
        config_dir=tmp_path / "config",
        storage=f"sqlite:///{tmp_path / 'storage' / 'monitor.db'}",
        seeds=(),
        allow_private_addresses=("127.0.0.0/8",),
        feeds=(FEED,),
        channels=(),
        watchlists=(),
        policy=Policy(web=WebPolicy(listen="127.0.0.1:0", base_url="https://us.example/")),
        version="v",
    )


@pytest.fixture
def store(settings, hub):
    (settings.root / "storage").mkdir()
    with open_store(settings, NOW) as store:
        store.sync_feeds([FEED], NOW)
        ((_, state),) = store.claim_due_feeds(LATER, 1, timedelta(minutes=1))
        read = dataclasses.replace(state, hub_url=hub[0], health=Health.FINE, next_check_at=LATER + timedelta(hours=1))
        store.save_polls([Poll(read)], LATER)
        yield store


def due(store) -> int:
    return len(store.claim_due_feeds(LATER, 9, timedelta(minutes=1)))


async def test_a_hub_is_asked_confirms_and_tells(settings, store, hub):
    _, asked = hub
    assert await subscribe_due(settings, store, LATER) == {FEED.id: ""}
    (form,) = asked
    assert form["hub.topic"] == FEED.url
    runner, base = await started(routes(), open_hub_desk(settings, store, lambda: LATER))
    callback = form["hub.callback"].replace("https://us.example", base)
    async with aiohttp.ClientSession() as session:
        query = {"hub.mode": "subscribe", "hub.topic": FEED.url, "hub.challenge": "c-1", "hub.lease_seconds": "864000"}
        async with session.get(callback, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "c-1")
        async with session.get(callback, params=query | {"hub.topic": "https://evil.example/"}) as answer:
            assert answer.status == 404
        async with session.post(callback, data=b"news", headers={"X-Hub-Signature": "sha256=00"}) as answer:
            assert answer.status == 202
        assert due(store) == 0
        signature = hmac.new(form["hub.secret"].encode(), b"news", "sha256").hexdigest()
        async with session.post(callback, data=b"news", headers={"X-Hub-Signature": f"sha256={signature}"}) as answer:
            assert answer.status == 202
        async with session.post(f"{callback}0", data=b"news") as answer:
            assert answer.status == 404
        async with session.post(callback, data=io.BytesIO(bytes(5_000_000))) as answer:
            assert answer.status == 413
    await runner.cleanup()
    assert due(store) == 1
    kept = load(store.get_mark(mark_of(FEED.id)))
    assert kept is not None
    assert kept.until == LATER + timedelta(days=10)
    assert await subscribe_due(settings, store, LATER + timedelta(days=1)) == {}


async def test_nobody_is_asked_where_the_world_cannot_reach_us(settings, store, hub):
    closed = dataclasses.replace(settings, policy=Policy())
    assert await subscribe_due(closed, store, LATER) == {}
    assert open_hub_desk(closed, store, lambda: LATER) is None
    assert hub[1] == []


async def test_a_hub_that_fails_is_told_and_asked_again_later(settings, store, hub):
    ((feed, state),) = DatabaseCatalogue(store.database).feeds()
    ((_, claimed),) = store.claim_due_feeds(LATER + timedelta(hours=2), 1, timedelta(minutes=1))
    broken = dataclasses.replace(state, epoch=claimed.epoch, hub_url=f"{hub[0]}/nowhere")
    store.save_polls([Poll(broken)], LATER)
    assert await subscribe_due(settings, store, LATER) == {feed.id: "the hub answers 404"}
    assert await subscribe_due(settings, store, LATER + timedelta(hours=1)) == {}
    assert await subscribe_due(settings, store, LATER + timedelta(hours=7)) == {feed.id: "the hub answers 404"}
