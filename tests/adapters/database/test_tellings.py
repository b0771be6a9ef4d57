"""Several feeds tell of one address: none of them can take away what another one brings."""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import FeedId, FeedState
from monitor.ports import PollSaved
from tests.adapters.database.store_builders import SOON, article, claimed, feed, polled

URL = "https://paper.example/news/1"
TEXT = "Okta confirms that hackers stole customer data last week."


def told(name: str, text: str = TEXT, title: str = "Okta breached", **changes: object) -> Article:
    """The article under URL, as the feed *name* tells it."""
    values: dict[str, object] = {"published_at": SOON, "first_seen_at": SOON, "entry_hash": "x:1:2", **changes}
    one = article("x", url=URL, feed_id=FeedId(name), guid="g", title=title, text=text, content_hash=f"{title}{text}")
    return dataclasses.replace(one, **values)


def saved(store: DatabaseStore, states: Mapping[str, FeedState], *articles: Article) -> list[tuple[int, int]]:
    """Each article is a poll of its own, and all of them are saved together: how many came new, and edited."""
    found: tuple[PollSaved, ...] = store.save_polls([polled(states[one.feed_id], [one]) for one in articles], SOON)
    return [(one.new, one.edited) for one in found]


@pytest.fixture
def states(store: DatabaseStore) -> Mapping[str, FeedState]:
    """Two feeds of strangers, and that of the paper itself."""
    paper = dataclasses.replace(feed("paper"), url="https://feeds.paper.example/all")
    store.sync_feeds([feed("f1"), feed("f2"), paper], SOON - timedelta(hours=1))
    return claimed(store)


@pytest.mark.parametrize("together", [True, False])
def test_who_lists_the_address_of_another_with_other_words_does_not_hide_it(
    store: DatabaseStore, database: Database, states: Mapping[str, FeedState], together: bool
) -> None:
    lie, true = told("f1", "Flour, sugar and butter.", "Cake of the week"), told("f2")
    if together:
        assert saved(store, states, lie, true) == [(1, 0), (1, 0)]
    else:
        assert saved(store, states, lie) == [(1, 0)]
        assert saved(store, states, true) == [(1, 0)]
    assert {one.title for one in store.take_unassessed(10)} == {"Cake of the week", "Okta breached"}
    with database.read() as connection:
        rows = connection.execute(select(t.sightings.c.article_id, t.sightings.c.content_hash))
        ids = {row.article_id: row.content_hash for row in rows}
    (own,) = ids.keys() - {"x"}
    # By this its next poll tells what did not change.
    assert ids == {"x": "x:1:2", own: f"{own}:1:2"}
    # An edit of both title and text comes under the id of the address again.
    assert saved(store, states, told("f2", "It was not so.", "Okta denies")) == [(0, 1)]
    assert {one.title for one in store.take_unassessed(10)} == {"Cake of the week", "Okta denies"}


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    "first",
    [
        pytest.param({"rings": False}, id="what is history to another"),
        pytest.param({"published_at": SOON - timedelta(days=9000)}, id="what another dates back"),
    ],
)
@pytest.mark.parametrize("name", ["f2", "paper"])
def test_what_is_news_stays_news(
    store: DatabaseStore, states: Mapping[str, FeedState], first: dict[str, object], name: str, together: bool
) -> None:
    copy, true = told("f1", **first), told(name)
    if together:
        saved(store, states, copy, true)
    else:
        saved(store, states, copy)
        saved(store, states, true)
    pending = store.take_unassessed(10)
    assert [one.feed_id for one in pending if one.rings and one.published_at == SOON] == [name]
    assert len(pending) == (1 if name == "paper" else 2)


def test_what_came_out_long_before_it_was_first_seen_is_history_for_all(
    store: DatabaseStore, states: Mapping[str, FeedState]
) -> None:
    before = SOON - timedelta(hours=5)
    assert saved(store, states, told("f1", rings=False, published_at=before)) == [(1, 0)]
    assert saved(store, states, told("f2", published_at=before)) == [(0, 0)]


def test_a_teaser_of_what_is_known_is_no_article(store: DatabaseStore, states: Mapping[str, FeedState]) -> None:
    assert saved(store, states, told("f1")) == [(1, 0)]
    assert saved(store, states, told("f2", "hackers stole customer data")) == [(0, 0)]
    assert [one.id for one in store.take_unassessed(10)] == ["x"]


@pytest.mark.parametrize("together", [True, False])
def test_nobody_contradicts_the_publisher(
    store: DatabaseStore, states: Mapping[str, FeedState], together: bool
) -> None:
    lie, true = told("f1", "Flour, sugar and butter.", "Cake of the week"), told("paper")
    if together:
        saved(store, states, lie, true)
    else:
        saved(store, states, true)
        saved(store, states, lie)
    assert [(one.id, one.title, one.feed_id) for one in store.take_unassessed(10)] == [
        (ArticleId("x"), "Okta breached", "paper")
    ]


def test_who_floods_us_holds_up_nobody(store: DatabaseStore, states: Mapping[str, FeedState]) -> None:
    def brought(name: str, *numbers: int) -> None:
        articles = [article(f"{name}{one}", feed_id=FeedId(name), published_at=SOON) for one in numbers]
        store.save_polls([polled(states[name], articles)], SOON)

    brought("f1", *range(40))
    brought("f2", 1, 2)
    brought("paper", 1)
    first = [one.id for one in store.take_unassessed(16)]
    assert [name for name in first if not name.startswith("f1")] == ["f21", "f22", "paper1"]
    assert len(first) == len(set(first)) == 16
    # In the order in which they came, what is left of the flood as well.
    assert first[:13] == [one.id for one in store.take_unassessed(40)][:13]
