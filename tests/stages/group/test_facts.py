"""Facts read from articles: the same in every language, and none where there is none."""

import json
from datetime import UTC, datetime

import pytest

from monitor.stages.group import FactReader, pack, unpack

AT = datetime(2025, 7, 29, 8, 0, tzinfo=UTC)  # a Tuesday


def facts_of(reader: FactReader, text: str, title: str = "") -> set[str]:
    return {key for key, _ in reader.fingerprint("a", title, text, AT).facts}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        pytest.param("Details of 850,000 customers were read by the thieves.", "#8.5e+05", id="English thousands"),
        pytest.param("Het gaat om gegevens van 850.000 klanten van het bedrijf.", "#8.5e+05", id="Dutch thousands"),
        pytest.param("Les données de 850 000 clients de la société.", "#8.5e+05", id="French thousands"),
        pytest.param("Los datos de 1\u202f250\u202f000 clientes.", "#1.25e+06", id="thousands by narrow blanks"),
        pytest.param("In 2023 500 people of the company were told.", "#500", id="a year before a number"),
        pytest.param(
            "La facture est de 15 000,50 euros pour la société.", "#1.5e+04$", id="French thousands and cents"
        ),
        pytest.param("Hurricane Melissa came ashore on the island.", "h:melissa", id="name of a storm"),
        pytest.param("L'ouragan Melissa a touché l'île dans la nuit.", "h:melissa", id="name of a storm in French"),
        pytest.param(
            "Betroffen sind die Daten von 6,2 Millionen Konten bei der Firma.", "#6.2e+06", id="German decimals"
        ),
        pytest.param("Un pirata vende los datos de veinte millones de clientes.", "#2e+07", id="number in words"),
        pytest.param("It lost half a million records in the attack on its systems.", "#5e+05", id="half a million"),
        pytest.param("The loss is about $1.5bn and the company will not pay.", "#1.5e+09", id="money by sign"),
        pytest.param("Net profit rose to €820m in the three months.", "#8.2e+08", id="a million by its letter"),
        pytest.param("De schade is 300 miljoen euro en het bedrijf zal niet betalen.", "#3e+08", id="money by word"),
        pytest.param("Sie verlangt 5 Prozent mehr und die Firma ist nicht bereit.", "#5%", id="percent"),
        pytest.param("Barcelona won 4-3 and the league is theirs for the year.", "s:4-3", id="score"),
        pytest.param("Beim 2:1 trafen beide Stürmer und der Trainer war froh.", "s:2-1", id="German score"),
        pytest.param(
            "The intruders came on 25 July and nobody was there to see it.", "d:2025-07-25", id="day and month"
        ),
        pytest.param("L'attaque du 25 juillet a touché les services de la société.", "d:2025-07-25", id="French day"),
        pytest.param("It spotted the attack on Friday and it shut the systems.", "d:2025-07-25", id="weekday before"),
        pytest.param("De aanval was vrijdag en de systemen zijn weer in de lucht.", "d:2025-07-25", id="Dutch weekday"),
        pytest.param(
            "The talks are next Friday and nobody has been asked to come.", "d:2025-08-01", id="weekday ahead"
        ),
        pytest.param(
            "De afspraak staat voor aankomende vrijdag en duurt kort.", "d:2025-08-01", id="Dutch weekday ahead"
        ),
        pytest.param("La réunion aura lieu vendredi prochain et durera peu.", "d:2025-08-01", id="French, behind it"),
        pytest.param("Tras el ciberataque de abril la empresa no ha vuelto a ser la misma.", "m:2025-04", id="month"),
        pytest.param("The hole CVE-2025-1234 is used in attacks on the systems.", "i:cve-2025-1234", id="identifier"),
        pytest.param("De netbeheerder sluit een aanval in Spanje uit.", "p:es", id="country"),
        pytest.param("Die spanischen Behörden haben sich dazu noch nicht geäußert.", "p:es", id="its people"),
        pytest.param("La mostra si è aperta a Londra e non a Roma.", "c:london", id="a city's other name"),
        pytest.param("Der Hackerangriff traf die Firma mit voller Wucht und ohne Warnung.", "cyb:hack", id="compound"),
        pytest.param("Le personnel est en grève et les trains ne circulent pas.", "eco:strike", id="concept"),
        pytest.param("Sales rose in the first quarter of the year, it said.", "period:q1", id="phrase"),
        pytest.param("The staff of Jaguar Land Rover is at home and waits.", "n:jlr", id="initials of a name"),
        pytest.param(
            "The shop says that M&S is open and that it is fine.", "e:marks-and-spencer", id="entity by alias"
        ),
        pytest.param("The hackers met Мартинюк and told that they had been there.", "n:martinyuk", id="other script"),
        pytest.param("It said that the branch of Orange Belgium was hit.", "q:orange=be", id="branch"),
        pytest.param("La Poste est victime d'une nouvelle attaque, selon le parquet.", "cue:again", id="once more"),
    ],
)
def test_facts_read_the_same_in_all_languages(reader: FactReader, text: str, fact: str) -> None:
    assert fact in facts_of(reader, text)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        pytest.param("It may be that they march on, and the rest is not known.", "m:2025-05", id="may is a verb"),
        pytest.param(
            "Three weeks after that it was over and they went home.", "e:three-uk", id="a number is no company"
        ),
        pytest.param("The museum opens at 12:33 and it is free for all.", "s:33-12", id="a time is no score"),
        pytest.param("In 2025 it was the same as it had been before.", "#2.02e+03", id="a year is no number"),
        pytest.param(
            "The shop takes orders again, and the rest is as it was.", "cue:again", id="again without an event"
        ),
    ],
)
def test_what_is_no_fact(reader: FactReader, text: str, fact: str) -> None:
    assert fact not in facts_of(reader, text)


def test_a_fingerprint_survives_the_store(reader: FactReader) -> None:
    made = reader.fingerprint("a", "Löwen \ud800 los", "Die Löwen sind aus dem Zoo von Köln entkommen.", AT, origin="x")
    assert unpack(pack(made)) == made
    # Workers of the version before know nine fields, and read what this one writes beside them.
    assert len(json.loads(pack(made))) == 9


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01",
        "a" * 1_000_000,
        "台积电营收大增，股价创新高。",
        "-" * 1_000,
        "&&&&",
        "'s 's l'",
        "١٢٣ ٪",
        "1" * 5_000,
    ],
)
def test_odd_texts_have_fingerprints(reader: FactReader, text: str) -> None:
    assert len(reader.fingerprint("a", text[:100], text, AT).facts) <= reader.policy.most_facts


def test_a_full_name_is_one_in_german_too(reader: FactReader) -> None:
    text = "In Tirana sprach Richterin Sonia Sotomayor gestern zu allen."
    found = dict(reader.fingerprint("a", "Urteil", text, AT).facts)
    assert min(found["n:sonia"], found["n:sotomayor"]) >= 0.6 > found["n:tirana"]


@pytest.mark.parametrize(
    ("text", "entity", "is_meant"),
    [
        pytest.param("Joe Biden met Tim Cook in Washington on Monday.", "tim-it", False, id="half of a person's name"),
        pytest.param("The profit of TIM rose in the third quarter.", "tim-it", True, id="as the company prints it"),
        pytest.param("In Milan the shares of Tim rose in the morning.", "tim-it", True, id="as the press prints it"),
        pytest.param("Groups such as Girls Who Code were asked to come.", "who", False, id="a word within a name"),
        pytest.param("The WHO warned of fake messages in its name.", "who", True, id="initials"),
    ],
)
def test_a_name_in_capitals_is_not_read_within_another_name(
    reader: FactReader, text: str, entity: str, is_meant: bool
) -> None:
    assert (f"e:{entity}" in facts_of(reader, text)) is is_meant


def test_what_a_text_says_it_comes_after_is_told_at_its_head(reader: FactReader) -> None:
    told = "The port of Lyon was hit after Milan. "
    filler = "The company spoke with the press about many other matters of the day. " * 12
    assert "past:c:milan" in facts_of(reader, told + filler)
    assert "past:c:milan" not in facts_of(reader, filler + told + filler)
