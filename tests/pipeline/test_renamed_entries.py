"""A feed that gives all its entries new names: polled, read, detected and judged for real, it rings for none again."""

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
