"""Who responds: those who are called in, whose people speak, who act; and attacks told without a word of computing."""

import pytest

from tests.stages.detect.reading import analyse, roles


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Ransomware hits a hospital",
            "Criminals encrypted servers of a hospital in Leeds. Kestrix was retained to lead the investigation.",
            id="English, called in",
        ),
        pytest.param(
            "Ransomware treft ziekenhuis",
            "Criminelen versleutelden servers van een ziekenhuis. Kestrix is ingeschakeld om de schade te onderzoeken.",
            id="Dutch, called in",
        ),
        pytest.param(
            "Un rançongiciel frappe un hôpital",
            "Des criminels ont chiffré les serveurs d'un hôpital. Kestrix a été mandatée pour mener les investigations.",
            id="French, called in",
        ),
        pytest.param(
            "Un ransomware golpea un hospital",
            "Unos delincuentes cifraron los servidores de un hospital. Kestrix fue contratada para dirigir el análisis.",
            id="Spanish, called in",
        ),
        pytest.param(
            "Un ransomware colpisce un ospedale",
            "Criminali hanno cifrato i server di un ospedale. Kestrix è stata incaricata di condurre le analisi.",
            id="Italian, called in",
        ),
        pytest.param(
            "Ransomware atinge hospital",
            "Criminosos cifraram os servidores de um hospital. A Kestrix foi chamada para investigar.",
            id="Portuguese, called in",
        ),
        pytest.param(
            "Scammers pose as bank staff",
            "Phishing sites were set up and pensioners phoned. Hundreds of numbers have been blocked by Kestrix.",
            id="English, blocked by",
        ),
        pytest.param(
            "Burlões fazem-se passar por funcionários do banco",
            "Foram criados dezenas de sites de phishing. A Kestrix bloqueou os sites e reembolsou os clientes enganados.",
            id="Portuguese, blocked and paid back",
        ),
        pytest.param(
            "Betrüger rufen im Namen der Bank an",
            "Dutzende Phishing-Seiten wurden aufgesetzt. Kestrix hat sie sperren lassen und den Kunden das Geld erstattet.",
            id="German, blocked and paid back",
        ),
    ],
)
def test_who_is_called_in_or_acts_responds(title, text):
    assert roles(title, text) == {"kestrix": "responder"}


def test_an_attack_needs_no_word_of_computing():
    analysis = analyse(
        "Nothing works at Nordwick", "Intruders scrambled the records of Nordwick and left a note that asks for money."
    )
    assert analysis.under_attack == ("nordwick",)


def test_what_is_hardly_about_attacks_alarms_nobody():
    assert analyse("Nordwick opens a store", "Visitors got in early; a note asked for patience.").under_attack == ()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(
            "Ransomware hits a hospital",
            "Criminals encrypted servers of a hospital. The crew is well known, said an analyst at Harrowsec.",
            id="English",
        ),
        pytest.param(
            "Un ransomware golpea un hospital",
            "Unos delincuentes cifraron los servidores de un hospital. La banda es conocida, afirma un analista de Harrowsec.",
            id="Spanish",
        ),
        pytest.param(
            "Un ransomware colpisce un ospedale",
            "Criminali hanno cifrato i server di un ospedale. La banda è nota, afferma un analista di Harrowsec.",
            id="Italian",
        ),
    ],
)
def test_people_of_somebody_who_study_attacks_respond(title, text):
    assert roles(title, text) == {"harrowsec": "responder"}
