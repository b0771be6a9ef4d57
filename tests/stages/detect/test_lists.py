"""What is said before or after a list of names holds for all in it, watched or not."""

import pytest

from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.echoes import find_echoes
from tests.detectors import detector_of

DETECTOR = detector_of((Entity(EntityId("kelmorin"), "Kelmorin"), Entity(EntityId("brackwell"), "Brackwell")))


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
