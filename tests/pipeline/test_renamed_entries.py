"""Entries under new names at each look: polled, read, detected and judged for real, none of them rings again."""

from pathlib import Path

from tests.pipeline.station import NEWS, open_station


async def test_new_names_for_all_entries_ring_for_none_and_are_said_once(tmp_path: Path) -> None:
    async with open_station(tmp_path, *NEWS) as station:
        await station.start()
        station.stand.publish("A quiet day", "Nothing happened in the village.", "quiet")
        await station.later(hours=25)
        for number, (company, text) in enumerate(NEWS.items()):
            station.stand.publish(f"{company} under attack: what we know", text, f"item-{number}")
        await station.later(hours=25)
        told = station.said()
        assert len(told) == len(list(station.catalogue.alerts())) == len(NEWS)
        station.stand.items = [
            item.replace("<guid>", "<guid>urn:new:").replace("/news/", "/archive/") for item in station.stand.items
        ]
        for _ in range(3):
            station.stand.items.append(f"<!-- {len(station.stand.items)} -->")
            await station.later(hours=25)
        assert station.said() == told
        assert ["gave new names" in note.text for note in station.notices] == [True]


async def test_one_without_a_date_and_with_a_new_name_at_each_look_is_told_once_and_is_two_articles_at_most(
    tmp_path: Path,
) -> None:
    async with open_station(tmp_path, "Okta") as station:
        await station.start()
        station.stand.publish("A quiet day", "Nothing happened in the village.", "quiet")
        await station.later(hours=2)
        quiet = list(station.stand.items)
        for look in range(6):
            station.stand.items = list(quiet)
            station.stand.publish("Okta under attack: what we know", NEWS["Okta"], f"?session={look}")
            await station.later(hours=2)
        assert station.told() == [["okta"]]
        titles = [str(article["title"]) for article in station.catalogue.articles()]
        assert len([title for title in titles if title.startswith("Okta")]) == 2
