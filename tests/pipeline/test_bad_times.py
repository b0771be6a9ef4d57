"""Bad clocks and bad dates, whole rounds for real: no alert twice, at most one notice, and what is new is still told."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.pipeline.station import NEWS, Station, open_station

HOUR = timedelta(hours=1)


def publish(station: Station, company: str, at: timedelta = timedelta(0), text: str = "") -> None:
    """An attack on *company*, dated *at* from now."""
    title = f"{company} under attack: what we know"
    station.stand.publish(title, text or NEWS[company], company.lower(), station.now + at)


def redate(station: Station, moved: timedelta) -> None:
    """The feed gives all its items another date, the way some do with each answer."""
    date = (station.now + moved).strftime("%a, %d %b %Y %H:%M:%S +0000")
    station.stand.items = [
        re.sub("<pubDate>.*</pubDate>", f"<pubDate>{date}</pubDate>", one) for one in station.stand.items
    ]


def edit(station: Station, words: str) -> None:
    station.stand.items = [item.replace("</description>", f" {words}</description>") for item in station.stand.items]


@pytest.mark.parametrize("is_noticed", [True, False], ids=["noticed", "not noticed"])
@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["an hour ahead", "an hour back"])
async def test_a_clock_that_jumps_doubles_no_alert_and_holds_none_up(
    tmp_path: Path, jump: timedelta, is_noticed: bool
) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        publish(station, "Okta")
        await station.later(hours=2)
        station.now += jump
        if is_noticed:
            station.store.replan(station.now, jump, station.settings.policy.poll.longest)
        edit(station, "Edited since.")
        publish(station, "Siemens")
        # An hour that is lived through twice, and the hour after that: the feed is asked within its usual interval.
        await station.later(hours=1.2)
        await station.later(hours=1.2)
        assert sorted(station.told()) == [["okta"], ["siemens"]]
        await station.restart()
        edit(station, "And again.")
        await station.later(hours=3)
        assert len(station.told()) == 2
        assert station.notices == []


@pytest.mark.parametrize("ahead", [timedelta(hours=10), timedelta(days=400)], ids=str)
async def test_an_article_dated_ahead_of_time_rings_once_when_it_is_seen(tmp_path: Path, ahead: timedelta) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        publish(station, "Okta", ahead)
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        assert station.said()[0]["data"]["story"]["first_reported_at"] <= station.now.isoformat()
        for number in range(3):
            redate(station, ahead + number * HOUR)
            edit(station, f"Edition {number}.")
            await station.later(hours=2)
        await station.restart()
        # Its date has come by now; what is told meanwhile is told as usual.
        station.now += ahead
        publish(station, "Siemens")
        await station.later(hours=2)
        assert station.told() == [["okta"], ["siemens"]]
        assert station.notices == []


async def test_what_is_too_old_is_stored_and_rings_neither_at_first_sight_nor_when_it_comes_again(
    tmp_path: Path,
) -> None:
    ages = dict(zip(NEWS, (timedelta(days=days) for days in (4, 30, 399, 500, 3_000, 12_000)), strict=True))
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        for company, age in ages.items():
            publish(station, company, -age)
        await station.later(hours=2)
        edit(station, "Edited.")
        await station.later(hours=2)
        # Published again under another name and address.
        station.stand.items = [re.sub("(<guid>|/news/)", r"\1again-", item) for item in station.stand.items]
        await station.later(hours=2)
        await station.restart()
        await station.later(hours=2)
        assert station.told() == []
        assert station.reasons() == {"too-old"}
        assert all(station.catalogue.search(company, 10) for company in ages)
        assert len(station.notices) <= 1


async def test_everything_bad_at_once_tells_what_is_new_and_nothing_else(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        for company in list(NEWS)[:5]:
            publish(station, company)
        await station.later(hours=2)
        told = sorted(station.told())
        assert len(told) == 5
        station.now -= HOUR
        station.store.replan(station.now, -HOUR, station.settings.policy.poll.longest)
        station.stand.items = [re.sub("(<guid>|/news/)", r"\1moved-", item) for item in station.stand.items]
        redate(station, timedelta(days=30))
        publish(station, "Maersk", HOUR * 1.1)
        for _ in range(4):
            station.stand.items.append(f"<!-- {len(station.stand.items)} -->")
            await station.later(hours=2)
        assert sorted(station.told()) == sorted([*told, ["maersk"]])
        assert ["gave new names" in note.text for note in station.notices] == [True]
