"""Each language pack keeps what its own examples promise, and all packs speak of the same things."""

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.domain.errors import ConfigError
from monitor.domain.families import written_out
from monitor.stages.detect.cues import GAP
from monitor.stages.detect.folding import fold, fold_words
from monitor.stages.detect.passage import DERIVED
from tests.detectors import detector_of

LEXICON = load_lexicon()
EXAMPLES = [(pack, *example) for pack in LEXICON.packs for example in pack.examples]
# Every pack must be able to say these; the rest is a matter of how much was written.
NEEDED = {
    "ransomware", "cyberattack", "hack", "breach", "steal", "data", "ddos", "phishing", "malware", "flaw", "patch",
    "outage", "no_attack", "deny", "thwart", "claim", "victim_verb", "at_prep", "say", "warn", "company_noun", "the",
}  # fmt: skip

# A savings bank, a bugle, a boat, a roof, a flight, the mail, a gardener.
NAMES_THAT_ARE_WORDS = {"sparkasse", "clarin", "barca", "dak", "voo", "correios", "gartner"}


def concepts_in(pack, text):
    folded = fold(text)
    index = detector_of()._cue_index(pack)
    return {concept for _, _, concept in index.find(f" {folded.norm} ", folded.clean)}


@pytest.mark.parametrize(
    ("pack", "concept", "found", "not_found"), EXAMPLES, ids=[f"{e[0].language}-{e[1]}" for e in EXAMPLES]
)
def test_a_pack_keeps_its_examples(pack, concept, found, not_found):
    assert concept in concepts_in(pack, found)
    assert not not_found or concept not in concepts_in(pack, not_found)


@pytest.mark.parametrize("pack", LEXICON.packs, ids=lambda pack: pack.language)
def test_a_star_stands_at_the_ends_of_a_cue_or_of_its_halves_alone(pack):
    assert not [cue for cue in pack.cues if any("*" in half.strip(" *") for half in cue.text.split(GAP))]


@pytest.mark.parametrize("pack", LEXICON.packs, ids=lambda pack: pack.language)
def test_a_pack_says_what_every_language_must(pack):
    assert {cue.concept for cue in pack.cues} >= NEEDED
    assert pack.examples
    assert len(pack.function_words) >= 60
    assert pack.boilerplate


@pytest.mark.parametrize("pack", LEXICON.packs, ids=lambda pack: pack.language)
def test_names_that_are_no_words_are_no_everyday_words(pack):
    names = {
        fold_words(name): entity.id
        for entity in load_catalogue()
        if not entity.ambiguous
        for name in (entity.name, *entity.aliases)
    }
    assert names.keys() & pack.common_words <= NAMES_THAT_ARE_WORDS


def test_frames_need_only_concepts_that_some_pack_has():
    known = {cue.concept for pack in LEXICON.packs for cue in pack.cues} | DERIVED
    assert {concept for frame in LEXICON.frames for need in frame.need for concept in need} <= known


def test_a_faulty_folder_tells_every_fault(tmp_path):
    (tmp_path / "en.yaml").write_text("language: en\n", encoding="utf-8")
    (tmp_path / "frames.yaml").write_text("frames: {theft: [steal]}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_lexicon(tmp_path)
    places = {fault.file for fault in raised.value.faults}
    assert places == {
        *("en.yaml", "frames.yaml", "weights.yaml", "other-languages.yaml", "gazetteer.yaml", "trades.yaml"),
        "satire.yaml",
    }


@pytest.mark.parametrize(
    ("family", "phrases"),
    [
        ("hit by", ["hit by"]),
        ("violat(o|a) da*", ["violato da*", "violata da*"]),
        ("(was|were) (broken|) into", ["was broken into", "was  into", "were broken into", "were  into"]),
        ("(mess(o|a)|mette) in vendita", ["messo in vendita", "messa in vendita", "mette in vendita"]),
        ("stray) bracket", ["stray) bracket"]),
        ("open (a|b", ["open a", "open b"]),
    ],
)
def test_a_family_of_phrases_is_written_out(family, phrases):
    assert written_out(family) == phrases
