"""Verdicts: always one reason, and a higher severity is never suppressed by a lower one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alert import Alert, Reason, Silence, Told
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.policy import AlertPolicy
from monitor.domain.story import StoryEntity, StoryId, StoryState
from monitor.domain.watchlist import EntityId, RuleId, Severity
from monitor.stages.decide.explain import SENTENCES, explain
from monitor.stages.decide.merged import settled
from monitor.stages.decide.reasons import History, alert_after, alert_of, closing, decide, decide_story
from monitor.stages.rules.expression import IndexedText
from tests.builders import NOW
from tests.story_builders import alert, entity, info_rule, rule, story

POLICY = AlertPolicy()
TEXT = IndexedText("Acme was hit by ransomware. Customer data was stolen.")
CLAIMED = entity(status=Status.ALLEGED)
HIT = entity()
NAMED = entity(role=Role.MENTIONED)
TOLD = Told(StoryState.REPORTED, 1)


def told(*entities: StoryEntity, **more: object) -> Alert:
    return alert(rule(), *entities, told=TOLD, **more)


@pytest.mark.parametrize(
    ("of", "in_story", "reason"),
    [
        pytest.param(rule(), story(HIT), Reason.NEW_STORY, id="all conditions hold"),
        pytest.param(rule(entities=["other"]), story(HIT), Reason.NO_ENTITY, id="somebody else"),
        pytest.param(rule(), story(NAMED), Reason.ROLE_NOT_WANTED, id="only named"),
        pytest.param(info_rule(), story(entity(role=Role.MENTIONED, status=None)), Reason.NO_ATTACK, id="no attack"),
        pytest.param(rule(attacks=frozenset({"ddos"})), story(HIT), Reason.ATTACK_NOT_WANTED, id="another kind"),
        pytest.param(rule(), story(entity(kind=AttackType.OUTAGE)), Reason.ATTACK_NOT_WANTED, id="an outage"),
        pytest.param(
            rule(attacks=frozenset({"outage"})), story(entity(kind=AttackType.OUTAGE)), Reason.NEW_STORY, id="asked"
        ),
        pytest.param(rule(), story(entity(status=Status.BACKGROUND)), Reason.STATUS_NOT_WANTED, id="long ago"),
        pytest.param(rule(min_confidence=0.95), story(HIT), Reason.TOO_UNSURE, id="unsure"),
        pytest.param(rule(text="drill"), story(HIT), Reason.TEXT_NOT_MATCHED, id="another text"),
        pytest.param(rule(text='"customer data" NEAR/3 stolen'), story(HIT), Reason.NEW_STORY, id="the text"),
        pytest.param(rule(min_sources=2), story(HIT), Reason.TOO_FEW_SOURCES, id="one source"),
        pytest.param(rule(), story(HIT, rings=False), Reason.HISTORY, id="first run"),
        pytest.param(rule(), story(HIT, newest_at=NOW - timedelta(days=9)), Reason.TOO_OLD, id="old news"),
        pytest.param(
            rule(), story(HIT, newest_at=NOW - timedelta(days=999), is_timeless=True), Reason.NEW_STORY, id="a seed"
        ),
        pytest.param(rule(), story(HIT, newest_at=NOW + timedelta(days=2)), Reason.NEW_STORY, id="future date"),
        pytest.param(
            info_rule(), story(entity(role=Role.MENTIONED, status=Status.BACKGROUND)), Reason.NEW_STORY, id="any"
        ),
    ],
)
def test_a_first_verdict(of, in_story, reason):
    verdict = decide(in_story, of, History(), (), TEXT, NOW, POLICY)
    assert verdict.reason is reason
    assert bool(verdict.entities) is (reason in {Reason.NEW_STORY, Reason.HISTORY, Reason.TOO_OLD})


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        pytest.param(told(HIT), story(HIT), Reason.NOTHING_NEW, id="more of the same, an edit, an old article again"),
        pytest.param(told(CLAIMED), story(HIT), Reason.STATUS_STRONGER, id="the claim is a fact"),
        pytest.param(told(HIT), story(CLAIMED), Reason.NOTHING_NEW, id="a fact stays one"),
        pytest.param(told(HIT), story(HIT, entity("zeta")), Reason.ENTITY_ADDED, id="another one is drawn in"),
        pytest.param(told(HIT), story(HIT, confirmed_at=NOW), Reason.OFFICIALLY_CONFIRMED, id="the victim says so"),
        pytest.param(told(HIT), story(HIT, sources=2), Reason.NOTHING_NEW, id="a second source"),
        pytest.param(told(HIT), story(HIT, sources=3), Reason.MORE_SOURCES, id="a third source"),
        pytest.param(replace(told(HIT), told=Told(StoryState.REPORTED, 4)), story(HIT, sources=9), Reason.NOTHING_NEW, id="9"),
        pytest.param(replace(told(HIT), told=Told(StoryState.REPORTED, 4)), story(HIT, sources=10), Reason.MORE_SOURCES, id="10"),
        pytest.param(
            replace(told(HIT), told=Told(StoryState.REPORTED, 1, ("485000",))),
            story(HIT, numbers=("941000",)), Reason.NUMBERS_CHANGED, id="twice as many records",
        ),
        pytest.param(
            replace(told(HIT), told=Told(StoryState.REPORTED, 1, ("6000000",))),
            story(HIT, numbers=("6200000",)), Reason.NOTHING_NEW, id="rounding",
        ),
        pytest.param(
            replace(told(HIT), told=Told(StoryState.REPORTED, 1, ("90000",))),
            story(HIT, numbers=("9000",), taken_back=("90000",)), Reason.NUMBERS_CHANGED, id="fewer, as is said now",
        ),
        pytest.param(
            replace(told(HIT), told=Told(StoryState.REPORTED, 1, ("90000",))),
            story(HIT, numbers=("9000",)), Reason.NOTHING_NEW, id="fewer, since an article left the story",
        ),
        pytest.param(
            replace(told(HIT), told=Told(StoryState.REPORTED, 1, ("9000",))),
            story(HIT, numbers=("9000",), taken_back=("90000",)), Reason.NOTHING_NEW, id="taken back before",
        ),
        pytest.param(
            told(CLAIMED), story(entity(status=Status.DENIED), state=StoryState.DENIED), Reason.DENIED_OR_CORRECTED, id="denied"
        ),
        pytest.param(replace(told(HIT), severity=Severity.INFO), story(HIT), Reason.SEVERITY_ROSE, id="louder rule"),
    ],
)  # fmt: skip
def test_an_update_needs_a_material_change(before, now, reason):
    of = rule(entities=["acme", "zeta"])
    assert decide(now, of, History(before), (), TEXT, NOW, POLICY).reason is reason


def test_a_stronger_role_is_an_update():
    of = info_rule()
    before = alert(of, NAMED, told=TOLD)
    assert decide(story(HIT), of, History(before), (), TEXT, NOW, POLICY).reason is Reason.ROLE_STRONGER


def test_a_denial_is_told_once_and_the_same_claim_again_is_no_news():
    denied = story(entity(status=Status.DENIED), state=StoryState.DENIED)
    verdict = decide(denied, rule(), History(told(CLAIMED)), (), TEXT, NOW, POLICY)
    after = alert_after(verdict, denied, told(CLAIMED))
    assert verdict.entities
    assert not decide(denied, rule(), History(after), (), TEXT, NOW, POLICY).reason.speaks
    again = story(CLAIMED, state=StoryState.RUMOUR)
    assert decide(again, rule(), History(after), (), TEXT, NOW, POLICY).reason is Reason.NOTHING_NEW
    assert decide(story(HIT), rule(), History(after), (), TEXT, NOW, POLICY).reason is Reason.STATUS_STRONGER


def silence(**more: object) -> Silence:
    return Silence("si-1", "Kim", NOW, NOW + timedelta(hours=1), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wish", "at", "holds"),
    [
        pytest.param(silence(entity_id=EntityId("acme")), NOW, True, id="entity"),
        pytest.param(silence(entity_id=EntityId("zeta")), NOW, False, id="another entity"),
        pytest.param(silence(rule_id=RuleId("under-attack")), NOW, True, id="rule"),
        pytest.param(silence(story_id=StoryId("st-1")), NOW, True, id="story"),
        pytest.param(silence(expression="ransomware NOT drill"), NOW, True, id="expression"),
        pytest.param(silence(expression="drill"), NOW, False, id="another text"),
        pytest.param(silence(rule_id=RuleId("under-attack")), NOW + timedelta(hours=2), False, id="over"),
        pytest.param(silence(rule_id=RuleId("under-attack")), NOW - timedelta(hours=1), True, id="clock set back"),
    ],
)
def test_silences(wish, at, holds):
    verdict = decide(story(HIT), rule(), History(), (wish,), TEXT, at, POLICY)
    assert (verdict.reason is Reason.SILENCED) is holds


def test_silences_of_each_entity_together_silence_the_story():
    both = rule(entities=["acme", "zeta"])
    wishes = [replace(silence(entity_id=EntityId(name)), id=f"si-{name}") for name in ("acme", "zeta")]
    verdict = decide(story(HIT, entity("zeta")), both, History(), wishes, TEXT, NOW, POLICY)
    assert (verdict.reason, verdict.detail) == (Reason.SILENCED, "si-acme, si-zeta")


def test_a_silence_of_somebody_else_does_not_hide_a_denial():
    denied = story(entity(status=Status.DENIED), state=StoryState.DENIED)
    wish = silence(entity_id=EntityId("zeta"))
    assert decide(denied, rule(), History(told(CLAIMED)), (wish,), TEXT, NOW, POLICY).reason.speaks


def test_a_silence_of_one_entity_lets_another_in_the_same_story_speak():
    both = rule(entities=["acme", "zeta"])
    wish = silence(entity_id=EntityId("acme"))
    assert decide(story(HIT, entity("zeta")), both, History(), (wish,), TEXT, NOW, POLICY).reason is Reason.NEW_STORY


def test_the_alert_on_a_victim_mutes_the_softer_one_of_the_same_story():
    softer, louder = decide_story(story(HIT), [info_rule(), rule()], (), (), TEXT, NOW, POLICY)[::-1]
    assert (louder.reason, softer.reason) == (Reason.NEW_STORY, Reason.INHIBITED)
    assert "under-attack" in explain(softer)


def test_a_softer_alert_on_another_victim_is_not_muted():
    wide = info_rule(entities=["acme", "zeta"])
    verdicts = decide_story(story(HIT, entity("zeta")), [wide, rule()], (), (), TEXT, NOW, POLICY)
    assert {verdict.rule_id: verdict.reason for verdict in verdicts}[wide.id] is Reason.NEW_STORY


@pytest.mark.parametrize(
    ("now", "minutes", "reason"),
    [
        pytest.param(story(CLAIMED, sources=3), 5, Reason.COOLING_DOWN, id="a third source waits"),
        pytest.param(story(CLAIMED, sources=3), 61, Reason.MORE_SOURCES, id="until the pause is over"),
        pytest.param(story(CLAIMED, sources=3), -30, Reason.MORE_SOURCES, id="or the clock is set back"),
        pytest.param(story(HIT, sources=3), 5, Reason.STATUS_STRONGER, id="what is graver does not wait"),
        pytest.param(story(CLAIMED, entity("zeta")), 5, Reason.ENTITY_ADDED, id="nor does another victim"),
    ],
)
def test_a_cool_down_never_hides_what_is_graver(now, minutes, reason):
    of = rule(entities=["acme", "zeta"], cooldown=timedelta(hours=1))
    verdict = decide(now, of, History(told(CLAIMED)), (), TEXT, NOW + timedelta(minutes=minutes), POLICY)
    assert verdict.reason is reason
    assert (verdict.retry_at == NOW + timedelta(hours=1)) is (reason is Reason.COOLING_DOWN)


def test_a_cool_down_never_hides_a_rule_that_got_louder():
    of, before = rule(cooldown=timedelta(hours=1)), replace(told(HIT), severity=Severity.WARNING)
    verdict = decide(story(HIT), of, History(before), (), TEXT, NOW + timedelta(minutes=5), POLICY)
    assert verdict.reason is Reason.SEVERITY_ROSE


def test_an_alert_opens_updates_and_closes():
    first = decide(story(CLAIMED), rule(), History(), (), TEXT, NOW, POLICY)
    opened = alert_after(first, story(CLAIMED), None)
    later = NOW + timedelta(hours=1)
    second = decide(story(HIT), rule(), History(opened), (), TEXT, later, POLICY)
    updated = alert_after(second, story(HIT), opened)
    assert (opened.version, updated.version, updated.id) == (1, 2, opened.id)
    assert not decide(story(HIT), rule(), History(updated), (), TEXT, later, POLICY).reason.speaks
    assert closing(updated, rule(), story(HIT), (), TEXT, NOW + timedelta(days=1), POLICY) is None
    quiet = closing(updated, rule(), story(HIT), (), TEXT, NOW + timedelta(days=15), POLICY)
    loud = closing(updated, rule(notify_closed=True), story(HIT), (), TEXT, NOW + timedelta(days=15), POLICY)
    assert (quiet.reason, loud.reason) == (Reason.CLOSED_QUIETLY, Reason.STORY_CLOSED)
    assert all(alert_after(one, story(HIT), updated).is_closed for one in (quiet, loud))


def test_merged_stories_go_on_under_one_alert_and_tell_nothing_twice():
    one, other = told(HIT), alert(rule(), CLAIMED, name="st-2", told=TOLD, at=NOW - timedelta(hours=1))
    whole = alert_of(RuleId("under-attack"), [one, other], StoryId("st-1"))
    assert whole.id == one.id
    assert decide(story(HIT), rule(), History(whole), (), TEXT, NOW, POLICY).reason is Reason.NOTHING_NEW
    merged = settled([one, other], (), StoryId("st-1"))
    assert (merged.alerts, merged.moved) == ((whole,), {other.id: one.id})
    (left,) = merged.changed
    assert (left.id, left.is_closed) == (other.id, True)
    (moved,) = settled([other], (), StoryId("st-1")).changed
    assert (moved.id, moved.story_id, moved.is_closed) == (other.id, StoryId("st-1"), False)
    assert settled([one], (), StoryId("st-1")).changed == ()


ENTITIES = st.builds(
    entity,
    st.sampled_from(["acme", "zeta"]),
    st.sampled_from(Role),
    st.one_of(st.none(), st.sampled_from(Status)),
    st.sampled_from([AttackType.RANSOMWARE, AttackType.OUTAGE]),
    st.floats(0, 1),
)
STORIES = st.builds(
    lambda entities, sources, rings, state: story(*entities, sources=sources, rings=rings, state=state),
    st.lists(ENTITIES, max_size=2, unique_by=lambda one: one.entity_id),
    st.integers(1, 12),
    st.booleans(),
    st.sampled_from(StoryState),
)
RULES = [rule(entities=["acme", "zeta"], cooldown=timedelta(hours=1)), info_rule(entities=["acme", "zeta"])]


@given(first=STORIES, second=STORIES, minutes=st.integers(-120, 120))
def test_no_verdict_without_a_reason_and_none_louder_is_hidden_by_a_softer(first, second, minutes):
    alerts: list[Alert] = []
    for verdict in decide_story(first, RULES, (), (), TEXT, NOW, POLICY):
        after = alert_after(verdict, first, None)
        alerts += [after] if after else []
    later = NOW + timedelta(minutes=minutes)
    both = decide_story(second, RULES, alerts, (), TEXT, later, POLICY)
    assert len(both) == len(RULES)
    assert all(explain(verdict) for verdict in both)
    alone = decide_story(
        second, RULES[:1], [one for one in alerts if one.rule_id == RULES[0].id], (), TEXT, later, POLICY
    )
    assert both[0] == alone[0]


def test_each_reason_has_its_sentence():
    assert set(SENTENCES) == set(Reason)
