"""Whom "the company", "het bedrijf", "the council" and pronouns mean."""

import pytest

from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.echoes import find_echoes
from tests.detectors import detector_of

DETECTOR = detector_of(
    (
        Entity(EntityId("kelmorin"), "Kelmorin"),
        Entity(EntityId("watch"), "Datawacht", kind="public-body"),
        Entity(EntityId("vendor"), "Harrowsec", kind="security-vendor"),
        Entity(EntityId("clinic"), "Ostwell", aliases=("Ostwell Hospital",)),
    )
)


def echoed(text: str) -> dict[str, list[str]]:
    """For each entity the words that mean it."""
    reading = DETECTOR.read("1", "", text, None, None)
    found = find_echoes(reading.passage, reading.sightings, DETECTOR.cast)
    return {DETECTOR.entities[number].id: [text[a - 2 : b - 2] for a, b, _ in spans] for number, spans in found.items()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("Kelmorin lends a hand. The council was hacked.", {}, id="a council is no company"),
        pytest.param("Kelmorin prête main forte. La mairie de la ville a été piratée.", {}, id="une mairie"),
        pytest.param("Kelmorin helpt mee. Het ziekenhuis werd gehackt.", {}, id="een ziekenhuis"),
        pytest.param("Kelmorin hilft. Die Stadtverwaltung wurde gehackt.", {}, id="eine Stadtverwaltung"),
        pytest.param(
            "Ostwell is down. The hospital was hacked.", {"clinic": ["The hospital"]}, id="a hospital known as one"
        ),
        pytest.param("Datawacht is down. The agency was hacked.", {"watch": ["The agency"]}, id="a public body"),
        pytest.param(
            "Kelmorin lost files. Datawacht has fined it. The company will appeal.",
            {"kelmorin": ["The company"]},
            id="who fines is passed over",
        ),
        pytest.param(
            "Kelmorin lost files. Harrowsec found the hole. The retailer mended it.",
            {"kelmorin": ["The retailer"]},
            id="who finds is passed over",
        ),
        pytest.param("Kelmorin klaagt. Het aantal klachten groeit hard.", {}, id="a Dutch article is no pronoun"),
        pytest.param("Kelmorin se queja. El servicio volvió por la tarde.", {}, id="a Spanish article is no pronoun"),
        pytest.param(
            "Kelmorin klaagt. Het bedrijf werd gehackt.", {"kelmorin": ["Het bedrijf"]}, id="a Dutch noun with one"
        ),
        pytest.param(
            "Kelmorin waits. The files of a supplier company were stolen.", {}, id="an article of another noun"
        ),
    ],
)
def test_a_word_means_whom_it_can_mean(text: str, wanted: dict[str, list[str]]) -> None:
    assert echoed(text) == wanted


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        pytest.param("Grocery chain hit by hackers", "Kelmorin shut its shops.", ["chain"], id="a noun of a headline"),
        pytest.param("Winkelketen plat na hack", "Kelmorin sloot al zijn winkels.", ["Winkelketen"], id="in Dutch"),
        pytest.param("Retailer Brenko hit by ransomware", "Kelmorin shut its shops.", [], id="somebody else is named"),
        pytest.param("Kelmorin and a supermarket rival hacked", "Kelmorin shut.", [], id="the headline names it"),
        pytest.param("Council hit by ransomware", "Kelmorin lends it computers.", [], id="a council is no company"),
        pytest.param(
            "Hospital hit by ransomware", "Ostwell Hospital is on paper.", ["Hospital"], id="a hospital is one"
        ),
        pytest.param(
            "Hosting firm hacked",
            "Hackers robbed hosting firm Nordwick. Kelmorin is spared.",
            [],
            id="it names another",
        ),
        pytest.param(
            "Hospital hacked",
            "Hackers robbed Nordwick Hospital. Ostwell is spared.",
            [],
            id="another has it in its name",
        ),
        pytest.param(
            "Hostingbedrijf gehackt",
            "Hackers beroofden hostingbedrijf Nordwick. Kelmorin niet.",
            [],
            id="in Dutch, too",
        ),
        pytest.param(
            "Grocery chain hacked",
            "Hackers robbed the grocery chain Kelmorin.",
            ["chain"],
            id="its own name is no other",
        ),
        pytest.param(
            "Bakery chain hit by ransomware", "It rains. Trains are late. Kelmorin waits.", [], id="named too late"
        ),
    ],
)
def test_a_headline_that_names_nobody_means_whom_the_text_opens_with(title: str, text: str, wanted: list[str]) -> None:
    reading = DETECTOR.read("1", title, text, None, None)
    found = find_echoes(reading.passage, reading.sightings, DETECTOR.cast)
    assert [title[a:b] for spans in found.values() for a, b, number in spans if number == 0] == wanted
