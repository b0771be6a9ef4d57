"""Texts from one mould are about different things; updates and follow-ups of one event are not from one."""

from datetime import UTC, datetime

import pytest

from monitor.stages.group import FactReader
from tests.stages.group.streams import Told, in_letters, joins_of

START = datetime(2025, 3, 3, 6, 0, tzinfo=UTC)


def leak_site(victim: str, trade: str, country: str, size: int) -> str:
    return (
        f"The Vexaroth gang has added {victim} to its leak site. The victim is a {trade} company in {country}. The group "
        f"claims to hold {size} GB of data, among them contracts, passports and accounts, and will publish them soon. "
        "The company has not commented."
    )


MOULDS = {
    "a leak site's daily victims": [
        (0, "Leak site watch: Vexaroth lists Ondrava Tools", leak_site("Ondrava Tools", "metal", "Poland", 18)),
        (1, "Leak site watch: Vexaroth lists Kelmsund Papir", leak_site("Kelmsund Papir", "paper", "Denmark", 21)),
        (2, "Leak site watch: Vexaroth lists Travolini Vini", leak_site("Travolini Vini", "food", "Italy", 97)),
    ],
    "a stock exchange's closing prices": [
        (0, "Dax schließt im Minus", "Der Dax hat am Montag nachgegeben. Der Leitindex ging 0,4 Prozent tiefer bei 15.305 Punkten aus dem Handel. Der MDax verlor 0,7 Prozent. Der Euro notierte bei 1,0670 Dollar."),
        (1, "Dax schließt im Plus", "Der Dax hat am Dienstag zugelegt. Der Leitindex ging 1,2 Prozent höher bei 15.527 Punkten aus dem Handel. Der MDax gewann 0,9 Prozent. Der Euro notierte bei 1,0710 Dollar."),
        (2, "Dax kaum verändert", "Der Dax hat am Mittwoch kaum nachgegeben. Der Leitindex ging 0,1 Prozent tiefer bei 15.511 Punkten aus dem Handel. Der MDax verlor 0,3 Prozent. Der Euro notierte bei 1,0630 Dollar."),
    ],
    "a weather service's mornings": [
        (0, "Weer: buien, maximaal 22 graden", "Vandaag is het wisselend bewolkt met kans op een bui. In het zuiden schijnt de zon vaker. De temperatuur loopt op tot 22 graden. De wind is matig uit het zuidwesten."),
        (1, "Weer: zonnig, maximaal 24 graden", "Vandaag is het overwegend zonnig met weinig kans op een bui. In het noorden schijnt de zon minder. De temperatuur loopt op tot 24 graden. De wind is matig uit het westen."),
    ],
    "accidents on two motorways": [
        (0, "Unfall auf der A9 bei Ingolstadt", "Bei einem Auffahrunfall auf der Autobahn 9 in Fahrtrichtung München sind am Montagmorgen zwei Menschen verletzt worden. Ein Lastwagen war auf ein Stauende gefahren. Die Strecke war zwei Stunden gesperrt."),
        (0.1, "Unfall auf der A3 bei Würzburg", "Bei einem Auffahrunfall auf der Autobahn 3 in Fahrtrichtung Frankfurt sind am Montagmorgen drei Menschen verletzt worden. Ein Lieferwagen war auf ein Stauende gefahren. Die Strecke war eine Stunde gesperrt."),
    ],
    "a paper's weekly patches": [
        (0, "Microsoft Patch Tuesday, May: 71 fixes", "Microsoft's May updates close 71 holes, of which 6 are rated critical. CVE-2025-30400 was already used in attacks. Administrators should install them without delay."),
        (28, "Microsoft Patch Tuesday, June: 66 fixes", "Microsoft's June updates close 66 holes, of which 9 are rated critical. CVE-2025-33053 was already used in attacks. Administrators should install them without delay."),
    ],
    "two weeks in review": [
        (0, "The week in security: Ondrava, Kelmsund and a botnet", "Ondrava Tools lost contracts to hackers, Kelmsund stopped its paper machines, and police took down a botnet of cameras."),
        (7, "The week in security: Ondrava pays, Travolini and a worm", "Ondrava Tools is said to have paid the hackers, Travolini closed its cellars, and a worm spread among printers."),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", MOULDS)
def test_texts_from_one_mould_are_stories_of_their_own_and_no_copies(reader: FactReader, name: str) -> None:
    told = MOULDS[name]
    joins = joins_of(reader, told, START)
    assert in_letters(joins) == "abcdefgh"[: len(told)]
    assert [join.article_id for join in joins if join.duplicate_of] == []


def test_an_article_on_a_listed_victim_finds_its_listing(reader: FactReader) -> None:
    told: list[Told] = [
        *MOULDS["a leak site's daily victims"],
        (2.5, "Papierfabrik Kelmsund steht still", "Beim dänischen Hersteller Kelmsund Papir stehen zwei Maschinen, seit Hacker der Gruppe Vexaroth sein Netz verschlüsselt haben. Sie wollen 21 Gigabyte besitzen."),
    ]  # fmt: skip
    assert in_letters(joins_of(reader, told, START)) == "abcb"


TOLL = "A quake of magnitude 6.8 struck Ondravia near Kelmsund late on Friday. At least {} people died, the interior ministry in Travol said. Villages in the hills are cut off and roads are blocked by rocks."


def test_a_toll_that_rises_in_the_same_words_is_the_same_story(reader: FactReader) -> None:
    told: list[Told] = [
        (0, "Quake in Ondravia kills at least 820", TOLL.format(820)),
        (0.3, "Quake in Ondravia kills more than 1,000", TOLL.format("1,037")),
        (1, "Ondravia quake: 2,122 dead", f"Rescuers reached Kelmsund on Sunday. {TOLL.format('2,122')}"),
    ]
    assert in_letters(joins_of(reader, told, START)) == "aaa"


def test_a_round_up_joins_no_story_that_it_touches(reader: FactReader) -> None:
    told: list[Told] = [
        (0, "Kelmsund Papir hit by ransomware", "Two machines of the Danish paper maker Kelmsund Papir stand still since hackers encrypted its network, it said."),
        (1, "Wochenrückblick: Kelmsund, Ondrava und ein Wurm", "Bei Kelmsund Papir in Dänemark stehen zwei Maschinen still, Ondrava zahlt, und ein Wurm befällt Drucker."),
    ]  # fmt: skip
    assert in_letters(joins_of(reader, told, START)) == "ab"


SPELLINGS: list[Told] = [
    (0, "Hackers knock out Kyrivstan, mobile operator of millions", "Kyrivstan went down on Monday morning, chief executive Oleksandr Vorokov said. Sirens failed in the city of Sumov."),
    (0.2, "Mobilfunker Kyriwstan ausgefallen", "Der Anbieter Kyriwstan ist nach einem Angriff ohne Netz, teilte Firmenchef Olexander Worokow mit. In Sumow schwiegen die Sirenen."),
    (0.3, "L'opérateur Kyrivstan paralysé par une cyberattaque", "Kyrivstan est hors service depuis lundi, selon son patron Oleksandr Vorokov. À Soumov, les sirènes n'ont pas sonné."),
]  # fmt: skip


def test_names_from_another_script_are_one_however_a_language_spells_them(reader: FactReader) -> None:
    assert in_letters(joins_of(reader, SPELLINGS, START)) == "aaa"
