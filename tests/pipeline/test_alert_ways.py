"""The ways of an alert: who hears, when, in which list - and that nothing is lost or told twice on any of them."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.domain.finding import Role, Status
from monitor.domain.notification import Channel, ChannelId, ChannelKind, QuietHours
from monitor.domain.watchlist import Digest, EntityId, Severity
from monitor.entrypoints.fallbacks import hand_over_due
from monitor.entrypoints.upkeep import fold_held
from tests.adapters.senders.receivers import http_receiver
from tests.failing import unlistable
from tests.pipeline.newsroom import BOTH, Newsroom, Open, settle, to_file
from tests.story_builders import info_rule, rule

NIGHT = QuietHours(time(22), time(7))


def listed(room: Newsroom, channel: str = "log") -> list[str]:
    """The ids of alerts, each as often as a message told of it."""
    told = []
    for one in room.said(channel):
        told += [part["alert"] for part in one["data"]["alerts"]] if "alerts" in one["data"] else [one["data"]["alert"]]
    return told


async def test_a_watched_company_that_is_only_named_stands_in_the_alert_of_the_victim(
    opened: Open, tmp_path: Path
) -> None:
    room = opened(rule(entities=BOTH), info_rule(entities=BOTH))
    room.tell("first", roles={"acme": Role.VICTIM, "zeta": Role.SUPPLIER})
    await settle(room)
    (said,) = room.said()
    assert "Supplier of what was attacked: Zeta" in said["data"]["text"]
    assert [one["id"] for one in said["data"]["entities"]] == ["acme"]


async def test_each_channel_hears_what_it_asks_for(opened: Open, tmp_path: Path) -> None:
    def way(name: str, **more: object) -> Channel:
        return to_file(name, tmp_path, **more)

    office = QuietHours(time(8), time(18), frozenset(range(5)))
    ways = [
        way("all"),
        way("grave", min_severity=Severity.CRITICAL),
        way("tier-1", tags=frozenset({"tier-1"})),
        way("others", watchlists=frozenset({"others"})),
        way("dutch", languages=frozenset({"nl"})),
        way("office", hours=office),
        way("night", hours=QuietHours(time(18), time(8))),
        way("named", is_default=False),
    ]
    room = opened(
        rule("warn", severity=Severity.WARNING),
        rule("crit", entities=["zeta"], channels=("named", "grave")),
        tags={EntityId("acme"): frozenset({"tier-1"})},
        now=datetime(2026, 11, 25, 9, tzinfo=UTC),
        channels=ways,
    )
    room.tell("first", language="nl")
    room.tell("other", "two", roles={"zeta": Role.VICTIM})
    await settle(room)
    heard = {way.id: [one["data"]["rule"] for one in room.said(way.id)] for way in ways}
    assert heard == {
        "all": ["warn"], "grave": ["crit"], "tier-1": ["warn"], "others": [], "dutch": ["warn"], "office": ["warn"],
        "night": [], "named": ["crit"],
    }  # fmt: skip
    room.wait(hours=12)
    room.tell("late", "three")
    await settle(room)
    assert (len(room.said("office")), len(room.said("night"))) == (1, 1)


CHANGES = [
    pytest.param("Europe/Amsterdam", datetime(2026, 3, 28, 15, tzinfo=UTC), id="Amsterdam, an hour less"),
    pytest.param("Europe/Amsterdam", datetime(2026, 10, 24, 15, tzinfo=UTC), id="Amsterdam, an hour more"),
    pytest.param("America/Sao_Paulo", datetime(2018, 11, 3, 15, tzinfo=UTC), id="Sao Paulo, an hour less"),
    pytest.param("America/Sao_Paulo", datetime(2018, 2, 17, 15, tzinfo=UTC), id="Sao Paulo, an hour more"),
]


@pytest.mark.parametrize(("zone", "start"), CHANGES)
async def test_digests_come_exactly_once_across_clock_changes_and_restarts(
    opened: Open, tmp_path: Path, zone: str, start: datetime
) -> None:
    times = [time(2, 30), time(0, 30), time(23, 30), time(8)]
    ways = [to_file(f"at-{at:%H%M}", tmp_path, digest=Digest.DAILY, digest_at=at, timezone=zone) for at in times]
    ways.append(to_file("hourly", tmp_path, digest=Digest.HOURLY, timezone=zone))
    room = opened(channels=ways, now=start)
    for number in range(2 * 42):
        if number % 3 == 0 and number < 72:
            room.tell(f"a{number}", f"event-{number}")
            room.assess()
        if number % 9 == 0:
            room.restart()
        await room.later(minutes=30)
    for _ in range(2 * 24):
        await room.later(minutes=30)
    alerts = {str(alert.id) for alert in room.catalogue.alerts()}
    assert len(alerts) == 24
    for way, at in zip(ways, times, strict=False):
        assert sorted(listed(room, way.id)) == sorted(alerts), "each alert is in exactly one digest"
        sent = [datetime.fromisoformat(one["time"]).astimezone(ZoneInfo(zone)) for one in room.said(way.id)]
        days = [moment.date() for moment in sent]
        assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
        odd = [moment for moment in sent if moment.time().replace(second=0, microsecond=0) != at]
        assert len(odd) <= 1, "only the day whose hour does not exist has another one"
    assert sorted(listed(room, "hourly")) == sorted(alerts)
    hours = [one["time"][:13] for one in room.said("hourly")]
    assert len(hours) == len(set(hours))


async def test_a_digest_lists_what_its_channel_asks_for_and_no_more(opened: Open, tmp_path: Path) -> None:
    way = to_file("log", tmp_path, digest=Digest.DAILY, min_severity=Severity.CRITICAL)
    room = opened(rule("warn", severity=Severity.WARNING), rule("crit", entities=["zeta"]), channels=[way])
    room.tell("first")
    room.tell("other", "two", roles={"zeta": Role.VICTIM})
    await settle(room)
    await room.later(days=1)
    (digest,) = room.said()
    assert [one["rule"] for one in digest["data"]["alerts"]] == ["crit"]


async def test_a_weekly_digest_comes_on_monday_and_an_empty_one_only_where_it_is_wished(
    opened: Open, tmp_path: Path
) -> None:
    wished = to_file("wished", tmp_path, digest=Digest.WEEKLY, empty_digest=True)
    room = opened(channels=[to_file("log", tmp_path, digest=Digest.WEEKLY), wished])
    room.tell("first")
    room.assess()
    for _ in range(21 * 2):
        await room.later(hours=12)
    assert room.told("log") == ["digest: 1"]
    assert datetime.fromisoformat(room.said("log")[0]["time"]).weekday() == 0
    # And none for the week before there was a channel.
    assert room.told("wished") == ["digest: 1", "digest: 0", "digest: 0"]


async def test_a_clock_that_is_set_back_makes_no_second_digest_of_one_day(opened: Open, tmp_path: Path) -> None:
    room = opened(
        channels=[to_file("log", tmp_path, digest=Digest.DAILY)], now=datetime(2026, 11, 25, 7, 50, tzinfo=UTC)
    )
    room.tell("first")
    await room.later(seconds=0)
    await room.later(minutes=15)
    assert room.told() == ["digest: 1"]
    room.wait(hours=-1)
    room.tell("second", "two")
    await settle(room)
    for _ in range(12):
        await room.later(hours=1)
    assert room.told() == ["digest: 1"]
    await room.later(hours=13)
    assert room.told() == ["digest: 1", "digest: 1"]
    assert len(set(listed(room))) == 2


async def test_an_update_of_what_waits_for_the_digest_is_in_it_once(opened: Open, tmp_path: Path) -> None:
    room = opened(channels=[to_file("log", tmp_path, digest=Digest.DAILY)])
    room.tell("first")
    await settle(room)
    room.tell("second", status=Status.CONFIRMED)
    await settle(room)
    await room.later(days=1)
    (digest,) = room.said()
    assert [one["subject"] for one in digest["data"]["alerts"]] == [
        "CRITICAL - Acme - ransomware, confirmed - 2 sources"
    ]


async def test_quiet_hours_hold_and_fold_into_one_and_what_is_grave_pierces_them(opened: Open, tmp_path: Path) -> None:
    way = to_file("log", tmp_path, quiet=NIGHT, timezone="Europe/Amsterdam")
    night = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    room = opened(rule("warn", severity=Severity.WARNING), rule("crit", entities=["zeta"]), now=night, channels=[way])
    for number in range(3):
        room.tell(f"a{number}", f"event-{number}")
    room.tell("grave", "grave", roles={"zeta": Role.VICTIM})
    await settle(room)
    assert [one["data"]["rule"] for one in room.said()] == ["crit"]
    room.restart()
    await room.later(hours=6)
    assert room.told() == ["opened"]
    await room.later(minutes=30)
    assert room.told() == ["opened", "quiet: 3"]
    assert len(set(listed(room))) == 4
    await room.later(hours=4)
    assert len(room.said()) == 2


async def test_no_digest_comes_in_quiet_hours_and_one_tells_of_them_all(opened: Open, tmp_path: Path) -> None:
    ways = [
        to_file("hourly", tmp_path, quiet=NIGHT, digest=Digest.HOURLY, empty_digest=True),
        to_file("early", tmp_path, quiet=NIGHT, digest=Digest.DAILY, digest_at=time(6), empty_digest=True),
    ]
    room = opened(rule(severity=Severity.WARNING), now=datetime(2026, 11, 25, 20, 10, tzinfo=UTC), channels=ways)
    for number in range(26):
        if number in {0, 8, 15}:
            room.tell(f"a{number}", f"event-{number}")
        room.assess()
        if number % 5 == 0:
            room.restart()
        await room.later(minutes=30)
    hours = [one["time"][11:16] for one in room.said("hourly")]
    assert [hour >= "22:00" or hour < "07:00" for hour in hours] == [False] * len(hours)
    assert room.told("hourly") == ["digest: 1", "digest: 2", "digest: 0", "digest: 0"]
    assert room.told("early") == ["digest: 3"]
    assert room.said("early")[0]["time"][11:13] == "07"


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 23, tzinfo=UTC)], ids=str
)
async def test_quiet_hours_end_by_the_clock_on_the_wall_when_it_changes(
    opened: Open, tmp_path: Path, day: datetime
) -> None:
    way = to_file("log", tmp_path, quiet=NIGHT, timezone="Europe/Amsterdam")
    room = opened(rule(severity=Severity.WARNING), now=day, channels=[way])
    room.tell("first")
    while not room.said():
        await room.later(minutes=10)
    (message,) = room.said()
    local = datetime.fromisoformat(message["time"]).astimezone(ZoneInfo("Europe/Amsterdam"))
    assert (local.hour, local.minute) == (7, 0)


async def test_what_got_graver_while_it_was_held_waits_no_longer(opened: Open, tmp_path: Path) -> None:
    way = to_file("log", tmp_path, quiet=NIGHT)
    room = opened(rule(severity=Severity.WARNING), now=datetime(2026, 11, 25, 23, tzinfo=UTC), channels=[way])
    room.tell("first")
    await settle(room)
    assert room.told() == []
    room.configure([rule(severity=Severity.CRITICAL)], [way])
    room.tell("second")
    await settle(room)
    assert [one["data"]["severity"] for one in room.said()] == ["critical"]
    await room.later(hours=9)
    assert len(room.said()) == 1


async def test_a_storm_folds_into_one_list_and_drops_nothing(opened: Open, tmp_path: Path) -> None:
    room = opened(channels=[to_file("log", tmp_path, per_minute=5)])
    for number in range(60):
        room.tell(f"a{number}", f"event-{number}")
    await settle(room)
    assert room.told() == ["opened"] * 5 + ["storm: 55"]
    assert len(set(listed(room))) == 60 == len(list(room.catalogue.alerts()))


async def test_what_remained_alone_of_a_storm_is_no_list(opened: Open, tmp_path: Path) -> None:
    room = opened(channels=[to_file("log", tmp_path, per_minute=2)])
    for number in range(3):
        room.tell(f"a{number}", f"event-{number}")
    await settle(room)
    assert room.told() == ["opened"] * 3
    assert len({one["data"]["alert"] for one in room.said()}) == 3


@pytest.mark.parametrize("bad", [{7}, {6, 7, 30, 54}, set(range(60))], ids=["one", "some", "all"])
async def test_what_cannot_stand_in_a_list_is_sent_as_it_stands(opened: Open, tmp_path: Path, bad: set[int]) -> None:
    room = opened(channels=[to_file("log", tmp_path, per_minute=5, notices=True)])
    for number in range(60):
        room.tell(f"a{number}", f"event-{number}")
    await room.later(seconds=0)
    room.wait(minutes=5)
    ((key, held),) = room.store.due_folds(room.now).items()
    spoilt = {one.id: unlistable(one) for number, one in enumerate(held) if number in bad}
    room.store.due_folds = lambda _: {key: tuple(spoilt.get(one.id, one) for one in held)}
    assert set(fold_held(room.store, room.bench, room.now)) == set(spoilt)
    del room.store.due_folds
    await settle(room)
    fields = [one["data"] for one in room.said()]
    assert sum(data.get("sources") == [7] for data in fields) == len(spoilt)
    listed_ids = [part["alert"] for data in fields for part in data.get("alerts", [])]
    assert len(listed_ids) == len(set(listed_ids)) == len(held) - len(spoilt)
    (notice,) = [data for data in fields if "message.unlisted" in str(data)]
    assert "one by one" in str(notice)
    assert fold_held(room.store, room.bench, room.now) == {}


async def test_a_flood_of_small_things_delays_nothing_grave(opened: Open, tmp_path: Path) -> None:
    room = opened(info_rule(), rule(entities=["zeta"]), channels=[to_file("log", tmp_path, per_minute=5)])
    for number in range(30):
        room.tell(f"a{number}", f"event-{number}", roles={"acme": Role.MENTIONED})
    await room.later(seconds=10)
    room.tell("grave", "grave", roles={"zeta": Role.VICTIM})
    await room.later(seconds=0)
    await room.later(seconds=30)
    assert "under-attack" in [one["data"].get("rule") for one in room.said()]
    await settle(room)
    assert len(set(listed(room))) == 31


LOG = ChannelId("log")


async def test_what_a_channel_that_is_down_does_not_take_goes_down_the_chain(opened: Open, tmp_path: Path) -> None:
    async with http_receiver() as receiver:

        def hook(name: str, path: str, **more: object) -> Channel:
            return Channel(ChannelId(name), ChannelKind.WEBHOOK, receiver.url(path), **more)

        ways = [
            hook("first", "/500", is_default=True, fallback=ChannelId("second")),
            hook("second", "/503/b", fallback=ChannelId("log")),
            to_file("log", tmp_path, is_default=False, fallback=ChannelId("first")),
        ]
        room = opened(channels=ways)
        for number in range(3):
            room.tell(f"a{number}", f"event-{number}")
        room.assess()
        for _ in range(40):
            await room.later(seconds=30)
            for lane in room.lanes.values():
                hand_over_due(room.store, ways, lane, room.now, timedelta(minutes=5))
        await room.close_lanes()
    assert room.told() == ["handover: 3"]
    assert len(set(listed(room))) == 3
    waiting = [one for one in room.catalogue.notifications() if one["channel"] == "first"]
    assert {str(one["state"]) for one in waiting} == {"pending"}, "what was handed over is still owed to its channel"


async def test_whoever_stands_in_for_a_channel_that_is_down_hears_updates_as_well(opened: Open, tmp_path: Path) -> None:
    async with http_receiver() as receiver:
        down = Channel(ChannelId("hook"), ChannelKind.WEBHOOK, receiver.url("/500"), is_default=True, fallback=LOG)
        ways = [down, to_file("log", tmp_path, is_default=False)]
        room = opened(channels=ways)

        async def hand_over_now() -> None:
            await room.later(minutes=1)
            hand_over_due(room.store, ways, room.lanes[down.id], room.now, timedelta(0))
            await room.later(minutes=1)

        room.tell_many((f"a{number}", f"event-{number}") for number in range(12))
        room.assess()
        await hand_over_now()
        assert len(listed(room)) == 12
        # Of these few were tried, before the channel was left to rest.
        for number in range(12):
            room.tell(f"fact-{number}", f"event-{number}", status=Status.CONFIRMED)
        await hand_over_now()
        await room.close_lanes()
    assert len(listed(room)) == 24
    assert len(set(listed(room))) == 12
    assert all("confirmed" in one["subject"] for one in room.said()[-1]["data"]["alerts"])


async def test_history_does_not_ring_but_what_always_rings_does(opened: Open, tmp_path: Path) -> None:
    room = opened()
    for number in range(40):
        room.tell(f"old-{number}", f"event-{number}", rings=False)
    await settle(room)
    assert room.told() == []
    assert room.reasons() == {"history"}
    assert len(room.catalogue.search("Acme", 100)) == 40
    room.tell("seed", "seed", feed_id="seeds", published_at=room.now - timedelta(days=900))
    await settle(room)
    assert room.told() == ["opened"]


async def test_what_waited_in_a_restored_backup_is_one_list(opened: Open, tmp_path: Path) -> None:
    way = to_file("log", tmp_path, quiet=NIGHT)
    room = opened(channels=[way, to_file("daily", tmp_path, digest=Digest.DAILY, is_default=True)])
    for number in range(3):
        room.tell(f"a{number}", f"event-{number}")
    room.assess()
    room.wait(minutes=1)
    assert room.store.gather_restored(room.now) == 3
    await settle(room)
    assert room.told() == ["restored: 3"]
    await room.later(days=1)
    assert room.told("daily") == ["digest: 3"], "what is held for a later hour has not left"


async def test_a_backlog_of_any_length_is_handed_over(opened: Open, tmp_path: Path) -> None:
    async with http_receiver() as receiver:
        hook = Channel(
            ChannelId("hook"), ChannelKind.WEBHOOK, receiver.url("/500"), is_default=True, per_minute=9_999,
            fallback=ChannelId("log"),
        )  # fmt: skip
        ways = [hook, to_file("log", tmp_path, is_default=False)]
        room = opened(channels=ways)
        room.tell_many((f"a{number}", f"event-{number}") for number in range(620))
        room.assess()
        for _ in range(12):
            await room.later(seconds=60)
            hand_over_due(room.store, ways, room.lanes[hook.id], room.now, timedelta(minutes=5))
        await room.later(seconds=60)
        await room.close_lanes()
    assert len(listed(room)) == len(set(listed(room))) == 620
