"""
What is history does not ring: a first run, a new feed, a new watchlist, a restored backup - each for real.

It is stored, searchable, and told along once something new is heard; what always rings rings in each of these cases.
"""

from datetime import timedelta
from pathlib import Path

from monitor.adapters.database.backup import back_up, restore
from monitor.entrypoints.cli.db import hush_restored
from tests.pipeline.station import CALM, NEWS, Station, open_station

WIDE = """
watchlist: w
entities: [Okta, Siemens]
rules:
  - {{id: hit, roles: [victim], severity: {0}, attacks: {1}}}
"""
SEED = "---\ntitle: {0} under attack\nlanguage: en\npublished: 2021-08-24T09:00:00Z\n---\n{1}\n"


def publish(station: Station, *companies: str, suffix: str = "", days: float = 0.1, stand: str = "feed") -> None:
    """An attack on each company, in an article a little older than now."""
    for company in companies or tuple(NEWS):
        at = station.now - timedelta(days=days)
        key = f"{company.lower()}{suffix}"
        station.stand.publish(f"{company} under attack{suffix}: what we know", NEWS[company], key, at, stand)


async def test_a_first_run_and_a_new_feed_ring_for_nothing_that_was_there_before(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        publish(station, "Okta", "Siemens", "Renault")
        await station.start()
        await station.later(minutes=1)
        await station.restart()
        await station.later(hours=2)
        assert station.told() == []
        assert station.reasons() == {"history"}
        assert len(station.catalogue.search("Siemens", 10)) == 1
        station.poll("feed", "more")
        publish(station, "Maersk", "Iberdrola", stand="more")
        await station.restart()
        await station.later(hours=2)
        assert station.told() == []
        assert len(station.catalogue.search("Maersk", 10)) == 1
        publish(station, "Heineken", days=0)
        await station.later(hours=2)
        assert station.told() == [["heineken"]]


async def test_a_new_watchlist_rings_for_nothing_that_was_seen_before(tmp_path: Path) -> None:
    async with open_station(tmp_path, "Okta") as station:
        await station.start()
        await station.later(minutes=1)
        publish(station)
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        station.watch("late", *NEWS, rule="late-hit")
        await station.restart()
        # Its articles come up again: every one of them is edited.
        station.stand.items = [item.replace("</description>", " Edited.</description>") for item in station.stand.items]
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        assert station.reasons() == {"new-story", "nothing-new", "history"}
        assert len(station.catalogue.search("Maersk", 10)) == 1
        # News about one of them rings, with what was known before.
        publish(station, "Maersk", suffix=" again", days=0)
        await station.later(hours=2)
        assert station.told() == [["okta"], ["maersk"]]
        assert station.said()[1]["data"]["rule"] == "late-hit"
        assert len(station.said()[1]["data"]["sources"]) == 2
        # Another start changes nothing, nor does taking the watchlist out for a while and back in.
        await station.restart()
        (tmp_path / "config" / "watchlists" / "late.yaml").unlink()
        await station.restart()
        station.watch("late", *NEWS, rule="late-hit")
        await station.restart()
        station.stand.items = [item.replace("Edited.", "Edited twice.") for item in station.stand.items]
        await station.later(hours=2)
        assert len(station.told()) == 2


async def test_a_company_that_a_rule_watches_from_now_on_rings_for_nothing_that_was_seen_before(tmp_path: Path) -> None:
    async with open_station(tmp_path, "Okta") as station:
        await station.start()
        await station.later(minutes=1)
        publish(station, "Okta", "Siemens")
        await station.later(hours=2)
        station.watch("w", "Okta", "Siemens")
        await station.restart()
        station.stand.items = [item.replace("</description>", " Edited.</description>") for item in station.stand.items]
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        publish(station, "Siemens", suffix=" again", days=0)
        await station.later(hours=2)
        assert station.told() == [["okta"], ["siemens"]]


async def test_a_rule_that_was_made_louder_and_wider_rings_for_nothing_that_was_seen_before(tmp_path: Path) -> None:
    async with open_station(tmp_path, "Okta", "Siemens") as station:
        station.write(w_w=WIDE.format("warning", "[ransomware]"))
        await station.start()
        await station.later(minutes=1)
        publish(station, "Okta", "Siemens")
        await station.later(hours=2)
        told = station.told()
        # Louder, and every attack instead of one; weeks later what was seen before is edited.
        station.write(w_w=WIDE.format("critical", "[ransomware, data-breach, cyberattack, ddos, phishing, outage]"))
        await station.restart()
        for days in (1, 20):
            station.stand.items = [
                item.replace("</description>", " Edited.</description>") for item in station.stand.items
            ]
            await station.later(days=days)
            assert station.told() == told
        publish(station, "Siemens", suffix=" again", days=0)
        await station.later(hours=2)
        assert station.told() == [*told, ["siemens"]]


async def test_what_always_rings_is_no_history_to_a_new_watchlist(tmp_path: Path) -> None:
    async with open_station(tmp_path, "Siemens") as station:
        station.write(monitor=f"seeds: [seeds/]\n{CALM}")
        (tmp_path / "seeds").mkdir()
        (tmp_path / "seeds" / "okta.md").write_text(SEED.format("Okta", NEWS["Okta"]), encoding="utf-8")
        await station.start()
        await station.later(minutes=1)
        assert station.told() == []
        station.watch("late", "Okta", rule="late-hit")
        await station.restart()
        await station.later(minutes=1)
        assert station.told() == [["okta"]]
        await station.restart()
        await station.later(minutes=1)
        assert station.told() == [["okta"]]


async def test_what_a_restored_backup_missed_does_not_ring_but_what_always_rings_does(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        station.write(monitor=f"seeds: [seeds/]\n{CALM}")
        (tmp_path / "seeds").mkdir()
        await station.start()
        await station.later(minutes=1)
        publish(station, "Okta", days=0)
        await station.later(hours=2)
        copy = back_up(station.store.database, tmp_path / "copy.db")
        publish(station, "Siemens", "Renault", days=0)
        await station.later(hours=2)
        assert sorted(station.told()) == [["okta"], ["renault"], ["siemens"]]
        publish(station, "Maersk", days=0)
        await station.stop()
        station.now += timedelta(hours=1)
        restore(copy, tmp_path / "storage" / "monitor.db")
        hush_restored(station.settings.storage, station.now)
        await station.start()
        await station.later(hours=2)
        assert len(station.told()) == 3
        assert {str(alert.entities[0].entity_id) for alert in station.catalogue.alerts()} == {"okta"}
        assert all(station.catalogue.search(name, 10) for name in ("Siemens", "Renault", "Maersk"))
        assert "history" in station.reasons()
        publish(station, "Heineken", days=0)
        (tmp_path / "seeds" / "iberdrola.md").write_text(SEED.format("Iberdrola", NEWS["Iberdrola"]), encoding="utf-8")
        await station.later(hours=2)
        assert sorted(station.told()[3:]) == [["heineken"], ["iberdrola"]]
