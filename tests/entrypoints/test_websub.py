"""A hub on loopback: asked, confirming, telling that a feed has something new, and left again."""

import asyncio
import dataclasses
import hmac
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.key_file import read_or_make_key
from monitor.app import open_store, storage_folder
from monitor.domain.feed import Feed, FeedId, Fetched, Health
from monitor.domain.policy import Policy, PollPolicy, WebPolicy
from monitor.domain.settings import Settings
from monitor.entrypoints.opening import open_service
from monitor.entrypoints.web.hubs import HUBS, open_hub_desk, routes
from monitor.entrypoints.websub import Asked, HubRounds, mark_of, subscribe_due
from monitor.observe import open_log
from monitor.ports import Poll
from monitor.stages.feeds.plan import plan_success
from monitor.stages.feeds.websub import Subscription, dump, load
from tests.builders import NOW
from tests.processes import install

FEED = Feed(FeedId("example"), "https://example.org/feed")
LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)


async def started(routes: list[web.RouteDef], desk=None) -> tuple[web.AppRunner, str]:
    app = web.Application()
    if desk is not None:
        app[HUBS] = desk
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


class Hub:
    """A hub as the standard wants it: it takes a wish, asks whether it was really ours, and tells its subscribers."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, str]] = []
        self.subscribers: dict[tuple[str, str], str] = {}
        self.lease_s = 864_000
        self._checks: set[asyncio.Task[None]] = set()

    async def ask(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        self._checks.add(asyncio.create_task(self._check(form)))
        return web.Response(status=202)

    async def _check(self, form: dict[str, str]) -> None:
        query = {name: form[name] for name in ("hub.mode", "hub.topic")} | {"hub.challenge": "c-1"}
        if form["hub.mode"] == "subscribe":
            query["hub.lease_seconds"] = str(self.lease_s)
        async with aiohttp.ClientSession() as session, session.get(form["hub.callback"], params=query) as answer:
            if answer.status != 200 or await answer.text() != "c-1":
                return
        place = (form["hub.topic"], form["hub.callback"])
        if form["hub.mode"] == "subscribe":
            self.subscribers[place] = form["hub.secret"]
        else:
            self.subscribers.pop(place, None)

    async def checked(self) -> None:
        """All that was asked is answered for."""
        await asyncio.gather(*self._checks)

    async def tell(self, body: bytes) -> None:
        async with aiohttp.ClientSession() as session:
            for (_, callback), secret in self.subscribers.items():
                signed = {"X-Hub-Signature": f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"}
                async with session.post(callback, data=body, headers=signed) as answer:
                    assert answer.status == 202


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    hub = Hub()
    runner, base = await started([web.post("/hub", hub.ask)])
    hub.url = f"{base}/hub"
    yield hub
    await runner.cleanup()


class Clock:
    def __init__(self) -> None:
        self.now = LATER

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path, settings_at, hub):
    (tmp_path / "storage").mkdir()
    with open_store(settings_at(""), NOW) as store:
        store.sync_feeds([FEED], NOW)
        save(store, LATER, hub_url=hub.url, health=Health.FINE, next_check_at=LATER + timedelta(hours=1))
        yield store


@pytest.fixture
def settings_at(tmp_path: Path):
    def at(base: str) -> Settings:
        return Settings(
            root=tmp_path,
            config_dir=tmp_path / "config",
            storage=f"sqlite:///{tmp_path / 'storage' / 'monitor.db'}",
            seeds=(),
            allow_private_addresses=("127.0.0.0/8",),
            feeds=(FEED,),
            channels=(),
            watchlists=(),
            policy=Policy(web=WebPolicy(listen="127.0.0.1:0", base_url=base)),
            version="v",
        )

    return at


@pytest.fixture
async def settings(settings_at, store, clock) -> AsyncIterator[Settings]:
    """As of a service whose public address is one on loopback."""
    runner, base = await started(routes(), open_hub_desk(settings_at(""), store, clock))
    yield settings_at(f"{base}/")
    await runner.cleanup()


def save(store, at: datetime, **fields) -> None:
    ((_, state),) = store.claim_due_feeds(at, 1, timedelta(minutes=1))
    store.save_polls([Poll(dataclasses.replace(state, **fields))], at)


def due(store) -> int:
    return len(store.claim_due_feeds(LATER, 9, timedelta(minutes=1)))


def kept(store) -> Subscription | None:
    return load(store.get_mark(mark_of(FEED.id)))


async def test_a_hub_is_asked_confirms_and_tells(settings, store, hub):
    assert await subscribe_due(settings, store, LATER) == (Asked(FEED.id, "subscribe", ""),)
    await hub.checked()
    assert [topic for topic, _ in hub.subscribers] == [FEED.url]
    assert due(store) == 0
    await hub.tell(b"news")
    assert due(store) == 1
    assert kept(store).until == LATER + 10 * DAY
    assert await subscribe_due(settings, store, LATER + DAY) == ()


async def test_a_hub_that_tells_for_ever_has_the_feed_asked_a_few_times(settings, store, hub, clock):
    await subscribe_due(settings, store, LATER)
    await hub.checked()
    save(store, LATER + timedelta(hours=2), hub_url=hub.url, next_check_at=LATER + DAY)
    clock.now, asked, state = LATER + timedelta(hours=3), 0, None
    end = clock.now + timedelta(hours=1)
    while clock.now < end:
        await hub.tell(b"news")
        for _, state in store.claim_due_feeds(clock.now, 1, timedelta(minutes=1)):
            asked += 1
            answer = Fetched(FEED.id, 304, FEED.url, None, {})
            planned, _ = plan_success(FEED, state, answer, None, 0, clock.now, PollPolicy(every=DAY, calmest=DAY))
            store.save_polls([Poll(planned)], clock.now)
        clock.now += timedelta(seconds=20)
    assert 5 < asked < 12
    assert state is not None
    assert "told of news" in state.health_reason


async def test_what_others_say_in_the_name_of_a_hub_is_no_hint(settings, store, hub):
    await subscribe_due(settings, store, LATER)
    await hub.checked()
    callback = hub.asked[0]["hub.callback"]
    query = {"hub.mode": "subscribe", "hub.topic": "https://evil.example/", "hub.challenge": "c-1"}
    async with aiohttp.ClientSession() as session:
        async with session.get(callback, params=query) as answer:
            assert answer.status == 404
        async with session.get(callback, params=query | {"hub.topic": FEED.url, "hub.mode": "unsubscribe"}) as answer:
            assert answer.status == 404
        async with session.post(callback, data=b"news", headers={"X-Hub-Signature": "sha256=00"}) as answer:
            assert answer.status == 202
        async with session.post(f"{callback}0", data=b"news") as answer:
            assert answer.status == 404
        async with session.post(callback, data=io.BytesIO(bytes(5_000_000))) as answer:
            assert answer.status == 413
    assert due(store) == 0
    assert kept(store).until is not None


async def test_a_lease_is_renewed_before_it_ends(settings, store, hub, clock):
    hub.lease_s = 3 * 86_400
    await subscribe_due(settings, store, LATER)
    await hub.checked()
    clock.now = LATER + 2.5 * DAY
    assert await subscribe_due(settings, store, clock.now) == (Asked(FEED.id, "subscribe", ""),)
    await hub.checked()
    assert len(hub.subscribers) == 1
    assert kept(store).until == clock.now + 3 * DAY


async def test_a_hub_that_denies_is_asked_again_in_time(settings, store, hub):
    await subscribe_due(settings, store, LATER)
    await hub.checked()
    query = {"hub.mode": "denied", "hub.topic": FEED.url, "hub.reason": "no room"}
    async with aiohttp.ClientSession() as session, session.get(hub.asked[0]["hub.callback"], params=query) as answer:
        assert answer.status == 200
    assert kept(store).until is None
    assert await subscribe_due(settings, store, LATER + timedelta(hours=7)) == (Asked(FEED.id, "subscribe", ""),)


async def test_the_hub_of_a_feed_that_was_removed_is_left(settings, store, hub):
    await subscribe_due(settings, store, LATER)
    await hub.checked()
    store.sync_feeds([], LATER)
    assert await subscribe_due(settings, store, LATER + DAY) == (Asked(FEED.id, "unsubscribe", ""),)
    await hub.checked()
    assert hub.subscribers == {}
    assert store.marks_below("websub") == {}
    assert await subscribe_due(settings, store, LATER + 2 * DAY) == ()


async def test_all_hubs_are_left_where_the_public_address_is_taken_away(settings, settings_at, store, hub):
    await subscribe_due(settings, store, LATER)
    await hub.checked()
    assert await subscribe_due(settings_at(""), store, LATER + DAY) == (Asked(FEED.id, "unsubscribe", ""),)
    await hub.checked()
    assert hub.subscribers == {}


async def test_a_feed_that_names_another_hub_leaves_the_old_one(settings, store, hub):
    await subscribe_due(settings, store, LATER)
    await hub.checked()
    save(store, LATER + 2 * timedelta(hours=1), hub_url=f"{hub.url}?new")
    asked = await subscribe_due(settings, store, LATER + DAY)
    assert [one.mode for one in asked] == ["subscribe", "unsubscribe"]
    await hub.checked()
    assert [callback.rpartition("/")[2] for _, callback in hub.subscribers] == [
        kept(store).token(read_or_make_key(storage_folder(settings) / "links.key"))
    ]


async def test_a_hub_that_does_not_end_it_is_asked_until_the_lease_is_over(settings, settings_at, store, hub):
    await subscribe_due(settings, store, LATER)
    await hub.checked()
    hub.asked.clear()
    store.sync_feeds([], LATER)
    closed = settings_at("")
    dead = dataclasses.replace(kept(store), hub="http://127.0.0.1:9/")
    store.set_mark(mark_of(FEED.id), dump(dead))
    for hours, modes in ((1, ["unsubscribe"]), (2, []), (9, ["unsubscribe"]), (241, [])):
        asked = await subscribe_due(closed, store, LATER + timedelta(hours=hours))
        assert [one.mode for one in asked] == modes
        assert all(one.fault for one in asked)
    assert store.marks_below("websub") == {}


async def test_a_hub_that_one_process_was_named_is_asked_by_the_next_round_of_any(settings, store, hub):
    here, there = (HubRounds(open_log(io.StringIO(), as_json=True, secrets=tuple)) for _ in range(2))
    store.sync_feeds([], LATER)
    await there.run(settings, store, LATER)
    store.sync_feeds([Feed(FeedId("new"), FEED.url)], NOW)
    save(store, LATER, hub_url=hub.url)
    await there.run(settings, store, LATER + timedelta(hours=2))
    assert hub.asked == []
    await here.hasten(store, LATER)
    await there.run(settings, store, LATER + timedelta(hours=2))
    await hub.checked()
    assert len(hub.subscribers) == 1


async def test_where_many_hubs_are_to_be_asked_the_next_round_goes_on(settings, store, hub):
    some = dataclasses.replace(settings.policy, websub=dataclasses.replace(settings.policy.websub, most_asked=2))
    feeds = [Feed(FeedId(f"f{number}"), f"https://example.org/{number}") for number in range(5)]
    store.sync_feeds(feeds, NOW)
    for _ in feeds:
        save(store, LATER, hub_url=hub.url, next_check_at=LATER + DAY)
    rounds = HubRounds(open_log(io.StringIO(), as_json=True, secrets=tuple))
    for count in (2, 4, 5, 5):
        await rounds.run(dataclasses.replace(settings, policy=some), store, LATER)
        await hub.checked()
        assert len(hub.subscribers) == count


async def test_nobody_is_asked_where_the_world_cannot_reach_us(settings_at, store, hub):
    assert await subscribe_due(settings_at(""), store, LATER) == ()
    assert hub.asked == []


async def test_a_hub_that_fails_is_told_and_asked_again_later(settings, store, hub):
    ((feed, _state),) = DatabaseCatalogue(store.database).feeds()
    save(store, LATER + timedelta(hours=2), hub_url=f"{hub.url}/nowhere")
    failed = (Asked(feed.id, "subscribe", "the hub answers 404"),)
    assert await subscribe_due(settings, store, LATER) == failed
    assert await subscribe_due(settings, store, LATER + timedelta(hours=1)) == ()
    assert await subscribe_due(settings, store, LATER + timedelta(hours=7)) == failed


async def test_a_feed_that_comes_while_the_service_runs_has_its_hub_asked_with_the_next_upkeep(tmp_path, hub):
    async def serve_feed(request: web.Request) -> web.Response:
        link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{hub.url}"/>'
        item = "<item><title>News</title><link>https://example.org/1</link><guid>1</guid></item>"
        shown = f"<rss version='2.0'><channel><title>x</title>{link}{item}</channel></rss>"
        return web.Response(text=shown, content_type="application/rss+xml")

    runner, base = await started([web.get("/feed", serve_feed)])
    place = install(tmp_path)
    place.write(
        "config/monitor.yaml",
        "seeds: []\nallow_private_addresses: [127.0.0.0/8]\nweb: {listen: '127.0.0.1:0', base_url: 'http://127.0.0.1:9/'}\n",
    )
    log = open_log(io.StringIO(), as_json=True, secrets=tuple)
    async with open_service(place.config, {}, {}, log, io.StringIO()) as service:
        await service.upkeep_round()
        place.write("config/feeds.yaml", f"feeds: [{{url: '{base}/feed', fulltext: never}}]\n")
        await service.reload()
        await service.once()
        await service.upkeep_round()
    await runner.cleanup()
    assert [(form["hub.mode"], form["hub.topic"]) for form in hub.asked] == [("subscribe", f"{base}/feed")]
