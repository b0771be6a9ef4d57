"""What plain words say of an article where no cue tells it, and that no company's name is among them."""

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon, read_sign_weights
from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.domain.finding import AttackType
from monitor.domain.lexicon import SignWeights
from monitor.stages.detect.folding import fold_words
from monitor.stages.detect.meanings import MeaningIndex
from monitor.stages.detect.wording import WordingReader, cue_signs, meaning_signs, stems_of
from tests.detectors import detector_of
from tests.stages.detect.reading import analyse

LEXICON = load_lexicon()
READER = detector_of()
TABLE = ["# a remark", "outcomes\tphishing ddos", "biases\t-1.0 -2.0", "parcel\t3.0 0:2.0", "parce*\t4.0 0:1.0 1:-1.0"]


def passage(text: str):
    return READER.read("a", "", text, None, "en").passage


def test_a_word_is_weighed_whole_by_its_beginning_and_by_its_end():
    assert stems_of("sim") == ("sim",)
    assert stems_of("parcel") == ("parcel", "parce*")
    assert stems_of("datenleck") == ("datenleck", "daten*", "*enleck")


def test_scores_are_half_the_weights_over_the_length_of_the_text():
    said = WordingReader(read_sign_weights(TABLE)).read(passage("The hacked data of the parcel."), ["told"])

    assert said.of("phishing") == pytest.approx((-1.0 + (3.0 * 2.0 + 4.0 * 1.0) / 5.0) / 2)
    assert said.of("ddos") == pytest.approx((-2.0 - 4.0 / 5.0) / 2)


def test_nothing_is_weighed_without_a_hint_of_computing_or_without_a_table():
    weather = passage("Nordwick will be fine in the south, said the hacked forecaster of the parcel.")

    assert not WordingReader(SignWeights()).read(weather, ["told"]).scores
    assert not WordingReader(read_sign_weights(TABLE)).read(passage("A garden and a parcel"), []).scores


def test_words_alone_tell_a_kind_that_no_frame_does():
    reader = WordingReader(read_sign_weights(TABLE))
    text = passage("All of the data was hacked. The parcel came.")
    told = reader.events(text, reader.read(text, ["told"]), [])

    assert [(event.type, event.frames) for event in told] == [(AttackType.PHISHING, ())]
    assert text.clean[told[0].start : told[0].end] == "parcel"


def test_the_deed_in_the_name_of_a_gang_is_nobodys():
    analysis = analyse(
        "Nordwick data stolen, gang says",
        "Lockfox, a ransomware gang, says on its leak site that it has stolen 400 GB of data from Nordwick.",
    )

    assert AttackType.RANSOMWARE not in {attack.type for attack in analysis.attacks}


def test_no_name_of_a_company_is_weighed():
    names = {fold_words(name) for entity in load_catalogue() for name in (entity.name, *entity.aliases)}

    assert LEXICON.wording.rows
    assert not names & LEXICON.wording.rows.keys()


def test_cues_and_meanings_are_signs_of_their_own_each_weighed_by_their_own_length():
    table = [
        "outcomes\tphishing",
        "biases\t-1.0",
        "parcel\t3.0 0:2.0",
        "!data\t2.0 0:1.0",
        "=steal\t4.0 0:0.5",
        "=T:steal\t3.0 0:1.0",
    ]
    meanings = MeaningIndex({"steal": "hacked"})
    said = WordingReader(read_sign_weights(table)).read(passage("The hacked data of the parcel."), ["told"], meanings)

    assert said.of("phishing") == pytest.approx((-1.0 + 2.0 + 1.0 + 0.5) / 2)


def test_what_the_title_says_counts_once_more():
    titled = READER.read("a", "Data hacked", "All is well.", None, "en").passage

    assert {"!data", "!T:data"} <= cue_signs(titled)
    assert meaning_signs(titled, MeaningIndex({"steal": "hacked", "good": "well"})) == {"=steal", "=T:steal", "=good"}
