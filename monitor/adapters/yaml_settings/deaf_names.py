"""Names under which less is heard than was meant: those of two companies, and those that the press never writes."""

from collections.abc import Iterable, Iterator

from monitor.adapters.yaml_settings.catalogue import catalogue_by_name, fold_name
from monitor.adapters.yaml_settings.legal_forms import without_legal_form
from monitor.domain.watchlist import Entity, EntityId, Watchlist
from monitor.stages.detect.folding import fold_words


def deaf_names(entities: Iterable[Entity]) -> Iterator[tuple[EntityId, str]]:
    """Entities, and what is wrong with a name of theirs, in plain words."""
    bearers: dict[str, Entity] = {}
    known = catalogue_by_name()
    for entity in entities:
        shared: dict[EntityId, list[str]] = {}
        for name in _all(entity):
            first = bearers.setdefault(fold_words(name), entity)
            if first is not entity:
                shared.setdefault(first.id, []).append(f'"{name}"')
        for first_id, names in shared.items():
            are = "is a name" if len(names) == 1 else "are names"
            yield entity.id, f"{', '.join(names)} {are} of {first_id} as well: what is told of it goes there alone"
        short = without_legal_form(entity.name)
        if fold_name(entity.name) not in known and fold_words(short) not in {fold_words(name) for name in _all(entity)}:
            yield entity.id, f'"{entity.name}" is heard with its legal form only: add the alias "{short}"'


def two_bearers(watchlists: Iterable[Watchlist]) -> Iterator[str]:
    """Ids under which two watchlists seem to mean different companies."""
    first: dict[EntityId, tuple[Entity, str]] = {}
    for watchlist in watchlists:
        for entity in watchlist.entities:
            other, where = first.setdefault(entity.id, (entity, watchlist.id))
            if _names(other).isdisjoint(_names(entity)):
                yield (
                    f'"{entity.id}" is {other.name} in {where} and {entity.name} in {watchlist.id}: they count as one'
                    " company, give one of them another id"
                )


def _names(entity: Entity) -> set[str]:
    return {fold_name(name) for name in _all(entity)}


def _all(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *entity.aliases)
