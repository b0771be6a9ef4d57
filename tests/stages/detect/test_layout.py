"""Folding, sentences, boilerplate and language: what is read before anything is understood."""

import dataclasses
import itertools

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.cues import _sentence_end
from monitor.stages.detect.folding import fold
from monitor.stages.detect.language import UNKNOWN, detect_language
from monitor.stages.detect.noise import noisy_names
from monitor.stages.detect.sentences import split_sentences
from tests.stages.detect.reading import analyse, named


@pytest.mark.parametrize(
    ("text", "clean", "norm"),
    [
        pytest.param("Größe", "Größe", "grose", id="umlaut and sharp s"),
        pytest.param("Vel&#233;lo", "Velélo", "velelo", id="entity"),
        pytest.param("e\u0301t\u200be", "ete", "ete", id="combining accent, zero width"),
        pytest.param("M&S", "M&S", "m&s", id="a kept mark"),
        pytest.param("&lt", "&lt", "&lt", id="no entity"),
    ],
)
def test_folding_keeps_one_character_for_one(text, clean, norm):
    folded = fold(text)
    assert (folded.clean, folded.norm) == (clean, norm)


def test_letters_of_western_europe_are_folded_as_all_others_are():
    for code in range(0x100):
        for text in (chr(code), bytes([code]).decode("cp1252", "replace")):
            # A letter of another alphabet beside it, and the text is read letter by letter.
            assert fold(f"Né {text} a").norm[:-1] == fold(f"Né {text} ж").norm[:-1]


def test_folded_offsets_lead_back_to_the_text():
    text = "A&amp;B \u200bcaf\u00e9 e\u0301"
    folded = fold(text)
    at = folded.norm.index("cafe")
    start, end = folded.original(at, at + 4)
    assert text[start:end] == "caf\u00e9"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("Mr. Bos left. He ran!", ["Mr. Bos left.", "He ran!"], id="abbreviation"),
        pytest.param("Am 5. Mai kam er. Gut.", ["Am 5. Mai kam er.", "Gut."], id="a day"),
        pytest.param("One\nTwo", ["One", "Two"], id="lines"),
        pytest.param("J. Doe sat.", ["J. Doe sat."], id="initial"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences(text, sentences):
    spans = split_sentences(text, frozenset({"mr"}))
    assert [text[start:end] for start, end in spans] == sentences


@pytest.mark.parametrize(
    "text",
    [
        "The council met.\n\nRead also: Nordwick hit by ransomware",
        "The council met.\n\nREAD ALSO\nNordwick hit by ransomware\nFive tips for the garden",
        "De raad kwam bijeen over het plan voor de haven.\n\nLEES OOK\nNordwick slachtoffer van hack: dit weten we",
    ],
)
def test_teasers_are_no_news(text):
    assert named("Council meets about the harbour plan", text) == set()
    assert not analyse("Council meets about the harbour plan", text).attacks


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The minister said that the plan would be ready in the spring.", "en"),
        ("De minister zei dat het plan in het voorjaar klaar zou zijn.", "nl"),
        ("Der Minister sagte, dass der Plan im Frühjahr fertig sein werde.", "de"),
        ("Le ministre a déclaré que le plan serait prêt au printemps dans les villes.", "fr"),
        ("Ministern sade att planen skulle vara klar till våren och att det är bra.", "und"),
        ("", "und"),
    ],
)
def test_language_is_told_from_little_words(text, language):
    assert detect_language(text, None, load_lexicon()) == language


@pytest.mark.parametrize(
    ("headline", "language"),
    [
        ("Heart attack kills veteran of the factory", "en"),
        ("Hackers hit water company", "en"),
        ("Politie houdt verdachte aan na inbraak", "nl"),
        ("Klinik verschiebt Operationen", "de"),
        ("La police arrête un suspect près de Lyon", "fr"),
        ("La policía detiene a un sospechoso en Madrid", "es"),
        ("Furto di dati in ospedale, indaga la procura", "it"),
        ("Polícia detém suspeito em Lisboa", "pt"),
        # What tells of these is how they are spelt.
        ("Cyberattacco a Fintorre", "it"),
        ("Ciberataque contra Zuricalda", "es"),
        ("Indagine su Zuricalda, l'assessore tace", "it"),
        ("Hackare stal data från kommunen", "und"),
        ("Tietomurto kaupungin järjestelmiin", "und"),
        ("Acme", "und"),
    ],
)
def test_the_language_of_a_headline_is_told_by_its_other_words_as_well(headline, language):
    assert detect_language(headline, None, load_lexicon()) == language


@pytest.mark.parametrize(
    ("headline", "declared", "language"),
    [
        ("Ciberataque a Brellin", "es", "es"),
        ("Ciberataque a Brellin", "pt", "pt"),
        ("Brellin gehackt", "de", "de"),
        ("Brellin gehackt", "nl", "nl"),
        # Many programs declare English, whatever is written with them.
        ("Hackers legen systemen van gemeente plat", "en", "nl"),
        ("Hacker erbeuten Kundendaten", "en", "de"),
    ],
)
def test_what_a_feed_declares_counts_where_a_headline_is_as_good_as_even(headline, declared, language):
    assert detect_language(headline, declared, load_lexicon()) == language


@pytest.mark.parametrize(
    ("name", "told"),
    [("Q", "is only 1 letter long"), ("Qz", "is only 2 letters long"), ("1 2", "has no letter in it")],
)
def test_a_name_that_is_too_short_is_told_in_whole_words(name, told):
    (warning,) = noisy_names(Entity(EntityId("x"), name), load_lexicon())
    assert warning.startswith(f'"{name}" {told}')


def test_a_language_that_gets_a_pack_is_none_of_the_others_any_more():
    text = "Bolaget säger att det har varit hos dem under natten, och att de nu ska byta lås."
    lexicon = load_lexicon()
    words = lexicon.other_languages["sv"]
    pack = dataclasses.replace(lexicon.packs[0], language="sv", function_words=words)
    assert detect_language(text, None, lexicon) == UNKNOWN
    assert detect_language(text, None, dataclasses.replace(lexicon, packs=(*lexicon.packs, pack))) == "sv"


def test_noisy_names_are_told_in_one_warning_with_a_remedy():
    (warning,) = noisy_names(Entity(EntityId("x"), "Target", aliases=("Cape", "Star", "River")), load_lexicon())
    assert warning.startswith(
        '"Target" is an everyday word in English, so that it may mean something else, and so do "'
    )
    assert "add context" in warning


@pytest.mark.parametrize(
    "helped",
    [
        {"name": "Nordwick Holding"},
        {"aliases": ("Nordwick",)},
        {"products": ("Nordwick Box",)},
        {"people": ("Wilma Kaas",)},
        {"context": ("checkout",)},
        {"sector": "retail"},
    ],
    ids=lambda helped: next(iter(helped)),
)
def test_who_can_be_told_apart_is_not_warned_of(helped):
    assert noisy_names(Entity(**{"id": EntityId("x"), "name": "Target"} | helped), load_lexicon()) == []


@pytest.mark.parametrize(
    "piece", ["Nordwick said hackers ", "a", "word\tword ", "one | two "], ids=["words", "letters", "tabs", "marks"]
)
def test_a_text_without_full_stops_is_no_single_sentence(piece):
    # Each name is held against each cue of its sentence: an endless sentence would cost its length squared.
    text = piece * 4_000
    spans = split_sentences(text, frozenset())
    assert max(end - start for start, end in spans) <= 1000
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == text.replace(" ", "").replace("|", "")
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def test_a_verb_that_is_taken_apart_is_looked_for_within_reach_only():
    assert _sentence_end("wehrt " * 1_000, 6) == 116
    assert _sentence_end("wehrt den Angriff ab. Danach", 6) == 20
    assert _sentence_end("wehrt ab", 6) == 8


def test_a_wall_of_full_stops_is_read_to_a_bound():
    assert len(split_sentences(". " * 150_000, frozenset())) == 100_000
