"""Meanings of words, and what stands around a name by them."""

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon, read_sign_weights
from monitor.stages.detect.meanings import NO_MEANINGS, MeaningIndex
from monitor.stages.detect.surroundings import Surroundings, SurroundingsReader, signs_of
from tests.detectors import detector_of

LEXICON = load_lexicon()
READER = detector_of()
MEANINGS = MeaningIndex(
    {"steal": "stole stolen gestolen", "the": "the", "data": "records", "leak": "stolen", "at": "at"}
)


def surroundings(text: str, named: dict, meanings: MeaningIndex = MEANINGS) -> Surroundings:
    return Surroundings(READER.read("a", "", text, None, "en").passage, named, meanings)


def test_a_word_has_the_meanings_it_is_listed_with_and_articles_have_none():
    assert MEANINGS.of("stole") == ("steal",)
    assert MEANINGS.of("stolen") == ("steal", "leak")
    assert MEANINGS.of("the") == ()
    assert NO_MEANINGS.of("stole") == ()


def test_a_word_that_is_not_listed_means_what_those_do_that_begin_as_it_does():
    assert MEANINGS.of("gestolene") == ("steal",)
    assert MEANINGS.of("recordings") == ("data",)
    assert MEANINGS.of("recipe") == ()


def test_signs_tell_what_stands_on_which_side_of_a_name_and_how_near():
    text = "Thieves stole records at Nordwick, said Brackwater."
    name, other = text.index("Nordwick"), text.index("Brackwater")
    around = surroundings(text, {0: [(2 + name, 2 + name + 8, 1), (2 + other, 2 + other + 10, 2)]})
    signs = signs_of(around.around(1, [(2 + name, 2 + name + 8, 0, 1.0)]))

    assert {
        "S:steal",
        "S:data",
        "S:at",
        "L1:at",
        "L3:data",
        "L3:steal",
        "L8:steal",
        "R1:m:comma",
        "R3:m:other",
    } <= signs.keys()
    assert not {"L1:data", "R8:steal", "S:m:comma"} & signs.keys()


def test_a_word_that_means_somebody_tells_less_than_the_name_and_neighbours_count_whole():
    text = "Nordwick slept. The firm stole records. Nobody is at home."
    passage = READER.read("a", "", text, None, "en").passage
    start = passage.sentences[1].start
    signs = signs_of(surroundings(text, {}).around(1, [(start, start + 8, 1, 0.6)]))

    assert signs["S:steal"] == 0.6
    assert signs["N:at"] == 1.0


def test_what_first_names_somebody_late_is_told_apart():
    text = "Nordwick slept. Nobody came. The thieves stole records of Brackwater."
    passage = READER.read("a", "", text, None, "en").passage
    first, last = text.index("Nordwick"), text.index("Brackwater")
    early = [(2 + first, 2 + first + 8, 0, 1.0), (passage.sentences[2].start, passage.sentences[2].start + 5, 2, 1.0)]
    around = surroundings(text, {})

    assert "B:steal" in signs_of(around.around(1, [(2 + last, 2 + last + 10, 2, 1.0)]))
    assert "B:steal" not in signs_of(around.around(2, early))


def test_weights_add_up_for_each_role_and_are_held_within_bounds():
    reader = SurroundingsReader(
        read_sign_weights(["outcomes\tvictim mentioned", "biases\t1.0 0.0", "S:steal\t0:2.0 1:-1.0", "N:at\t1:90"])
    )

    assert reader.parts({0.5: {"S": {"steal"}}}) == pytest.approx({"around:victim": 0.625, "around:mentioned": -0.625})
    assert reader.parts({1.0: {"N": {"at"}}}) == {"around:victim": -3.0, "around:mentioned": 3.0}
    assert SurroundingsReader(read_sign_weights([])).parts({1.0: {"S": {"steal"}}}) == {}


@pytest.mark.parametrize("pack", LEXICON.packs, ids=lambda pack: pack.language)
def test_every_language_gives_meanings_of_the_same_classes(pack):
    known = frozenset().union(*(other.meanings for other in LEXICON.packs))

    assert len(known - pack.meanings.keys()) <= 2
    assert sum(len(words.split()) for words in pack.meanings.values()) > 4_000


def test_no_word_is_known_to_what_is_learnt_of_names():
    sides = {sign.partition(":")[0] for sign in LEXICON.surroundings.rows}

    assert sides == {"S", "T", "L8", "L3", "L1", "R8", "R3", "R1", "P", "N", "B"}
    codes = frozenset().union(*(pack.meanings for pack in LEXICON.packs))
    told = {sign.partition(":")[2] for sign in LEXICON.surroundings.rows}
    assert {code for code in told if not code.startswith("m:")} <= codes
