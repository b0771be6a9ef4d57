"""Every part of a score is told in words: those that have weights, and those that detection gives."""

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.packaged.part_words import PACKAGED, load_part_words
from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.domain.finding import AttackType, Part, Role, Status
from monitor.stages.detect.names import NameKind
from monitor.stages.detect.passage import DERIVED
from tests.detectors import detector_of
from tools.cases import analyses, in_test_split, read_cases, sources

LONGEST = 102
WORDS = load_part_words()
LEXICON = load_lexicon()
# How parts begin whose weights stand under a name of their own in weights.yaml, and what stands there and is no part.
BEGIN = {"mention": "name", "role": "victim", "under-attack": "under-attack"}
NO_PARTS = {"thresholds"}


def weighed(model: str) -> set[str]:
    """The names of the parts of a model; of one with several outcomes without these."""
    has_outcomes = model in {"role", "status", "type"}
    return {key.partition("/")[2] if has_outcomes else key for key in LEXICON.weights[model]}


def phrase(model: str, name: str) -> str:
    return WORDS.told(Part(f"{BEGIN[model]} {name}", 1.0)).phrase if model in BEGIN else WORDS.phrase(model, name)


def missing(names: set[str], where: str) -> str:
    shown = ", ".join(sorted(names)[:20])
    return f"no words for {shown}: say what it means in `{where}:` of monitor/lexicon/{PACKAGED.name}"


@pytest.mark.parametrize("model", sorted(LEXICON.weights.keys() - NO_PARTS))
def test_every_part_that_has_a_weight_is_told_in_words(model: str) -> None:
    told = {name: phrase(model, name) for name in weighed(model)}
    untold = {name for name, said in told.items() if not said}
    assert not untold, missing(untold, {"mention": "name"}.get(model, model))
    long = {name: said for name, said in told.items() if len(said) > LONGEST}
    assert not long, f"longer than {LONGEST} characters, shorten them in monitor/lexicon/{PACKAGED.name}: {long}"


def test_every_part_that_detection_gives_is_told_in_words() -> None:
    found: set[str] = set()
    for _, path, watchlist in sources()[::9]:
        detector = detector_of(load_watchlist_file(watchlist).entities)
        cases = [case for case in read_cases(path) if not in_test_split(case["id"])][::3]
        for _, analysis in analyses(cases, detector):
            found |= {part.name for one in (*analysis.findings, *analysis.attacks) for part in one.parts}
    assert len(found) > 300
    told = {name: WORDS.told(Part(name, 1.0)) for name in found}
    untold = {name for name, one in told.items() if not one.phrase}
    assert not untold, missing(untold, "name: / role: / under-attack: / attack")
    assert max(len(one.phrase) for one in told.values()) <= LONGEST
    assert {name for name, one in told.items() if name != one.name and not one.of} == set()


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("concept", {cue.concept for pack in LEXICON.packs for cue in pack.cues} | DERIVED),
        ("kind", set(AttackType)),
        ("status", set(Status)),
        ("said", {*Status, "any", "live", "under"}),
        ("role", set(Role)),
        ("name", set(NameKind)),
    ],
)
def test_every_word_of_the_names_is_told(words: str, keys: set[str]) -> None:
    untold = {str(key) for key in keys} - WORDS.words[words].keys()
    assert not untold, missing(untold, f"words: {words}")


def test_no_word_is_told_of_what_there_is_not() -> None:
    known = {cue.concept for pack in LEXICON.packs for cue in pack.cues} | DERIVED | {"ATTACK"}
    assert WORDS.words["concept"].keys() - known == set()
    assert WORDS.words["kind"].keys() - set(map(str, AttackType)) == set()


@pytest.mark.parametrize(
    ("name", "of", "said"),
    [
        ("victim bound:blow-at", "it being the victim", 'an attack word, then "at" or "on", then the name'),
        ("victim R:victim_verb:beside", "it being the victim", "a verb of being struck right after the name"),
        ("victim around:victim", "it being the victim", "what the words around the name mean, as learnt for victims"),
        ("source L:ATTACK:near", "it being a source that is cited", "an attack word before the name, in its clause"),
        ("victim title-bound:struck", "it being the victim", "in the title, the name, then a verb of being struck"),
        (
            "mentioned sector:health&type:data-breach",
            "it being named in passing only",
            "its trade is health, and the article tells of a data breach",
        ),
        (
            "name word:own&case:exact",
            "the name being meant",
            "written exactly as the name, and the word is nothing but a name",
        ),
        ("name the-before", "the name being meant", '"the" right before the name'),
        ("name known:place&own", "the name being meant", "our lists know it as a place, and it is no everyday word"),
        ("under-attack victim&victim", "it being under attack now", "how likely it is the victim, squared"),
        (
            "under-attack victim&live",
            "it being under attack now",
            "how likely it is the victim, and how likely the attack is real and recent",
        ),
        ("under-attack first", "it being under attack now", "named before all others"),
        ("about", "", "how sure it is that the article is about attacks at all"),
    ],
)
def test_a_part_in_words(name: str, of: str, said: str) -> None:
    told = WORDS.told(Part(name, 1.0))
    assert (told.of, told.phrase) == (of, said)


@pytest.mark.parametrize(
    "name",
    ["victim bound:new-thing", "victim first&new-thing", "name L:ATTACK:near", "second reader m: lowered", "new"],
)
def test_what_has_no_words_gets_none(name: str) -> None:
    assert WORDS.told(Part(name, 1.0)).phrase == ""


def test_a_trade_that_we_do_not_know_is_told_by_its_own_name() -> None:
    told = WORDS.told(Part("victim sector:fishing&type:fraud", 1.0))
    assert told.phrase == "its trade is fishing, and the article tells of fraud"


def test_a_frame_is_told_by_the_first_of_its_words() -> None:
    said = WORDS.phrase("about", "frame:data-breach:steal + data + hack|gang|intrude")
    assert said == 'in one sentence: stealing or copying, data, "hacked" or the like'
