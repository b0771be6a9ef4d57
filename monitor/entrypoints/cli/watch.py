"""`monitor watch`: whom we watch, who else could be watched, and which names will be noisy."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.domain.errors import MonitorError
from monitor.entrypoints.cli.configured import Config, config_dir, read_settings
from monitor.entrypoints.cli.groups import group_of_commands
from monitor.entrypoints.cli.output import OUTPUT, Output, printable, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.domain.watchlist import Entity

_NAME = typer.Argument(help="The name of a company, in quotes where it has a blank.")
_COLUMNS = ("id", "name", "watchlist", "names", "people", "tags")

commands = group_of_commands("Whom we watch, and which names will be noisy.", name="watch")


@commands.command("list", help="Every watched entity with its names.")
def list_entities(config: Config = None, output: Output = OUTPUT) -> None:
    rows = [
        {**_row(entity), "watchlist": watchlist.id}
        for watchlist in read_settings(config).watchlists
        for entity in watchlist.entities
    ]
    show(rows, output, _COLUMNS)


@commands.command("show", help="What the company catalogue knows of a name.")
def show_name(name: str = _NAME, output: Output = OUTPUT) -> int:
    from monitor.adapters.yaml_settings.entities import named
    from monitor.domain.errors import UsageError

    entity = named(name)
    if not entity.name.strip():
        raise UsageError("give the name of a company")
    print(f"{printable(entity.name)}: {_known(name, entity)}", file=sys.stderr)
    rows = [{"what": key, "value": value} for key, value in _details(entity)]
    show(rows, output, ("what", "value"))
    return 0


@commands.command(
    "lint", help="Which names will be noisy or never heard, and what to add; exit code 1 where there are any."
)
def lint(config: Config = None, output: Output = OUTPUT) -> int:
    from monitor.adapters.yaml_settings.deaf_names import deaf_names

    entities = read_settings(config).entities()
    found = [(entity.id, line) for entity in entities for line in _noise(entity)]
    found += deaf_names(entities)
    rows = [{"entity": str(entity_id), "fault": line} for entity_id, line in found]
    show(rows, output, ("entity", "fault"))
    if not rows:
        print(f"fine: nothing to add to the names of {len(entities)} entities", file=sys.stderr)
    return 1 if rows else 0


@commands.command("add", help="Watch one more company; it is written to NAME.added.csv beside the watchlist.")
def add(
    name: str = _NAME,
    config: Config = None,
    watchlist: str = typer.Option("", help="The watchlist it goes to; else the first."),
    alias: list[str] = typer.Option([], "--alias", help="Another spelling; may be given more than once."),
    tag: list[str] = typer.Option([], "--tag", help="A tag; may be given more than once."),
) -> int:
    path = _watchlist_file(config_dir(config), watchlist)
    settings = read_settings(config)
    from monitor.adapters.yaml_settings.entities import named
    from monitor.adapters.yaml_settings.legal_forms import without_legal_form
    from monitor.adapters.yaml_settings.suppliers import append_supplier
    from monitor.adapters.yaml_settings.watchlists import added_file
    from monitor.domain.errors import UsageError

    entity = named(without_legal_form(name))
    if not any(character.isalnum() for character in name):
        raise UsageError(f'"{name}" is no name: there is no letter in it')
    taken = next((known.id for known in settings.entities() if _is_same(entity, known)), None)
    if taken is not None:
        raise UsageError(f'"{taken}" is watched already: `monitor watch list` shows how')
    with _kept(path.with_name(added_file(path))) as added:
        append_supplier(added, {"name": name.strip(), "aliases": ";".join(alias), "tags": ";".join(tag)})
        read_settings(config)
    print(
        f"{entity.id} is watched in {path.name} ({_known(name, entity)}); a running service takes it up on SIGHUP."
        f" To take it out, delete its line in {added}"
    )
    for line in (*_taken_from(entity, settings.entities()), *_noise(entity)):
        print(f"  {line}")
    return 0


def _is_same(one: "Entity", known: "Entity") -> bool:
    from monitor.adapters.yaml_settings.catalogue import fold_name

    return one.id == known.id or fold_name(one.name) in {fold_name(name) for name in (known.name, *known.aliases)}


def _taken_from(entity: "Entity", watched: "Iterable[Entity]") -> "Iterator[str]":
    """Whom of those *watched* a name of *entity* stood for until now, as a product or subsidiary."""
    from monitor.adapters.yaml_settings.catalogue import fold_name

    own = {fold_name(name) for name in (entity.name, *entity.aliases)}
    for one in watched:
        for name in (*one.products, *one.subsidiaries):
            if fold_name(name) in own:
                yield f'"{name}" stood for {one.id} until now: what is told of it is told of {entity.id} alone'


def _known(name: str, entity: "Entity") -> str:
    from monitor.adapters.yaml_settings.catalogue import catalogue_by_name, fold_name
    from monitor.adapters.yaml_settings.ways import nearly_known

    if fold_name(name) in catalogue_by_name():
        return "known to the catalogue"
    taken = f"taken for {entity.kind}, {entity.sector}, by its name; " if entity.sector else ""
    near = nearly_known(entity.name)
    meant = f'did you mean "{near}"? Else ' if near else ""
    return f"not in the catalogue: {meant}{taken}add aliases"


def _row(entity: "Entity") -> dict[str, object]:
    return {
        "id": str(entity.id),
        "name": entity.name,
        "names": [*entity.aliases, *entity.products, *entity.subsidiaries],
        "people": list(entity.people),
        "tags": list(entity.tags),
    }


def _details(entity: "Entity") -> list[tuple[str, object]]:
    many = ("aliases", "people", "products", "subsidiaries", "domains", "tickers", "context", "exclude")
    rows: list[tuple[str, object]] = [
        ("id", str(entity.id)),
        ("name", entity.name),
        ("country", entity.country),
        ("kind", entity.kind),
    ]
    rows.append(("sector", entity.sector))
    rows += [(key, list(getattr(entity, key))) for key in many]
    rows.append(("also means something else", "yes" if entity.ambiguous else "no"))
    return [(key, value) for key, value in rows if value]


def _noise(entity: "Entity") -> list[str]:
    from monitor.adapters.packaged.lexicon import load_lexicon
    from monitor.stages.detect.noise import noisy_names

    return noisy_names(entity, load_lexicon())


def _watchlist_file(folder: Path, watchlist: str) -> Path:
    from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
    from monitor.domain.errors import UsageError

    paths = [path for path in sorted((folder / "watchlists").glob("*.yaml")) if not path.name.endswith(".test.yaml")]
    for path in paths:
        if not watchlist or load_watchlist_file(path).id == watchlist:
            return path
    raise UsageError(f'there is no watchlist "{watchlist}" in {folder / "watchlists"}')


@contextmanager
def _kept(path: Path) -> "Iterator[Path]":
    """Put *path* back where what is written to it is a fault: it shows now, and the next start finds what was right."""
    before = path.read_bytes() if path.exists() else None
    try:
        yield path
    except MonitorError:
        path.unlink() if before is None else path.write_bytes(before)
        raise
