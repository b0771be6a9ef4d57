"""What is pruned, on both databases, and what is not."""

import dataclasses
import random
from datetime import timedelta

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.retention import prune, size_bytes
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.article import ArticleId
from monitor.domain.feed import FeedId
from monitor.domain.policy import RetentionPolicy
from monitor.ports import Assessment, Poll
from tests.adapters.database.store_builders import ALERT, SOON, article, assessed, claimed, collected, polled
from tests.builders import NOW


def test_what_was_pruned_does_not_come_back_as_new(store: DatabaseStore, database: Database) -> None:
    collected(store, article("old"), article("young", first_seen_at=NOW + timedelta(days=300)))
    store.save_assessment(Assessment(done=(ArticleId("old"), ArticleId("young"))), SOON)
    policy, later = RetentionPolicy(articles=timedelta(days=100)), NOW + timedelta(days=301)
    assert prune(database, policy, later, dry_run=True) == 1
    assert prune(database, policy, later) == 1
    (state,) = claimed(store, later).values()
    (saved,) = store.save_polls([polled(state, [article("old")], later)], later)
    assert saved.new == 0
    assert store.take_unassessed(10) == ()
    assert size_bytes(database) > 0


def test_what_a_feed_has_not_shown_for_long_is_forgotten_and_what_it_still_shows_is_not(
    store: DatabaseStore, database: Database
) -> None:
    collected(store, *(article(key, identity=key) for key in ("gone", "listed", "kept")))
    store.save_assessment(Assessment(done=(ArticleId("gone"), ArticleId("listed"))), SOON)
    policy = RetentionPolicy(articles=timedelta(days=100), tombstones=timedelta(days=200))
    first, last = NOW + timedelta(days=150), NOW + timedelta(days=300)
    # Unchanged for ever, as far as it says: nothing is forgotten, whatever the clock says.
    assert prune(database, policy, last) == 2
    assert set(store.known_entries(FeedId("f1"))) == {"gone", "listed", "kept"}
    for at in (first, last):
        (state,) = claimed(store, at).values()
        store.save_polls([Poll(polled(state, at=at).state, listed=("listed",))], at)
    prune(database, policy, last)
    # "kept" is an article that nobody has assessed yet.
    assert set(store.known_entries(FeedId("f1"))) == {"listed", "kept"}
    (state,) = claimed(store, last + timedelta(hours=1)).values()
    again = [article(key, identity=key) for key in ("gone", "listed")]
    (saved,) = store.save_polls([polled(state, again)], last)
    assert saved.new == 1


def test_a_store_above_its_size_loses_its_oldest(
    store: DatabaseStore, database: Database, catalogue: DatabaseCatalogue
) -> None:
    many = [article(f"a{n:03}", text=f"word{n} {random.Random(n).randbytes(3000).hex()}") for n in range(200)]
    collected(store, *many)
    store.save_assessment(Assessment(done=tuple(one.id for one in many)), SOON)
    size = size_bytes(database)
    policy = RetentionPolicy(max_bytes=size // 2)
    expected = prune(database, policy, SOON, dry_run=True)
    assert prune(database, policy, SOON) == expected
    assert 80 < expected < 120
    assert [row["id"] for row in catalogue.articles()] == [f"a{n:03}" for n in range(expected, 200)]
    assert size_bytes(database) < size * 0.65
    assert catalogue.search("word0") == ()
    assert len(catalogue.search("word199")) == 1


def test_an_article_of_an_open_alert_stays(store: DatabaseStore, database: Database) -> None:
    assessed(store)
    later = NOW + timedelta(days=900)
    assert prune(database, RetentionPolicy(articles=timedelta(days=1)), later) == 0
    store.save_assessment(Assessment(alerts=(dataclasses.replace(ALERT, is_closed=True),)), later)
    assert prune(database, RetentionPolicy(articles=timedelta(days=1)), later) == 1
