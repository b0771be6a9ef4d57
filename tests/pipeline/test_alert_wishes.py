"""What people wish and correct: silences that end by themselves, and stories made one, without a second alert."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.domain.alert import Reason, Silence
from monitor.domain.finding import Role, Status
from monitor.domain.notification import QuietHours
from monitor.domain.story import EditKind, StoryEdit
from monitor.domain.watchlist import Digest, EntityId, RuleId, Severity
from monitor.entrypoints.story_edits import edit_story
from monitor.stages.decide.explain import explain
from tests.pipeline.newsroom import BOTH, Newsroom, Open, settle, to_file
from tests.story_builders import info_rule, rule


def hush(room: Newsroom, **what: object) -> None:
    room.store.save_silence(Silence("si-1", "Kim", room.now, room.now + timedelta(hours=1), **what))


@pytest.mark.parametrize(
    ("wish", "is_heard"),
    [
        pytest.param({"entity_id": EntityId("acme")}, False, id="its entity"),
        pytest.param({"entity_id": EntityId("zeta")}, True, id="another entity"),
        pytest.param({"rule_id": RuleId("under-attack")}, False, id="its rule"),
        pytest.param({"rule_id": RuleId("else")}, True, id="another rule"),
        pytest.param({"expression": '"fire drill" NOT real'}, False, id="an expression"),
        pytest.param({"expression": "avalanche"}, True, id="another expression"),
    ],
)
async def test_a_silence_keeps_an_alert_from_opening_and_why_says_whose(
    opened: Open, wish: dict, is_heard: bool
) -> None:
    room = opened()
    hush(room, **wish)
    room.tell("first", text="It was a fire drill.")
    await settle(room)
    assert bool(room.told()) is is_heard
    if not is_heard:
        (story,) = room.catalogue.stories()
        (verdict,) = room.catalogue.verdicts(str(story.id))
        assert explain(verdict).startswith("A person asked for silence on this. Silence si-1;")


async def test_a_silence_of_the_story_ends_by_itself_and_its_end_does_not_ring(opened: Open) -> None:
    room = opened()
    room.tell("first")
    await settle(room)
    (alert,) = room.catalogue.alerts()
    hush(room, story_id=alert.story_id)
    room.tell("second", status=Status.CONFIRMED)
    await settle(room)
    assert room.told() == ["opened"]
    await room.later(hours=2)
    assert room.told() == ["opened"]
    room.tell("third", status=Status.CONFIRMED)
    await settle(room)
    assert room.told() == ["opened", "updated: status-stronger more-sources"]


WAYS = [
    pytest.param({}, id="while it waits for a second outlet"),
    pytest.param({"digest": Digest.DAILY}, id="while a digest holds it"),
    pytest.param({"quiet": QuietHours(time(8), time(10), pierce=Severity.CRITICAL)}, id="in quiet hours"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wish", [{"entity_id": EntityId("acme")}, {"rule_id": RuleId("hit")}, {"expression": "drill"}])
async def test_a_silence_that_comes_before_anybody_has_heard_holds_back_what_waits(
    opened: Open, tmp_path: Path, way: dict, wish: dict
) -> None:
    room = opened(rule("hit", severity=Severity.WARNING), channels=[to_file("log", tmp_path, **way)])
    room.tell("first", text="It was a fire drill.")
    await room.later(seconds=0)
    hush(room, **wish)
    room.restart()
    await room.later(seconds=1)
    (story,) = room.catalogue.stories()
    (verdict,) = room.catalogue.verdicts(str(story.id))
    assert explain(verdict).startswith("A person asked for silence on this. Silence si-1;")
    assert list(room.catalogue.alerts()) == []
    await room.later(days=1)
    assert room.told() == []
    # It is over, and what comes then is told as what is heard first.
    room.tell("second", text="It was no drill.")
    await settle(room)
    await room.later(days=1)
    assert len(room.told()) == 1
    assert "2 sources" in str(room.said())


async def test_a_silence_holds_back_nothing_of_what_somebody_has_heard(opened: Open, tmp_path: Path) -> None:
    room = opened(channels=[to_file("log", tmp_path), to_file("daily", tmp_path, digest=Digest.DAILY)])
    room.tell("first")
    await settle(room)
    hush(room, entity_id=EntityId("acme"))
    await room.later(seconds=1)
    await room.later(days=1)
    assert (room.told(), room.told("daily")) == (["opened"], ["digest: 1"])


@pytest.mark.parametrize("wish", [{"entity_id": EntityId("acme")}, {"rule_id": RuleId("hit")}, {"expression": "drill"}])
async def test_in_a_silence_nobody_hears_that_it_is_over(opened: Open, wish: dict) -> None:
    room = opened(rule("hit", notify_closed=True))
    room.tell("first", text="It was a fire drill.")
    await settle(room)
    await room.later(days=14, hours=-1)
    hush(room, **wish)
    await room.later(minutes=59)
    assert [alert.is_closed for alert in room.catalogue.alerts()] == [True]
    (story,) = room.catalogue.stories()
    told = [explain(verdict) for verdict in room.catalogue.verdicts(str(story.id))]
    assert told[-1].startswith("Nothing new was reported for long; the alert closes without a message. Silence si-1;")
    await room.later(days=1)
    assert room.told() == ["opened"]


async def test_who_is_told_that_it_is_over_is_told_what_was_denied_in_a_silence(opened: Open) -> None:
    room = opened(rule(notify_closed=True))
    room.tell("first")
    await settle(room)
    hush(room, entity_id=EntityId("acme"))
    room.tell("denial", status=Status.DENIED)
    await settle(room)
    await room.later(days=15)
    assert room.told() == ["opened", "closed"]
    assert room.said()[-1]["subject"] == "CLOSED - Acme - ransomware, denied - 2 sources"
    # Told is told: what is heard next is that it was an attack after all.
    room.tell("third", status=Status.CONFIRMED)
    await settle(room)
    assert room.told()[2:] == ["updated: status-stronger more-sources"]


async def test_a_silence_that_is_ended_early_holds_no_longer(opened: Open) -> None:
    room = opened()
    hush(room, rule_id=RuleId("under-attack"))
    assert room.store.end_silence("si-1", room.now)
    room.tell("first")
    await settle(room)
    assert room.told() == ["opened"]


async def test_stories_that_a_person_makes_one_have_one_alert_whichever_is_kept(opened: Open) -> None:
    room = opened(rule(entities=BOTH), info_rule(entities=BOTH))
    room.tell("first", "harbour", roles={"acme": Role.MENTIONED}, status=Status.BACKGROUND)
    room.wait(minutes=1)
    room.tell("second", "port", roles={"zeta": Role.VICTIM})
    await settle(room)
    assert sorted(one["data"]["rule"] for one in room.said()) == ["in-the-news", "under-attack"]
    stories = {story.entities[0].entity_id: story.id for story in room.catalogue.stories()}
    hush(room, story_id=stories[EntityId("zeta")], rule_id=RuleId("under-attack"))
    merge = StoryEdit(EditKind.MERGE, stories[EntityId("acme")], stories[EntityId("zeta")])
    edit_story(merge, "Kim", room.now, room.store, room.bench.background)
    room.tell("third", "port", roles={"zeta": Role.VICTIM})
    await settle(room)
    assert len(room.said()) == 2
    assert {alert.story_id for alert in room.catalogue.alerts() if not alert.is_closed} == {stories[EntityId("acme")]}
    # The wish on the story that went holds for the one that is left.
    room.tell("fourth", "port", roles={"zeta": Role.VICTIM}, status=Status.CONFIRMED)
    await settle(room)
    assert len(room.said()) == 2
    assert str(Reason.SILENCED) in room.reasons()
    await room.later(hours=2)
    room.tell("fifth", "port", roles={"zeta": Role.VICTIM}, status=Status.CONFIRMED)
    await settle(room)
    assert room.told()[2:] == ["updated: status-stronger more-sources"]


async def test_two_alerts_of_one_rule_become_one_when_their_stories_do(opened: Open) -> None:
    room = opened()
    room.tell("first", "harbour")
    room.tell("second", "port")
    await settle(room)
    assert room.told() == ["opened", "opened"]
    one, other = [story.id for story in room.catalogue.stories()]
    edit_story(StoryEdit(EditKind.MERGE, one, other), "Kim", room.now, room.store, room.bench.background)
    room.restart()
    room.tell("third", "port")
    room.tell("fourth", "harbour", status=Status.CONFIRMED)
    await settle(room)
    assert len([alert for alert in room.catalogue.alerts() if not alert.is_closed]) == 1
    assert room.told()[2:] == ["updated: status-stronger more-sources"]
