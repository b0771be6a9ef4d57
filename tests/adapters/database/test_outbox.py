"""The outbox, on both databases: claimed once, sent once, and in order."""

from datetime import timedelta

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.domain.alert import AlertId
from monitor.domain.notification import (
    ChannelId,
    Message,
    NotificationId,
    OutboxState,
    Outcome,
    Rewording,
)
from monitor.domain.watchlist import Severity
from monitor.ports import Assessment
from tests.adapters.database.store_builders import LEASE, SOON, assessed, attempt, note
from tests.builders import NOW


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


def test_versions_of_an_alert_that_were_made_at_once_leave_in_order(store: DatabaseStore) -> None:
    messages = [Message("Subject", "Text", fields=f'{{"data": {{"version": {number}}}}}') for number in (3, 2)]
    store.save_notifications([note(f"n{number}", message=message) for number, message in enumerate(messages)])
    assert [one.id for one in store.claim_notifications(ChannelId("chat"), SOON, 10, LEASE)] == ["n1", "n0"]


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


def test_a_period_is_claimed_once(store: DatabaseStore) -> None:
    assert store.claim_period("digest:2026-11-25", NOW)
    assert not store.claim_period("digest:2026-11-25", SOON)
    store.set_mark("key", "one")
    store.set_mark("key", "two")
    assert store.get_mark("key") == "two"
    assert store.get_mark("none") is None
