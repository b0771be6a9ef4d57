"""What a message on an alert says: who, what, how sure, and what is new."""

import json
from dataclasses import replace

import pytest

from monitor.domain.alert import Reason
from monitor.domain.finding import Role, Status
from monitor.stages.compose.alert import Occasion
from tests.occasions import attacked, channel, confirmed, entity, in_attack_news
from tests.stages.compose.messages import CHATS, MAIL, OCCASIONS, PLAIN, denied, message


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
        (Status.DENIED, "Apple - ransomware, denied", False),
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
        (Status.DENIED, "Apple - ransomware, denied"),
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
