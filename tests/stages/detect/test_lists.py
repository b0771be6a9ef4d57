"""What is said before or after a list of names holds for all in it, watched or not."""

import pytest

from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.echoes import find_echoes
from tests.detectors import detector_of

DETECTOR = detector_of((Entity(EntityId("kelmorin"), "Kelmorin"), Entity(EntityId("brackwell"), "Brackwell")))


# Of two about which nothing more is known than of the other.
ALIKE = ("kelmorin", "brackwell")
ROWS = (
    "The booking pages of {0} and {1} were buried under requests from hijacked cameras.",
    "Hackers stole customer data from {0} and {1}.",
    "Both {0} and {1} said that intruders had been in their networks.",
    "{0} as well as {1} confirmed that their systems had been encrypted.",
    "Hackers of the gang struck {0}, Ostwell and {1}.",
    "Hackers stelen klantgegevens bij {0} en {1}.",
    "Daten von Kunden von {0} und {1} werden in einem Forum verkauft.",
    "{0} et {1} victimes d'un rançongiciel.",
    "{0} y {1}, víctimas de ransomware.",
    "Hacker rubano dati di clienti di {0} e {1}.",
    "Os sites da {0} e da {1} ficaram fora do ar por um ataque DDoS.",
)


@pytest.mark.parametrize("text", ROWS)
def test_what_stands_around_a_row_stands_around_each_name_in_it(text: str) -> None:
    reading = DETECTOR.read("1", "", text.format("Kelmorin", "Brackwell"), None, None)
    first, second = (told.parts for told, _ in DETECTOR.weighed(reading)[2])
    assert first == second


@pytest.mark.parametrize("text", ROWS)
def test_those_in_a_row_are_struck_together(text: str) -> None:
    assert set(DETECTOR.analyse("1", text.format("Kelmorin", "Brackwell"), "").under_attack) == set(ALIKE)


def test_who_stands_apart_is_no_member_of_a_row() -> None:
    reading = DETECTOR.read("1", "", "Brackwell helped Kelmorin after ransomware had shut its shops.", None, None)
    (brackwell, kelmorin) = (told.parts for told, _ in DETECTOR.weighed(reading)[2])
    assert "first" in brackwell
    assert "first" not in kelmorin
    assert "R:help:near" in brackwell
    assert "R:help:near" not in kelmorin


def bound(text: str) -> set[str]:
    """What is bound to Kelmorin."""
    reading = DETECTOR.read("1", "", text, None, None)
    echoes = find_echoes(reading.passage, reading.sightings, DETECTOR.cast)
    return set(DETECTOR.company(reading, reading.sightings, echoes, reading.events).bindings.of(0))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("Also hit were Ostwell, Nordwick Foods and Kelmorin.", "after:struck_too", id="behind strangers"),
        pytest.param(
            "Hackers of the gang struck Ostwell (UK), Brackwell and Kelmorin.", "in-row-struck", id="with one watched"
        ),
        pytest.param(
            "Hackers of the gang struck Brackwell, Ostwell Foods and Kelmorin.", "in-row-struck", id="around a stranger"
        ),
        pytest.param(
            "Des pirates ont volé les fichiers de Brackwell, de la Minoterie Ostwell et de Kelmorin.",
            "in-row-struck",
            id="around a stranger, in French",
        ),
        pytest.param("Kelmorin, Ostwell and Nordwick were hit by ransomware.", "struck-blow", id="before strangers"),
        pytest.param("Kelmorin und Nordwick wurden von Ransomware getroffen.", "struck-blow", id="in German"),
        pytest.param("Onder de slachtoffers zijn Ostwell, Nordwick en Kelmorin.", "after:victim_verb", id="in Dutch"),
    ],
)
def test_strangers_in_a_list_do_not_part_a_name_from_what_is_told_of_all(text: str, part: str) -> None:
    assert f"bound:{part}" in bound(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Kelmorin, said Ostwell, was not among them.", id="another clause"),
        pytest.param("Hit was Ostwell; Kelmorin sells bread.", id="another sentence"),
    ],
)
def test_what_is_no_list_stays_apart(text: str) -> None:
    assert not {"bound:struck", "bound:struck-blow", "bound:after:struck_too"} & bound(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Kelmorin says that its own systems were not affected by the hack.", id="it says so of itself"),
        pytest.param("De systemen van Kelmorin zijn niet getroffen door de hack.", id="in Dutch"),
        pytest.param("Les systèmes de Kelmorin n'ont pas été touchés par le piratage.", id="in French"),
    ],
)
def test_whose_own_systems_were_spared_is_not_struck_by_them(text: str) -> None:
    told = bound(text)
    assert "bound:verb:not_affected" in told
    assert not {"bound:asset-of", "bound:asset-at", "bound:struck", "bound:struck-blow"} & told
