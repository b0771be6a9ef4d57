"""Subscribes to the hubs that feeds name, where the service has a public address."""

import asyncio
from datetime import datetime

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.http_client import HttpClient, parse_address
from monitor.adapters.key_file import read_or_make_key
from monitor.app import open_client, storage_folder
from monitor.domain.errors import FetchError
from monitor.domain.feed import FeedId
from monitor.domain.settings import Settings
from monitor.stages.websub import Subscription, dump, load, request_form, wanted

_ACCEPTED = range(200, 300)


def mark_of(feed_id: FeedId) -> str:
    """Under which name a subscription is kept."""
    return f"websub:{feed_id}"


async def subscribe_due(settings: Settings, store: DatabaseStore, now: datetime) -> dict[FeedId, str]:
    """
    Ask the hubs for new subscriptions and for those that end soon; nothing where the world cannot reach us.

    Returns:
        The feeds for which a hub was asked, with its fault in plain words, empty where it took the wish.
    """
    if not settings.policy.web.base_url or not settings.policy.web.listen:
        return {}
    due = await asyncio.to_thread(_due, settings, store, now)
    key = read_or_make_key(storage_folder(settings) / "links.key")
    client = open_client(settings)
    try:
        # Kept before the hub is asked: it may call back before it answers.
        for one in due:
            await asyncio.to_thread(store.set_mark, mark_of(one.feed_id), dump(one))
        faults = await asyncio.gather(*(_asked(settings, client, key, one) for one in due))
    finally:
        await client.close()
    return {one.feed_id: fault for one, fault in zip(due, faults, strict=True)}


def _due(settings: Settings, store: DatabaseStore, now: datetime) -> list[Subscription]:
    policy, found = settings.policy.websub, []
    for feed, state in DatabaseCatalogue(store.database).feeds():
        if state.hub_url is None:
            continue
        known = load(store.get_mark(mark_of(feed.id)))
        fresh = wanted(feed.id, state.hub_url, state.topic_url or state.address(feed), known, now, policy)
        if fresh is not None:
            found.append(fresh)
    return found[: policy.most_asked]


async def _asked(settings: Settings, client: HttpClient, key: bytes, subscription: Subscription) -> str:
    base = settings.policy.web.base_url.rstrip("/")
    callback = f"{base}/websub/{subscription.feed_id}/{subscription.token(key)}"
    try:
        status = await client.post_form(
            parse_address(subscription.hub), request_form(subscription, callback, key, settings.policy.websub)
        )
    except FetchError as error:
        return str(error)
    return "" if status in _ACCEPTED else f"the hub answers {status}"
