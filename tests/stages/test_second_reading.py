"""What the second reader is asked, and what of its answer is read; answers are as little trusted as articles."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import FeedId
from monitor.domain.finding import LIVE, Analysis, Attack, AttackType, Finding, Role, Span, Status
from monitor.domain.model_policy import SecondReaderPolicy
from monitor.domain.second_reading import Question, Spent
from monitor.domain.watchlist import EntityId
from monitor.stages.second_reading import Judgement, affordable, after, excerpt, questions_of, read_answer
from tests.builders import NOW

ACME, BETA = EntityId("acme"), EntityId("beta")
TEXT = "Acme said on Monday\nthat thieves stole papers. Beta was hit as well."
ARTICLE = Article(ArticleId("a"), FeedId("f"), "a", "", "Acme and Beta", TEXT, NOW, NOW, "en")
VICTIMS = (
    Finding(ACME, Role.VICTIM, 0.6, (Span("text", 0, 4, "Acme"),), surplus=0.1),
    Finding(BETA, Role.VICTIM, 0.9, (Span("text", 46, 50, "Beta"),), surplus=0.4),
)
BOTH = Analysis(
    "a", "en", VICTIMS, (Attack(AttackType.DATA_BREACH, Status.CONFIRMED, ("acme", "beta"), 0.7, ()),), (ACME, BETA)
)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"role": "victim", "status": "alleged", "quote": "x"}', Judgement(Role.VICTIM, Status.ALLEGED, "x")),
        ('<think>{"role": "victim"}</think> {"role": "source"}', Judgement(Role.SOURCE, None, "")),
        ('{"answer": {"role": " Mentioned "}}', Judgement(Role.MENTIONED, None, "")),
        ('{"role": "victim", "status": "sure"}', Judgement(Role.VICTIM, None, "")),
        ('{"role": null}', None),
        ("victim", None),
        ("{}{}{}}{", None),
    ],
)
def test_answers_are_read_out_of_whatever_stands_around_them(text: str, answer: Judgement | None) -> None:
    assert read_answer(text) == answer


def test_lowering_one_leaves_the_others() -> None:
    said = json.dumps({"role": "mentioned", "status": "confirmed", "quote": "said on Monday that"})
    lowered = after(BOTH, ARTICLE, {ACME: said}, "m")
    assert lowered.under_attack == (BETA,)
    assert [one.victims for one in lowered.attacks] == [("beta",)]
    assert lowered.findings[0].parts[-1].span == Span("text", 5, 24, "said on Monday\nthat")
    assert lowered.findings[1] == BOTH.findings[1]


def test_a_weaker_status_moves_one_victim_to_an_attack_of_its_own() -> None:
    said = json.dumps({"role": "victim", "status": "alleged", "quote": "Acme said on Monday"})
    lowered = after(BOTH, ARTICLE, {ACME: said}, "m")
    assert [(one.status, one.victims) for one in lowered.attacks] == [
        (Status.CONFIRMED, ("beta",)),
        (Status.ALLEGED, ("acme",)),
    ]
    assert lowered.under_attack == (ACME, BETA)


@given(
    st.one_of(
        st.text(max_size=80),
        st.builds(
            lambda role, status, quote: json.dumps({"role": role, "status": status, "quote": quote}),
            st.sampled_from([*Role, "x", None]),
            st.sampled_from([*Status, "x", None]),
            st.sampled_from(["Acme said on Monday", "Acme and Beta", "", "no such words here"]),
        ),
    ),
    st.sampled_from([ACME, BETA, EntityId("gamma")]),
)
def test_no_answer_ever_raises_anything(text: str, about: EntityId) -> None:
    lowered = after(BOTH, ARTICLE, {about: text}, "m")
    assert set(lowered.under_attack) <= set(BOTH.under_attack)
    for before, now in zip(BOTH.findings, lowered.findings, strict=True):
        assert now.role.rank >= before.role.rank
        assert now.confidence <= before.confidence
    for victim in (ACME, BETA):
        strongest = min((one.status.rank for one in lowered.attacks if victim in one.victims), default=9)
        assert strongest >= Status.CONFIRMED.rank
        is_live = any(one.status in LIVE for one in lowered.attacks if victim in one.victims)
        assert (victim in lowered.under_attack) == is_live


def test_a_long_article_is_shown_where_it_names_the_entity() -> None:
    text = "x " * 20_000 + "Acme was hit." + " y" * 20_000
    shown = excerpt(text, [Span("text", 40_000, 40_004, "Acme")], 1_000)
    assert "Acme was hit." in shown
    assert len(shown) < 1_100
    assert excerpt(text, [Span("text", 10, 14)], 1_000) == text[:1_000]
    assert excerpt("short", [], 1_000) == "short"


def test_a_question_is_the_same_for_the_same_words_only() -> None:
    policy = SecondReaderPolicy(url="http://x.example", model="m", margin=0.15)

    def key(article: Article = ARTICLE, prompt: str = "p", policy: SecondReaderPolicy = policy) -> str:
        (question,) = questions_of(article, BOTH, {ACME: "Acme"}, policy, prompt)
        assert question.entity_id == ACME  # Beta is sure enough
        return question.key

    other = Article(ArticleId("b"), FeedId("g"), "b", "", "Acme and Beta", TEXT, NOW, NOW, "en")
    assert key() == key(other)
    assert len({key(), key(prompt="q"), key(policy=SecondReaderPolicy(url="http://x.example", model="n"))}) == 3


def test_limits_let_the_first_ones_through() -> None:
    asked = [Question(str(number), "a", ACME, "s" * 300, "c" * 300) for number in range(4)]
    policy = SecondReaderPolicy(max_per_hour=10, max_tokens_per_day=1_100, max_answer_tokens=300)
    assert affordable(asked, Spent(), policy)[0] == asked[:2]
    assert affordable(asked, Spent(questions=9), SecondReaderPolicy(max_per_hour=10))[0] == asked[:1]
    assert affordable(asked, Spent(questions=12), SecondReaderPolicy(max_per_hour=10))[0] == []
    assert affordable(asked, Spent(), SecondReaderPolicy()) == (asked, "")
