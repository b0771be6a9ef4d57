"""What holds whatever happens: every alert is told on every way that wants it, once, and its latest state in the end."""

import tempfile
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from monitor.domain.alert import Silence
from monitor.domain.finding import Role, Status
from monitor.domain.notification import Channel, OutboxState, QuietHours
from monitor.domain.watchlist import Digest, EntityId, Severity
from tests.pipeline.newsroom import Newsroom, to_file
from tests.story_builders import info_rule, rule

BOTH = ["acme", "zeta"]
START = datetime(2026, 3, 28, 15, tzinfo=UTC)
RULES = [
    rule("crit", entities=BOTH, cooldown=timedelta(hours=2)),
    rule("warn", entities=BOTH, severity=Severity.WARNING, min_sources=2, statuses=frozenset({"confirmed"})),
    info_rule("info", entities=BOTH),
]


def ways(folder: Path) -> list[Channel]:
    return [
        to_file("plain", folder),
        to_file("quiet", folder, quiet=QuietHours(time(22), time(7)), timezone="Europe/Amsterdam"),
        to_file("daily", folder, digest=Digest.DAILY, digest_at=time(2, 30), timezone="Europe/Amsterdam"),
        to_file("narrow", folder, per_minute=1),
        to_file("grave", folder, min_severity=Severity.CRITICAL),
    ]


TELL = st.tuples(
    st.just("tell"),
    st.sampled_from(["one", "two", "three"]),
    st.dictionaries(st.sampled_from(BOTH), st.sampled_from([Role.VICTIM, Role.SUPPLIER, Role.MENTIONED]), min_size=1),
    st.sampled_from([Status.CONFIRMED, Status.ALLEGED, Status.DENIED, Status.BACKGROUND]),
    st.booleans(),
)
STEP = st.one_of(
    TELL,
    TELL,
    st.tuples(st.just("wait"), st.integers(-70, 400)),
    st.tuples(st.just("restart")),
    st.tuples(st.just("block"), st.sampled_from(["plain", "quiet", "daily", "narrow", "grave"])),
    st.tuples(st.just("hush"), st.sampled_from(BOTH)),
)


async def play(room: Newsroom, steps: list[tuple[Any, ...]]) -> None:
    blocked: set[Path] = set()
    for number, step in enumerate(steps):
        if step[0] == "block":
            _toggle(room.folder / f"{step[1]}.jsonl", blocked)
        elif step[0] == "wait":
            await room.later(minutes=step[1])
        else:
            _happens(room, number, step)
    for path in list(blocked):
        _toggle(path, blocked)
    for _ in range(12):
        await room.later(hours=3)


def _happens(room: Newsroom, number: int, step: tuple[Any, ...]) -> None:
    match step:
        case ("tell", event, roles, status, rings):
            room.tell(f"a{number}", event, roles=roles, status=status, rings=rings)
            room.assess()
        case ("jump", moved):
            room.now += moved
            room.store.replan(room.now, moved, timedelta(hours=24))
        case ("restart",):
            room.restart()
        case ("hush", name):
            wish = Silence(f"si-{number}", "Kim", room.now, room.now + timedelta(hours=1), entity_id=EntityId(name))
            room.store.save_silence(wish)


def _toggle(path: Path, blocked: set[Path]) -> None:
    """A file that cannot be written, as a folder stands in its place; and back."""
    aside = path.with_suffix(".aside")
    if path in blocked:
        path.rmdir()
        if aside.exists():
            aside.rename(path)
        blocked.remove(path)
    else:
        if path.exists():
            path.rename(aside)
        path.mkdir()
        blocked.add(path)


def parts(room: Newsroom, channel: str) -> list[dict[str, Any]]:
    """What each message said of each alert, lists taken apart."""
    return [part for one in room.said(channel) for part in one["data"].get("alerts", [one["data"]])]


def check(room: Newsroom) -> None:
    for channel in room.channels:
        told: dict[str, list[dict[str, Any]]] = {}
        for part in parts(room, channel.id):
            told.setdefault(part["alert"], []).append(part)
        for alert in room.catalogue.alerts():
            if alert.severity.rank < channel.min_severity.rank:
                assert str(alert.id) not in told
                continue
            assert str(alert.id) in told, f"{alert.id} was never told on {channel.id}"
            assert alert.told is not None
            assert told[str(alert.id)][-1]["story"]["independent_sources"] >= alert.told.sources
            versions = Counter(part["version"] for part in told[str(alert.id)])
            assert max(versions.values()) == 1, f"{alert.id} was told twice on {channel.id}"
    states = {str(one["state"]) for one in room.catalogue.notifications()}
    # What is withdrawn was silenced before anybody heard of it, and its alert is none.
    done = {str(OutboxState.SENT), str(OutboxState.FOLDED), str(OutboxState.WITHDRAWN)}
    assert states <= done, "something never left"


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=2, max_size=14))
async def test_nothing_is_dropped_and_nothing_told_twice(steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        room = Newsroom(Path(name), RULES, ways(Path(name)), now=START)
        try:
            await play(room, steps)
            check(room)
        finally:
            room.close()


BATCH = [
    ("a", "one", {"acme": Role.VICTIM}, Status.ALLEGED),
    ("b", "one", {"acme": Role.VICTIM, "zeta": Role.MENTIONED}, Status.CONFIRMED),
    ("c", "one", {"zeta": Role.VICTIM}, Status.ALLEGED),
    ("d", "two", {"zeta": Role.VICTIM}, Status.DENIED),
    ("e", "two", {"zeta": Role.VICTIM}, Status.ALLEGED),
    ("f", "two", {"acme": Role.MENTIONED}, Status.BACKGROUND),
]


@settings(max_examples=8, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(BATCH))
async def test_the_order_within_a_batch_changes_no_word(order: list[tuple[Any, ...]]) -> None:
    said = []
    for told in (BATCH, order):
        with tempfile.TemporaryDirectory() as name:
            room = Newsroom(Path(name), RULES, [to_file("log", Path(name))], now=START)
            for key, event, roles, status in told:
                room.tell(key, event, roles=roles, status=status)
            room.assess()
            await room.later(minutes=3)
            said.append(sorted((one["subject"], one["data"]["text"]) for one in room.said()))
            room.close()
    assert said[0] == said[1]


async def test_an_older_message_never_arrives_behind_a_newer_one(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, RULES, ways(tmp_path), now=START)
    steps = [
        ("tell", "one", {"zeta": Role.VICTIM}, Status.CONFIRMED, True),
        ("block", "narrow"),
        ("tell", "three", {"zeta": Role.VICTIM}, Status.DENIED, True),
        ("wait", 119),
        ("tell", "three", {"acme": Role.VICTIM}, Status.CONFIRMED, True),
    ]
    await play(room, steps)
    check(room)
    room.close()


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=["an hour ahead", "an hour back"])
async def test_a_clock_that_jumps_tells_the_same_things_once(tmp_path: Path, jump: timedelta) -> None:
    news = [
        ("tell", "one", {"acme": Role.VICTIM}, Status.ALLEGED, True),
        ("wait", 3),
        ("tell", "one", {"acme": Role.VICTIM}, Status.CONFIRMED, True),
        ("wait", 3),
        ("tell", "two", {"zeta": Role.MENTIONED}, Status.BACKGROUND, True),
    ]
    heard = []
    for name, moved in (("straight", timedelta(0)), ("jumping", jump)):
        for at in range(1, len(news)):
            folder = tmp_path / f"{name}-{at}"
            folder.mkdir()
            room = Newsroom(folder, RULES, ways(folder), now=START)
            await play(room, [*news[:at], ("jump", moved), *news[at:]])
            check(room)
            heard.append(sorted((part["rule"], part["version"]) for part in parts(room, "plain")))
            room.close()
    assert all(one == heard[0] for one in heard)


async def test_a_thousand_items_in_one_round_are_one_alert_for_each_event_and_few_messages(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, [rule()], [to_file("log", tmp_path)])
    room.tell_many((f"a{number}", f"event-{number % 100}") for number in range(1_000))
    for _ in range(3):
        await room.later(minutes=5)
    told = Counter(part["alert"] for part in parts(room, "log"))
    assert len(told) == len(list(room.catalogue.alerts())) == 100
    assert set(told.values()) == {1}
    singles = sum("alerts" not in one["data"] for one in room.said())
    assert (singles, len(room.said()) - singles) == (20, 2)
    room.close()


async def test_the_history_of_a_new_feed_is_stored_and_rings_not_once(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, [rule()], [to_file("log", tmp_path)])
    room.tell_many(((f"a{number}", f"event-{number}") for number in range(500)), rings=False)
    for _ in range(3):
        await room.later(minutes=5)
    assert room.said() == []
    assert list(room.catalogue.alerts()) == []
    assert sum(1 for _ in room.catalogue.articles()) == 500
    room.close()
