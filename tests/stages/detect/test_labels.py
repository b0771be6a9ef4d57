"""What calls itself satire or fiction attacks nobody; a company is not struck by what may come."""

import pytest

from monitor.domain.finding import AttackType, Role, Status
from tests.stages.detect.reading import PUBLISHED, analyse, detector

TOLD = "Hackers broke into the systems of Nordwick and stole the records of its customers."
REAL = "Nordwick confirmed that hackers stole the records of its customers."


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("Satire: Nordwick hacked, hackers bored", TOLD, id="before a colon"),
        pytest.param("(Satire) Nordwick hacked", TOLD, id="in brackets before"),
        pytest.param("Nordwick hacked by its own cat [parody]", TOLD, id="in brackets behind"),
        pytest.param("Humour | Nordwick hacked", TOLD, id="before a bar"),
        pytest.param("Nordwick hacked - satire", TOLD, id="behind a dash"),
        pytest.param("Nordwick hacked", f"SATIRE\n{TOLD}", id="on the first line"),
        pytest.param("Nordwick hacked", f"{TOLD}\n(satire)", id="on the last line"),
        pytest.param("Nordwick hacked", f"{TOLD} This article is satire.", id="said in a sentence"),
        pytest.param("Glosse: Hacker legen Nordwick lahm", "Ein Cyberangriff hat Nordwick getroffen.", id="German"),
        pytest.param("Billet d'humeur : Nordwick piraté", "Des pirates ont volé les données de Nordwick.", id="French"),
        pytest.param("Nordwick gehackt (satire)", "Hackers stalen gegevens van klanten van Nordwick.", id="Dutch"),
        pytest.param("Sátira: Nordwick sufre un ciberataque", "Los piratas cifraron sus servidores.", id="Spanish"),
        pytest.param("Satira: hacker colpiscono Nordwick", "I pirati hanno rubato i dati di Nordwick.", id="Italian"),
        pytest.param("Nordwick hackeada (humor)", "Os hackers roubaram dados da Nordwick.", id="Portuguese"),
    ],
)
def test_what_calls_itself_satire_attacks_nobody(title: str, text: str) -> None:
    analysis = analyse(title, text)

    assert analysis.under_attack == ()
    assert {attack.status for attack in analysis.attacks} <= {Status.HYPOTHETICAL}


@pytest.mark.parametrize(
    "outlets",
    [
        pytest.param(("", "speld.nl"), id="by the site of its address"),
        pytest.param(("De Speld", "news.google.com"), id="by the name that a search gives"),
        pytest.param(("der-postillon.com", "bing.com"), id="by the site that a search gives"),
    ],
)
def test_an_outlet_that_makes_its_news_up_attacks_nobody(outlets: tuple[str, str]) -> None:
    analysis = detector().analyse("a", "Nordwick hacked by its own cat", TOLD, PUBLISHED, outlets=outlets)

    assert analysis.under_attack == ()
    assert {attack.status for attack in analysis.attacks} <= {Status.HYPOTHETICAL}


@pytest.mark.parametrize("outlets", [(), ("", "onion.example"), ("", "")])
def test_any_other_outlet_is_believed(outlets: tuple[str, ...]) -> None:
    analysis = detector().analyse("a", "Nordwick hacked", REAL, PUBLISHED, outlets=outlets)

    assert analysis.under_attack == ("nordwick",)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("Nordwick hit by data breach", f"{REAL} A comedy show made satire of it.", id="one word of many"),
        pytest.param("Satire magazine and Nordwick hacked", REAL, id="first in the title, but no label"),
        pytest.param(
            "Nordwick hit by data breach",
            f"{REAL} It has hired help.\nRead on\nSatire: our week\nThe shop stays open. It will write to all of them.",
            id="the label of a teaser in the middle",
        ),
    ],
)
def test_a_word_of_satire_is_no_label(title: str, text: str) -> None:
    assert analyse(title, text).under_attack == ("nordwick",)


@pytest.mark.parametrize(
    "title",
    [
        "Nordwick could be hit by ransomware, insurer warns",
        "Nordwick könnte von Ransomware getroffen werden, warnt Versicherer",
        "Nordwick pourrait être touché par une cyberattaque, selon un assureur",
        "Nordwick podría sufrir un ciberataque, advierten expertos",
        "Nordwick potrebbe essere colpita da un attacco hacker, avverte un esperto",
        "Nordwick kan doelwit worden van hackers, zegt expert",
        "Nordwick pode ser atingida por um ataque de ransomware, alerta perito",
    ],
)
def test_what_may_come_has_struck_nobody(title: str) -> None:
    analysis = analyse(title, "")

    assert analysis.under_attack == ()
    assert {attack.status for attack in analysis.attacks} <= {Status.HYPOTHETICAL}


def test_clients_who_may_be_called_do_not_undo_a_breach() -> None:
    analysis = analyse("Nordwick data breach: customers could be hit by scammers", REAL)

    assert analysis.under_attack == ("nordwick",)
    assert (AttackType.DATA_BREACH, Status.CONFIRMED) in {(attack.type, attack.status) for attack in analysis.attacks}


@pytest.mark.parametrize(
    "text",
    [
        "Ostwell, which counts Nordwick among its customers, said hackers had encrypted its servers.",
        "Ostwell, der Nordwick zu seinen Kunden zählt, meldet, dass seine Server verschlüsselt wurden.",
        "Ostwell, qui compte Nordwick parmi ses clients, a vu ses serveurs chiffrés par des pirates.",
        "Ostwell, que cuenta con Nordwick entre sus clientes, confirmó que los piratas cifraron sus servidores.",
        "Ostwell, che annovera Nordwick tra i suoi clienti, ha confermato che i suoi server sono stati cifrati.",
        "Ostwell, dat Nordwick tot zijn klanten rekent, meldt dat zijn servers zijn versleuteld.",
        "A Ostwell, que conta com a Nordwick entre os seus clientes, confirmou que os servidores foram cifrados.",
    ],
)
def test_whom_the_victim_counts_among_its_customers_is_not_struck(text: str) -> None:
    analysis = analyse("Ransomware: Ostwell", text)

    assert analysis.under_attack == ()
    assert [finding.role for finding in analysis.findings] == [Role.MENTIONED]
