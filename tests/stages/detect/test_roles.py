"""Who was struck, who helps, who made it and who is only named."""

import pytest

from tests.stages.detect.reading import analyse, roles


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param(
            "Nordwick hit by ransomware",
            "The company said servers were encrypted. Harrowsec has been called in to help.",
            {"nordwick": "victim", "harrowsec": "responder"},
            id="passive headline, helper",
        ),
        pytest.param(
            "Hackers steal customer data from Brackwell",
            "Names and account numbers were taken, the bank said. Rival Kestrix was not affected.",
            {"brackwell": "victim", "kestrix": "mentioned"},
            id="active headline, rival unaffected",
        ),
        pytest.param(
            "Ransomware bij Nordwick",
            "De systemen liggen plat. Het bedrijf heeft Harrowsec ingeschakeld.",
            {"nordwick": "victim", "harrowsec": "responder"},
            id="Dutch, no verb",
        ),
        pytest.param(
            "Cyberangriff auf Nordwick",
            "Das Unternehmen hat die Server vom Netz genommen. Daten seien gestohlen worden.",
            {"nordwick": "victim"},
            id="German, no verb",
        ),
        pytest.param(
            "Kestrix patches critical flaw in VPN software",
            "Kestrix has released an update for a vulnerability. No attacks are known.",
            {"kestrix": "supplier"},
            id="the maker of what has the flaw",
        ),
    ],
)
def test_roles_in_an_attack(title, text, expected):
    assert roles(title, text) == expected


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Nordwick lifts profit forecast", "Shares of Nordwick rose. Brackwell had expected less.", id="market"
        ),
        pytest.param(
            "Union attacks Nordwick over pay", "Workers at Nordwick will strike on Friday.", id="a union attacks"
        ),
        pytest.param(
            "Gas leak near Nordwick plant", "A gas leak forced people from their homes near Nordwick.", id="gas"
        ),
        pytest.param("Breach of contract claim against Nordwick fails", "A judge dismissed the claim.", id="contract"),
        pytest.param(
            "Ten life hacks with Nordwick tape", "Stick it, fold it, done: hacks for a tidy desk.", id="life hacks"
        ),
        pytest.param("Striker leads attack for Nordwick FC", "Two goals before the break won the match.", id="sport"),
        pytest.param(
            "Hartaanval bij directeur van Nordwick", "De man ligt in het ziekenhuis.", id="Dutch heart attack"
        ),
        pytest.param("Gasleck bei Nordwick", "Die Feuerwehr hat das Leck abgedichtet.", id="German gas leak"),
    ],
)
def test_ordinary_news_puts_nobody_under_attack(title, text):
    analysis = analyse(title, text)
    assert analysis.under_attack == ()
    assert not analysis.attacks


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Brackwell rehearses the worst day",
            "In an exercise the bank simulated a ransomware attack on the payment system.",
            id="drill",
        ),
        pytest.param(
            "Court fines Nordwick over data breach in 2018",
            "A judge fined Nordwick for a breach in 2018 in which hackers stole records.",
            id="fine long after",
        ),
        pytest.param(
            "Attack on Nordwick foiled",
            "An attempt by hackers to break in was stopped before they could do any damage.",
            id="attempt",
        ),
        pytest.param(
            "Nordwick denies data breach",
            "The company denied that its systems were hacked. The files on the forum are old, it said.",
            id="denial",
        ),
    ],
)
def test_attacks_that_do_not_hold_put_nobody_under_attack(title, text):
    analysis = analyse(title, text)
    assert analysis.attacks
    assert analysis.under_attack == ()


def test_scores_are_the_sum_of_named_parts():
    analysis = analyse("Nordwick hit by ransomware", "Servers at Nordwick were encrypted.")
    finding = analysis.findings[0]
    assert any(part.name.startswith("victim ") for part in finding.parts)
    assert 0 < finding.confidence <= 1
    assert all(attack.evidence and attack.parts for attack in analysis.attacks)
