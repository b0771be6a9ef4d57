"""The catalogue that ships: one entity a line, each of them complete."""

import dataclasses

import pytest

from monitor.adapters.packaged.plain_yaml import plain_yaml
from monitor.adapters.yaml_settings import catalogue
from monitor.domain.errors import ConfigError
from monitor.domain.watchlist import Entity
from monitor.lexicon import LEXICON
from monitor.stages.sites import site_of

WRITTEN = [
    entity
    for name in (catalogue._OFTEN, catalogue._BESIDES)
    for entity in plain_yaml((LEXICON / name).read_bytes())["entities"]
]
SECTORS = frozenset(
    "industry government finance technology transport retail media energy education cybersecurity health platform"
    " telecom authority insurance it-services services hospitality crypto defence".split()
)
KINDS = frozenset({"company", "public-body", "press", "agency", "security-vendor"})
LISTS = frozenset({"aliases", "people", "products", "subsidiaries", "domains", "tickers", "context", "exclude"})
PLAIN = frozenset({"id", "name", "country", "sector", "kind", "wikidata"})


def test_each_line_reads_as_yaml_does() -> None:
    read = [dataclasses.asdict(entity) for entity in catalogue.load_catalogue()]
    assert len(read) == len(WRITTEN) > 600
    empty = dataclasses.asdict(Entity("", ""))  # for its fields alone
    for one, written in zip(read, WRITTEN, strict=True):
        told = {key: tuple(value) if isinstance(value, list) else value for key, value in written.items()}
        told.pop("wikidata", None)
        assert one == empty | told


def test_every_entity_is_complete_and_spelt_right() -> None:
    for one in WRITTEN:
        assert one.keys() <= LISTS | PLAIN | {"ambiguous"}, one
        assert one["kind"] in KINDS, one
        assert one["sector"] in SECTORS, one
        assert len(one["country"]) == 2, one
        assert all(isinstance(one.get(key, ""), str) and one.get(key, "x").strip() for key in PLAIN), one
        for key in LISTS & one.keys():
            assert one[key], one
            assert all(isinstance(value, str) and value == value.strip() != "" for value in one[key]), one
        assert one.get("ambiguous", True) is True, one
        assert catalogue.slug(one["id"]) == one["id"]


def test_ids_stand_once() -> None:
    ids = [one["id"] for one in WRITTEN]
    assert len(ids) == len(set(ids))


def test_a_line_that_is_damaged_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        list(catalogue._read("catalogue.yaml", 'entities:\n  - {"id": "x", "name": "X"}\n  - {"id": "y",\n'))
    assert [(fault.file, fault.line) for fault in caught.value.faults] == [("catalogue.yaml", 3)]


def test_the_sites_and_names_of_one_outlet_are_one_house() -> None:
    houses = catalogue.outlet_houses()
    assert houses["bbc.com"] == houses["bbc.co.uk"] == houses["bbcnews"]
    assert houses["lecho.be"] == houses["tijd.be"]
    # Of one name, and not of one house.
    assert houses["independent.ie"] != houses["independent.co.uk"]
    assert houses["elpais.com.uy"] != houses["elpais.com"]
    assert all(houses[house] == house for house in houses.values())
    # Of one owner or portal, and each with a newsroom of its own.
    apart = "nbcnews.com cnbc.com ms.now tagesanzeiger.ch 20min.ch handelsblatt.com wiwo.de prealpina.it varesenews.it"
    portals = "welt.de businessinsider.com g1.globo.com oglobo.globo.com globo.com folha.uol.com.br uol.com.br"
    assert len({houses[site] for site in (apart + " " + portals).split()}) == len((apart + " " + portals).split())


# Programmes and sections of the broadcaster, portal or publisher below whose name they lie.
_OF_THE_HOUSE = {"ard-panorama", "o1", "tgcom24", "hacker-news", "yahoo-finance", "kfz-betrieb", "industrieanzeiger"}


def test_papers_below_the_name_of_another_are_sites_of_their_own() -> None:
    lying = {
        str(entity.id)
        for entity in catalogue.load_catalogue()
        if entity.kind in {"press", "agency"} and any(site_of(domain) != domain for domain in entity.domains)
    }
    assert lying == _OF_THE_HOUSE
