"""Who says it, and what a denial governs: a claim of the attackers is alleged, what is denied is no attack."""

import pytest

from monitor.domain.finding import AttackType, Status
from tests.stages.detect.reading import analyse


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Nordwick data stolen, gang says",
            "Lockfox, a ransomware gang, says on its leak site that it has stolen 400 GB of data from Nordwick.",
            id="an apposition between the gang and its verb",
        ),
        pytest.param(
            "Gang lists Nordwick",
            "The gang says it has stolen personal data of Nordwick's customers and threatens to publish it.",
            id="the gang says",
        ),
        pytest.param(
            "Ransomwarebende zegt Nordwick te hebben gehackt",
            "De bende zegt 400 GB aan klantgegevens van Nordwick te hebben gestolen en dreigt die te publiceren.",
            id="Dutch",
        ),
        pytest.param(
            "Un gang revendique le vol de données de Nordwick",
            "Le gang affirme avoir volé 400 Go de données à Nordwick et menace de les publier.",
            id="French",
        ),
    ],
)
def test_what_the_attackers_say_is_alleged(title: str, text: str) -> None:
    analysis = analyse(title, text)

    assert analysis.under_attack == ("nordwick",)
    assert {attack.status for attack in analysis.attacks} == {Status.ALLEGED}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Nordwick denies hack",
            "Nordwick denied that it was hit by ransomware or that customer data had been stolen.",
            id="two things at once",
        ),
        pytest.param(
            "Nordwick denies ransomware attack",
            "Nordwick denied on Thursday that it had been hit by ransomware.",
            id="a day between",
        ),
    ],
)
def test_what_is_denied_puts_nobody_under_attack(title: str, text: str) -> None:
    analysis = analyse(title, text)

    assert analysis.under_attack == ()
    assert {attack.status for attack in analysis.attacks if attack.type is AttackType.RANSOMWARE} == {Status.DENIED}


@pytest.mark.parametrize(
    "title",
    [
        "Nordwick did not suffer a ransomware attack, police say",
        "Nordwick suffered no ransomware attack, police say",
        "Nordwick heeft geen ransomware-aanval gehad, zegt de politie",
        "Nordwick hat keinen Ransomware-Angriff erlitten, sagt die Polizei",
        "Nordwick n'a pas subi d'attaque par rançongiciel, selon la police",
        "Nordwick no sufrió ningún ataque de ransomware, según la policía",
        "Nordwick no fue atacada con ransomware, según la policía",
        "Nordwick non ha subito un attacco ransomware, dice la polizia",
        "Nordwick não sofreu um ataque de ransomware, segundo a polícia",
    ],
)
def test_who_suffered_no_attack_is_under_none(title: str) -> None:
    assert analyse(title, f"{title}.").under_attack == ()
