"""What `why` and `why-not` say beside the sentence of a reason: what the rule asked for, and what is there."""

from datetime import timedelta

import pytest

from monitor.domain.alert import Reason, Silence
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.policy import AlertPolicy
from monitor.domain.story import Story
from monitor.domain.watchlist import Entity, EntityId, Rule, RuleId
from monitor.stages.decide.explain import SENTENCES, Circumstances, alike_words, explain, wishes
from monitor.stages.decide.reasons import History, decide
from monitor.stages.rules.expression import IndexedText
from tests.builders import NOW
from tests.story_builders import entity, info_rule, rule, story

TEXT = IndexedText("Acme was hit by ransomware. Customer data was stolen.")
HIT = entity()
HUSH = Silence("si-1", "Kim", NOW, NOW + timedelta(hours=2), rule_id=RuleId("under-attack"), comment="a drill")


@pytest.mark.parametrize(
    ("of", "about", "reason", "says"),
    [
        pytest.param(
            rule(), story(entity(role=Role.RESPONDER)), Reason.ROLE_NOT_WANTED,
            "It asks for victim; here Acme is one who investigates, warns or helps (responder).", id="a helper",
        ),
        pytest.param(
            rule(attacks=frozenset({"ddos", "phishing"})), story(HIT), Reason.ATTACK_NOT_WANTED,
            "It asks for ddos or phishing; here it is ransomware.", id="another kind",
        ),
        pytest.param(
            rule(), story(entity(kind=AttackType.OUTAGE)), Reason.ATTACK_NOT_WANTED,
            "It asks for any; here it is outage, an event that is no attack and must be asked for by name.", id="an outage",
        ),
        pytest.param(
            rule(), story(entity(status=Status.BACKGROUND)), Reason.STATUS_NOT_WANTED,
            "It asks for confirmed or alleged; here ransomware is told of the past (background).", id="long ago",
        ),
        pytest.param(
            rule(min_confidence=0.95), story(HIT), Reason.TOO_UNSURE, "It asks for 0.95; here it is 0.90.", id="unsure"
        ),
        pytest.param(rule(text="drill"), story(HIT), Reason.TEXT_NOT_MATCHED, "It asks for: drill", id="a text"),
        pytest.param(
            rule(min_sources=3), story(HIT, sources=2), Reason.TOO_FEW_SOURCES,
            "It asks for 3; there are 2 by now.", id="few sources",
        ),
        pytest.param(
            rule(), story(HIT, newest_at=NOW - timedelta(days=9)), Reason.TOO_OLD,
            "Its latest article was 9 days old; `alerts.oldest` is 3 days.", id="old",
        ),
        pytest.param(rule(entities=["zeta"]), story(HIT), Reason.NO_ENTITY, "It names Acme.", id="somebody else"),
        pytest.param(
            rule(), story(HIT), Reason.SILENCED,
            'Silence si-1 of Kim, until 2026-11-25 11:00 UTC ("a drill").', id="a silence",
        ),
    ],
)  # fmt: skip
def test_what_was_asked_for_and_what_is_there(of: Rule, about: Story, reason: Reason, says: str) -> None:
    silences = (HUSH,) if reason is Reason.SILENCED else ()
    verdict = decide(about, of, History(), silences, TEXT, NOW, AlertPolicy())
    assert verdict.reason is reason
    around = Circumstances(of, about, silences, AlertPolicy().oldest)
    assert explain(verdict, around) == f"{SENTENCES[reason]} {says}"


def test_what_a_rule_asks_for_in_a_line() -> None:
    of = rule(min_sources=2, text='"customer data" AND stolen', cooldown=timedelta(minutes=30), min_confidence=0.6)
    assert wishes(of) == (
        "role victim; attack any; status confirmed or alleged; at least 0.60 sure; at least 2 independent sources;"
        ' text "customer data" AND stolen; a pause of 30 minutes between updates'
    )
    for pause, told in (
        (timedelta(seconds=30), "30 seconds"),
        (timedelta(minutes=90), "1 hour 30 minutes"),
        (timedelta(0), "0 seconds"),
    ):
        assert f"a pause of {told} between" in wishes(rule(cooldown=pause))
    assert wishes(info_rule()) == "role any; attack any; status any; at least 0.50 sure"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "The mayor of the Big Apple spoke.",
            'The words "Apple" stand there, but it is part of "Big Apple", which its `exclude` names.', id="excluded",
        ),
        pytest.param("An apple a day.", 'The words "Apple" stand there, but it was read in another sense.', id="a fruit"),
        pytest.param("Pineapples and applesauce.", "", id="parts of words"),
    ],
)  # fmt: skip
def test_words_that_are_no_name_are_pointed_at(text: str, says: str) -> None:
    apple = Entity(EntityId("apple"), "Apple", aliases=("Apple Inc.",), exclude=("Big Apple",))
    assert alike_words(apple, text) == says
