"""What is known of a name beside the company that bears it, and what that adds to the evidence."""

import pytest

from monitor.domain.watchlist import Entity, EntityId
from tests.detectors import detector_of

FIRMS = (
    Entity(EntityId("halifax"), "Halifax", country="GB", sector="finance"),
    Entity(EntityId("ap"), "AP", aliases=("Associated Press",), country="US", sector="media"),
    Entity(EntityId("hera"), "Hera", country="IT", sector="energy"),
    Entity(EntityId("leclerc"), "Leclerc", country="FR", sector="retail"),
    Entity(EntityId("sage"), "Sage", country="GB", sector="technology"),
    Entity(EntityId("dirk"), "Dirk", country="NL", sector="retail"),
    Entity(EntityId("a1"), "A1", country="AT", sector="telecom"),
)
DETECTOR = detector_of(FIRMS)


@pytest.mark.parametrize(
    ("text", "entity", "there", "missing"),
    [
        pytest.param(
            "The ferry left from Halifax on Monday.",
            "halifax",
            {"known:place", "no-trade"},
            {"trade-near"},
            id="a place",
        ),
        pytest.param(
            "Zeus and Hera quarrelled.", "hera", {"known:figure", "listed:figure"}, {"at-home"}, id="a figure"
        ),
        pytest.param(
            "Sainz and Leclerc had a bad day in the rain.", "leclerc", {"known:surname"}, set(), id="a surname"
        ),
        pytest.param(
            "The shops of Leclerc Portugal open today.", "leclerc", {"place-after"}, {"capital-after"}, id="a branch"
        ),
        pytest.param(
            "The shops of Leclerc Duquesne open today.",
            "leclerc",
            {"capital-after"},
            {"place-after"},
            id="another name",
        ),
        pytest.param(
            "The mortgage lender Halifax told its customers that accounts are safe.",
            "halifax",
            {"trade", "trade-near", "at-home"},
            {"no-trade", "abroad"},
            id="words of its trade",
        ),
        pytest.param("Halifax, 17 Nov (Reuters) - It rained.", "halifax", {"dateline"}, set(), id="a dateline"),
        pytest.param(
            "De AP heeft de gemeente een boete gegeven.", "ap", {"other-body"}, {"at-home"}, id="a body of the country"
        ),
        pytest.param("The AP has told its readers that it was wrong.", "ap", {"at-home"}, {"other-body"}, id="no body"),
        pytest.param(
            "Die Polizei sperrte am Montag die A1 bei Remscheid.", "a1", {"code", "code&the"}, set(), id="a road"
        ),
        pytest.param("Die Täter kamen mit der Säge in die Bank.", "sage", {"accent-added"}, set(), id="another accent"),
        pytest.param("Dirk and Jane ran away.", "dirk", {"known:given", "listed:given"}, set(), id="a given name"),
        pytest.param(
            "The museum shows a statue of Hera, goddess of the temple.",
            "hera",
            {"scene:arts&known"},
            set(),
            id="a scene",
        ),
        pytest.param(
            "De baas sprak met persbureau AP over de zaak.", "ap", set(), {"other-body"}, id="said to be a firm"
        ),
        pytest.param("Hera: hackers were in the systems.", "hera", set(), {"gang-after"}, id="a colon before a gang"),
        pytest.param("Judge: Hera may keep the plant.", "hera", set(), {"title_word-before"}, id="a colon parts them"),
        pytest.param("Hera 2,4 Millionen Kunden und mehr.", "hera", set(), {"age-after"}, id="a decimal is no age"),
    ],
)
def test_what_is_known_of_a_name_is_a_part(text, entity, there, missing):
    reading = DETECTOR.read("1", "", text, None, None)
    parts = next(s.parts.keys() for s in reading.sightings if FIRMS[s.name.entity].id == entity)
    assert there <= parts
    assert not missing & parts


def test_a_sighting_that_is_something_else_sinks_the_others():
    text = "Captain Dirk sang. Later on, and after a long rest by the fire, we saw Dirk dance."
    reading = DETECTOR.read("1", "", text, None, None)
    captain, dancer = (s for s in reading.sightings if FIRMS[s.name.entity].id == "dirk")
    assert captain.parts["doubted"] == dancer.parts["doubted"] < 0
