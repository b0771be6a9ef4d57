"""The store on both databases: nothing lost, nothing twice, and stale writers refused."""

import dataclasses
import random
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from monitor.adapters.database import tables
from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.retention import prune, size_bytes
from monitor.adapters.database.search_index import fts5_query
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.database.tables import Moment
from monitor.domain.alert import Alert, AlertId, Reason, Silence, Verdict
from monitor.domain.article import Article, ArticleId
from monitor.domain.errors import StoreError
from monitor.domain.feed import Feed, FeedId, FeedState
from monitor.domain.finding import Analysis
from monitor.domain.notification import (
    ChannelId,
    Delivery,
    Message,
    Notification,
    NotificationId,
    OutboxState,
    Outcome,
    Rewording,
)
from monitor.domain.policy import RetentionPolicy
from monitor.domain.story import Join, Story, StoryId, StoryState
from monitor.domain.watchlist import EntityId, RuleId, Severity
from monitor.ports import SHARDS, Assessment, Member, Poll
from tests.builders import NOW

LEASE = timedelta(minutes=3)
SOON = NOW + timedelta(minutes=2)


def article(key: str, **changes: object) -> Article:
    plain = Article(
        id=ArticleId(key),
        feed_id=FeedId("f1"),
        guid=f"guid-{key}",
        url=f"https://example.org/{key}",
        title=f"Title {key}",
        text=f"Text of {key} about sécurité",
        published_at=NOW,
        first_seen_at=NOW,
        language="en",
        content_hash=f"hash-{key}",
        entry_hash=f"entry-{key}",
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def feed(key: str = "f1") -> Feed:
    return Feed(FeedId(key), f"https://{key}.example/feed.xml")


def claimed(store: DatabaseStore, now: datetime = SOON) -> dict[str, FeedState]:
    return {state.feed_id: state for _, state in store.claim_due_feeds(now, 100, LEASE)}


def polled(state: FeedState, articles: Sequence[Article] = (), at: datetime = SOON) -> Poll:
    return Poll(dataclasses.replace(state, next_check_at=at + timedelta(minutes=15), etag='"1"'), tuple(articles))


def collected(store: DatabaseStore, *articles: Article) -> None:
    store.sync_feeds([feed()], NOW)
    (state,) = claimed(store).values()
    store.save_polls([polled(state, articles)], SOON)


def note(key: str, channel: str = "chat", **changes: object) -> Notification:
    plain = Notification(
        id=NotificationId(key),
        channel=ChannelId(channel),
        alert_id=AlertId("a1"),
        severity=Severity.WARNING,
        message=Message("Subject", "Text"),
        created_at=NOW,
        not_before=NOW,
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def attempt(one: Notification, outcome: Outcome, at: datetime = SOON) -> Delivery:
    return Delivery(one.id, one.channel, one.attempts + 1, outcome, at, 0.1, "detail")


# --- feeds -------------------------------------------------------------------------------------


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


# --- articles ----------------------------------------------------------------------------------


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


def test_an_edited_article_is_found_by_its_new_words_only(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    collected(store, article("x", text="walrus"))
    (state,) = claimed(store, SOON + timedelta(hours=1)).values()
    store.save_polls([polled(state, [article("x", text="narwhal", content_hash="hash-2")])], SOON)
    assert [row["id"] for row in catalogue.search("narwhal")] == ["x"]
    assert catalogue.search("walrus") == ()


@pytest.mark.parametrize("title", ["a\ud800b", "nul \0 here", "x" * 1_000_000, "", "🦊 ⚡"])
def test_odd_texts_are_stored(store: DatabaseStore, catalogue: DatabaseCatalogue, title: str) -> None:
    safe = title.encode("utf-8", "replace").decode().replace("\0", " ")
    collected(store, article("x", title=safe, text=safe))
    assert next(iter(catalogue.articles()))["title"] == safe


# --- search ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("securité OR x", None, id="words of a query language are words"),
        pytest.param("sécurité", {"x", "y"}, id="accents"),
        pytest.param("securite", {"x", "y"}, id="without accents"),
        pytest.param("SECUR*", {"x", "y"}, id="prefix"),
        pytest.param("x sécurité", {"x"}, id="all words"),
        pytest.param('"Title x"', {"x"}, id="phrase"),
        pytest.param("nothing-like-it", set(), id="nothing"),
    ],
)
def test_search(store: DatabaseStore, catalogue: DatabaseCatalogue, words: str, found: set[str] | None) -> None:
    collected(store, article("x"), article("y"))
    result = {str(row["id"]) for row in catalogue.search(words)}
    assert found is None or result == found


@pytest.mark.parametrize("typed", ['"', "'", "*", "a AND", "NEAR(", '""', "col:x", "-", "(", "x*"])
def test_nothing_typed_breaks_the_search(store: DatabaseStore, catalogue: DatabaseCatalogue, typed: str) -> None:
    collected(store, article("x"))
    assert isinstance(catalogue.search(typed), tuple)
    assert fts5_query(typed)


# --- assess ------------------------------------------------------------------------------------

STORY = Story(StoryId("s1"), StoryState.REPORTED, "Headline", {"en": "Headline"}, NOW, NOW, (), (), {})
ALERT = Alert(AlertId("a1"), RuleId("r1"), StoryId("s1"), Severity.WARNING, 1, NOW, NOW, ())


def assessed(store: DatabaseStore, *messages: Notification) -> Assessment:
    collected(store, article("x"))
    whole = Assessment(
        analyses=(Analysis("x", "en", (), (), ()),),
        joins=(Join(ArticleId("x"), StoryId("s1"), 0.9, (("name", "acme", 2.0),)),),
        fingerprints=(Member(ArticleId("x"), StoryId("s1"), b"print", NOW),),
        stories=(STORY,),
        verdicts=(Verdict(RuleId("r1"), StoryId("s1"), Reason.NEW_STORY, Severity.WARNING, NOW),),
        alerts=(ALERT,),
        notifications=messages,
        done=(ArticleId("x"),),
    )
    store.save_assessment(whole, NOW)
    return whole


def test_an_assessment_is_saved_whole_and_twice_is_once(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    whole = assessed(store, note("n1"))
    store.save_assessment(whole, NOW)
    assert store.take_unassessed(10) == ()
    chain = catalogue.chain("https://example.org/x")
    assert chain is not None
    assert (chain.story, chain.join) == (STORY, whole.joins[0])
    assert [verdict.reason for verdict in chain.verdicts] == [Reason.NEW_STORY]
    assert [one["id"] for one in chain.notifications] == ["n1"]
    assert tuple(store.load_window(NOW - timedelta(days=1))) == whole.fingerprints
    record = store.load_stories([StoryId("s1")])[StoryId("s1")]
    assert [one.id for one in record.articles] == ["x"]


def test_who_assesses_in_turn_catches_up_and_who_slept_saves_nothing(store: DatabaseStore) -> None:
    assert store.take_lane("one") == 0
    whole = assessed(store)
    first = store.save_assessment(whole, NOW, "one")
    assert store.take_lane("two") == first
    more = Assessment(
        joins=(Join(ArticleId("y"), StoryId("s1"), 0.9, ()),),
        fingerprints=(Member(ArticleId("y"), StoryId("s1"), b"print", NOW),),
    )
    second = store.save_assessment(more, NOW, "two")
    with pytest.raises(StoreError, match="another worker"):
        store.save_assessment(whole, NOW, "one")
    assert store.take_lane("one") == second
    assert [one.article_id for one in store.load_window(NOW, after=first)] == ["y"]
    third = store.save_assessment(Assessment(merged=((StoryId("s1"), StoryId("s2")),)), NOW, "one")
    assert {(one.article_id, one.story_id) for one in store.load_window(NOW, after=second)} == {
        ("x", "s2"),
        ("y", "s2"),
    }
    assert tuple(store.load_window(NOW, after=third)) == ()


def test_what_a_worker_that_knows_no_saves_wrote_is_caught_up_with(store: DatabaseStore) -> None:
    assert store.take_lane("new") == 0
    first = store.save_assessment(assessed(store), NOW, "new")
    store.take_lane("of schema 0002")
    with store.database.write() as connection:
        row = {"article_id": "y", "story_id": "s1", "at": NOW, "fingerprint": b"print", "score": 0.9, "data": "{}"}
        connection.execute(tables.members.insert(), row)
    saves = store.take_lane("new")
    assert saves > first
    assert [one.article_id for one in store.load_window(NOW, after=first)] == ["y"]
    assert store.take_lane("newer") == saves
    for changes in ({"fingerprint": b"edited"}, {"story_id": "s2"}):
        with store.database.write() as connection:
            connection.execute(tables.members.update().where(tables.members.c.article_id == "y").values(changes))
        before, saves = saves, store.take_lane("new")
        assert saves > before
        (caught_up,) = store.load_window(NOW, after=before)
        assert (caught_up.article_id, caught_up.fingerprint) == ("y", b"edited")
    assert caught_up.story_id == "s2"
    assert store.take_lane("newer") == saves


def test_a_rule_and_a_story_have_one_alert(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    assessed(store)
    store.save_assessment(Assessment(alerts=(dataclasses.replace(ALERT, version=2),)), NOW)
    assert [alert.version for alert in catalogue.alerts()] == [2]


def test_merged_stories_lead_to_the_one_kept(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    assessed(store)
    other = dataclasses.replace(STORY, id=StoryId("s2"))
    store.save_assessment(Assessment(stories=(other,), merged=((StoryId("s1"), StoryId("s2")),)), NOW)
    found = catalogue.story("s1")
    assert found is not None
    assert found.id == "s2"
    assert [one.id for one, _ in catalogue.joins("s2")] == ["x"]


# --- outbox ------------------------------------------------------------------------------------


def test_a_notification_is_claimed_once_and_sent_once(store: DatabaseStore) -> None:
    store.save_notifications([note("n1"), note("n1"), note("n2", channel="mail")])
    (one,) = store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)
    assert store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE) == ()
    assert store.save_delivery(one, attempt(one, Outcome.DELIVERED), None)
    assert store.claim_notifications(ChannelId("chat"), SOON + LEASE, 10, LEASE) == ()
    assert set(store.waiting()) == {"mail"}


def test_a_sender_that_died_hands_over_and_cannot_mark(store: DatabaseStore) -> None:
    store.save_notifications([note("n1")])
    (dead,) = store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)
    (alive,) = store.claim_notifications(ChannelId("chat"), SOON + LEASE, 10, LEASE)
    assert not store.save_delivery(dead, attempt(dead, Outcome.DELIVERED), None)
    assert store.save_delivery(alive, attempt(alive, Outcome.DELIVERED), None)


def test_severest_first_then_in_order(store: DatabaseStore) -> None:
    store.save_notifications(
        [
            note("n1", severity=Severity.INFO),
            note("n2", created_at=NOW + timedelta(seconds=1)),
            note("n3", severity=Severity.CRITICAL, created_at=NOW + timedelta(seconds=2)),
            note("n4", created_at=NOW),
        ]
    )
    assert [one.id for one in store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)] == ["n3", "n4", "n2", "n1"]


def test_a_retry_waits_and_counts(store: DatabaseStore) -> None:
    store.save_notifications([note("n1")])
    (one,) = store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)
    later = SOON + timedelta(minutes=1)
    store.save_delivery(one, attempt(one, Outcome.RETRY), later)
    assert store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE) == ()
    (again,) = store.claim_notifications(ChannelId("chat"), later, 10, LEASE)
    assert again.attempts == 1


def test_what_is_tried_again_and_again_waits_since_its_first_attempt(
    store: DatabaseStore, catalogue: DatabaseCatalogue
) -> None:
    store.save_notifications([note("n1", not_before=SOON), note("n2", channel="mail", not_before=SOON)])
    for minutes in range(1, 20):
        at = SOON + timedelta(minutes=minutes)
        (one,) = store.claim_notifications(ChannelId("chat"), at, 10, LEASE)
        store.save_delivery(one, attempt(one, Outcome.RETRY, at), at + timedelta(seconds=50))
    tried_first = SOON + timedelta(minutes=1)
    assert store.waiting() == catalogue.waiting() == {"chat": (1, tried_first), "mail": (1, SOON)}
    (one,) = store.claim_notifications(ChannelId("chat"), SOON + timedelta(minutes=20), 10, LEASE)
    store.save_delivery(one, attempt(one, Outcome.REJECTED), None)
    later = SOON + timedelta(days=1)
    store.replay([one.id], later)
    assert store.waiting()["chat"] == (1, later)


def test_what_failed_is_not_sent_after_a_later_message_about_the_same_alert(store: DatabaseStore) -> None:
    store.save_notifications([note("n1"), note("other", alert_id=AlertId("a2"))])
    for one in store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE):
        store.save_delivery(one, attempt(one, Outcome.RETRY), SOON + LEASE)
    store.save_notifications([note("n2", created_at=SOON, not_before=SOON)])
    (later,) = store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)
    store.save_delivery(later, attempt(later, Outcome.DELIVERED), None)
    assert [one.id for one in store.claim_notifications(ChannelId("chat"), SOON + LEASE, 10, LEASE)] == ["other"]


def test_dead_letters_are_listed_and_replayed(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    store.save_notifications([note("n1")])
    (one,) = store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)
    store.save_delivery(one, attempt(one, Outcome.REJECTED), None)
    (letter,) = catalogue.notifications(state=OutboxState.DEAD)
    assert (letter["id"], letter["deliveries"][0]["detail"]) == ("n1", "detail")
    assert store.replay([NotificationId("n1"), NotificationId("nobody")], SOON) == 1
    (again,) = store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)
    assert again.attempts == 0


def test_held_messages_leave_as_one_and_none_is_dropped(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    later = NOW + timedelta(hours=1)
    store.save_notifications([note(f"n{n}", fold_key="digest:chat:1", not_before=later) for n in range(3)])
    assert store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE) == ()
    assert store.due_folds(SOON) == {}
    held = store.due_folds(later)["digest:chat:1"]
    fold = ([one.id for one in held], note("digest", not_before=later))
    assert store.fold_notifications([fold])
    assert not store.fold_notifications([fold, ([], note("another"))])
    assert [one.id for one in store.claim_notifications(ChannelId("chat"), later, 10, LEASE)] == ["digest"]
    assert sum(1 for _ in catalogue.notifications(state=OutboxState.FOLDED)) == 3
    assert store.has_fold("digest:chat:1")


def test_a_message_nobody_saw_gets_the_newest_words(store: DatabaseStore) -> None:
    assessed(store, note("n1", not_before=SOON))
    newer = note("n1", not_before=SOON, message=Message("Newer", "Text"))
    store.save_assessment(Assessment(rewritten=(Rewording(newer),)), NOW)
    (one,) = store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)
    assert one.message.subject == "Newer"
    store.save_assessment(Assessment(rewritten=(Rewording(note("n1", message=Message("Too late", ""))),)), NOW)
    (sent,) = store.load_messages([AlertId("a1")])
    assert (sent.notification.message.subject, sent.is_untried) == ("Newer", False)


# --- people and marks --------------------------------------------------------------------------


def test_silences_hold_until_they_end(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    silence = Silence("q1", "ann", NOW, NOW + timedelta(days=1), rule_id=RuleId("r1"))
    store.save_silence(silence)
    assert store.load_silences(NOW) == (silence,)
    assert store.end_silence("q1", SOON)
    assert not store.end_silence("q1", SOON)
    assert store.load_silences(SOON) == ()
    assert len(catalogue.silences(SOON, ended=True)) == 1


def test_people_answer_alerts(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    assessed(store)
    assert store.acknowledge(AlertId("a1"), "ann", SOON)
    assert not store.acknowledge(AlertId("none"), "ann", SOON)
    assert store.save_feedback(AlertId("a1"), "noise", "ann", "not us", SOON)
    assert store.save_feedback(AlertId("a1"), "noise", "ann", "not us", SOON)
    assert not store.save_feedback(AlertId("none"), "noise", "ann", "", SOON)
    assert not store.save_feedback(AlertId("a1"), "noise", "ann", "", SOON, EntityId("nobody"))
    assert [(one.kind, one.author, one.comment) for one in catalogue.opinions()] == [
        ("acknowledge", "ann", ""),
        ("noise", "ann", "not us"),
    ]
    assert catalogue.opinions(since=SOON + LEASE) == ()
    alert = catalogue.alert("a1")
    assert alert is not None
    assert alert.acknowledged_by == "ann"


def test_a_period_is_claimed_once(store: DatabaseStore) -> None:
    assert store.claim_period("digest:2026-11-25", NOW)
    assert not store.claim_period("digest:2026-11-25", SOON)
    store.set_mark("key", "one")
    store.set_mark("key", "two")
    assert store.get_mark("key") == "two"
    assert store.get_mark("none") is None


# --- keeping -----------------------------------------------------------------------------------


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


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        Moment().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]
    exact = datetime(1931, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
    stored = Moment().process_bind_param(exact, None)  # type: ignore[arg-type]
    assert Moment().process_result_value(stored, None) == exact  # type: ignore[arg-type]


def test_a_large_window_is_read_in_pages_each_article_once_and_bounded(store: DatabaseStore) -> None:
    for part in range(3):
        names = [ArticleId(f"{part}-{number:04d}") for number in range(1_500)]
        store.save_assessment(
            Assessment(
                joins=tuple(Join(name, StoryId(f"s{name}"), 0.0, ()) for name in names),
                fingerprints=tuple(
                    Member(name, StoryId(f"s{name}"), b"print", NOW - timedelta(seconds=number % 7))
                    for number, name in enumerate(names)
                ),
            ),
            NOW,
        )
    whole = [member.article_id for member in store.load_window(NOW - timedelta(days=1))]
    assert (len(whole), len(set(whole))) == (4_500, 4_500)
    assert [name[0] for name in whole] == sorted(name[0] for name in whole)
    bounded = [member.article_id for member in store.load_window(NOW - timedelta(days=1), most=1_600)]
    assert bounded == whole[1_500:]
    assert store.stories_of([ArticleId("0-0001"), ArticleId("none")]) == {ArticleId("0-0001"): StoryId("s0-0001")}
