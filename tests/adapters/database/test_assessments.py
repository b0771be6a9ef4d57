"""What assessing saves, on both databases: all of it or nothing, and once."""

import dataclasses
from datetime import timedelta

import pytest

from monitor.adapters.database import tables
from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.alert import AlertId, Reason, Silence
from monitor.domain.article import ArticleId
from monitor.domain.errors import StoreError
from monitor.domain.opinion import Feedback, OpinionKind
from monitor.domain.story import Join, StoryId
from monitor.domain.watchlist import EntityId, RuleId
from monitor.ports import Assessment, StoredMember
from tests.adapters.database.store_builders import ALERT, LEASE, SOON, STORY, assessed, note
from tests.builders import NOW


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
        fingerprints=(StoredMember(ArticleId("y"), StoryId("s1"), b"print", NOW),),
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


def test_a_channel_has_the_alerts_that_it_has_messages_about(
    store: DatabaseStore, catalogue: DatabaseCatalogue
) -> None:
    assessed(store)
    later = dataclasses.replace(ALERT, id=AlertId("a2"), rule_id=RuleId("r2"), updated_at=SOON)
    closed = dataclasses.replace(later, id=AlertId("a3"), rule_id=RuleId("r3"), is_closed=True)
    unheard = dataclasses.replace(later, id=AlertId("a4"), rule_id=RuleId("r4"))
    store.save_assessment(Assessment(alerts=(later, closed, unheard)), NOW)
    for key in ("a1", "a2", "a3"):
        store.save_notifications(
            [note(f"first {key}", alert_id=AlertId(key)), note(f"more {key}", alert_id=AlertId(key))]
        )
    assert [alert.id for alert in catalogue.alerts_heard("chat", 10)] == ["a2", "a1", "a3"]
    assert [alert.id for alert in catalogue.alerts_heard("chat", 2)] == ["a2", "a1"]
    assert catalogue.alerts_heard("mail", 10) == ()


def test_merged_stories_lead_to_the_one_kept(store: DatabaseStore, catalogue: DatabaseCatalogue) -> None:
    assessed(store)
    other = dataclasses.replace(STORY, id=StoryId("s2"))
    store.save_assessment(Assessment(stories=(other,), merged=((StoryId("s1"), StoryId("s2")),)), NOW)
    found = catalogue.story("s1")
    assert found is not None
    assert found.id == "s2"
    assert [one.id for one, _ in catalogue.joins("s2")] == ["x"]


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
    said = Feedback(AlertId("a1"), OpinionKind.NOISE, "ann", "not us")
    assert store.save_feedback(said, SOON)
    assert store.save_feedback(said, SOON)
    assert not store.save_feedback(dataclasses.replace(said, alert_id=AlertId("none")), SOON)
    assert not store.save_feedback(dataclasses.replace(said, entity_id=EntityId("nobody")), SOON)
    assert [(one.kind, one.author, one.comment) for one in catalogue.opinions()] == [
        ("acknowledge", "ann", ""),
        ("noise", "ann", "not us"),
    ]
    assert catalogue.opinions(since=SOON + LEASE) == ()
    alert = catalogue.alert("a1")
    assert alert is not None
    assert alert.acknowledged_by == "ann"


def test_a_large_window_is_read_in_pages_each_article_once_and_bounded(store: DatabaseStore) -> None:
    for part in range(3):
        names = [ArticleId(f"{part}-{number:04d}") for number in range(1_500)]
        store.save_assessment(
            Assessment(
                joins=tuple(Join(name, StoryId(f"s{name}"), 0.0, ()) for name in names),
                fingerprints=tuple(
                    StoredMember(name, StoryId(f"s{name}"), b"print", NOW - timedelta(seconds=number % 7))
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
