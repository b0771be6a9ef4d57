"""How facts are said: how sure an attack is, in languages where that agrees with it."""

import pytest

from monitor.adapters.packaged.messages import wording_for
from monitor.domain.finding import AttackType, Status
from monitor.stages.compose.said import attack_words


@pytest.mark.parametrize(
    ("language", "statuses", "said"),
    [
        ("fr", {AttackType.DDOS: Status.CONFIRMED}, "attaque DDoS, confirmée"),
        ("fr", {AttackType.RANSOMWARE: Status.CONFIRMED}, "rançongiciel, confirmé"),
        ("fr", {AttackType.DDOS: Status.DENIED, AttackType.FRAUD: Status.DENIED}, "attaque DDoS et fraude, démenties"),
        ("fr", {AttackType.ACCOUNT_TAKEOVER: Status.ALLEGED}, "comptes piratés, allégués, non confirmés"),
        (
            "fr",
            {AttackType.EXTORTION: Status.ALLEGED, AttackType.RANSOMWARE: Status.ALLEGED},
            "rançongiciel et extorsion, revendiqués par les attaquants",
        ),
        ("fr", {AttackType.EXTORTION: Status.ALLEGED}, "extorsion, revendiquée par les attaquants"),
        ("es", {AttackType.ACCOUNT_TAKEOVER: Status.CONFIRMED}, "cuentas secuestradas, confirmadas"),
        ("es", {AttackType.DDOS: Status.CONFIRMED}, "ataque DDoS, confirmado"),
        ("es", {AttackType.DATA_LEAK: Status.ALLEGED}, "fuga de datos, supuesta, sin confirmar"),
        (
            "es",
            {AttackType.DDOS: Status.DENIED, AttackType.DATA_LEAK: Status.DENIED},
            "fuga de datos y ataque DDoS, desmentidos",
        ),
        ("de", {AttackType.DATA_LEAK: Status.CONFIRMED}, "Datenleck, bestätigt"),
    ],
)
def test_how_sure_it_is_agrees_with_what_it_is_said_of(
    language: str, statuses: dict[AttackType, Status], said: str
) -> None:
    assert attack_words(statuses, wording_for(language)) == said
