"""What people's opinions come to: counted by rule and company, with a change that would have helped."""

from datetime import timedelta

import pytest

from monitor.domain.alert import AlertId
from monitor.domain.article import ArticleId
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.opinion import JudgedFinding, Opinion, OpinionKind
from monitor.domain.policy import AlertPolicy
from monitor.domain.watchlist import EntityId, RuleId
from monitor.stages.decide.feedback import judged_findings, weigh
from tests.builders import NOW
from tests.story_builders import alert, entity, info_rule

POLICY = AlertPolicy()


def said(
    kind: str, number: int, *, confidence: float = 0.9, role: Role = Role.VICTIM, author: str = "Kim", minutes: int = 0
) -> Opinion:
    finding = JudgedFinding(ArticleId(f"a{number}"), EntityId("acme"), role, confidence, {})
    at = NOW + timedelta(minutes=minutes)
    return Opinion(AlertId(f"al-{number}"), RuleId("under-attack"), OpinionKind(kind), author, at, findings=(finding,))


def noisy(count: int, start: int = 100, **more: object) -> list[Opinion]:
    return [said("noise", start + number, **more) for number in range(count)]


@pytest.mark.parametrize(
    ("opinions", "advice"),
    [
        pytest.param([said("useful", 1)], "", id="all is well"),
        pytest.param(noisy(2), "", id="two are not enough to tell"),
        pytest.param(
            [said("useful", 1, confidence=0.856), *noisy(3, confidence=0.6)],
            "`min_confidence: 0.85` keeps 3 of 3 noisy alerts quiet, no useful one",
            id="the noise was less sure",
        ),
        pytest.param(
            [said("useful", 1), *noisy(3, role=Role.MENTIONED)],
            "`roles: [victim]`: no useful alert had another one",
            id="the noise was about others",
        ),
        pytest.param(
            [said("useful", 1), *noisy(3)],
            "`min_sources: 2` waits for a second outlet, `digest: daily` makes it one message a day",
            id="nothing tells them apart",
        ),
        pytest.param(
            [said("wrong-role", number) for number in range(3)],
            "narrow its `roles`, and keep the article as a rule test (`monitor test`)",
            id="the role was wrong",
        ),
        pytest.param(
            [said("duplicate", number) for number in range(3)],
            "give it a `cooldown`; stories that are one are made one by `monitor stories merge`",
            id="told twice",
        ),
    ],
)
def test_what_to_change_in_a_rule(opinions: list[Opinion], advice: str) -> None:
    found = weigh(opinions, POLICY)
    assert [(one.kind, one.id) for one in found] == [("rule", "under-attack"), ("entity", "acme")]
    assert found[0].advice == advice


def test_where_somebody_else_was_meant_the_company_needs_context() -> None:
    _, company = weigh([said("wrong-company", 1)], POLICY)
    assert company.advice.startswith("once somebody else was meant: add `context` or `exclude` to acme")
    assert company.bad_share == 1


def test_a_persons_newest_word_on_an_alert_counts_and_each_person_has_one() -> None:
    opinions = [
        said("noise", 1),
        said("useful", 1, minutes=5),
        said("noise", 1, author="Robin"),
        said("useful", 2),
    ]
    rule, _ = weigh(opinions, POLICY)
    assert rule.counts == {OpinionKind.USEFUL: 2, OpinionKind.NOISE: 1}
    assert (rule.alerts, round(rule.bad_share, 2)) == (2, 0.33)


def test_who_takes_care_of_an_alert_does_not_judge_it() -> None:
    opinions = [said("noise", 1), said("acknowledge", 1, minutes=5), said("acknowledge", 2)]
    rule, _ = weigh(opinions, POLICY)
    assert rule.counts == {OpinionKind.NOISE: 1, OpinionKind.ACKNOWLEDGE: 2}
    assert (rule.alerts, rule.bad_share) == (2, 1)
    nobody, _ = weigh([said("acknowledge", 1)], POLICY)
    assert nobody.bad_share == 0


def test_an_opinion_is_about_those_attacked_unless_it_names_somebody() -> None:
    both = alert(info_rule(), entity("acme"), entity("zeta", Role.MENTIONED, Status.CONFIRMED, AttackType.DDOS))
    assert [one.entity_id for one in judged_findings(both)] == ["acme"]
    assert [one.entity_id for one in judged_findings(both, EntityId("zeta"))] == ["zeta"]
    assert judged_findings(both, EntityId("nobody")) == ()
    nobody = alert(info_rule(), entity("zeta", Role.MENTIONED))
    assert [(one.entity_id, one.role, one.article_id) for one in judged_findings(nobody)] == [
        ("zeta", Role.MENTIONED, "a1")
    ]
