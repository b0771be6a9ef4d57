"""Whom a name stands for, with what the catalogue and the name itself tell of it."""

import dataclasses
from typing import Any

from monitor.adapters.yaml_settings.catalogue import catalogue_by_name, entity_from, fold_name, slug
from monitor.adapters.yaml_settings.legal_forms import without_group_word, without_legal_form
from monitor.adapters.yaml_settings.models import EntityModel
from monitor.adapters.yaml_settings.name_words import told_by_name
from monitor.adapters.yaml_settings.sectors import sector_of
from monitor.domain.watchlist import Entity, EntityId


def named(name: str) -> Entity:
    """
    What a bare name stands for: the company of the catalogue, else that name and what it tells.

    The press leaves legal forms out: `Acme B.V.` is Acme as well.
    """
    catalogue = catalogue_by_name()
    known = catalogue.get(fold_name(name))
    if known is None:
        short = without_legal_form(name)
        bare = without_group_word(short)
        # Without its "Groupe" the name may be that of another firm, which has it.
        shorter = (short, short if fold_name(bare) in catalogue else bare)
        aliases = tuple(alias for alias in dict.fromkeys(shorter) if alias != name.strip())
        return told_by_name(Entity(EntityId(slug(name)), name, aliases=aliases))
    surfaces = {known.name, *known.aliases}
    return known if name in surfaces else dataclasses.replace(known, aliases=(*known.aliases, name))


# Where nothing is said of the sector, "agency" is one of the news.
_NEWS_SECTORS = frozenset({"", "media", "news", "press"})


def written(model: EntityModel) -> Entity:
    """
    An entity with just the names written for it, and the catalogue's hints on what its name also means.

    What it is said to be goes before what the catalogue or its name tells; who is said to be of another kind than the
    bearer of the name that the catalogue knows is somebody else.
    """
    entity = entity_from(model)
    known = _known(model)
    told = {"kind": _kind(model, known), "country": model.country}
    said: dict[str, Any] = {key: value for key, value in told.items() if value}
    if known is None or told["kind"] not in (None, known.kind):
        by_name = told_by_name(entity)
        return dataclasses.replace(by_name, sector=sector_of(model.sector, by_name.sector), **said)
    own = {fold_name(surface) for surface in (entity.name, *entity.aliases, *entity.products, *entity.subsidiaries)}
    # What the catalogue tells apart ("RTL Nieuws") is meant where somebody writes it as a name of the entity.
    excluded = [phrase for phrase in known.exclude if fold_name(phrase) not in own]
    return dataclasses.replace(
        entity,
        context=tuple(dict.fromkeys((*entity.context, *known.context))),
        exclude=tuple(dict.fromkeys((*entity.exclude, *excluded))),
        ambiguous=known.ambiguous if model.ambiguous is None else model.ambiguous,
        sector=sector_of(model.sector, known.sector),
        **{"kind": known.kind, "country": known.country, **said},
    )


def _kind(model: EntityModel, known: Entity | None) -> str | None:
    """What *model* is said to be. By "agency" people mean one of the state as well as one that reports news."""
    if model.kind != "agency":
        return "agency" if model.kind == "news-agency" else model.kind
    if known is not None and known.kind in {"agency", "public-body"}:
        return known.kind
    return "agency" if model.sector.casefold() in _NEWS_SECTORS else "public-body"


def _known(model: EntityModel) -> Entity | None:
    """Whom the catalogue has under the name, or under an alias that is too long to mean anybody else."""
    named = catalogue_by_name()
    longer = (alias for alias in model.aliases if " " in alias.strip())
    return next((named[key] for key in map(fold_name, (model.name, *longer)) if key in named), None)
