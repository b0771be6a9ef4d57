"""What tells events apart that share names: what came before, what failed by itself, business as usual, surveys."""

from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from monitor.stages.group import FactReader
from monitor.stages.group.contrasts import are_about_others, is_aside, surveys_companies
from monitor.stages.group.profile import StoryFacts
from tests.stages.group.streams import POLICY, Told, in_letters, joins_of

START = datetime(2025, 4, 4, 19, 0, tzinfo=UTC)  # a Friday
FAILURE: list[Told] = [
    (0, "Telecom operator Vestoria hacked, data of customers stolen", "Hackers broke into the network of the Sarnish telecom operator Vestoria and stole data of its customers."),
    (4, "Vestoria deja sin móvil a media Sarnia", "Los clientes de la operadora Vestoria no pueden llamar por una avería. La empresa descarta un ciberataque y habla de un fallo en su red."),
]  # fmt: skip
SHOCKS: list[Told] = [
    (0, "Earthquake of 5.8 kills two in Ondrava", "A quake of magnitude 5.8 struck the Sarnish town of Ondrava on Friday night and killed two people. Houses fell down."),
    (0.4, "Zwei Tote bei Erdbeben in Ondrava", "Das Beben der Stärke 5,8 traf die Stadt Ondrava am Freitagabend."),
    (4.6, "La tierra vuelve a temblar en Ondrava", "Un terremoto de magnitud 4,4 sacudió el miércoles Ondrava. No hubo heridos, pero los vecinos pasaron la noche en la calle."),
]  # fmt: skip
AFTER: list[Told] = [
    (0, "Zyrox404 floods ports of Ondrava", "The group Zyrox404 flooded websites of the port of Ondrava on Friday, in a denial-of-service attack. The harbour master told the police."),
    (3, "Après Ondrava, les ports de Velkamp attaqués", "Les sites du port de Velkamp étaient hors ligne lundi. Zyrox404 revendique l'opération."),
]  # fmt: skip
WAVES: list[Told] = [
    (0, "Worm Ondrix spreads through packages of developers", "The worm Ondrix steals keys of developers and puts itself into their packages. 180 packages carry it."),
    (60, "Ondrix: zweite Welle trifft Entwickler", "Der Wurm Ondrix stiehlt Schlüssel von Entwicklern und steckt in ihren Paketen. 25.000 Ablagen enthalten ihn."),
]  # fmt: skip
NO_TIE: list[Told] = [
    (0, "Hackers steal data at Dravelle USA", "The American shops of the supermarket chain Dravelle were hacked. Pharmacies in Pontelva had to close and sent patients with 4,200 prescriptions home."),
    (3, "Dravelle waarschuwt voor lek bij koerier Velox", "Adressen van 60.000 gezinnen in Velkamp liggen op straat. Met het incident in Amerika heeft dat niets te maken, zegt Dravelle."),
]  # fmt: skip
ROUND: list[Told] = [
    (0, "Airport of Ondrava closed, 3,000 passengers stranded", "Flights were cancelled on Friday. 3,000 passengers slept there."),
    (0.5, "3.000 départs volontaires chez Dravelle", "Le constructeur supprimerait 3.000 postes."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "off", "wanted"),
    [
        pytest.param(FAILURE, {"mere-failure"}, "ab", id="robbed, and days later down by itself"),
        pytest.param(SHOCKS, {"other-strength"}, "aab", id="a weaker earthquake in the same town"),
        pytest.param(AFTER, {"comes-after"}, "ab", id="after one port the next one"),
        pytest.param(WAVES, {"again-later"}, "ab", id="a second wave"),
        pytest.param(NO_TIE, {"unrelated"}, "ab", id="nothing to do with the other incident"),
        pytest.param(ROUND, {"strangers", "strangers-in-headline"}, "ab", id="a round number is no tie"),
    ],
)
def test_what_parts_two_events(reader: FactReader, told: list[Told], off: Collection[str], wanted: str) -> None:
    assert in_letters(joins_of(reader, told, START)) == wanted
    assert in_letters(joins_of(reader, told, START, off=off)) == "a" * len(told), "the texts alone part them"


def known(facts: dict[str, float]) -> StoryFacts:
    return StoryFacts(facts, 1, START, START, True)


def test_a_survey_names_companies_of_which_the_story_never_spoke() -> None:
    hacked = known({"e:one": 1.3, "cyb:hack": 1.3})
    assert surveys_companies({"e:one": 1.0, "e:two": 1.0, "e:three": 1.0}, hacked)
    assert not surveys_companies({"e:one": 1.3, "e:two": 1.0, "e:three": 1.0}, hacked)
    assert not surveys_companies({"e:two": 1.0, "e:three": 1.0}, hacked)
    assert not surveys_companies({"e:one": 1.0, "e:two": 1.0, "e:three": 1.0}, known({"e:one": 1.3, "eco:merger": 1.3}))


def test_business_recalls_an_attack() -> None:
    hacked = known({"e:one": 1.3, "cyb:hack": 1.3})
    assert is_aside({"e:one": 1.3, "eco:strike": 1.3, "cyb:hack": 1.0}, hacked, POLICY.headline_weight)
    assert not is_aside({"e:one": 1.3, "eco:strike": 1.0, "cyb:hack": 1.0}, hacked, POLICY.headline_weight)
    assert not is_aside({"e:one": 1.3, "eco:profit": 1.3, "cyb:hack": 1.3}, hacked, POLICY.headline_weight)


def test_stories_are_about_others_where_neither_headline_is_known_to_the_other() -> None:
    one, other = known({"n:gang": 1.3, "n:one": 1.3}), known({"n:gang": 1.3, "n:other": 1.3})
    assert are_about_others(one, other, POLICY.headline_weight)
    assert not are_about_others(one, known({"n:gang": 1.3}), POLICY.headline_weight)
    assert are_about_others(known({"n:one": 1.3}), known({"n:one": 0.6, "n:other": 1.3}), POLICY.headline_weight)
    assert not are_about_others(known({"n:one": 1.3}), known({"n:other": 1.0}), POLICY.headline_weight)


@pytest.mark.parametrize(
    ("text", "is_denied"),
    [
        pytest.param("Tills failed. It was not a cyberattack.", True, id="a no before the attack"),
        pytest.param("Tills failed. A cyberattack has been ruled out.", True, id="ruled out behind it"),
        pytest.param("Ordwin was struck by ransomware and did not pay.", False, id="a no about something else"),
    ],
)
def test_what_denies_an_attack(reader: FactReader, text: str, is_denied: bool) -> None:
    facts = dict(reader.fingerprint("a", "Ordwin in Velkamp", text, START, language="en").facts)
    assert ("cue:unhurt" in facts) is is_denied


@pytest.mark.parametrize(
    ("language", "text", "misread"),
    [
        ("fr", "Il ne paie pas le groupe Ordwin", ("wor:birth", "wor:music")),
        ("nl", "Ordwin heeft meer klanten", ("o:lake",)),
        ("pt", "Ordwin abre na segunda-feira", ("o:market-place",)),
        ("de", "Der Ausfall trifft Ordwin", ("wor:summit",)),
        ("it", "Il gruppo Ordwin ad agosto", ("spo:cycling", "eco:ceo")),
        ("en", "Ordwin set a date in March", ("spo:tennis", "wor:protest")),
    ],
)
def test_common_words_are_no_things(reader: FactReader, language: str, text: str, misread: tuple[str, ...]) -> None:
    facts = dict(reader.fingerprint("a", "Ordwin", text, START, language=language).facts)
    assert facts.keys().isdisjoint(misread)
