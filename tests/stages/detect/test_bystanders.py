"""Who is named beside an attack and was not struck: signs that hold in every language."""

import pytest

from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect.bindings import bind
from tests.detectors import detector_of
from tests.stages.detect.reading import PUBLISHED, analyse

DETECTOR = detector_of((Entity(EntityId("kelmorin"), "Kelmorin"), Entity(EntityId("tavrick"), "Tavrick")))


def bound(text: str) -> set[str]:
    """What is bound to the first entity that *text* names."""
    reading = DETECTOR.read("1", "", text, PUBLISHED, None)
    places = {s.sentence: [(s.candidate.start, s.candidate.end, 0)] for s in reading.sightings}
    return set(bind(reading.passage, places, frozenset()).of(0))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("The town warned its people via Kelmorin.", "channel", id="a channel"),
        pytest.param("Les élus de la mairie échangent par Kelmorin depuis le piratage.", "channel", id="un canal"),
        pytest.param("I clienti della clinica sono stati avvisati via Kelmorin.", "channel", id="un canale"),
        pytest.param("Thieves emptied the accounts of Kelmorin customers.", "users", id="customers"),
        pytest.param("Betrüger haben die Konten von Kelmorin-Kunden geplündert.", "users", id="Kunden"),
        pytest.param("Los ladrones vaciaron las cuentas de los clientes de Kelmorin.", "users", id="clientes"),
        pytest.param("Oplichters plunderden de rekeningen van Kelmorin-klanten.", "users", id="klanten"),
        pytest.param("The thieves came in through a Kelmorin plug-in.", "own-product", id="a product"),
    ],
)
def test_what_stands_beside_a_name_tells_what_it_is_in_the_story(text: str, part: str) -> None:
    assert f"bound:{part}" in bound(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Kelmorin was not hacked, a spokesman said.", id="not"),
        pytest.param("Kelmorin stresses that its own platform was not breached by anybody.", id="own platform"),
        pytest.param("Kelmorin n'a pas été piraté, selon son porte-parole.", id="pas"),
        pytest.param("Kelmorin wurde nicht gehackt, sagt eine Sprecherin.", id="nicht"),
    ],
)
def test_who_says_that_it_was_not_hit_was_not(text: str) -> None:
    assert not {"bound:struck", "bound:struck-blow"} & bound(text)


def roles(title: str, text: str) -> dict[str, str]:
    """The role of each entity that is found."""
    analysis = DETECTOR.analyse("1", title, text, PUBLISHED)
    return {str(finding.entity_id): str(finding.role) for finding in analysis.findings}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Ransomware at the town hall",
            "Ransomware has locked the files of the town of Ostmere. The council warns people via Kelmorin.",
            id="a channel",
        ),
        pytest.param(
            "Rançongiciel à la mairie",
            "La mairie d'Ostmere a été paralysée par un rançongiciel. Les habitants ont été prévenus via Kelmorin.",
            id="un canal",
        ),
        pytest.param(
            "New computer virus goes round",
            "A computer virus that spreads by e-mail infects computers with software by Kelmorin. Researchers count "
            "thousands of infected machines.",
            id="a pest that goes round",
        ),
        pytest.param(
            "Betting sites pelted with data",
            "Extortionists flood betting sites with DDoS attacks. Filters help, said Ann Ost, a network architect at "
            "Kelmorin. Some sites were down for days.",
            id="an expert of its",
        ),
        pytest.param(
            "Free tool against spyware",
            "Spyware steals passwords. Kelmorin, which is buying the maker of a tool against it, said the tool would "
            "stay free. Spyware infects nine in ten computers.",
            id="a buyer of a tool",
        ),
        pytest.param(
            "Kelmorin buys a maker of spyware removers",
            "Kelmorin is buying a small firm whose program takes spyware off computers. The price was not told.",
            id="a buyer",
        ),
    ],
)
def test_a_bystander_is_under_no_attack(title: str, text: str) -> None:
    assert roles(title, text)["kelmorin"] != "victim"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Kestrix supplier hit by ransomware",
            "Criminals encrypted servers of a supplier of Kestrix. Kestrix said that its own systems were not affected.",
            id="English",
        ),
        pytest.param(
            "Leverancier van Kestrix gehackt",
            "Een leverancier van Kestrix is gehackt. De systemen van Kestrix zelf zijn niet geraakt.",
            id="Dutch",
        ),
        pytest.param(
            "Zulieferer von Kestrix verschlüsselt",
            "Erpresser haben einen Zulieferer von Kestrix verschlüsselt. Kestrix selbst ist nicht betroffen.",
            id="German",
        ),
        pytest.param(
            "Un fournisseur de Kestrix victime d'un rançongiciel",
            "Un fournisseur de Kestrix a été victime d'un rançongiciel. Les systèmes de Kestrix ne sont pas touchés.",
            id="French",
        ),
        pytest.param(
            "Proveedor de Kestrix, víctima de un ransomware",
            "Un proveedor de Kestrix sufrió un ataque. Los sistemas de Kestrix no se vieron afectados.",
            id="Spanish",
        ),
        pytest.param(
            "Fornitore di Kestrix colpito da un ransomware",
            "Un fornitore di Kestrix è stato colpito. I sistemi di Kestrix non sono coinvolti.",
            id="Italian",
        ),
        pytest.param(
            "Fornecedor da Kestrix vítima de ransomware",
            "Um fornecedor da Kestrix foi atacado. Os sistemas da Kestrix não foram afetados.",
            id="Portuguese",
        ),
    ],
)
def test_what_befell_a_supplier_did_not_befall_its_customer(title: str, text: str) -> None:
    analysis = analyse(title, text)

    assert [(one.entity_id, str(one.role)) for one in analysis.findings] == [("kestrix", "mentioned")]
    assert not analysis.under_attack


def test_what_follows_somebody_known_by_a_name_is_not_told_of_the_name() -> None:
    parts = bound("The Kelmorin dealer was hit by a cyberattack.")

    assert "bound:own-party" in parts
    assert not {"bound:verb:victim_verb", "bound:struck-blow"} & parts


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Its clients include Kelmorin, which is looking into whether it was affected.", id="English"),
        pytest.param("Tot de klanten behoort Kelmorin, dat uitzoekt of het is geraakt.", id="Dutch"),
        pytest.param("Parmi ses clients figure Kelmorin, qui cherche à savoir si elle est touchée.", id="French"),
    ],
)
def test_who_looks_into_whether_it_is_affected_is_told_of_as_spared(text: str) -> None:
    reading = DETECTOR.read("1", "", text, PUBLISHED, None)
    assert "not_affected" in reading.passage.concepts
