"""Items of a round-up are read by themselves, rows of names together, and a parent with its unit."""

import pytest

from monitor.domain.finding import Role
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.echoes import find_echoes
from monitor.stages.detect.items import items_of
from tests.detectors import detector_of

NAMES = ("Kelmorin", "Tavrick", "Ostwell")
DETECTOR = detector_of([Entity(EntityId(name.lower()), name) for name in NAMES])


def roles(title: str, text: str) -> dict[str, Role]:
    return {str(finding.entity_id): finding.role for finding in DETECTOR.analyse("1", title, text).findings}


def items(title: str, text: str) -> int:
    return len(items_of(DETECTOR.read("1", title, text, None, None).passage))


@pytest.mark.parametrize(
    ("title", "text", "number"),
    [
        pytest.param("News", "• Kelmorin grows.\n• Tavrick moves.\n• Ostwell sells up.", 3, id="marks"),
        pytest.param("News", "Kelmorin: profit up.\nTavrick: new boss.\nOstwell: nothing.", 3, id="heads"),
        pytest.param("News", "MONDAY. Kelmorin grew. TUESDAY. Tavrick did. FRIDAY. Nobody did.", 3, id="days"),
        pytest.param(
            "The week in brief", "Kelmorin grew.\n\nTavrick moved. It liked it.\n\nOstwell sold.", 3, id="said"
        ),
        pytest.param("A long day", "Kelmorin grew.\n\nTavrick moved.\n\nOstwell sold.", 0, id="paragraphs alone"),
        pytest.param("The week in brief", "Kelmorin grew.", 0, id="too few"),
        pytest.param("", "", 0, id="nothing"),
    ],
)
def test_what_a_round_up_is(title: str, text: str, number: int) -> None:
    assert items(title, text) == number


def test_an_attack_in_one_item_is_none_on_those_of_the_others() -> None:
    told = roles(
        "In brief",
        "Kelmorin: profit up 4 per cent.\nTAVRICK. Hit by a cyberattack on Friday, the maker still has its lines down.\n"
        "Ostwell: the new plant opens in May.",
    )
    assert told == {"kelmorin": Role.MENTIONED, "tavrick": Role.VICTIM, "ostwell": Role.MENTIONED}


def test_one_attack_of_a_round_up_is_told_once_with_all_its_victims() -> None:
    analysis = DETECTOR.analyse(
        "1",
        "The week in breaches",
        "• Hackers stole files of Kelmorin customers.\n• Hackers stole the data of Tavrick customers.\n• Ostwell grows.",
    )
    assert [(attack.type, attack.victims) for attack in analysis.attacks] == [("data-breach", ("kelmorin", "tavrick"))]
    assert sorted(analysis.under_attack) == ["kelmorin", "tavrick"]


def test_each_means_all_that_were_named() -> None:
    reading = DETECTOR.read("1", "", "Thieves came to Kelmorin and Tavrick. Both lost files.", None, None)
    echoes = find_echoes(reading.passage, reading.sightings, DETECTOR.cast)
    text = "Thieves came to Kelmorin and Tavrick. Both lost files."
    assert {number: [text[a - 2 : b - 2] for a, b, _ in spans] for number, spans in echoes.items()} == {
        0: ["Both"],
        1: ["Both"],
    }


@pytest.mark.parametrize(
    ("text", "echoed"),
    [
        pytest.param("Kelmorin grew. The retailer was hacked.", True, id="a noun alone"),
        pytest.param("Kelmorin grew. The retailer Brenlow was hacked.", False, id="a noun with a name"),
        pytest.param("Kelmorin grew. The retailer, Brenlow, was hacked.", False, id="a noun and a name between commas"),
    ],
)
def test_a_noun_that_a_name_follows_means_nobody_before(text: str, echoed: bool) -> None:
    reading = DETECTOR.read("1", "", text, None, None)
    assert bool(find_echoes(reading.passage, reading.sightings, DETECTOR.cast)) is echoed


def test_a_parent_is_struck_with_its_unit() -> None:
    told = roles(
        "Ransomware stops parcels",
        "Ransomware has locked the systems of Swiftly, a subsidiary of Kelmorin, since Monday.",
    )
    assert told == {"kelmorin": Role.VICTIM}


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("The week in brief.\nOf firms.\nAnd of Kelmorin, Ostwell and a very bad day", id="lines"),
        pytest.param("In brief. Now. Here: the week in brief! And what Kelmorin does. Tavrick too.", id="sentences"),
    ],
)
def test_a_title_of_many_sentences_names_whom_no_item_names(title: str) -> None:
    told = roles(title, "Hackers stole files of Tavrick customers.\n\nIt rained.\n\nNothing else happened at all.")
    assert told["kelmorin"] is Role.MENTIONED
    assert told["tavrick"] is Role.VICTIM
