"""An outlet's own correction takes back what it told, and nothing else does."""

from dataclasses import replace

import pytest

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.finding import AttackType, Role, Span, Status
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import StoryId, StoryState
from monitor.domain.watchlist import EntityId
from monitor.stages.story.summary import Background, summarise
from tests.story_builders import analysis, article

ACME, RANSOM = EntityId("acme"), AttackType.RANSOMWARE
TOLD = ("Acme hit by ransomware", "Acme was hit by ransomware, two people said.")
RETRACTS = ("Correction: Acme was not hit by ransomware", "We regret the error.")


@pytest.fixture(scope="module")
def background() -> Background:
    return Background({ACME: "Acme"}, load_fact_reader(GroupPolicy()))


def state(background, *told):
    """The state of a story of articles: their outlet, title and text, language, and how detection reads them."""
    articles, analyses = [], []
    for number, (outlet, (title, text), language, is_live, kinds) in enumerate(told):
        name = f"a{number}"
        articles.append(article(name, title, text, owner=outlet, minutes=number, language=language))
        named = [
            Span(field, at, at + 4, "Acme") for field, said in (("title", title), ("text", text))
            if (at := said.find("Acme")) >= 0
        ]  # fmt: skip
        attacks = [(kind, Status.CONFIRMED, ("acme",) if is_live else ()) for kind in kinds]
        read = analysis(name, {"acme": Role.VICTIM if is_live else Role.MENTIONED}, attacks, named)
        analyses.append(replace(read, under_attack=(ACME,) if is_live else ()))
    return summarise(StoryId("st-1"), articles, analyses, (), background)


def live(outlet, said=TOLD, language="en"):
    return outlet, said, language, True, (RANSOM,)


def spared(outlet, said=RETRACTS, language="en", kinds=(RANSOM,)):
    return outlet, said, language, False, kinds


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Correction: Acme was not hit by ransomware"),
        ("en", "CORRECTED - Acme not hit by ransomware"),
        ("nl", "Rectificatie: Acme niet getroffen door ransomware"),
        ("de", "Korrektur: Acme nicht von Ransomware betroffen"),
        ("fr", "Rectificatif : Acme n'a pas été touché par un rançongiciel"),
        ("es", "Fe de errores: Acme no fue atacada con ransomware"),
        ("it", "Errata corrige: Acme non è stata colpita da ransomware"),
        ("pt", "Correção: a Acme não foi alvo de ransomware"),
    ],
)
@pytest.mark.parametrize("kinds", [(RANSOM,), ()])
def test_a_correction_takes_back_what_its_outlet_told(background, language, title, kinds):
    story = state(background, live("one"), spared("one", (title, "Sorry."), language, kinds))
    assert story.state is StoryState.DENIED
    (acme,) = story.entities
    assert acme.role is Role.VICTIM
    assert acme.statuses[RANSOM] is Status.DENIED
    assert (acme.article_id, acme.evidence) == ("a1", title)


def test_a_correction_in_place_of_what_was_told_says_that_it_is_denied(background):
    (acme,) = state(background, spared("one")).entities
    assert acme.statuses == {RANSOM: Status.DENIED}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param([live("one"), live("two"), spared("one")], id="another outlet stands by it"),
        pytest.param([live("one"), spared("two")], id="another outlet errs"),
        pytest.param(
            [live("one"), spared("one", ("Correction: Acme opened in 1911, not in 1921", "Sorry."))], id="of a year"
        ),
        pytest.param([live("one"), spared("one", ("Correction policy: Acme is not hit", "Sorry."))], id="no mark"),
        pytest.param([live("one"), spared("one", ("Acme was not hit", "A correction: sorry."))], id="not at the head"),
        pytest.param([live("one"), live("one", RETRACTS)], id="an attack that stands"),
        pytest.param([live("one"), spared("one", ("Correction: Acme is in Ghent", "Sorry."))], id="no word of no"),
    ],
)
def test_nothing_else_takes_it_back(background, told):
    assert state(background, *told).state is StoryState.REPORTED


def test_where_all_outlets_correct_it_nothing_is_left(background):
    told = [live("one"), live("two"), spared("one"), spared("two")]
    assert state(background, *told).state is StoryState.DENIED
