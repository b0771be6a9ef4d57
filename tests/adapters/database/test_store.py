"""Feeds and articles in the store, on both databases: nothing lost, nothing twice, and stale writers refused."""

import dataclasses
import threading
from datetime import UTC, datetime, timedelta

import pytest

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.database.tables import Moment
from monitor.domain.article import ArticleId
from monitor.domain.errors import ValueRefusedError, is_of_the_piece
from monitor.domain.feed import FeedId
from monitor.domain.notification import (
    ChannelId,
    Outcome,
)
from monitor.ports import SHARDS, Assessment
from monitor.stages.read_article import unread
from tests.adapters.database.store_builders import LEASE, SOON, article, attempt, claimed, collected, feed, note, polled
from tests.builders import NOW


def test_a_feed_is_claimed_once_until_its_lease_ends(store: DatabaseStore) -> None:
    store.sync_feeds([feed("f1"), feed("f2")], NOW)
    assert set(claimed(store)) == {"f1", "f2"}
    assert claimed(store) == {}
    again = claimed(store, SOON + LEASE)
    assert {state.epoch for state in again.values()} == {2}


def test_a_worker_that_lost_its_lease_cannot_save(store: DatabaseStore) -> None:
    store.sync_feeds([feed()], NOW)
    late = claimed(store)["f1"]
    current = claimed(store, SOON + LEASE)["f1"]
    (refused,) = store.save_polls([polled(late, [article("x")])], SOON + LEASE)
    assert refused.is_stale
    assert store.take_unassessed(10) == ()
    (saved,) = store.save_polls([polled(current, [article("x")])], SOON + LEASE)
    assert (saved.is_stale, saved.new) == (False, 1)


def test_what_a_missed_worker_claimed_is_free_and_a_younger_claim_is_not(store: DatabaseStore) -> None:
    store.sync_feeds([feed()], NOW)
    (shard,) = store.due_shards(SOON)
    claimed(store)
    assert [store.release_shard(one, SOON + LEASE) for one in range(SHARDS)] == [
        int(one == shard) for one in range(SHARDS)
    ]
    later = SOON + timedelta(seconds=20)
    assert set(claimed(store, later)) == {"f1"}
    assert store.release_shard(shard, SOON + LEASE) == 0
    assert claimed(store, later) == {}
    store.save_notifications([note("n1"), note("n2", channel="mail")])
    (one,) = store.claim_notifications(ChannelId("chat"), SOON, 1, LEASE)
    assert store.holds(one)
    assert store.release_channel(ChannelId("mail"), SOON + LEASE) == 0
    assert store.release_channel(ChannelId("chat"), SOON + LEASE) == 1
    assert not store.holds(one)
    (again,) = store.claim_notifications(ChannelId("chat"), later, 1, LEASE)
    assert store.release_channel(ChannelId("chat"), SOON + LEASE) == 0
    assert store.holds(again)
    assert not store.holds(one)


def test_what_an_earlier_life_claimed_is_free_at_the_start_of_the_next(store: DatabaseStore) -> None:
    store.sync_feeds([feed()], NOW)
    store.save_notifications([note("n1")])
    assert set(claimed(store)) == {"f1"}
    (one,) = store.claim_notifications(ChannelId("chat"), SOON, 1, LEASE)
    store.release_claims()
    assert set(claimed(store)) == {"f1"}
    assert [again.id for again in store.claim_notifications(ChannelId("chat"), SOON, 1, LEASE)] == [one.id]


def test_two_claimers_never_get_the_same_feed(store: DatabaseStore) -> None:
    store.sync_feeds([feed(f"f{number}") for number in range(60)], NOW)
    got: list[str] = []

    def take() -> None:
        while found := store.claim_due_feeds(SOON, 7, LEASE):
            got.extend(state.feed_id for _, state in found)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(f"f{number}" for number in range(60))


def test_the_table_follows_the_configuration(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    store.sync_feeds([feed("f1"), feed("f2")], NOW)
    store.sync_feeds([dataclasses.replace(feed("f1"), language="nl"), feed("f3")], NOW)
    assert [(one.id, one.language) for one, _ in catalogue.feeds()] == [("f1", "nl"), ("f3", None)]


def test_many_new_feeds_are_spread_and_seeds_come_at_once(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    feeds = [feed(f"f{number}") for number in range(500)]
    store.sync_feeds([*feeds, dataclasses.replace(feed("seeds"), rings_always=True)], NOW)
    planned = {one.id: state.next_check_at for one, state in catalogue.feeds()}
    assert planned[FeedId("seeds")] == NOW
    assert len(set(planned.values())) > 300
    assert all(NOW <= moment < NOW + timedelta(seconds=1) for moment in planned.values())


def test_a_clock_that_was_set_back_does_not_park_feeds(store: DatabaseStore) -> None:
    store.sync_feeds([feed()], NOW)
    (state,) = claimed(store).values()
    store.save_polls([polled(state, at=NOW + timedelta(days=900))], NOW)
    store.replan(NOW, timedelta(0), timedelta(days=1))
    assert set(claimed(store, NOW)) == {"f1"}


def test_what_was_planned_goes_along_with_a_clock_that_was_set_back(store: DatabaseStore) -> None:
    store.sync_feeds([feed("f1"), feed("f2")], NOW)
    states = claimed(store)
    store.save_polls([polled(states["f1"])], SOON)
    one, other = note("n1"), note("n2", not_before=SOON, fold_key="digest")
    store.save_notifications([one, other])
    (one,) = store.claim_notifications(one.channel, SOON, 5, LEASE)
    store.save_delivery(one, attempt(one, Outcome.RETRY), SOON + timedelta(seconds=30))
    hour = timedelta(hours=1)
    for _ in range(2):
        store.replan(SOON - hour, -hour, timedelta(days=1))
    # The second time it comes earlier still, and no earlier than now.
    assert store.claim_notifications(one.channel, SOON - hour + timedelta(seconds=30), 5, LEASE)
    assert set(claimed(store, SOON - hour + LEASE)) == {"f1", "f2"}
    assert store.due_folds(SOON - hour) == {}
    assert [held[0].id for held in store.due_folds(SOON).values()] == ["n2"]


def test_a_clock_that_was_set_forward_changes_no_plan(store: DatabaseStore) -> None:
    store.sync_feeds([feed()], NOW)
    (state,) = claimed(store).values()
    store.save_polls([polled(state, at=SOON)], SOON)
    store.replan(SOON + timedelta(minutes=5), timedelta(minutes=5), timedelta(days=1))
    assert claimed(store, SOON + timedelta(minutes=14)) == {}
    assert set(claimed(store, SOON + timedelta(minutes=15))) == {"f1"}


def test_articles_and_validators_are_saved_together(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    collected(store, article("x"), article("y"))
    assert [one.id for one in store.take_unassessed(10)] == ["x", "y"]
    ((_, state),) = catalogue.feeds()
    assert state.etag == '"1"'
    assert store.known_entries(FeedId("f1")) == {"guid-x": "entry-x", "guid-y": "entry-y"}


def test_an_entry_is_known_by_its_identity(store: DatabaseStore) -> None:
    collected(store, article("x", identity="guid-x|https://example.org/x"), article("y"))
    assert set(store.known_entries(FeedId("f1"))) == {"guid-x|https://example.org/x", "guid-y"}


def test_the_same_article_from_two_feeds_is_one(store: DatabaseStore) -> None:
    store.sync_feeds([feed("f1"), feed("f2")], NOW)
    states = claimed(store)
    store.save_polls([polled(states["f1"], [article("x")])], SOON)
    teaser = article("x", feed_id=FeedId("f2"), guid="other", content_hash="teaser")
    (saved,) = store.save_polls([polled(states["f2"], [teaser])], SOON)
    assert (saved.new, saved.edited) == (0, 1) or (saved.new, saved.seen) == (0, 1)
    (kept,) = store.take_unassessed(10)
    assert kept.content_hash == "hash-x"


def test_the_publisher_has_the_word_on_what_others_told_first(
    store: DatabaseStore, catalogue: DatabaseCatalogue
) -> None:
    store.sync_feeds([feed("f1"), feed("f2"), feed("f3")], NOW)
    states, url = claimed(store), "https://www.f2.example/x"
    first = article("x", url=url, title="Nothing happened", content_hash="lie", rings=False)
    store.save_polls([polled(states["f1"], [first])], SOON)
    store.save_assessment(Assessment(done=(ArticleId("x"),)), SOON)
    # One that is of no more authority changes nothing.
    (saved,) = store.save_polls(
        [polled(states["f3"], [dataclasses.replace(first, feed_id=FeedId("f3"), title="Or did it?")])], SOON
    )
    assert (saved.new, saved.edited) == (0, 0)
    own = article("x", url=url, feed_id=FeedId("f2"), guid="own", title="Bank breached", content_hash="own", owner="F2")
    (saved,) = store.save_polls([polled(states["f2"], [own])], SOON)
    assert (saved.new, saved.edited) == (0, 1)
    (pending,) = store.take_unassessed(10)
    assert (pending.title, pending.revision, pending.feed_id, pending.owner) == ("Bank breached", 2, "f2", "F2")
    assert pending.rings
    # From then on nobody else has.
    states = claimed(store, SOON + timedelta(hours=1))
    later = dataclasses.replace(first, title="Nothing at all", content_hash="lie-2")
    (saved,) = store.save_polls([polled(states["f1"], [later])], SOON + timedelta(hours=1))
    assert (saved.new, saved.edited) == (0, 0)
    assert [row["title"] for row in catalogue.articles()] == ["Bank breached"]
    assert [one.title for one in catalogue.full_articles(NOW)] == ["Bank breached"]


def test_an_edit_is_a_revision_of_the_same_article(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    collected(store, article("x"))
    store.save_assessment(Assessment(done=(ArticleId("x"),)), SOON)
    (state,) = claimed(store, SOON + timedelta(hours=1)).values()
    edit = article("x", title="New title", content_hash="hash-2")
    (saved,) = store.save_polls([polled(state, [edit])], SOON)
    assert (saved.new, saved.edited) == (0, 1)
    (pending,) = store.take_unassessed(10)
    assert (pending.title, pending.revision) == ("New title", 2)
    assert [row["title"] for row in catalogue.articles()] == ["New title"]


def test_what_an_article_was_filed_under_and_what_became_of_its_page_is_stored(
    store: DatabaseStore, catalogue: DatabaseCatalogue
) -> None:
    given = [{}, {"tags": ("Banks", "R&D")}, {"page": "read"}, {"tags": ("Banks",), "page": "not read"}]
    collected(store, *(article(f"x{number}", **fields) for number, fields in enumerate(given)))
    stored = [one for number in range(len(given)) if (one := catalogue.article(f"x{number}")) is not None]
    assert [(one.tags, one.page) for one in stored] == [
        ((), ""),
        (("Banks", "R&D"), ""),
        ((), "read"),
        (("Banks",), "not read"),
    ]


def test_a_changed_guid_makes_no_new_article(store: DatabaseStore) -> None:
    collected(store, article("x"))
    (state,) = claimed(store, SOON + timedelta(hours=1)).values()
    (saved,) = store.save_polls([polled(state, [article("x", guid="changed")])], SOON)
    assert (saved.new, saved.seen) == (0, 1)


def test_workers_that_bring_the_same_articles_wait_for_each_other(store: DatabaseStore, database: Database) -> None:
    workers = 4
    for _ in range(workers):
        store.sync_feeds([feed(f"f{number}") for number in range(workers)], NOW)
    states = claimed(store)
    saved: list[int] = []

    def bring(number: int) -> None:
        key = f"f{number}"
        mine = [article(f"a{n}", feed_id=FeedId(key)) for n in range(40)]
        polls = [polled(states[key], mine if number % 2 else mine[::-1])]
        saved.append(store.save_polls(polls, SOON)[0].new)

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(saved) == [0] * (workers - 1) + [40]
    assert len(store.take_unassessed(100)) == 40


def test_what_is_edited_while_it_is_assessed_is_assessed_again(store: DatabaseStore) -> None:
    collected(store, article("x"), article("y"))
    taken = store.take_unassessed(10)
    (state,) = claimed(store, SOON + timedelta(hours=1)).values()
    store.save_polls([polled(state, [article("x", title="Acme breached", content_hash="hash-2")])], SOON)
    read = {one.id: one.revision for one in taken}
    store.save_assessment(Assessment(done=tuple(read), revisions=read), SOON)
    assert [(one.title, one.revision) for one in store.take_unassessed(10)] == [("Acme breached", 2)]


def test_articles_are_told_in_the_order_in_which_they_happened(store: DatabaseStore) -> None:
    newest_first = [article(f"a{n}", published_at=NOW - timedelta(hours=n)) for n in range(5)]
    collected(store, *newest_first)
    assert [one.id for one in store.take_unassessed(10)] == ["a4", "a3", "a2", "a1", "a0"]


def test_what_may_ring_waits_for_no_history(store: DatabaseStore) -> None:
    old = [article(f"old{n}", rings=False) for n in range(30)]
    collected(store, *old, article("fresh", published_at=NOW + timedelta(minutes=1)))
    taken = [one.id for one in store.take_unassessed(10)]
    assert taken[0] == "fresh"
    assert len(taken) == 10
    assert len(store.take_unassessed(100)) == 31
    ahead = store.coming_history(store.take_unassessed(10))
    assert [one.id for one in ahead] == [one.id for one in store.take_unassessed(20)[10:]]


@pytest.mark.parametrize("title", ["a\ud800b", "nul \0 here", "x" * 1_000_000, "", "🦊 ⚡"])
def test_odd_texts_are_stored(store: DatabaseStore, catalogue: DatabaseCatalogue, title: str) -> None:
    safe = title.encode("utf-8", "replace").decode().replace("\0", " ")
    collected(store, article("x", title=safe, text=safe))
    assert next(iter(catalogue.articles()))["title"] == safe


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        Moment().process_bind_param(datetime(2026, 1, 1), None)
    exact = datetime(1931, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
    stored = Moment().process_bind_param(exact, None)
    assert Moment().process_result_value(stored, None) == exact


def test_a_value_that_cannot_be_stored_is_a_fault_of_what_it_belongs_to(store: DatabaseStore) -> None:
    # SQLite takes a NUL.
    title = "half a \ud800 pair" if store.database.is_sqlite else "a \0 nothing"
    store.sync_feeds([feed()], NOW)
    poll = polled(claimed(store)["f1"], [dataclasses.replace(article("x"), title=title)])
    with pytest.raises((ValueRefusedError, UnicodeEncodeError)) as caught:
        store.save_polls([poll], NOW)
    assert is_of_the_piece(caught.value)
    assert store.take_unassessed(10) == ()


def test_what_a_program_failed_on_another_one_reads_again(store: DatabaseStore) -> None:
    store.sync_feeds([feed()], NOW)
    store.save_polls([polled(claimed(store)["f1"], [article("x"), article("y")])], NOW)
    ids = [one.id for one in store.take_unassessed(10)]
    assert store.read_again("1.0") == 0
    store.save_assessment(Assessment(analyses=(unread(ids[0], ValueError("x")),), done=tuple(ids)), NOW)
    assert store.read_again("1.0") == 0
    assert store.take_unassessed(10) == ()
    assert store.read_again("1.1") == 1
    assert [one.id for one in store.take_unassessed(10)] == ids[:1]
    assert store.read_again("1.2") == 0
