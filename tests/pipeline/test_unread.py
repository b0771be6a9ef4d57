"""An article that the program itself fails on: the others are told, and people hear of it once a day."""

from pathlib import Path
from typing import Any

from monitor.domain.finding import Analysis
from monitor.entrypoints.upkeep import tell_of_unread
from monitor.pipeline import assess
from monitor.stages.detect import Detector
from tests.pipeline.station import NEWS, open_station


class Failing:
    """A detector with a fault in it, which shows at some articles."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def analyse(self, article_id: str, title: str, *rest: Any) -> Analysis:
        if title.startswith("A bad"):
            raise IndexError("tuple index out of range")
        return self._detector.analyse(article_id, title, *rest)


async def test_one_article_holds_up_no_other_and_is_told_of(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        await station.later(minutes=1)
        station.brain.pool.detector = Failing(station.brain.pool.detector)  # type: ignore[assignment]
        station.stand.publish("A bad day for Siemens", NEWS["Siemens"], "siemens", station.now)
        station.stand.publish("Okta under attack", NEWS["Okta"], "okta", station.now)
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        # It is not tried again and again.
        assert assess(station.now, station.desk).articles == 0
        (bad,) = [row["id"] for row in station.catalogue.articles() if row["title"] == "A bad day for Siemens"]
        chain = station.catalogue.chain(bad)
        assert chain is not None
        assert chain.analysis is not None
        assert chain.analysis.fault.startswith("IndexError in analyse")


async def test_people_hear_of_it_once_a_day(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        told = [tell_of_unread(station.store, station.desk.bench, station.now) for _ in range(3)]
        assert told == [1, 0, 0]
        await station.later(minutes=1)
        (message,) = station.said()
        assert "article.unread" in str(message)
