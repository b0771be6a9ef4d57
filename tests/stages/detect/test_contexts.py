"""What stands around a word that could be a name, and whether that speaks for the company."""

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon, read_sign_weights
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.contexts import OWN, WORD, ContextReader, Contexts, signs_of, sort_of
from monitor.stages.detect.meanings import MeaningIndex
from tests.detectors import detector_of

MEANINGS = MeaningIndex({"food": "peel juice cake", "steal": "stole", "data": "records", "say": "said"})
FRUIT = Entity(EntityId("tangelo"), "Tangelo", kind="company", sector="telecom")
LEXICON = load_lexicon()


def told(title: str, text: str) -> tuple[str, set[str]]:
    """The sort and the signs of the only word in an article that could be a name."""
    reading = detector_of([FRUIT]).read("a", title, text, None, "en")
    (sighting,) = reading.sightings
    contexts = Contexts(reading.passage, MEANINGS)
    return sort_of(sighting), set(signs_of(contexts.told(sighting, FRUIT)))


def test_words_count_by_where_they_stand():
    _, signs = told("Cake of the week", "Take the peel of a Tangelo, he said. Somebody stole records.")

    assert {"A:food", "A:steal", "A:data", "S:food", "L3:food", "R3:say"} <= signs
    assert not {"S:steal", "R3:steal", "L1:food", "T:food"} & signs


def test_who_bears_the_name_counts_and_so_does_the_language():
    _, signs = told("", "The thieves stole records from Tangelo on the day before.")

    assert {"K:kind:company", "K:sector:telecom", "K:language:en"} <= signs


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param({"word:own": 1.0}, OWN, id="no word we know"),
        pytest.param({"words:several": 1.0}, OWN, id="several words"),
        pytest.param({"word:ordinary": 1.0}, WORD, id="an everyday word"),
        pytest.param({"word:own": 1.0, "known:surname": 1.0}, WORD, id="a surname"),
    ],
)
def test_names_that_are_words_are_told_apart(parts, expected):
    reading = detector_of([FRUIT]).read("a", "", "They stole records from Tangelo that day.", None, "en")
    (sighting,) = reading.sightings
    sighting.parts = dict(parts)

    assert sort_of(sighting) == expected


def scored(lines: list[str], text: str) -> float:
    reading = detector_of([FRUIT]).read("a", "", text, None, "en")
    (sighting,) = reading.sightings
    sighting.parts = {"word:ordinary": 1.0}
    return ContextReader(read_sign_weights(lines)).score(Contexts(reading.passage, MEANINGS), sighting, FRUIT)


def test_weights_add_up_for_each_sort_and_are_held_within_bounds():
    rows = ["outcomes\town word", "biases\t9.0 0.5", "S:food\t0:7 1:-1.25", "A:data\t1:-0.5", "L3:steal\t1:90"]

    assert scored(rows, "Take the peel of a Tangelo from the records of the day.") == -1.25
    assert scored(rows, "They stole it from Tangelo on that day of the year.") == 3.0
    assert scored([], "Take the peel of a Tangelo from the records of the day.") == 0.0


def test_no_word_is_known_to_what_is_learnt():
    codes = frozenset().union(*(pack.meanings for pack in LEXICON.packs))
    signs = [sign.partition(":")[::2] for sign in LEXICON.contexts.rows]

    assert {where for where, _ in signs} == {"A", "K", "S", "T", "L1", "L3", "R1", "R3"}
    assert {code for where, code in signs if where != "K" and not code.startswith("m:")} <= codes
    assert {code.partition(":")[0] for where, code in signs if where == "K"} == {"kind", "sector", "language"}
