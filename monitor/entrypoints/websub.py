"""Subscribes to the hubs that feeds name, where the service has a public address, and ends what is no longer wanted."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.http.client import HttpClient, parse_address
from monitor.adapters.key_file import read_or_make_key
from monitor.app import open_client, storage_folder
from monitor.domain.errors import FetchError
from monitor.domain.feed import Feed, FeedId, FeedState
from monitor.domain.settings import Settings
from monitor.observe import Log
from monitor.stages.feeds.websub import Subscription, dump, is_past, load, request_form, wanted

_ACCEPTED = range(200, 300)
_KEPT, _LEFT = "websub:", "websub-left:"
# Whichever process read a feed that names a new hub, the next one that has time asks it.
_HASTE = "hubs:due"
_EVERY_S = 600.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a hub was asked (``subscribe`` or ``unsubscribe``); ``fault`` in plain words, empty where it took it."""

    feed_id: FeedId
    mode: str
    fault: str


@dataclass(slots=True)
class HubRounds:
    """Asks hubs now and then: all feeds are looked through for that, so seldom where none has named a new one."""

    log: Log
    _due_s: float = 0.0

    async def hasten(self, store: DatabaseStore, now: datetime) -> None:
        """A feed named a hub: the next round is due, of this process or of another one."""
        await asyncio.to_thread(store.set_mark, _HASTE, now.isoformat())

    async def run(self, settings: Settings, store: DatabaseStore, now: datetime) -> None:
        """Ask hubs to tell us of news, where the world can reach us and a round is due."""
        if await asyncio.to_thread(store.get_mark, _HASTE) is not None:
            # Before the feeds are looked through: a hub that is named meanwhile makes the next round due.
            await asyncio.to_thread(store.drop_mark, _HASTE)
        elif time.monotonic() < self._due_s:
            return
        self._due_s = time.monotonic() + _EVERY_S
        asked = await subscribe_due(settings, store, now)
        for one in asked:
            self.log.event("hub.asked", feed=one.feed_id, mode=one.mode, fault=one.fault)
        if len(asked) >= settings.policy.websub.most_asked:
            await self.hasten(store, now)  # more may be left


def mark_of(feed_id: FeedId) -> str:
    """Under which name a subscription is kept."""
    return f"{_KEPT}{feed_id}"


def mark_of_left(token: str) -> str:
    """Under which name a subscription is kept until its hub has ended it; *token* is that of its address."""
    return f"{_LEFT}{token}"


async def subscribe_due(settings: Settings, store: DatabaseStore, now: datetime) -> tuple[Asked, ...]:
    """
    Ask the hubs for new subscriptions and for those that end soon, and to end those that nobody wants any more.

    Nobody wants that of a feed that is gone or names another hub, and none where the world cannot reach us any more.
    """
    base = settings.policy.web.base_url if settings.policy.web.listen else ""
    kept = await asyncio.to_thread(_subscriptions, store, _KEPT)
    left = await asyncio.to_thread(_subscriptions, store, _LEFT)
    if not base and not kept and not left:
        return ()
    key = read_or_make_key(storage_folder(settings) / "links.key")
    feeds = await asyncio.to_thread(DatabaseCatalogue(store.database).feeds) if base else ()
    asks = [(one, "subscribe") for one in _wanted(settings, feeds, kept, now)]
    asks += [(one, "unsubscribe") for one in await asyncio.to_thread(_leave, settings, store, key, feeds, now)]
    # Kept before the hub is asked: it may call back before it answers.
    for one, mode in asks:
        mark = mark_of(one.feed_id) if mode == "subscribe" else mark_of_left(one.token(key))
        await asyncio.to_thread(store.set_mark, mark, dump(one))
    client = open_client(settings)
    try:
        faults = await asyncio.gather(*(_asked(settings, client, key, one, mode) for one, mode in asks))
    finally:
        await client.close()
    return tuple(Asked(one.feed_id, mode, fault) for (one, mode), fault in zip(asks, faults, strict=True))


def _subscriptions(store: DatabaseStore, prefix: str) -> dict[str, Subscription]:
    found = {mark: load(value) for mark, value in store.marks_below(prefix).items()}
    return {mark: one for mark, one in found.items() if one is not None}


def _wanted(
    settings: Settings,
    feeds: tuple[tuple[Feed, FeedState], ...],
    kept: Mapping[str, Subscription],
    now: datetime,
) -> list[Subscription]:
    policy, base = settings.policy.websub, settings.policy.web.base_url
    found = (
        wanted(feed.id, state.hub_url, _topic(feed, state), base, kept.get(mark_of(feed.id)), now, policy)
        for feed, state in feeds
        if state.hub_url is not None
    )
    return [one for one in found if one is not None][: policy.most_asked]


def _topic(feed: Feed, state: FeedState) -> str:
    return state.topic_url or state.address(feed)


def _leave(
    settings: Settings, store: DatabaseStore, key: bytes, feeds: tuple[tuple[Feed, FeedState], ...], now: datetime
) -> list[Subscription]:
    """Put aside what nobody wants any more, and forget what ended; which hubs are to be asked for an end now."""
    served = {(feed.id, state.hub_url, _topic(feed, state)) for feed, state in feeds}
    due = []
    for mark, one in _subscriptions(store, _KEPT).items():
        if (one.feed_id, one.hub, one.topic) in served:
            continue
        if one.base:
            left = replace(one, asked_at=now, until=one.until or now + settings.policy.websub.lease)
            store.set_mark(mark_of_left(one.token(key)), dump(left))
            due.append(left)
        store.drop_mark(mark)
    for mark, one in _subscriptions(store, _LEFT).items():
        if is_past(one, now):
            store.drop_mark(mark)
        elif now - one.asked_at >= settings.policy.websub.ask_again:
            due.append(replace(one, asked_at=now))
    return list({one.token(key): one for one in due}.values())[: settings.policy.websub.most_asked]


async def _asked(settings: Settings, client: HttpClient, key: bytes, subscription: Subscription, mode: str) -> str:
    form = request_form(subscription, mode, key, settings.policy.websub)
    try:
        status = await client.post_form(parse_address(subscription.hub), form)
    except FetchError as error:
        return str(error)
    return "" if status in _ACCEPTED else f"the hub answers {status}"
