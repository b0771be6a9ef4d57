"""A channel that is down, or refuses a message, is stood in for by its fallback - once, as a list, in no circle."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from io import StringIO
from pathlib import Path

import pytest

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.packaged.messages import load_wordings, wording_for
from monitor.adapters.senders.open_sender import open_sender
from monitor.domain.errors import StoreError
from monitor.domain.notification import (
    Channel,
    ChannelHealth,
    ChannelId,
    Delivery,
    Notice,
    NoticeKind,
    Notification,
    NotificationId,
    Outcome,
    QuietHours,
)
from monitor.domain.policy import AlertPolicy, DeliveryPolicy
from monitor.domain.watchlist import Severity
from monitor.entrypoints.fallbacks import about_dead_letter, hand_over, hand_over_due
from monitor.entrypoints.notices import send_notice
from monitor.pipeline import DeadLetter, Lane
from monitor.ports import Assessment
from monitor.stages.compose.alert import outline_alert
from monitor.stages.compose.message import write
from monitor.stages.compose.notification import fold_notifications, notice_notification
from monitor.stages.decide.judge import Bench
from tests.occasions import NOW, attacked, channel
from tests.stores import open_database

CHAT = replace(channel("slack://a/b/c"), id=ChannelId("chat"), fallback=ChannelId("mail"))
MAIL = replace(channel("mailto://a"), id=ChannelId("mail"), fallback=ChannelId("chat"))
ALONE = replace(channel(), id=ChannelId("alone"))
CHANNELS = (CHAT, MAIL, ALONE)
WORDS = wording_for("en")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    database = open_database(f"sqlite:///{tmp_path / 'monitor.db'}")
    yield DatabaseStore(database)
    database.close()


def waiting(store: DatabaseStore, on: Channel, count: int) -> tuple[Notification, ...]:
    """Messages about *count* alerts that wait for a channel."""
    made = attacked()
    alerts = [replace(made.alert, id=f"al-{number}", rule_id=f"rule-{number}") for number in range(count)]
    messages = tuple(
        Notification(
            NotificationId(f"n-{alert.id}"),
            on.id,
            alert.id,
            alert.severity,
            write(outline_alert(replace(made, channel=on, alert=alert), WORDS), on),
            NOW + timedelta(seconds=number),
            NOW,
        )
        for number, alert in enumerate(alerts)
    )
    store.save_assessment(Assessment(stories=(made.story,), alerts=tuple(alerts), notifications=messages), NOW)
    return messages


def folded(store: DatabaseStore) -> list[Notification]:
    ((key, held),) = store.due_folds(NOW).items()
    return [message for message, _ in fold_notifications(key, held, MAIL, WORDS, NOW)]


def test_the_fallback_gets_one_list_of_what_waits(store: DatabaseStore) -> None:
    waiting(store, CHAT, 3)
    stuck = store.stuck_notifications(CHAT.id, 99)
    assert [str(one.id) for one in stuck] == ["n-al-2", "n-al-1", "n-al-0"]
    assert hand_over(store, CHANNELS, CHAT.id, stuck, NOW) == 3
    (message,) = folded(store)
    assert message.channel == MAIL.id
    assert message.message.subject == "CRITICAL - Not delivered by the channel chat - 3 alerts"
    for number in range(3):
        assert f"al-{number}" in message.message.plain
    assert "https://news.example/apple?id=5" in message.message.plain


def test_quiet_hours_of_the_fallback_hold_what_is_handed_over_and_word_of_it(store: DatabaseStore) -> None:
    quiet = QuietHours(time(8), time(10), pierce=Severity.CRITICAL)
    channels = (CHAT, replace(MAIL, quiet=quiet))
    grave, soft = waiting(store, CHAT, 2)
    hand_over(store, channels, CHAT.id, [grave, replace(soft, severity=Severity.WARNING)], NOW)
    bench = Bench((), channels, {}, None, AlertPolicy(), load_wordings())
    assert send_notice(store, bench, Notice(NoticeKind.CHANNEL_DEAD, "chat"), CHAT.id, NOW) == 1
    assert [[str(one.severity) for one in held] for held in store.due_folds(NOW).values()] == [["critical"]]
    later = store.due_folds(NOW.replace(hour=10, minute=0))
    assert sorted(key.partition(":")[0] for key in later) == ["handover", "handover", "quiet"]
    ((told, _),) = next(
        fold_notifications(key, held, MAIL, WORDS, NOW) for key, held in later.items() if key.startswith("quiet")
    )
    assert told.message.subject == "NOTICE - The channel chat takes no messages"


def test_it_is_handed_over_once_however_often_it_is_asked(store: DatabaseStore) -> None:
    stuck = waiting(store, CHAT, 2)
    assert hand_over(store, CHANNELS, CHAT.id, stuck, NOW) == 2
    assert hand_over(store, CHANNELS, CHAT.id, stuck, NOW + timedelta(minutes=9)) == 0


async def test_what_the_fallback_was_told_itself_is_not_handed_over_to_it(store: DatabaseStore) -> None:
    made = waiting(store, CHAT, 3)
    heard, held = (replace(one, id=NotificationId(f"m-{one.id}"), channel=MAIL.id) for one in made[:2])
    store.save_notifications([heard, replace(held, fold_key="digest:mail:daily:x", not_before=NOW + timedelta(days=1))])
    sender = open_sender(ALONE, DeliveryPolicy(), allowed=(), stream=StringIO(), user_agent="test")
    lane = Lane(CHAT, sender, health=ChannelHealth(9, failing_since=NOW - timedelta(hours=1)))
    assert hand_over_due(store, CHANNELS, lane, NOW, timedelta(minutes=5)) == 2
    (message,) = folded(store)
    assert "al-0" not in message.message.plain
    assert "al-1" in message.message.plain
    assert "al-2" in message.message.plain
    assert hand_over_due(store, CHANNELS, lane, NOW, timedelta(minutes=5)) == 0


async def test_a_dead_letter_goes_to_no_fallback_that_was_told_itself(store: DatabaseStore) -> None:
    bench = Bench((), CHANNELS, {}, None, AlertPolicy(), load_wordings())
    (letter,) = waiting(store, CHAT, 1)
    own = replace(letter, id=NotificationId("m-0"), channel=MAIL.id)
    store.save_notifications([own])

    def handed(one: Notification) -> set[str]:
        refused = Delivery(one.id, one.channel, 1, Outcome.REJECTED, NOW, 0.1, "404")
        (claimed,) = store.claim_notifications(one.channel, NOW, 1, timedelta(minutes=2))
        follow = about_dead_letter(store, bench, DeadLetter(claimed, refused), NOW)
        assert store.save_delivery(claimed, refused, None)
        return {str(one.channel) for one in follow if one.fold_key}

    assert handed(letter) == set()
    # Where both refuse it, the one that refused it first is told of it all the same.
    assert handed(own) == {"chat"}


def test_two_channels_that_are_down_do_not_play_ball(store: DatabaseStore) -> None:
    hand_over(store, CHANNELS, CHAT.id, waiting(store, CHAT, 2), NOW)
    (message,) = folded(store)
    assert json.loads(message.message.fields)["via"] == ["chat"]
    assert hand_over(store, CHANNELS, MAIL.id, [message], NOW) == 0


def test_without_a_fallback_and_for_notices_nothing_is_handed_over(store: DatabaseStore) -> None:
    assert hand_over(store, CHANNELS, ALONE.id, waiting(store, ALONE, 1), NOW) == 0
    notice = notice_notification(Notice(NoticeKind.FEED_SILENT, "x"), CHAT, WORDS, NOW)
    assert hand_over(store, CHANNELS, CHAT.id, [notice], NOW) == 0


def test_what_was_handed_over_is_no_earlier_message_of_the_alert(store: DatabaseStore) -> None:
    stuck = waiting(store, CHAT, 1)
    hand_over(store, CHANNELS, CHAT.id, stuck, NOW)
    told = store.load_messages([attacked().alert.id, stuck[0].alert_id or attacked().alert.id])
    assert {one.notification.channel for one in told} == {CHAT.id}


def test_a_dead_letter_goes_with_word_of_it_and_to_the_fallback_or_not_at_all(store: DatabaseStore) -> None:
    (letter,) = waiting(store, CHAT, 1)
    (claimed,) = store.claim_notifications(CHAT.id, NOW, 1, timedelta(minutes=2))
    refused = Delivery(claimed.id, CHAT.id, 1, Outcome.REJECTED, NOW, 0.1, "404")
    bench = Bench((), CHANNELS, {}, None, AlertPolicy(), load_wordings())
    follow = about_dead_letter(store, bench, DeadLetter(claimed, refused), NOW)
    with pytest.raises(StoreError):
        # What cannot be stored takes all the rest along, as a crash would.
        store.save_delivery(claimed, refused, None, follow=[*follow, replace(follow[0], channel=None)])
    catalogue = DatabaseCatalogue(store.database)
    assert [str(one["state"]) for one in catalogue.notifications()] == ["leased"]
    assert store.save_delivery(claimed, refused, None, follow=follow)
    assert sorted((str(one["channel"]), str(one["state"])) for one in catalogue.notifications()) == [
        ("chat", "dead"), ("mail", "held"), ("mail", "pending")
    ]  # fmt: skip
    assert letter.message.subject in {one.message.subject for one in follow}
