"""Watchlist files into entities and rules: names looked up in the catalogue, CSV rows read, tags resolved."""

import dataclasses
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from monitor.adapters.yaml_settings.document import Document, listed, read_document
from monitor.adapters.yaml_settings.document import Path as Place
from monitor.adapters.yaml_settings.entities import named, written
from monitor.adapters.yaml_settings.faults import closest, validate
from monitor.adapters.yaml_settings.models import (
    EntityModel,
    RuleModel,
    SelectionModel,
    SuppliersModel,
    WatchlistModel,
)
from monitor.adapters.yaml_settings.suppliers import Placed, read_suppliers
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.watchlist import Entity, EntityId, Rule, RuleId, Watchlist
from monitor.stages.rules.expression import ExpressionError, parse_expression

_NO_ENTITY = (
    "an entity is a name, or keys such as id, name and aliases (the names true, false and null stand in quotes)"
)


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
    # What is wrong with its entities and rules is told along with the rest.
    kept = _each_once(document, _entities(document, listed(document, "entities"), folder))
    rules = tuple(_rules(document, model.watchlist if model else "", listed(document, "rules"), kept, channels))
    return Watchlist(model.watchlist, kept, rules) if model else None, document.faults


def _entities(document: Document, items: Sequence[object], folder: Path) -> Iterator[Placed]:
    for number, item in enumerate(items):
        at = ("entities", number)
        if isinstance(item, str | int | float) and not isinstance(item, bool):
            yield named(str(item)), document.fault(at, "")
        elif isinstance(item, dict):
            yield from _with_keys(document, item, folder, at)
        else:
            document.faults.append(document.fault(at, _NO_ENTITY))
    added = folder / added_file(Path(document.file))
    if added.exists():
        yield from read_suppliers(document, SuppliersModel(file=added.name), folder, ("entities",))


def _with_keys(document: Document, item: dict[str, object], folder: Path, at: Place) -> Iterator[Placed]:
    if "file" in item:
        suppliers = validate(document, item, SuppliersModel, at)
        if suppliers:
            yield from read_suppliers(document, suppliers, folder, (*at, "file"))
    elif _is_name_with_colon(item):
        document.faults.append(document.fault(at, "a name with a colon in it stands in quotes"))
    else:
        model = validate(document, item, EntityModel, at)
        if model:
            yield written(model), document.fault(at, "")


def _is_name_with_colon(item: dict[str, object]) -> bool:
    """Whether `- Foo: Bar` was written, which YAML takes for a key and its value."""
    if len(item) != 1:
        return False
    ((key, value),) = item.items()
    return isinstance(value, str | int | float) and not closest(str(key), [*EntityModel.model_fields, "file"])


def added_file(watchlist_file: Path) -> str:
    """Where `monitor watch add` writes: a CSV beside the watchlist, so that nobody's YAML is edited by a program."""
    return f"{watchlist_file.stem}.added.csv"


def _each_once(document: Document, entities: Iterable[Placed]) -> tuple[Entity, ...]:
    """
    Every entity once: a row of a list joins whom it means, since whoever exports suppliers cannot leave some out.

    Two that are written in *document* itself are a fault.
    """
    first: dict[EntityId, Placed] = {}
    for entity, place in entities:
        before, where = first.setdefault(entity.id, (entity, place))
        if where is place:
            continue
        if place.file == where.file == document.file:
            twice = f'"{entity.name}" (id {entity.id}) stands here and in line {where.line}, maybe by another name'
            document.faults.append(dataclasses.replace(place, message=f"{twice}: leave one of them out"))
        first[entity.id] = before.joined_with(entity), where
    return tuple(entity for entity, _ in first.values())


def _rules(
    document: Document,
    watchlist: str,
    items: Sequence[object],
    entities: Sequence[Entity],
    channels: Collection[str] | None,
) -> Iterator[Rule]:
    seen: set[object] = set()
    for number, item in enumerate(items):
        at = ("rules", number)
        rule = validate(document, item, RuleModel, at)
        rule_id = item.get("id") if isinstance(item, dict) else None
        if isinstance(rule_id, str) and rule_id in seen:
            document.faults.append(
                document.fault((*at, "id"), f'"{rule_id}" stands twice: give one of them another id')
            )
        seen |= {rule_id} if isinstance(rule_id, str) else set()
        if rule is None:
            _check_the_rest(document, item, channels, at)
            continue
        _check_channels(document, rule.channels, channels, at)
        _check_expression(document, rule.text, at)
        chosen = _chosen(document, rule, entities, at)
        yield Rule(
            id=RuleId(rule.id),
            watchlist=watchlist,
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


def _check_the_rest(document: Document, item: object, channels: Collection[str] | None, at: tuple[str, int]) -> None:
    """What else is wrong with a rule that is none: all faults are told at once."""
    written = item if isinstance(item, dict) else {}
    named, text = written.get("channels"), written.get("text")
    _check_channels(
        document, [one for one in named if isinstance(one, str)] if isinstance(named, list) else (), channels, at
    )
    _check_expression(document, text if isinstance(text, str) else "", at)


def _check_channels(
    document: Document, named: Sequence[str], channels: Collection[str] | None, at: tuple[str, int]
) -> None:
    for number, name in enumerate(named if channels is not None else ()):
        if channels is not None and name not in channels:
            hint = closest(name, channels)
            document.faults.append(document.fault((*at, "channels", number), f'no channel is called "{name}"{hint}'))


def _check_expression(document: Document, text: str, at: tuple[str, int]) -> None:
    if not text:
        return
    try:
        parse_expression(text)
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
    if not isinstance(rule.entities, dict):
        document.faults.append(document.fault(place, "a list of ids is wanted here, or tags: {tags: [tier-1]}"))
        return []
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
