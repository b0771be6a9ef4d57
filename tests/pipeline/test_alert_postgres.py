"""The life of alerts on PostgreSQL: the same steps, the same messages, nothing lost."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from monitor.domain.finding import Role, Status
from monitor.domain.opinion import Feedback, OpinionKind
from monitor.domain.story import EditKind, StoryEdit
from monitor.domain.watchlist import EntityId
from monitor.entrypoints.story_edits import edit_story
from monitor.stages.decide.feedback import weigh
from tests.pipeline.newsroom import Newsroom
from tests.pipeline.test_alert_laws import RULES, START, check, play, ways

STEPS = [
    ("tell", "one", {"acme": Role.VICTIM}, Status.ALLEGED, True),
    ("wait", 1),
    ("tell", "one", {"acme": Role.VICTIM, "zeta": Role.MENTIONED}, Status.CONFIRMED, True),
    ("block", "plain"),
    ("wait", 30),
    ("tell", "two", {"zeta": Role.VICTIM}, Status.ALLEGED, True),
    ("tell", "three", {"acme": Role.MENTIONED}, Status.BACKGROUND, True),
    ("restart",),
    ("jump", timedelta(hours=-1)),
    ("wait", 400),
    ("block", "plain"),
    ("hush", "zeta"),
    ("tell", "two", {"zeta": Role.VICTIM}, Status.CONFIRMED, True),
    ("wait", 90),
    ("tell", "two", {"zeta": Role.VICTIM}, Status.DENIED, False),
    ("tell", "two", {"zeta": Role.VICTIM}, Status.CONFIRMED, True),
]


async def test_alerts_live_on_postgresql_as_they_do_on_sqlite(
    tmp_path: Path, new_postgres_url: Callable[[], str]
) -> None:
    told = []
    for name, url in (("sqlite", ""), ("postgresql", new_postgres_url())):
        folder = tmp_path / name
        folder.mkdir()
        room = Newsroom(folder, RULES, ways(folder), now=START, url=url)
        await play(room, STEPS)
        check(room)
        told.append({way.id: room.told(way.id) for way in room.channels})
        room.close()
    assert told[0] == told[1]
    assert len(told[0]["plain"]) == 6


async def test_people_are_heard_on_postgresql(tmp_path: Path, new_postgres_url: Callable[[], str]) -> None:
    room = Newsroom(tmp_path, RULES, ways(tmp_path), now=START, url=new_postgres_url())
    await play(room, [STEPS[0], ("tell", "two", {"acme": Role.VICTIM}, Status.ALLEGED, True), ("wait", 5)])
    one, other = [story.id for story in room.catalogue.stories()]
    alert = next(alert for alert in room.catalogue.alerts() if alert.story_id == other)
    assert room.store.acknowledge(alert.id, "Kim", room.now)
    assert room.store.save_feedback(Feedback(alert.id, OpinionKind.NOISE, "Kim", "", EntityId("acme")), room.now)
    assert room.store.save_feedback(Feedback(alert.id, OpinionKind.NOISE, "Kim", "again", EntityId("acme")), room.now)
    (worth, _) = weigh(room.catalogue.opinions(), room.policy)
    assert worth.counts == {OpinionKind.ACKNOWLEDGE: 1, OpinionKind.NOISE: 1}
    edit_story(StoryEdit(EditKind.MERGE, one, other), "Kim", room.now, room.store, room.bench.background)
    open_rules = [str(alert.rule_id) for alert in room.catalogue.alerts() if not alert.is_closed]
    assert len(open_rules) == len(set(open_rules))
    room.tell("late", "one")
    room.assess()
    gathered = room.store.gather_restored(room.now)
    await play(room, [])
    assert gathered >= 0
    check(room)
    room.close()
