"""
What messages look like, word by word: `MONITOR_GOLDEN=write pytest tests/stages/compose` writes the files
anew; read the difference before you keep it.
"""

import functools
import json
import os
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.packaged.messages import load_wordings, wording_for
from monitor.domain.alert import Reason, Told
from monitor.domain.article import ArticleId
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.notification import (
    ChannelId,
    ChannelKind,
    Message,
    Notice,
    NoticeKind,
    Notification,
    NotificationId,
)
from monitor.domain.story import Quote, StoryState
from monitor.domain.watchlist import EntityId, Severity
from monitor.stages.compose.alert import Occasion, outline_alert
from monitor.stages.compose.message import degraded, write
from monitor.stages.compose.notification import fold_notifications, handed_over, notice_notification
from tests.occasions import NOW, attacked, channel, confirmed, entity, extreme, in_attack_news, source

GOLDEN = Path(__file__).parents[2] / "golden" / "messages"
MAIL, PLAIN = channel("mailto://x.example"), channel("/x.jsonl", ChannelKind.FILE)
CHATS = {
    "slack": "slack://a/b/c",
    "discord": "discord://a/b",
    "teams": "workflows://a/b/c",
    "telegram": "tgram://a/b",
    "matrix": "matrixs://a/b",
    "ntfy": "ntfys://a/b",
    "mattermost": "mmosts://a/b",
    "mastodon": "mastodons://a@b",
}


def update() -> Occasion:
    """The second message on a channel, with everything changed since the first."""
    before = replace(attacked().alert, severity=Severity.WARNING, told=Told(StoryState.RUMOUR, 1, ("1000000$",)))
    made = confirmed(before=before)
    changes = (*made.verdict.changes, Reason.SEVERITY_ROSE, Reason.MORE_SOURCES, Reason.NUMBERS_CHANGED)
    story = replace(made.story, numbers=("1500000000$", "6200000"))
    figures = Quote("Het gaat om 6,2 miljoen klanten van Apple, zegt een woordvoerder.", ArticleId("a2"))
    said = (figures, *(Quote(one.evidence, one.article_id, one.marks) for one in made.alert.entities))
    return replace(made, verdict=replace(made.verdict, changes=changes), story=story, quotes=said)


def closed() -> Occasion:
    made = confirmed()
    verdict = replace(made.verdict, reason=Reason.STORY_CLOSED, changes=())
    story = replace(made.story, state=StoryState.OVER)
    return replace(made, alert=replace(made.alert, is_closed=True, version=3), verdict=verdict, story=story)


DENIAL = source(5, "Apple denies break-in", "https://daily.example/apple-denies")


def denied() -> Occasion:
    """The victim takes back what was told; the helper is watched as well, and the rule is about victims."""
    made = attacked()
    apple = entity("Apple", Role.VICTIM, "Apple denies that anybody broke into its systems.", ransomware=Status.DENIED)
    apple = replace(apple, article_id=ArticleId("a5"))
    rule = replace(made.rule, entity_ids=frozenset({apple.entity_id, EntityId("microsoft")}))
    before = replace(made.alert, entities=made.alert.entities[:1], told=Told(StoryState.RUMOUR, 2, ()))
    changes = (Reason.DENIED_OR_CORRECTED, Reason.MORE_SOURCES)
    return replace(
        made,
        rule=rule,
        alert=replace(made.alert, entities=(apple,), version=2),
        verdict=replace(made.verdict, reason=changes[0], changes=changes),
        story=replace(made.story, state=StoryState.DENIED, sources=(*made.story.sources, DENIAL)),
        before=before,
    )


OCCASIONS = {
    "attacked": attacked(), "update": update(), "in-attack-news": in_attack_news(), "closed": closed(),
    "extreme": extreme(), "denied": denied(),
}  # fmt: skip


def message(occasion: Occasion, where: object = PLAIN, language: str = "en") -> Message:
    target = replace(where, language=language)  # type: ignore[type-var]
    return write(outline_alert(replace(occasion, channel=target), wording_for(language)), target)


def held(language: str = "en") -> tuple[Notification, ...]:
    """Three messages that wait to be folded, two of them about one alert."""
    first, second = message(attacked(), language=language), message(update(), language=language)
    news = message(in_attack_news(), language=language)
    return (
        _waiting("n1", "al-1", Severity.WARNING, first, 0),
        _waiting("n2", "al-1", Severity.CRITICAL, second, 1),
        _waiting("n3", "al-2", Severity.INFO, news, 2),
    )


def _waiting(name: str, alert: str, severity: Severity, text: Message, minute: int) -> Notification:
    moment = NOW + timedelta(minutes=minute)
    return Notification(NotificationId(name), PLAIN.id, alert, severity, text, moment, moment)  # type: ignore[arg-type]


def files() -> Iterator[tuple[str, str]]:
    for language in load_wordings():
        for name, occasion in OCCASIONS.items():
            made = message(occasion, language=language)
            yield f"{name}.{language}.txt", f"{made.subject}\n\n{made.plain}\n"
        for name in ("attacked", "update", "closed", "extreme", "denied"):
            yield f"{name}.{language}.html", message(OCCASIONS[name], MAIL, language).html
        for service, url in CHATS.items():
            made = message(attacked(), channel(url), language)
            native = json.loads(made.fields).get("native")
            body = json.dumps({"subject": made.subject, "native": native}, indent=1, ensure_ascii=False)
            yield f"attacked.{language}.{service}.json", f"{body}\n"
            yield f"attacked.{language}.{service}.txt", f"{made.plain}\n"
        for key in (
            "digest:soc:daily:2026-11-25",
            "quiet:soc:2026-11-25T07:00",
            "storm:soc:2026-11-25T09:32",
            "restored:soc:x",
        ):
            ((folded, _),) = fold_notifications(key, held(language), PLAIN, wording_for(language), NOW)
            name = key.partition(":")[0]
            yield f"{name}.{language}.txt", f"{folded.message.subject}\n\n{folded.message.plain}\n"
        notice = Notice(NoticeKind.CHANNEL_DEAD, "soc-chat", "HTTP 401: check the token", "make a new token")
        made = notice_notification(notice, PLAIN, wording_for(language), NOW).message
        yield f"notice.{language}.txt", f"{made.subject}\n\n{made.plain}\n"
    yield "in-attack-news.en.html", message(in_attack_news(), MAIL).html
    for service in ("slack", "discord", "teams", "telegram"):
        made = message(extreme(), channel(CHATS[service]))
        body = json.dumps({"subject": made.subject, "native": json.loads(made.fields)["native"]}, indent=1)
        yield f"extreme.en.{service}.json", f"{body}\n"
        ((folded, _),) = fold_notifications("storm:soc:x", held(), channel(CHATS[service]), wording_for("en"), NOW)
        yield f"storm.en.{service}.json", json.dumps(json.loads(folded.message.fields)["native"], indent=1) + "\n"
    ((folded, _),) = fold_notifications("digest:soc:daily:2026-11-25", held(), MAIL, wording_for("en"), NOW)
    yield "digest.en.html", folded.message.html
    yield "attacked.en.degraded.txt", f"{degraded(message(attacked())).plain}\n"
    yield "attacked.en.fields.json", json.dumps(json.loads(message(attacked()).fields), indent=1) + "\n"


@functools.cache
def texts() -> dict[str, str]:
    return dict(files())


IS_WRITING = os.environ.get("MONITOR_GOLDEN") == "write"


# By the names of what is there: to write all of it takes a second, and each process collects all tests.
@pytest.mark.parametrize("name", sorted(texts()) if IS_WRITING else sorted(path.name for path in GOLDEN.iterdir()))
def test_golden(name: str) -> None:
    path = GOLDEN / name
    if IS_WRITING:
        path.write_text(texts()[name], encoding="utf-8")
    assert texts()[name] == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over_or_missing() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(texts())


def test_the_subject_says_who_what_and_how_sure() -> None:
    made = message(attacked())
    assert made.subject.startswith("CRITICAL - Apple - ransomware and data breach, claimed by attackers - 3 sources")


def test_where_nobody_is_attacked_the_message_says_so_and_lists_everybody() -> None:
    made = message(in_attack_news())
    assert "None of these companies is reported as attacked." in made.plain
    for name in ("SolarWinds", "Colonial Pipeline", "Amazon", "Travelers", "The Washington Post"):
        assert name in made.plain


def test_mail_keeps_the_subject_of_the_message_that_it_follows() -> None:
    calm = confirmed(first_subject="CRITICAL - Apple - first words")
    made = message(calm, MAIL)
    assert made.subject == "Re: CRITICAL - Apple - first words"
    assert made.plain.startswith("CRITICAL - Apple - ransomware, confirmed - 3 sources\n")
    again = message(replace(calm, first_subject=made.subject), MAIL)
    assert again.subject == made.subject
    graver = message(replace(calm, first_subject=""), MAIL)
    assert graver.subject == "CRITICAL - Apple - ransomware, confirmed - 3 sources"
    assert made.thread_key == again.thread_key == graver.thread_key == "al-7c31"


def with_status(status: Status, *names: str) -> Occasion:
    """Companies that are victims of ransomware with that status."""
    made = attacked()
    victims = tuple(entity(name, Role.VICTIM, ransomware=status) for name in names or ("Apple",))
    return replace(made, alert=replace(made.alert, entities=victims))


@pytest.mark.parametrize(
    ("status", "says", "attacked_now"),
    [
        (Status.CONFIRMED, "Apple - ransomware, confirmed", True),
        (Status.DENIED, "Apple - ransomware, denied by the victim", False),
        (Status.THWARTED, "Apple - ransomware, attempt failed", False),
        (Status.BACKGROUND, "Apple - in attack news, not reported as attacked", False),
    ],
)
def test_how_sure_it_is(status: Status, says: str, attacked_now: bool) -> None:
    made = message(with_status(status))
    assert says in made.subject
    assert ("Apple is not reported as attacked." in made.plain) is (status is Status.BACKGROUND)
    assert json.loads(made.fields)["data"]["under_attack"] == (["apple"] if attacked_now else [])


def test_an_outage_puts_nobody_under_attack() -> None:
    made = attacked()
    down = entity("Apple", Role.VICTIM, outage=Status.CONFIRMED)
    assert "not reported as attacked" in message(replace(made, alert=replace(made.alert, entities=(down,)))).subject
    both = message(replace(made, alert=replace(made.alert, entities=(down, entity("IBM", Role.SUPPLIER)))))
    assert "none reported as attacked" in both.subject
    assert "None of these companies is reported as attacked." in both.plain


def test_a_denial_stands_under_its_own_headline_and_counts_nobody_who_denies() -> None:
    made = message(denied())
    assert made.plain.startswith("Apple denies break-in\nhttps://daily.example/apple-denies\n")
    assert "independent sources by now" not in made.plain


def test_what_the_attack_is_by_now_is_told_with_whatever_else_changed() -> None:
    made = confirmed()
    before = replace(made.alert, entities=(entity("Apple", Role.VICTIM, cyberattack=Status.CONFIRMED),))
    verdict = replace(made.verdict, changes=(Reason.OFFICIALLY_CONFIRMED,))
    said = message(replace(made, before=before, verdict=verdict)).plain
    assert (
        "- The first official confirmation.\n- Apple - cyberattack, confirmed before, now: ransomware, confirmed"
        in said
    )


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (Status.ALLEGED, "Apple - ransomware, claimed by attackers"),
        (Status.DENIED, "Apple - ransomware, denied by the victim"),
    ],
)
def test_an_outage_beside_an_attack_says_nothing_of_how_sure_that_is(status: Status, says: str) -> None:
    made = attacked()
    down = entity("Apple", Role.VICTIM, ransomware=status, outage=Status.CONFIRMED)
    assert says in message(replace(made, alert=replace(made.alert, entities=(down,)))).subject


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("Apple", "IBM"), "Apple and IBM"),
        (("Apple", "IBM", "Dell", "SAP"), "Apple, IBM, Dell and SAP"),
        (("Apple", "IBM", "Dell", "SAP", "ING"), "Apple, IBM, Dell and 2 more"),
    ],
)
def test_several_victims(names: tuple[str, ...], says: str) -> None:
    assert f"CRITICAL - {says} - ransomware, confirmed" in message(with_status(Status.CONFIRMED, *names)).subject


def test_who_takes_care_of_it_is_told() -> None:
    made = confirmed()
    taken = replace(made, alert=replace(made.alert, acknowledged_by="Kim\r\n<b>"))
    assert "Kim <b> takes care of it." in message(taken).plain


def test_a_telephone_rings_for_what_is_grave_and_not_for_its_end() -> None:
    rings = {
        name: json.loads(message(OCCASIONS[name], channel(CHATS["ntfy"])).fields)["native"]["body"]["priority"]
        for name in ("update", "closed")
    }
    assert rings == {"update": "high", "closed": "low"}


def test_the_headline_is_in_the_language_of_the_channel_where_there_is_one() -> None:
    assert message(attacked(), language="nl").plain.startswith("Bende claimt aanval op Apple\nhttps://nieuws.example/")
    assert message(attacked(), language="es").plain.startswith("Gang says it locked Apple's systems")


def test_times_are_those_of_the_channel() -> None:
    assert "2026-11-25 10:01 CET" in message(attacked(), replace(PLAIN, timezone="Europe/Amsterdam")).plain


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
    many = [
        replace(held()[0], id=NotificationId(f"n{i}"), alert_id=f"al-{i:03}")  # type: ignore[arg-type]
        for i in range(130)
    ]
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
        _waiting(f"n{name}", f"al-{number}", Severity.CRITICAL, Message(f"CRITICAL - {name} - ransomware", ""), 0)
        for number, name in enumerate(names)
    ]
    ((folded, _),) = fold_notifications("storm:soc:x", many, PLAIN, wording_for("en"), NOW)
    assert sorted(names, key=folded.message.plain.index) == sorted(names)


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


def test_a_headline_leads_to_the_article_that_has_it() -> None:
    made = attacked()
    first, second, *_ = made.story.sources
    dutch = replace(second, title="Apple aangevallen", language="nl", independent=False)
    story = replace(
        made.story, headlines={"en": first.title, "nl": dutch.title}, headline=first.title, sources=(first, dutch)
    )
    for language, shown in (("en", first), ("nl", dutch), ("de", first)):
        lines = message(replace(made, story=story), language=language).plain.splitlines()
        assert lines[0].startswith(shown.title), language
        assert lines[1] == shown.url


def test_all_languages_have_the_same_texts_with_the_same_gaps() -> None:
    english = load_wordings()["en"].texts
    for language, words in load_wordings().items():
        assert words.texts.keys() == english.keys(), language
        for key, text in english.items():
            assert _gaps(words.texts[key]) == _gaps(text), f"{language}: {key}"


def test_there_is_a_text_for_each_word_of_the_vocabulary() -> None:
    words = load_wordings()["en"]
    wanted = [f"attack.{kind}" for kind in AttackType] + [f"sure.{status}" for status in Status]
    wanted += [f"role.{role}" for role in Role] + [f"state.{state}" for state in StoryState]
    wanted += [f"reason.{reason}" for reason in Reason if reason.speaks] + [f"notice.{kind}" for kind in NoticeKind]
    assert [key for key in wanted if not words.knows(key)] == []


def _gaps(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


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
