"""
The company catalogue that ships with the program: public facts that make `- Microsoft` enough.

The files are YAML with one entity a line, written as JSON, which YAML includes: read line by line they take a tenth of
the time.
"""

import functools
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.adapters.yaml_settings.legal_forms import without_legal_form
from monitor.adapters.yaml_settings.models import EntityModel
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.watchlist import Entity, EntityId
from monitor.lexicon import LEXICON
from monitor.stages.sites import folded, site_of

_OFTEN, _BESIDES = "catalogue.yaml", "catalogue-more.yaml"
_MARK = "  - "
_ENTITY = _MARK + "{"
_OUTLETS = frozenset({"press", "agency"})


@functools.cache
def load_catalogue() -> tuple[Entity, ...]:
    """All companies of the catalogue; a ConfigError here means that the installation is damaged."""
    return (*often_hit(), *_read(_BESIDES, (LEXICON / _BESIDES).read_text(encoding="utf-8")))


@functools.cache
def often_hit() -> tuple[Entity, ...]:
    """Those that are most often hit or watched: grouping knows their names, and none of the others."""
    return tuple(_read(_OFTEN, (LEXICON / _OFTEN).read_text(encoding="utf-8")))


def _read(file: str, text: str) -> Iterator[Entity]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(_ENTITY):
            try:
                yield _entity(json.loads(line[len(_MARK) :]))
            except (ValueError, KeyError, TypeError) as error:
                raise ConfigError((Fault(file, number, 1, "entities", f"cannot be read: {error}"),)) from error


def _entity(told: dict[str, Any]) -> Entity:
    # Its Wikidata id is for people to look up.
    told.pop("wikidata", None)
    lists = {key: tuple(value) for key, value in told.items() if isinstance(value, list)}
    return Entity(**(told | lists | {"id": EntityId(told.get("id") or slug(told["name"]))}))


@functools.cache
def catalogue_by_name() -> Mapping[str, Entity]:
    """Entities by folded name, alias and id; a name that two companies share leads to the first."""
    found: dict[str, Entity] = {}
    for entity in load_catalogue():
        for surface in (entity.name, str(entity.id), *entity.aliases):
            found.setdefault(fold_name(surface), entity)
    return found


@functools.cache
def outlet_houses() -> Mapping[str, str]:
    """
    For each site of a paper or broadcaster that has several, and for its names as letters and digits, one of the sites.

    A name that several bear leads nowhere.
    """
    outlets = [entity for entity in load_catalogue() if entity.kind in _OUTLETS and entity.domains]
    houses: dict[str, str] = {}
    for outlet in outlets:
        sites = [site_of(domain) for domain in outlet.domains]
        house = next((houses[site] for site in sites if site in houses), sites[0])
        houses |= {site: houses.get(site, house) for site in sites}
    bearers = Counter(name for outlet in outlets for name in _folded_names(outlet))
    for outlet in outlets:
        house = houses[site_of(outlet.domains[0])]
        houses |= {name: house for name in _folded_names(outlet) if bearers[name] == 1}
    return houses


def _folded_names(entity: Entity) -> frozenset[str]:
    return frozenset(map(folded, (entity.name, *entity.aliases)))


def entity_from(model: EntityModel) -> Entity:
    """A model as an entity, of which nothing is known but what is written."""
    fields: dict[str, object] = {
        "id": EntityId(model.id or slug(model.name)),
        "name": model.name,
        "ambiguous": bool(model.ambiguous),
        **{
            key: tuple(getattr(model, key))
            for key in (
                "aliases",
                "people",
                "products",
                "subsidiaries",
                "domains",
                "tickers",
                "context",
                "exclude",
                "tags",
            )
        },
    }
    return Entity(**fields)  # type: ignore[arg-type]  # the keys are the fields of Entity


def fold_name(name: str) -> str:
    """*name* for comparison: no case, accents, punctuation or legal form."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w&]+", " ", without_legal_form(plain)).split())


# What a normal form does not take apart.
_SPELT_OUT = str.maketrans({"&": " and ", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})


def slug(name: str) -> str:
    """
    An id for a name: lower-case letters and digits with hyphens between.

    A hash follows where other letters are left out: "Альфа 24" is not "Бета 24".
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_SPELT_OUT)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    spelt = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    if spelt and not any(c.isalnum() and not c.isascii() for c in letters):
        return spelt
    return f"{spelt or 'entity'}-{hashlib.sha256(name.casefold().encode()).hexdigest()[:8]}"
