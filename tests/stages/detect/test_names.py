"""Which names stand in a text, and whose they are."""

import pytest

from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.folding import fold
from monitor.stages.detect.names import NameIndex
from tests.stages.detect.reading import analyse, named


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        pytest.param("Nordwick opened a plant in Kiel.", {"nordwick"}, id="whole word"),
        pytest.param("The nordwickers sang.", set(), id="part of a word"),
        pytest.param("Shares of Nordwick’s rival fell.", {"nordwick"}, id="possessive"),
        pytest.param("Nordwick Holding B.V. paid.", {"nordwick"}, id="legal form"),
        pytest.param("See nordwick.example for details.", {"nordwick"}, id="domain"),
        pytest.param("Ada Verhoeven resigned on Monday.", {"nordwick"}, id="a person counts for the entity"),
        pytest.param("Nordwick-topvrouw Ada Verhoeven (52) stapt op.", {"nordwick"}, id="the age of its own people"),
        pytest.param("NORDWICK SHUTS PLANT IN KIEL", {"nordwick"}, id="capitals"),
        pytest.param("Siemens Energy won an order.", {"siemens-energy"}, id="the longer name is another firm"),
        pytest.param("Siemens and Siemens Energy agree.", {"siemens", "siemens-energy"}, id="both"),
        pytest.param("The good times are over.", set(), id="no article is cut from LA Times"),
        pytest.param("The LA Times reports a fire.", {"la-times"}, id="LA Times itself"),
        pytest.param("Apple said on Tuesday that iPhone sales rose.", {"apple"}, id="a word that is meant as a name"),
        pytest.param("She ate an apple and drank tea.", set(), id="a word that is none"),
        pytest.param("The hospital became a target of critics.", set(), id="target of"),
        pytest.param("Farmers in the Nile delta fear the sea.", set(), id="delta"),
        pytest.param("Mayor Sarah Target opened the fair.", set(), id="a surname"),
        pytest.param("Orange, 9 anni, ferma il ladro di biciclette davanti alla scuola.", set(), id="an age"),
        pytest.param(
            "L'Orange coule en Provence. Le fleuve Delta est calme et large.", set(), id="no word of business"
        ),
        pytest.param("The Delta ransomware gang fell apart, and the Delta gang has no heirs.", set(), id="a gang"),
        pytest.param("Zoos from Salzburg to Delta report no escape of the puma.", set(), id="among towns"),
        pytest.param("Captain Target saved his crew from the storm.", set(), id="a captain"),
    ],
)
def test_who_is_named(text, entities):
    assert named("News of the day from the region", text) == entities


def test_spans_refer_to_the_text_as_given():
    text = "Fire at N&ouml;rd, and Nord\u00adwick is &amp; stays closed."
    finding = next(f for f in analyse("A fire", text).findings if f.entity_id == "nordwick")
    assert [text[span.start : span.end] for span in finding.spans] == ["Nord\u00adwick"]


def test_an_exclusion_hides_only_the_entity_that_has_it():
    assert named("Turbines", "Siemens Energy said orders rose.") == {"siemens-energy"}


@pytest.mark.parametrize(
    ("clean", "takes_genitive", "found"),
    [
        pytest.param("VW vwerke UN", False, ["VW", "UN"], id="whole words, the last at the end"),
        pytest.param("VWs Werk, UNes Rat", True, ["VW", "UN"], id="endings"),
        pytest.param("VWs Werk, UNes Rat", False, [], id="no endings in this language"),
        pytest.param("uns und vws", True, [], id="no ending in small letters"),
    ],
)
def test_short_names_are_found_as_whole_words(clean, takes_genitive, found):
    names = NameIndex([Entity(EntityId("vw"), "VW"), Entity(EntityId("un"), "UN")])
    candidates = names.find(f" {fold(clean).norm} ", clean, takes_genitive)
    assert [clean[one.start : one.end] for one in candidates] == found


def test_compounds_of_german_take_a_genitive():
    assert named("Werk geschlossen", "Die Fabrik ist seit Montag zu, wie Nordwicks Sprecher in Kiel sagte.") == {
        "nordwick"
    }


def test_of_a_name_that_stands_everywhere_the_first_places_are_told_and_none_is_anothers():
    findings = analyse("Siemens", "Siemens said so. " + "Siemens Energy won an order. " * 700).findings
    places = {str(finding.entity_id): len(finding.spans) for finding in findings}

    assert places == {"siemens": 2, "siemens-energy": 500}
