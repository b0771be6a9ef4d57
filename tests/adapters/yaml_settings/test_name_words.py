"""What a name tells of its bearer: kinds and sectors of companies that the catalogue does not know."""

import pytest

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.adapters.yaml_settings.entities import named, written
from monitor.adapters.yaml_settings.models import EntityModel
from monitor.adapters.yaml_settings.name_words import told_by_name
from monitor.domain.watchlist import Entity, EntityId

# News agencies are read like the press.
_ALIKE = {"agency": "press"}


@pytest.mark.parametrize(
    ("name", "kind", "sector"),
    [
        ("The Westmark Gazette", "press", "media"),
        ("Norddeutsche Abendzeitung", "press", "media"),
        ("Omroep Zandland", "press", "media"),
        ("Gazzetta di Valmora", "press", "media"),
        ("Polizei Oberau", "public-body", "authority"),
        ("Westmark Data Protection Office", "public-body", "authority"),
        ("Universität Oberau", "public-body", "education"),
        ("Ayuntamiento de Valmora", "public-body", "government"),
        ("Landeskrankenhaus Oberau", "public-body", "health"),
        ("Brenko Cyber Security", "security-vendor", "cybersecurity"),
        ("Oberauer Versicherungen", "company", "insurance"),
        ("Stadtwerke Oberau", "company", "energy"),
        ("Westmark University Hospital", "public-body", "education"),
        ("Brenko", "company", ""),
    ],
)
def test_words_of_a_name_tell_what_it_is(name: str, kind: str, sector: str) -> None:
    found = named(name)
    assert (found.kind, found.sector) == (kind, sector)


def test_an_alias_tells_where_the_name_does_not() -> None:
    assert written(EntityModel(name="WZ", aliases=["Westmarker Zeitung"])).kind == "press"


def test_whoever_the_catalogue_knows_by_a_long_alias_is_that_one() -> None:
    known = next(entity for entity in load_catalogue() if " " in entity.name and entity.kind != "company")
    found = written(EntityModel(id="own", name="Qx", aliases=[known.name]))
    assert (found.id, found.kind, found.country) == ("own", known.kind, known.country)


def test_what_somebody_says_of_an_entity_goes_before_what_its_name_tells() -> None:
    found = written(EntityModel(name="Westmark Gazette", kind="company", sector="retail", country="GB"))
    assert (found.kind, found.sector, found.country) == ("company", "retail", "GB")


def test_who_is_of_another_kind_than_the_bearer_that_the_catalogue_knows_is_somebody_else() -> None:
    known = next(entity for entity in load_catalogue() if entity.kind == "press" and entity.exclude)
    assert written(EntityModel(name=known.name)).exclude == known.exclude
    other = written(EntityModel(name=known.name, kind="company"))
    assert (other.kind, other.exclude) == ("company", ())


def test_a_name_within_a_word_tells_nothing() -> None:
    assert told_by_name(Entity(EntityId("x"), "Newsome Bankside")).kind == "company"


def test_names_of_the_catalogue_rarely_tell_something_else_than_what_is_known() -> None:
    wrong, right = [], 0
    for entity in load_catalogue():
        bare = told_by_name(Entity(entity.id, entity.name))
        if not bare.sector:
            continue
        if _ALIKE.get(bare.kind, bare.kind) == _ALIKE.get(entity.kind, entity.kind):
            right += 1
        else:
            wrong.append(f"{entity.name}: {bare.kind} for {entity.kind}")
    assert right > 9 * len(wrong), wrong
