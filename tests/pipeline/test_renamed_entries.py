"""A feed that gives all its entries new names: polled, read, detected and judged for real, it rings for none again."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.yaml_settings.load import load_settings
from monitor.app import feeds_of, open_brain, open_desk, open_lanes, open_sources, open_store
from monitor.pipeline import assess, collect, deliver
from tests.builders import NOW
from tests.processes import open_newsstand

NEWS = {
    "Okta": "Okta was hit by ransomware. The identity provider confirmed on Monday that 40 of its servers were encrypted.",
    "Siemens": "Hackers have stolen drawings from Siemens, the engineering group said in Munich, after a breach of its network.",
    "Heineken": "A DDoS attack took the ordering site of Heineken offline for six hours, the Amsterdam brewer confirmed.",
    "Renault": "Renault halted a plant near Douai: a cyberattack had paralysed its logistics, the French car maker said.",
    "Iberdrola": "Data of 850,000 customers of Iberdrola leaked after an intrusion, Spain's utility told the regulator.",
    "Maersk": "Malware has crippled terminals of Maersk in Rotterdam; the Danish shipping line confirmed the infection.",
}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def test_new_names_for_all_entries_ring_for_none_and_are_said_once(tmp_path: Path) -> None:
    clock = Clock()
    async with open_newsstand() as stand:
        config = tmp_path / "config"
        (config / "watchlists").mkdir(parents=True)
        files = {
            "monitor.yaml": "seeds: []\nallow_private_addresses: [127.0.0.0/8]\nalerts: {group_wait: 0s}\n",
            "feeds.yaml": f"feeds: [{{id: stand, url: '{stand.base}/feed.xml'}}]\n",
            "channels.yaml": "channels: {log: {file: storage/alerts.jsonl, default: true}}\n",
            "watchlists/w.yaml": (
                f"watchlist: w\nentities: [{', '.join(NEWS)}]\n"
                "rules: [{id: hit, roles: [victim], statuses: [confirmed, alleged]}]\n"
            ),
        }
        for name, text in files.items():
            (config / name).write_text(text, encoding="utf-8")
        settings = load_settings(config, {})
        brain, sources = open_brain(settings), open_sources(settings)
        (lane,) = open_lanes(settings, StringIO())
        notices: list[tuple[str, str]] = []
        with open_store(settings, clock()) as store:
            store.sync_feeds(feeds_of(settings), clock())
            desk = open_desk(settings, store, brain)

            async def round_of_all() -> None:
                clock.now += timedelta(hours=25)
                notices.extend((await collect(clock, store, sources.by_kind, settings.policy)).notices)
                while assess(clock(), desk).articles:
                    pass
                while (await deliver(clock, store, lane, settings.policy.delivery)).delivered:
                    pass

            stand.publish("A quiet day", "Nothing happened in the village.", "quiet")
            await round_of_all()
            for number, (company, text) in enumerate(NEWS.items()):
                stand.publish(f"{company} under attack: what we know", text, f"item-{number}")
            await round_of_all()
            told = (settings.root / "storage" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
            assert len(told) == len(list(DatabaseCatalogue(store.database).alerts())) == len(NEWS)
            stand.items = [
                item.replace("<guid>", "<guid>urn:new:").replace("/news/", "/archive/") for item in stand.items
            ]
            for _ in range(3):
                stand.items.append(f"<!-- {len(stand.items)} -->")
                await round_of_all()
            again = (settings.root / "storage" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
            assert again == told
            assert len([text for _, text in notices if "new names" in text]) == 1
        await sources.close()
        await lane.sender.close()
        brain.close()
