"""What waits to be told when stories are made one, or one is taken apart: it is told once, and nothing of it is lost."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.domain.alert import Reason
from monitor.domain.finding import Role, Status
from monitor.domain.notification import Channel
from monitor.domain.story import EditKind, StoryEdit
from monitor.domain.watchlist import Digest
from monitor.entrypoints.story_edits import edit_story
from monitor.entrypoints.web.choices import silence_of
from tests.pipeline.newsroom import Newsroom, Open, settle, to_file
from tests.pipeline.wire import DK, DK_DE, EARLY, FORUM, Wire

MORE_ON_BOTH = (DK[0], f"{FORUM[1]} {DK[1]}")


def daily(folder: Path) -> list[Channel]:
    return [to_file("log", folder), to_file("daily", folder, digest=Digest.DAILY)]


def merge(room: Newsroom, kept: str, gone: str) -> None:
    """A person says that the stories of two events are one."""
    of = {source.article_id: story.id for story in room.catalogue.stories() for source in story.sources}
    edit = StoryEdit(EditKind.MERGE, of[kept], of[gone])  # type: ignore[index]
    edit_story(edit, "Kim", room.now, room.store, room.bench.background)


def struck(room: Newsroom, channel: str = "log") -> list[list[list[str]]]:
    """Of each message who is under attack in each alert that it tells of."""
    told = [one["data"].get("alerts", [one["data"]]) for one in room.said(channel)]
    return [[sorted(alert["under_attack"]) for alert in alerts] for alerts in told]


@pytest.mark.parametrize("by_person", [False, True])
async def test_a_digest_lists_stories_that_are_one_once_with_all_they_tell(wire: Wire, by_person: bool) -> None:
    wire.configure(wire.rules, daily(wire.folder))
    wire.publish("one", EARLY, victim="kelvora")
    wire.publish("two", FORUM, "de", victim="bramholt")
    await wire.later(minutes=5)
    assert struck(wire) == [[["kelvora"]], [["bramholt"]]]
    if by_person:
        wire.say(EditKind.MERGE, wire.of("one"), wire.of("two"))
    else:
        wire.publish("three", MORE_ON_BOTH, victim="kelvora bramholt")
    await wire.later(days=1)
    assert len(wire.members()) == 1
    assert struck(wire, "daily") == [[["bramholt", "kelvora"]]]


NEWS = [
    pytest.param("acme", ["opened"], id="no news"),
    pytest.param("zeta", ["opened", "updated: entity-added"], id="news"),
]


@pytest.mark.parametrize("kept", ["told", "waits"])
@pytest.mark.parametrize(("victim", "says"), NEWS)
async def test_of_two_stories_made_one_who_heard_of_one_hears_only_what_is_new(
    opened: Open, victim: str, says: list[str], kept: str
) -> None:
    room = opened()
    room.tell("told", "harbour")
    await settle(room)
    room.tell("waits", "port", roles={victim: Role.VICTIM})
    room.assess()
    merge(room, kept, {"told": "waits", "waits": "told"}[kept])
    await settle(room)
    assert room.told() == says
    room.restart()
    room.tell("third", "port", roles={victim: Role.VICTIM}, status=Status.CONFIRMED)
    await settle(room)
    assert room.told() == [*says, "updated: status-stronger more-sources"]
    assert len([alert for alert in room.catalogue.alerts() if not alert.is_closed]) == 1


async def test_a_story_that_waits_when_it_proves_to_be_one_that_was_told_is_an_update_of_it(wire: Wire) -> None:
    wire.publish("one", EARLY, victim="kelvora")
    await wire.later(minutes=5)
    wire.publish("two", FORUM, "de", victim="bramholt")
    assert wire.of("two") != wire.of("one")
    wire.publish("three", MORE_ON_BOTH, owner="one.example", victim="kelvora bramholt")
    await wire.later(minutes=5)
    assert len(wire.members()) == 1
    assert wire.told() == ["opened", "updated: entity-added"]


async def test_what_only_one_channel_heard_still_reaches_the_other(opened: Open, tmp_path: Path) -> None:
    dutch = to_file("dutch", tmp_path, languages=frozenset({"nl"}), digest=Digest.DAILY)
    room = opened(channels=[to_file("log", tmp_path), dutch])
    room.tell("first", "harbour")
    room.tell("second", "port", roles={"zeta": Role.VICTIM}, language="nl")
    await settle(room)
    assert room.told() == ["opened", "opened"]
    merge(room, "first", "second")
    await room.later(days=1)
    assert struck(room, "dutch") == [[["acme", "zeta"]]]
    assert room.told() == ["opened", "opened"]


async def test_what_people_say_to_the_message_of_a_story_that_is_gone_holds_for_the_one_that_is_left(
    opened: Open,
) -> None:
    room = opened()
    room.tell("first", "harbour")
    await settle(room)
    room.tell("second", "port")
    await settle(room)
    assert room.told() == ["opened", "opened"]
    kept, gone = (one["data"]["alert"] for one in room.said())
    merge(room, "first", "second")
    await settle(room)
    # As the page behind a link in the second message does it.
    meant = room.catalogue.alert(gone)
    assert meant is not None
    assert meant.id == kept
    assert room.store.acknowledge(gone, "Kim", room.now)
    assert [one.acknowledged_by for one in room.catalogue.alerts() if not one.is_closed] == ["Kim"]
    room.store.save_silence(replace(silence_of(meant, "story", timedelta(hours=1), room.now), author="Kim"))
    room.tell("third", "port", status=Status.CONFIRMED)
    await settle(room)
    assert room.told() == ["opened", "opened"]
    assert str(Reason.SILENCED) in room.reasons()


async def test_a_split_in_a_digest_lists_both_stories_and_loses_neither(wire: Wire) -> None:
    wire.configure(wire.rules, daily(wire.folder)[1:])
    wire.publish("en", DK, victim="kelvora")
    wire.publish("de", (DK_DE[0], f"{DK_DE[1]} Auch Bramholt ist betroffen."), "de", victim="kelvora bramholt")
    await wire.later(minutes=5)
    assert wire.of("de") == wire.of("en")
    wire.say(EditKind.SPLIT, wire.of("en"), "de")
    await settle(wire)
    await wire.later(days=1)
    assert sorted(*struck(wire, "daily")) == [["bramholt", "kelvora"], ["kelvora"]]
