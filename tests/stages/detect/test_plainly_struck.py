"""A company of the catalogue that is plainly said to have been attacked is under attack, whatever else its name means."""

import pytest

from monitor.adapters.yaml_settings.catalogue import catalogue_by_name, load_catalogue
from tests.detectors import detector_of

TOLD = {
    "en": (
        "{} hit by ransomware",
        "{} was hit by ransomware on Monday. The company confirmed that customer data was stolen.",
    ),
    "nl": ("Ransomware bij {}", "{} is getroffen door ransomware. Het bedrijf bevestigt dat gegevens zijn gestolen."),
    "de": (
        "Cyberangriff auf {}",
        "{} ist Opfer eines Cyberangriffs geworden. Das Unternehmen bestätigte, dass Kundendaten gestohlen wurden.",
    ),
    "fr": (
        "Cyberattaque contre {}",
        "{} a été victime d'une cyberattaque. L'entreprise confirme le vol de données de clients.",
    ),
    "es": ("Ciberataque a {}", "{} ha sufrido un ciberataque. La empresa confirmó el robo de datos de clientes."),
    "it": ("Attacco hacker a {}", "{} ha subito un attacco hacker. L'azienda conferma il furto di dati dei clienti."),
    "pt": ("Ciberataque à {}", "A {} sofreu um ciberataque. A empresa confirmou o roubo de dados de clientes."),
}
READ_EVERY = 61
# One name in fifty may mean something else so often that this little does not tell.
MOST_MISSED = 0.02


def is_told(name: str, language: str) -> bool:
    entity = catalogue_by_name()[name.casefold()]
    title, text = (one.format(entity.name) for one in TOLD[language])
    return detector_of([entity]).analyse("1", title, text).under_attack == (entity.id,)


@pytest.mark.parametrize("language", TOLD)
def test_a_company_of_the_catalogue_is_seen_to_be_struck(language: str) -> None:
    title, text = TOLD[language]
    companies = [one for one in load_catalogue() if one.kind == "company"][::READ_EVERY]
    missed = [
        one.name
        for one in companies
        if not detector_of([one]).analyse("1", title.format(one.name), text.format(one.name)).under_attack
    ]
    assert len(companies) > 100
    assert len(missed) <= MOST_MISSED * len(companies), f"{missed} of {len(companies)}"


@pytest.mark.parametrize("name", ["Bosch", "Philips", "Orange", "Siemens", "Ford", "Boots"])
def test_so_is_one_whose_name_many_others_bear(name: str) -> None:
    assert is_told(name, "en")
