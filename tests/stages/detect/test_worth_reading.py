"""Tests that what detection does not read closely would have told nothing."""

import copy
import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect import Detector
from tests.detectors import detector_of

ACME = Entity(EntityId("acme"), "Acme Corp")
PACKS = {pack.language: pack for pack in load_lexicon().packs}


@functools.cache
def cues(language: str) -> list[str]:
    return sorted({cue.text.strip("*") for cue in PACKS[language].cues})


@functools.cache
def little(language: str) -> list[str]:
    return sorted(PACKS[language].function_words)


@functools.cache
def detector() -> Detector:
    return detector_of([ACME])


@functools.cache
def thorough() -> Detector:
    """Holds every text with any cue to be worth reading."""
    made, plain = Detector([ACME], load_lexicon()), detector()
    for language, pack in PACKS.items():
        index = made._cues[language] = copy.copy(plain._cue_index(pack))
        index._tells = b"\1" * len(index._tells)
    return made


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    language = draw(st.sampled_from(sorted(PACKS)))
    word = st.sampled_from(cues(language)) | st.sampled_from(little(language)) | st.sampled_from(["Acme Corp", "."])
    words = draw(st.lists(word, min_size=1, max_size=40))
    return " ".join(words[:6]), " ".join(words[6:])


@settings(max_examples=300)  # the first example builds the detectors
@given(texts())
def test_a_text_passed_over_says_what_a_close_reading_says(text: tuple[str, str]) -> None:
    assert detector().analyse("a", *text) == thorough().analyse("a", *text)


@pytest.mark.parametrize(
    ("title", "is_read"),
    [
        ("The weather will be fine in the south and the west", False),
        ("The shop was hit by ransomware on the first of May", True),
        ("Acme Corp will open the first shop in the south", True),
    ],
)
def test_only_what_names_somebody_or_may_tell_of_an_attack_is_read_closely(title: str, is_read: bool) -> None:
    assert bool(detector().read("a", title, "", None, "en").passage.sentences) is is_read
