"""One event, told by outlets in five languages over three days: read, grouped and judged for real, it is one alert."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

from monitor.adapters.detection_pool import ReadingPool
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import FeedId
from monitor.domain.watchlist import Entity, EntityId
from monitor.entrypoints.web.server import retold
from monitor.stages.read_article import ReadBatch
from tests.pipeline.newsroom import Newsroom, reader, to_file
from tests.story_builders import info_rule, rule

KELVORA = Entity(EntityId("kelvora"), "Kelvora", aliases=("Kelvora Travel",))
# Hours after the first report, language, title, text.
COVERAGE = (
    (0, "en", "Night Heron gang claims ransomware attack on Kelvora",
     "The ransomware gang Night Heron claims it encrypted systems of Kelvora, the Danish travel agency, and stole data of"
     " 340,000 customers. Kelvora did not answer questions on Tuesday."),
    (1, "de", "Ransomware: Night Heron behauptet Angriff auf Kelvora",
     "Die Ransomware-Gruppe Night Heron behauptet, Systeme des dänischen Reiseveranstalters Kelvora verschlüsselt und Daten"
     " von 340.000 Kunden gestohlen zu haben."),
    (5, "nl", "Bende Night Heron claimt aanval met ransomware op Kelvora",
     "De bende Night Heron claimt dat zij systemen van de Deense reisorganisatie Kelvora heeft versleuteld en gegevens van"
     " 340.000 klanten heeft gestolen."),
    (26, "en", "Kelvora confirms ransomware attack",
     "Kelvora confirmed on Wednesday that it was hit by ransomware. The travel agency said that the gang Night Heron stole"
     " passport data of 340,000 customers."),
    (27, "fr", "Kelvora confirme avoir été victime d'un rançongiciel",
     "L'agence de voyages danoise Kelvora a confirmé mercredi avoir été victime d'une attaque par rançongiciel du groupe"
     " Night Heron. Les données de 340 000 clients ont été volées."),
    (50, "es", "Kelvora: el ataque de ransomware afecta a 910.000 clientes",
     "La agencia de viajes danesa Kelvora confirmó que el ataque de ransomware de Night Heron afecta a los datos de 910.000"
     " clientes, no 340.000 como se dijo."),
)  # fmt: skip


class RealNewsroom(Newsroom):
    """A newsroom whose articles are read and compared as they are."""

    def __post_init__(self) -> None:
        self.pool = ReadingPool([KELVORA], load_lexicon(), reader(), processes=1)
        super().__post_init__()

    def publish(self, number: int, language: str, title: str, text: str) -> None:
        self._save(
            [
                Article(
                    ArticleId(f"k{number}"), FeedId("desk"), f"k{number}", f"https://paper-{number}.example/k", title,
                    text, self.now, self.now, language, owner=f"paper-{number}.example", content_hash=text,
                )
            ]
        )  # fmt: skip

    def _read(self, articles: Sequence[Article], members: Collection[ArticleId]) -> ReadBatch:
        return self.pool.read(articles, members)


async def test_one_event_in_five_languages_is_one_story_and_one_alert_updated_when_there_is_news(
    tmp_path: Path,
) -> None:
    rules = [rule("under-attack", entities=["kelvora"]), info_rule(entities=["kelvora"])]
    room = RealNewsroom(tmp_path, rules, [to_file("log", tmp_path)])
    start, said = room.now, []
    for number, (hours, language, title, text) in enumerate(COVERAGE):
        room.now = start + timedelta(hours=hours)
        room.publish(number, language, title, text)
        await room.later(seconds=0)
        await room.later(minutes=5)
        said.append(len(room.said()))
    assert len(list(room.catalogue.stories())) == 1
    assert {one["data"]["rule"] for one in room.said()} == {"under-attack"}
    assert room.told()[0] == "opened"
    # The claim; not the second outlet; the third source; the confirmation; not the fourth outlet that repeats it.
    assert said[:5] == [1, 1, 2, 3, 3]
    changes = [set(one["data"]["changes"]) for one in room.said()]
    assert changes[1] == {"more-sources"}
    assert {"status-stronger", "officially-confirmed"} <= changes[2]
    assert changes[3] == {"numbers-changed"}
    assert [one["data"]["story"]["state"] for one in room.said()] == ["rumour", "rumour", "confirmed", "confirmed"]
    assert "confirmed" in room.said()[-1]["subject"]
    (alert,), (story,) = list(room.catalogue.alerts()), list(room.catalogue.stories())
    # The page of the alert tells the fact to each reader in the own language, where an outlet tells it as one there.
    for language, begins in (("fr", "L'agence de voyages danoise"), ("es", "La agencia"), ("en", "Kelvora confirmed")):
        quote, *_ = retold(room.store, room.bench.background, alert, story, language).quotes
        assert quote.text.startswith(begins)
    room.pool.close()
    room.close()


async def test_what_is_off_topic_stands_in_no_story_until_an_edit_makes_it_news(tmp_path: Path) -> None:
    room = RealNewsroom(tmp_path, [rule("under-attack", entities=["kelvora"])], [to_file("log", tmp_path)])
    room.publish(1, "en", "Fine weather all week", "It will be dry and warm in the south and the west until Sunday.")
    await room.later(minutes=1)
    assert not list(room.catalogue.stories())
    held = room.catalogue.chain("k1")
    assert held is not None
    assert held.analysis is not None
    assert held.join is None
    room.publish(1, *COVERAGE[3][1:])
    await room.later(minutes=1)
    await room.later(minutes=5)
    assert [one["data"]["rule"] for one in room.said()] == ["under-attack"]
    # An edit that takes all of it back leaves it in its story, which hears of it.
    room.publish(1, "en", "Fine weather all week", "It will be dry and warm in the south and the west until Monday.")
    await room.later(minutes=1)
    held = room.catalogue.chain("k1")
    assert held is not None
    assert held.join is not None
    assert held.story is not None
    assert held.analysis is not None
    assert held.analysis.is_off_topic
    assert not held.story.attacks
    room.pool.close()
    room.close()
