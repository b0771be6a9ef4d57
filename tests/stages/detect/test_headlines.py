"""A title with nothing below it, as search feeds and sitemaps have it: who is plainly struck is seen, who stands by is not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.domain.watchlist import Entity, EntityId
from tests.detectors import detector_of

STRUCK: Mapping[str, Sequence[str]] = {
    "en": (
        "{} hit by ransomware",
        "{} halts production after cyberattack",
        "Hackers steal customer data from {}",
        "{} confirms data breach",
    ),
    "nl": ("Ransomware bij {}", "{} ligt plat na cyberaanval", "Hackers stelen klantgegevens bij {}"),
    "de": ("Cyberangriff auf {}", "Hackerangriff legt {} lahm", "Hacker erbeuten Kundendaten bei {}"),
    "fr": ("Cyberattaque contre {}", "{} victime d'une cyberattaque", "Piratage chez {}"),
    "es": ("{} sufre un ciberataque", "Roban datos de clientes de {}"),
    "it": ("Attacco hacker a {}", "{} colpita da un ransomware"),
    "pt": ("{} sofre ataque hacker", "Hackers roubam dados de clientes da {}"),
}
BESIDE = (
    "{} to buy security start-up for $2bn",
    "{} warns customers of fake parcel messages",
    "{} stages cyber drill with 40 banks",
    "{} fined £3m over breach of five years ago",
    "{} hilft der Stadt Ahlbeck nach Hackerangriff",
    "{} opent nieuw kantoor in Utrecht",
    "{} dément avoir été victime d'un piratage",
    "{} invierte 100 millones en ciberseguridad",
    "Infarto durante l'assemblea di {}",
    "{} alerta para burlas em seu nome",
)
READ_EVERY = 181
LEAST = 0.8
MAKER = Entity(EntityId("orvane"), "Orvane", sector="technology", country="US")
CLINIC = Entity(EntityId("ostwell"), "Ostwell", kind="public-body", sector="health", country="GB")
PLAYER = Entity(EntityId("skell"), "Skell", sector="media", country="GB")
ACME = Entity(EntityId("brellin"), "Brellin", sector="retail", country="GB")


@pytest.mark.parametrize(("language", "title"), [(one, title) for one, titles in STRUCK.items() for title in titles])
def test_a_title_alone_tells_of_most_companies_that_they_are_struck(language: str, title: str) -> None:
    companies = [one for one in load_catalogue() if one.kind == "company"][::READ_EVERY]
    missed = [
        one.name for one in companies if not detector_of([one]).analyse("1", title.format(one.name), "").under_attack
    ]
    assert len(companies) > 40
    assert len(missed) <= (1 - LEAST) * len(companies), f"{missed} of {len(companies)} in {language}"


@pytest.mark.parametrize("title", BESIDE)
def test_a_title_that_tells_of_no_attack_on_it_raises_no_alarm(title: str) -> None:
    assert detector_of([ACME]).analyse("1", title.format(ACME.name), "").under_attack == ()


def test_what_is_learnt_of_headlines_is_no_part_of_an_article_of_common_length() -> None:
    title = "Brellin hit by ransomware"
    text = "The retailer said that its tills had been locked since Monday night. " * 5
    briefly, at_length = (detector_of([ACME]).analyse("1", title, below).findings[0] for below in ("", text))
    assert any("brief&" in part.name for part in briefly.parts)
    assert not any("brief&" in part.name for part in at_length.parts)


@pytest.mark.parametrize(
    ("entity", "title", "part"),
    [
        pytest.param(CLINIC, "Hospital hit by ransomware", "headline:fits", id="a public body"),
        pytest.param(ACME, "Supermarket chain hit by ransomware", "headline:fits", id="a shop"),
        pytest.param(MAKER, "Hospital hit by ransomware", "headline:others", id="no public body"),
        pytest.param(MAKER, "Supermarket chain hit by ransomware", "headline:others", id="no shop"),
        pytest.param(ACME, "Hackers steal thousands of files", "headline:open", id="nobody is told of"),
        pytest.param(ACME, "Brellin hit by ransomware", None, id="the headline names it"),
        pytest.param(ACME, "Supermarket chain opens in Leeds", None, id="no attack in the headline"),
    ],
)
def test_a_headline_that_names_nobody_tells_of_whose_trade_it_is(entity: Entity, title: str, part: str | None) -> None:
    detector = detector_of([entity])
    text = f"{entity.name} spoke on Monday of a cyberattack that had shut down the systems."
    told = detector.weighed(detector.read("1", title, text, None, "en"))[2][0][0]
    assert {one for one in told.parts if one.startswith("headline:")} == ({part} if part else set())


@pytest.mark.parametrize(
    "title",
    [
        "Northmere Council crippled by ransomware - Skell News",
        "Hackers leggen gemeente Veldhaven plat | Skell",
        "Cyberattack cripples port of Ostwick – Skell",
    ],
)
def test_who_signs_a_title_is_not_struck(title: str) -> None:
    entity = replace(PLAYER, aliases=("Skell News",))
    assert detector_of([entity]).analyse("1", title, "").under_attack == ()
