"""What the program itself fails on: the others are told, nothing is lost, and people hear of it once a day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.app import look_back
from monitor.domain.errors import StoreError
from monitor.domain.watchlist import EntityId
from monitor.entrypoints.notices import tell_of_unread
from monitor.entrypoints.upkeep import upkeep
from monitor.pipeline import assess
from monitor.ports import Assessment
from tests.failing import FailingDetector, FailingIds, FailingTags, FailingWindow
from tests.pipeline.station import NEWS, Station, open_station


def detect(station: Station) -> None:
    station.brain.pool.detector = FailingDetector(station.brain.pool.detector)


def group(station: Station) -> None:
    def window() -> FailingWindow:
        made = FailingWindow(station.settings.policy.group, load_group_weights(), station.brain.reader.lexicon.priors)
        made.company = "siemens"
        return made

    station.desk.new_window, station.desk.window = window, None


def judge(station: Station) -> None:
    bench = station.desk.bench
    rules = tuple(replace(rule, entity_ids=FailingIds(rule.entity_ids)) for rule in bench.rules)
    station.desk.bench = replace(bench, rules=rules)


FAULTS: dict[Callable[[Station], None], str] = {
    detect: "IndexError in analyse",
    group: "ZeroDivisionError in candidates",
    judge: "RuntimeError in isdisjoint",
}


def fault_of(station: Station, title: str) -> str:
    (found,) = [row["id"] for row in station.catalogue.articles() if row["title"] == title]
    chain = station.catalogue.chain(found)
    assert chain is not None
    return chain.analysis.fault if chain.analysis is not None else "not assessed"


@pytest.mark.parametrize("fail", FAULTS)
async def test_one_article_holds_up_no_other_and_is_told_of(tmp_path: Path, fail: Callable[[Station], None]) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        fail(station)
        station.stand.publish("Renault news", NEWS["Renault"], "renault", station.now)
        station.stand.publish("A bad day for Siemens", NEWS["Siemens"], "siemens", station.now)
        station.stand.publish("Okta under attack", NEWS["Okta"], "okta", station.now)
        await station.later(hours=2)
        assert sorted(station.told()) == [["okta"], ["renault"]]
        # It is not tried again and again.
        assert assess(station.now, station.desk).articles == 0
        assert fault_of(station, "A bad day for Siemens").startswith(FAULTS[fail])
        assert len(station.catalogue.unread()) == 1
        # Nor by the same program after a restart.
        look_back(station.settings, station.store, station.brain)
        assert assess(station.now, station.desk).articles == 0


@pytest.mark.parametrize("fail", FAULTS)
async def test_a_program_that_was_mended_tells_it(tmp_path: Path, fail: Callable[[Station], None]) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        fail(station)
        station.stand.publish("A bad day for Siemens", NEWS["Siemens"], "siemens", station.now)
        await station.later(hours=2)
        assert station.told() == []
        station.write(w_more="watchlist: more\nentities: [Okta]\n")  # another version of the configuration
        await station.restart()
        await station.later(minutes=1)
        assert station.told() == [["siemens"]]
        assert station.catalogue.unread() == ()


async def test_a_story_that_cannot_be_judged_again_is_tried_later(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        for name in ("Siemens", "Okta"):
            station.stand.publish(f"{name} hit", NEWS[name], name, station.now)
        await station.later(hours=2)
        stories = {story.entities[0].entity_id: story.id for story in station.catalogue.stories()}
        due = tuple((story_id, station.now) for story_id in stories.values())
        station.store.save_assessment(Assessment(revisits=due), station.now)
        sound = station.desk.bench
        judge(station)
        report = assess(station.now, station.desk)
        assert list(report.unjudged) == [stories[EntityId("siemens")]]
        assert report.reasons
        assert assess(station.now, station.desk).unjudged == {}
        station.desk.bench = sound
        assert assess(station.now + timedelta(hours=1), station.desk).reasons


async def test_an_alert_whose_end_cannot_be_told_is_closed_without_a_word(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        for name in ("Siemens", "Okta"):
            station.stand.publish(f"{name} hit", NEWS[name], name, station.now)
        await station.later(hours=2)
        station.now += station.desk.bench.policy.closes_after + timedelta(days=1)
        bench = station.desk.bench
        station.desk.bench = replace(bench, tags=FailingTags(bench.tags, EntityId("siemens")))
        report = upkeep(station.store, station.desk, station.now)
        assert report.done == {"close": 1}
        (fault,) = report.closed.unjudged.values()
        assert fault.startswith("RuntimeError in __getitem__")
        assert all(alert.is_closed for alert in station.catalogue.alerts())
        assert upkeep(station.store, station.desk, station.now).done == {}


async def test_a_store_that_is_away_is_no_fault_of_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)

        def gone(*_: object) -> int:
            raise StoreError("the store cannot be reached")

        station.stand.publish("Okta under attack", NEWS["Okta"], "okta", station.now)
        with monkeypatch.context() as patch:
            patch.setattr(station.store, "save_assessment", gone)
            with pytest.raises(StoreError, match="cannot be reached"):
                await station.later(hours=2)
        assert station.catalogue.unread() == ()
        await station.later(minutes=1)
        assert station.told() == [["okta"]]


async def test_people_hear_of_it_once_a_day(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        told = [tell_of_unread(station.store, station.desk.bench, station.now) for _ in range(3)]
        assert told == [1, 0, 0]
        await station.later(minutes=1)
        (message,) = station.said()
        assert "article.unread" in str(message)
