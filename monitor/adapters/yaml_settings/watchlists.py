"""Watchlist files into entities and rules: names looked up in the catalogue, CSV rows read, tags resolved."""

import csv
import dataclasses
import hashlib
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from monitor.adapters.yaml_settings.catalogue import (
    catalogue_by_name,
    entity_from,
    fold_name,
    slug,
    without_legal_form,
)
from monitor.adapters.yaml_settings.document import Document, read_document
from monitor.adapters.yaml_settings.faults import closest, validate
from monitor.adapters.yaml_settings.models import (
    EntityModel,
    RuleModel,
    SelectionModel,
    SuppliersModel,
    WatchlistModel,
)
from monitor.adapters.yaml_settings.name_words import told_by_name
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.watchlist import Entity, EntityId, Rule, RuleId, Watchlist
from monitor.stages.expression import ExpressionError, parse_expression

_COLUMNS = ("name", "id", "aliases", "domains", "tags")
_ALIAS_SEPARATORS = str.maketrans("|/", ";;")


def load_watchlist_file(path: Path) -> Watchlist:
    """One watchlist by itself, as `monitor analyze --watchlist` reads it; ConfigError holds every fault."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError((Fault(str(path), 0, 0, "", f"cannot be read: {error.strerror}"),)) from error
    watchlist, faults = read_watchlist(str(path), data, path.parent)
    if faults or watchlist is None:
        raise ConfigError(tuple(faults))
    return watchlist


def read_watchlist(
    file: str, data: bytes, folder: Path, channels: Collection[str] | None = None
) -> tuple[Watchlist | None, list[Fault]]:
    """
    A watchlist and its faults; None where nothing can be used.

    CSV files are looked for in *folder*. Rules may name the *channels* given; None lets any name pass.
    """
    document = read_document(file, data)
    if document.faults:
        return None, document.faults
    if document.value is None:
        return None, [document.fault((), "the file is empty: it needs `watchlist:` and `entities:`")]
    model = validate(document, document.value, WatchlistModel)
    if model is None:
        # What is wrong with its entities is told along with the rest.
        written = document.value.get("entities") if isinstance(document.value, dict) else None
        list(_entities(document, written if isinstance(written, list) else [], folder))
        return None, document.faults
    entities = list(_entities(document, model.entities, folder))
    _report_doubles(document, entities)
    kept = tuple(entity for entity, _ in entities)
    rules = tuple(_rules(document, model, kept, channels))
    return Watchlist(model.watchlist, kept, rules), document.faults


def _entities(document: Document, items: Sequence[object], folder: Path) -> Iterator[tuple[Entity, tuple[str, int]]]:
    for number, item in enumerate(items):
        at = ("entities", number)
        if isinstance(item, str | int | float) and not isinstance(item, bool):
            yield named(str(item)), at
        elif isinstance(item, dict) and "file" in item:
            suppliers = validate(document, item, SuppliersModel, at)
            if suppliers:
                yield from ((entity, at) for entity in _csv_entities(document, suppliers, folder, number))
        elif isinstance(item, dict):
            model = validate(document, item, EntityModel, at)
            if model:
                yield written(model), at
        else:
            document.faults.append(document.fault(at, "an entity is a name, or keys such as id, name and aliases"))
    added = folder / added_file(Path(document.file))
    if added.exists():
        at = ("entities", len(items))
        yield from (
            (entity, at) for entity in _csv_entities(document, SuppliersModel(file=added.name), folder, len(items))
        )


def added_file(watchlist_file: Path) -> str:
    """Where `monitor watch add` writes: a CSV beside the watchlist, so that nobody's YAML is edited by a program."""
    return f"{watchlist_file.stem}.added.csv"


def named(name: str) -> Entity:
    """What a bare name stands for: the company of the catalogue, else just that name and what it tells."""
    known = catalogue_by_name().get(fold_name(name))
    if known is None:
        return told_by_name(Entity(EntityId(slug(name)), name))
    surfaces = {known.name, *known.aliases}
    return known if name in surfaces else dataclasses.replace(known, aliases=(*known.aliases, name))


def written(model: EntityModel) -> Entity:
    """
    An entity with just the names written for it, and the catalogue's hints on what its name also means.

    What it is said to be goes before what the catalogue or its name tells; who is said to be of another kind than the
    bearer of the name that the catalogue knows is somebody else.
    """
    entity = entity_from(model)
    said = {key: value for key in ("kind", "sector", "country") if (value := getattr(model, key))}
    known = _known(model)
    if known is None or model.kind not in (None, known.kind):
        return dataclasses.replace(told_by_name(entity), **said)
    own = {fold_name(surface) for surface in (entity.name, *entity.aliases, *entity.products, *entity.subsidiaries)}
    # What the catalogue tells apart ("RTL Nieuws") is meant where somebody writes it as a name of the entity.
    excluded = [phrase for phrase in known.exclude if fold_name(phrase) not in own]
    return dataclasses.replace(
        entity,
        context=tuple(dict.fromkeys((*entity.context, *known.context))),
        exclude=tuple(dict.fromkeys((*entity.exclude, *excluded))),
        ambiguous=known.ambiguous if model.ambiguous is None else model.ambiguous,
        **{"kind": known.kind, "country": known.country, "sector": known.sector, **said},
    )


def _known(model: EntityModel) -> Entity | None:
    """Whom the catalogue has under the name, or under an alias that is too long to mean anybody else."""
    named = catalogue_by_name()
    longer = (alias for alias in model.aliases if " " in alias.strip())
    return next((named[key] for key in map(fold_name, (model.name, *longer)) if key in named), None)


def _csv_entities(document: Document, suppliers: SuppliersModel, folder: Path, number: int) -> Iterator[Entity]:
    at = ("entities", number, "file")
    path = folder / suppliers.file
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8"
        document.faults.append(document.fault(at, f"{suppliers.file} cannot be read: {reason}"))
        return
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if text.partition("\n")[0].count(";") else ",")
    wrong = [column for column in reader.fieldnames or [] if column.strip().lower() not in _COLUMNS]
    if "name" not in [column.strip().lower() for column in reader.fieldnames or []] or wrong:
        hint = closest(wrong[0], _COLUMNS) if wrong else ""
        seen = f'unknown column "{wrong[0]}"{hint}' if wrong else "no column `name`"
        document.faults.append(
            Fault(suppliers.file, 1, 1, "", f"{seen}; the columns are name[,id,aliases,domains,tags]")
        )
        return
    yield from _rows(document, reader, suppliers)


def _rows(document: Document, reader: "csv.DictReader[str]", suppliers: SuppliersModel) -> Iterator[Entity]:
    seen: dict[str, Entity] = {}
    try:
        for row in reader:
            cells = {key.strip().lower(): (value or "").strip() for key, value in row.items() if isinstance(value, str)}
            if not cells.get("name"):
                if any(cells.values()):
                    document.faults.append(Fault(suppliers.file, reader.line_num, 1, "name", "is empty"))
                continue
            entity = _row_entity(cells, suppliers.tags)
            # The same supplier under two legal spellings is one entity with both names.
            key = cells.get("id") or fold_name(entity.name)
            seen[key] = _merged(seen[key], entity) if key in seen else entity
    except csv.Error as error:
        document.faults.append(Fault(suppliers.file, reader.line_num, 1, "", f"no valid CSV: {error}"))
    yield from seen.values()


def _row_entity(cells: dict[str, str], tags: Sequence[str]) -> Entity:
    def many(column: str) -> tuple[str, ...]:
        parts = cells.get(column, "").translate(_ALIAS_SEPARATORS).split(";")
        return tuple(part.strip() for part in parts if part.strip())

    short = without_legal_form(cells["name"])
    known = named(short)
    aliases = tuple(
        dict.fromkeys(name for name in (*known.aliases, cells["name"], *many("aliases")) if name != known.name)
    )
    return dataclasses.replace(
        known,
        id=EntityId(cells.get("id") or known.id),
        aliases=aliases,
        domains=tuple(dict.fromkeys((*known.domains, *many("domains")))),
        tags=tuple(dict.fromkeys((*tags, *many("tags")))),
    )


def _merged(one: Entity, other: Entity) -> Entity:
    def both(field: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*getattr(one, field), *getattr(other, field))))

    return dataclasses.replace(one, aliases=both("aliases"), domains=both("domains"), tags=both("tags"))


def _report_doubles(document: Document, entities: Sequence[tuple[Entity, tuple[str, int]]]) -> None:
    first: dict[EntityId, tuple[str, int]] = {}
    for entity, at in entities:
        if entity.id in first:
            place = document.places[first[entity.id]][0]
            document.faults.append(document.fault(at, f'"{entity.id}" stands twice, first in line {place}'))
        first.setdefault(entity.id, at)


def _rules(
    document: Document, model: WatchlistModel, entities: Sequence[Entity], channels: Collection[str] | None
) -> Iterator[Rule]:
    seen: set[str] = set()
    for number, rule in enumerate(model.rules):
        at = ("rules", number)
        if rule.id in seen:
            document.faults.append(document.fault((*at, "id"), f'"{rule.id}" stands twice'))
        seen.add(rule.id)
        _check_channels(document, rule, channels, at)
        _check_expression(document, rule, at)
        chosen = _chosen(document, rule, entities, at)
        yield Rule(
            id=RuleId(rule.id),
            watchlist=model.watchlist,
            entity_ids=frozenset(chosen),
            roles=_all_or(rule.roles, Role),
            attacks=_all_or(rule.attacks, AttackType),
            statuses=_all_or(rule.statuses, Status),
            text=rule.text,
            min_confidence=rule.min_confidence,
            min_sources=rule.min_sources,
            severity=rule.severity,
            channels=tuple(rule.channels),
            digest=rule.digest,
            version=hashlib.sha256(rule.model_dump_json().encode()).hexdigest()[:12],
            notify_closed=rule.notify_closed,
            cooldown=rule.cooldown,
        )


def _check_channels(document: Document, rule: RuleModel, channels: Collection[str] | None, at: tuple[str, int]) -> None:
    for number, name in enumerate(rule.channels if channels is not None else ()):
        if channels is not None and name not in channels:
            hint = closest(name, channels)
            document.faults.append(document.fault((*at, "channels", number), f'no channel is called "{name}"{hint}'))


def _check_expression(document: Document, rule: RuleModel, at: tuple[str, int]) -> None:
    if not rule.text:
        return
    try:
        parse_expression(rule.text)
    except ExpressionError as error:
        document.faults.append(document.fault((*at, "text"), str(error)))


def _all_or(chosen: Iterable[str], words: Iterable[str]) -> frozenset[str]:
    given = {str(word) for word in chosen}
    return frozenset(str(word) for word in words) if "any" in given else frozenset(given)


def _chosen(document: Document, rule: RuleModel, entities: Sequence[Entity], at: tuple[str, int]) -> Iterable[EntityId]:
    everything = [entity.id for entity in entities]
    if rule.entities is None:
        return everything
    place = (*at, "entities")
    if isinstance(rule.entities, list):
        return _by_id(document, [str(word) for word in rule.entities], everything, place)
    selection = validate(document, rule.entities, SelectionModel, place)
    if selection is None:
        return []
    tags = {tag for entity in entities for tag in entity.tags}
    for number, tag in enumerate(selection.tags):
        if tag not in tags:
            document.faults.append(
                document.fault((*place, "tags", number), f'no entity has the tag "{tag}"{closest(tag, tags)}')
            )
    return [entity.id for entity in entities if set(entity.tags) & set(selection.tags)]


def _by_id(
    document: Document, words: Sequence[str], known: Sequence[EntityId], place: tuple[str | int, ...]
) -> list[EntityId]:
    for number, word in enumerate(words):
        if word not in known:
            document.faults.append(
                document.fault((*place, number), f'no entity of this watchlist is "{word}"{closest(word, known)}')
            )
    return [EntityId(word) for word in words if word in known]
