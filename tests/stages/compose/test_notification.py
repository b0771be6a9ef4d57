"""What is written for a channel beside single alerts: lists, notices, and what is handed over."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.packaged.messages import wording_for
from monitor.domain.notification import ChannelId, Message, Notice, NoticeKind, NotificationId
from monitor.domain.watchlist import Severity
from monitor.stages.compose.notification import fold_notifications, handed_over, notice_notification
from tests.occasions import NOW, channel
from tests.stages.compose.messages import PLAIN, held, waiting


def test_a_fold_lists_every_alert_once_and_says_which() -> None:
    ((folded, members),) = fold_notifications("storm:soc:x", held(), PLAIN, wording_for("en"), NOW)
    assert {str(one.id) for one in members} == {"n1", "n2", "n3"}
    assert "al-1" in folded.message.plain
    assert "al-2" in folded.message.plain
    assert folded.message.plain.count("al-1") == 1
    assert folded.severity is Severity.CRITICAL
    assert [one["alert"] for one in json.loads(folded.message.fields)["data"]["alerts"]] == ["al-7c31", "al-7c31"]


@pytest.mark.parametrize("url", ["discord://a/b", "mastodons://a@b", "slack://a/b/c", "twilio://a:b@c/d", ""])
def test_a_storm_leaves_nothing_out_whatever_the_service_takes(url: str) -> None:
    target = channel(url)
    many = [replace(held()[0], id=NotificationId(f"n{i}"), alert_id=f"al-{i:03}") for i in range(130)]
    folds = fold_notifications("storm:soc:x", many, target, wording_for("en"), NOW)
    assert sorted(str(one.id) for _, members in folds for one in members) == sorted(str(one.id) for one in many)
    assert len({folded.id for folded, _ in folds}) == len(folds)
    listed = "\n".join(folded.message.plain for folded, _ in folds)
    assert [one.alert_id for one in many if f"{one.alert_id})" not in listed] == []
    for folded, members in folds:
        native = json.loads(folded.message.fields).get("native")
        shown = json.dumps(native).replace("\\", "")
        assert native is None or all(str(one.alert_id) in shown for one in members)


def test_what_came_at_the_same_moment_is_listed_by_name() -> None:
    names = ["Tesco", "Airbus", "Okta"]
    many = [
        waiting(f"n{name}", f"al-{number}", Severity.CRITICAL, Message(f"CRITICAL - {name} - ransomware", ""), 0)
        for number, name in enumerate(names)
    ]
    ((folded, _),) = fold_notifications("storm:soc:x", many, PLAIN, wording_for("en"), NOW)
    assert sorted(names, key=folded.message.plain.index) == sorted(names)


@pytest.mark.parametrize("count", [1, 20], ids=["with evidence", "without"])
def test_a_line_of_a_list_leads_to_the_article_that_is_quoted(count: int) -> None:
    first, quoted = "https://fair.example/opened-the-story", "https://paper.example/tells-it"
    data = {
        "subject": "CRITICAL - Acme - data breach",
        "quotes": [{"text": "Acme confirmed it.", "url": quoted, "language": "en"}],
        "sources": [{"url": first}, {"url": quoted}],
    }
    text = Message("CRITICAL - Acme - data breach", "", fields=json.dumps({"data": data}))
    many = [waiting(f"n{number}", f"al-{number}", Severity.CRITICAL, text, 0) for number in range(count)]
    folds = fold_notifications("storm:soc:x", many, PLAIN, wording_for("en"), NOW)
    assert [quoted in folded.message.plain and first not in folded.message.plain for folded, _ in folds] == [
        True
    ] * len(folds)
    listed = [one for folded, _ in folds for one in json.loads(folded.message.fields)["data"]["alerts"]]
    assert {one["url"] for one in listed} == {quoted}


def test_an_empty_digest_says_so() -> None:
    ((folded, members),) = fold_notifications("digest:soc:weekly:2026-11-23", (), PLAIN, wording_for("de"), NOW)
    assert members == ()
    assert folded.message.subject == "Wochenübersicht - keine Alarme"
    assert folded.message.plain == "Nichts ist geschehen."


def test_a_notice_is_the_same_for_the_whole_of_its_period() -> None:
    notice = Notice(NoticeKind.FEED_SILENT, "example")
    words = wording_for("en")
    morning = notice_notification(notice, PLAIN, words, NOW)
    assert notice_notification(notice, PLAIN, words, NOW + timedelta(hours=2)).id == morning.id
    assert notice_notification(notice, PLAIN, words, NOW + timedelta(days=1)).id != morning.id


def test_general_notices_are_told_apart_by_what_they_say() -> None:
    words = wording_for("en")
    one, other = (
        notice_notification(Notice(NoticeKind.GENERAL, "example", text), PLAIN, words, NOW)
        for text in ("it moved", "it renamed all its items")
    )
    assert one.id != other.id


def test_a_dead_letter_is_told_of_each_hour() -> None:
    words, notice = wording_for("en"), Notice(NoticeKind.DEAD_LETTER, "chat", "HTTP 400")
    first = notice_notification(notice, PLAIN, words, NOW)
    assert notice_notification(notice, PLAIN, words, NOW + timedelta(minutes=5)).id == first.id
    assert notice_notification(notice, PLAIN, words, NOW + timedelta(hours=1)).id != first.id


def test_what_comes_too_late_for_its_list_is_not_lost() -> None:
    ((folded, _),) = fold_notifications("storm:soc:x", held()[:2], PLAIN, wording_for("en"), NOW)
    ((again, _),) = fold_notifications("storm:soc:x", held()[:2], PLAIN, wording_for("en"), NOW)
    ((late, members),) = fold_notifications("storm:soc:x", held()[2:], PLAIN, wording_for("en"), NOW)
    assert folded.id == again.id != late.id
    assert [str(one.id) for one in members] == ["n3"]


def test_a_list_tells_in_its_readers_language_what_was_written_for_others() -> None:
    english, french, german = (
        replace(channel(), id=ChannelId(name), language=name, fallback=ChannelId("de")) for name in ("en", "fr", "de")
    )
    first = handed_over(held()[1], english.id, french, NOW)
    ((listed, _),) = fold_notifications(first[0].fold_key, first, french, wording_for("fr"), NOW)
    again = handed_over(listed, french.id, german, NOW)
    ((told, _),) = fold_notifications(again[0].fold_key, again, german, wording_for("de"), NOW)
    assert "rançongiciel" in listed.message.plain
    assert "- Apple - Ransomware, bestätigt - 3 Quellen" in told.message.plain
    assert not any(label in told.message.plain for label in ("CRITICAL", "CRITIQUE", "INFO - "))
