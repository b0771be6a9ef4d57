"""`monitor watch`: whom we watch, who else could be watched, and which names will be noisy."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, config_dir, read_settings
from monitor.entrypoints.cli.output import Output, show

if TYPE_CHECKING:
    from monitor.domain.watchlist import Entity

_COLUMNS = ("id", "name", "watchlist", "names", "people", "tags")


def register(app: typer.Typer) -> None:
    watch = typer.Typer(help="Whom we watch, and which names will be noisy.", no_args_is_help=True)
    app.add_typer(watch, name="watch")

    @watch.command("list", help="Every watched entity with its names.")
    def list_entities(config: Config = None, output: Output = typer.Option(Output.TABLE, "-o", "--output")) -> None:
        rows = [
            {**_row(entity), "watchlist": watchlist.id}
            for watchlist in read_settings(config).watchlists
            for entity in watchlist.entities
        ]
        show(rows, output, _COLUMNS)

    @watch.command("show", help="What the company catalogue knows of a name.")
    def show_name(name: str, output: Output = typer.Option(Output.TABLE, "-o", "--output")) -> int:
        from monitor.adapters.yaml_settings.watchlists import named

        entity = named(name)
        rows = [{"what": key, "value": value} for key, value in _details(entity)]
        show(rows, output, ("what", "value"))
        return 0

    @watch.command("add", help="Watch one more company; it is written to NAME.added.csv beside the watchlist.")
    def add(
        name: str,
        config: Config = None,
        watchlist: str = typer.Option("", help="The watchlist it goes to; else the first."),
        alias: list[str] = typer.Option([], "--alias", help="Another spelling; may be given more than once."),
        tag: list[str] = typer.Option([], "--tag", help="A tag; may be given more than once."),
    ) -> int:
        path = _watchlist_file(config_dir(config), watchlist)
        settings = read_settings(config)
        from monitor.adapters.yaml_settings.watchlists import added_file, named
        from monitor.domain.errors import UsageError

        entity = named(name)
        if any(entity.id == known.id for known in settings.entities()):
            raise UsageError(f'"{entity.id}" is watched already: `monitor watch list` shows how')
        _append(path.with_name(added_file(path)), entity.name, alias, tag)
        read_settings(config)  # a fault must show now, not at the next reload
        print(
            f"{entity.id} is watched in {path.name} ({_known(name, entity)}); a running service takes it up on SIGHUP"
        )
        for line in _noise(entity):
            print(f"  {line}")
        return 0

    @watch.command("lint", help="Which names will be noisy, and what to add; exit code 1 where there are any.")
    def lint(config: Config = None, output: Output = typer.Option(Output.TABLE, "-o", "--output")) -> int:
        rows = [
            {"entity": str(entity.id), "fault": line}
            for entity in read_settings(config).entities()
            for line in _noise(entity)
        ]
        show(rows, output, ("entity", "fault"))
        return 1 if rows else 0


def _known(name: str, entity: "Entity") -> str:
    from monitor.adapters.yaml_settings.catalogue import catalogue_by_name, fold_name

    if fold_name(name) in catalogue_by_name():
        return "known to the catalogue"
    taken = f"taken for {entity.kind}, {entity.sector}, by its name; " if entity.sector else ""
    return f"not in the catalogue: {taken}add aliases"


def _row(entity: "Entity") -> dict[str, object]:
    return {
        "id": str(entity.id),
        "name": entity.name,
        "names": "; ".join((*entity.aliases, *entity.products, *entity.subsidiaries)),
        "people": "; ".join(entity.people),
        "tags": "; ".join(entity.tags),
    }


def _details(entity: "Entity") -> list[tuple[str, str]]:
    many = ("aliases", "people", "products", "subsidiaries", "domains", "tickers", "context", "exclude")
    rows = [("id", str(entity.id)), ("name", entity.name), ("country", entity.country), ("kind", entity.kind)]
    rows.append(("sector", entity.sector))
    rows += [(key, "; ".join(getattr(entity, key))) for key in many]
    rows.append(("also means something else", "yes" if entity.ambiguous else "no"))
    return [(key, value) for key, value in rows if value]


def _noise(entity: "Entity") -> list[str]:
    from monitor.adapters.yaml_lexicon import load_lexicon
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


def _append(path: Path, name: str, aliases: list[str], tags: list[str]) -> None:
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if is_new:
            writer.writerow(("name", "id", "aliases", "domains", "tags"))
        writer.writerow((name, "", ";".join(aliases), "", ";".join(tags)))
