"""CSV lists of suppliers into entities; a row that would watch another name than was meant is a fault with its line."""

import codecs
import csv
import dataclasses
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from monitor.adapters.yaml_settings.catalogue import fold_name
from monitor.adapters.yaml_settings.document import Document
from monitor.adapters.yaml_settings.document import Path as Place
from monitor.adapters.yaml_settings.entities import named
from monitor.adapters.yaml_settings.faults import closest
from monitor.adapters.yaml_settings.legal_forms import is_legal_form, without_legal_form
from monitor.adapters.yaml_settings.models import SuppliersModel
from monitor.domain.errors import Fault, UsageError
from monitor.domain.watchlist import Entity, EntityId

# An entity, and where it stands: a fault that has nothing to say yet.
Placed = tuple[Entity, Fault]

_COLUMNS = ("name", "id", "aliases", "domains", "tags")
# What lists that were made for something else call these.
_CALLED: Mapping[str, frozenset[str]] = {
    "name": frozenset(
        "name naam bedrijf bedrijfsnaam leverancier firma firmenname unternehmen lieferant company supplier vendor"
        " organisation organization nom société entreprise fournisseur nombre empresa proveedor nome azienda fornitore"
        " ragione fornecedor".split()
    ),
    "aliases": frozenset("alias synonyms aka".split()),
    "domains": frozenset("domain website url site web domein webseite homepage sito sitio".split()),
    "tags": frozenset("labels label category categorie kategorie schlagworte tier".split()),
}
_DELIMITERS = ",;\t"
_SEPARATOR_LINE = "sep="  # Excel's own, above the columns
_ALIAS_SEPARATORS = str.maketrans("|/", ";;")
_QUOTES = 'a name with a "{}" in it stands in quotes'


def read_suppliers(document: Document, suppliers: SuppliersModel, folder: Path, at: Place) -> Iterator[Placed]:
    """
    The entities of a CSV file in *folder*, which is named in *document* at *at*; faults go to the document.

    UTF-8 or UTF-16, separated by commas, semicolons or tabs. The same supplier under two legal spellings is one entity
    with both names.
    """
    path = folder / suppliers.file
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        document.faults.append(document.fault(at, f"{suppliers.file} cannot be read: {error.strerror}"))
        return
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        told = f'byte {error.start} is no UTF-8: save it as UTF-8 (in Excel: "CSV UTF-8")'
        document.faults.append(Fault(str(path), line, 1, "", told))
        return
    table = _Table(str(path), text, document.faults)
    try:
        yield from _entities(table, suppliers)
    except csv.Error as error:
        table.refuse(f"no valid CSV: {error}")


def append_supplier(path: Path, cells: Mapping[str, str]) -> None:
    """
    Add a row to a CSV file, in the columns and with the separator that it has; a new one gets all columns.

    Raises:
        UsageError: the file lacks a column for one of *cells*, or cannot be written.
    """
    try:
        _append(path, cells)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _append(path: Path, cells: Mapping[str, str]) -> None:
    before = _decoded(path.read_bytes()) if path.exists() else ""
    table = _Table(str(path), before, [])
    columns = table.columns() or list(_COLUMNS)
    missing = next((column for column, cell in cells.items() if cell and column not in columns), None)
    if missing is not None:
        raise UsageError(f"{path} has no column `{missing}`: add it first")
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=table.delimiter, extrasaction="ignore")
        if not before.strip():
            writer.writeheader()
        elif not before.endswith("\n"):
            file.write("\r\n")  # somebody's editor left the last line open
        writer.writerow(cells)


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


class _Table:
    """The rows of a CSV file as cells by column, and the faults of those that cannot be meant."""

    def __init__(self, file: str, text: str, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults
        self.line = 1
        lines = text.split("\n")
        first = next((number for number, line in enumerate(lines) if line.strip()), 0)
        told = lines[first].strip('" ').lower()
        if told.startswith(_SEPARATOR_LINE):
            lines[first] = ""
            self.delimiter = told.removeprefix(_SEPARATOR_LINE)[:1] or "\t"
        else:
            self.delimiter = max(_DELIMITERS, key=lines[first].count)
        self._rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=self.delimiter)

    def refuse(self, message: str, path: str = "") -> None:
        self.faults.append(Fault(self.file, self.line, 1, path, message))

    def columns(self) -> list[str]:
        """What the first line that is not empty says; to be asked first, and once."""
        return [column.strip().lower() for column in next(self._filled(), [])]

    def rows(self) -> Iterator[Mapping[str, str]]:
        """The rows below the columns; none where the columns are not those that we know."""
        columns = self.columns()
        if not self._are_known(columns):
            return
        for row in self._filled():
            # Where there is one column, what looks like a second one is the rest of the name.
            cells = [self.delimiter.join(row).rstrip(self.delimiter)] if len(columns) == 1 else row
            if self._is_meant(columns, cells):
                yield {column: cell.strip() for column, cell in zip_longest(columns, cells, fillvalue="") if column}

    def _filled(self) -> Iterator[list[str]]:
        while True:
            self.line = self._rows.line_num + 1
            row = next(self._rows, None)
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield row

    def _are_known(self, columns: Sequence[str]) -> bool:
        found = list(_column_faults([column for column in columns if column]))
        for fault in found:
            self.refuse(f"{fault}; the columns are name[,id,aliases,domains,tags]")
        return not found

    def _is_meant(self, columns: Sequence[str], cells: Sequence[str]) -> bool:
        if any("\0" in cell for cell in cells):
            self.refuse("there is a NUL in a cell: save the list as text")
        elif any("\n" in cell.strip() for cell in cells):
            self.refuse(
                'there is a line break in a cell: is a quote (") before it not closed? A name stands in one line'
            )
        elif any(not column and cell.strip() for column, cell in zip_longest(columns, cells, fillvalue="")):
            self.refuse(f"there are more cells than columns: {_QUOTES.format(self.delimiter)}")
        else:
            return True
        return False


def _column_faults(columns: Sequence[str]) -> Iterator[str]:
    unknown = [(column, _meant(column)) for column in columns if column not in _COLUMNS]
    if len(unknown) == len(columns) and not any(meant for _, meant in unknown):
        yield "no column `name`: the first line says what each column is"
        return
    for column, meant in unknown:
        yield f'unknown column "{column}"{meant or ": rename it or take it out"}'
    for column in sorted({column for column in columns if columns.count(column) > 1}):
        yield f'the column "{column}" stands twice'
    if not unknown and "name" not in columns:
        yield "no column `name`: the first line says what each column is"


def _meant(column: str) -> str:
    """Which column one is nearly, or is in another language."""
    words = column.replace("_", " ").replace("-", " ").split()
    called = next((known for known, own in _CALLED.items() if not own.isdisjoint(words)), None)
    return f' (did you mean "{called}"?)' if called else closest(column, _COLUMNS)


def _entities(table: _Table, suppliers: SuppliersModel) -> Iterator[Placed]:
    seen: dict[str, Placed] = {}
    for cells in table.rows():
        name, written_id = cells.get("name", ""), cells.get("id", "")
        if not name:
            table.refuse("is empty", "name")
        elif " " in written_id or is_legal_form(written_id):
            table.refuse(f'"{written_id}" is no id: {_QUOTES.format(table.delimiter)}', "id")
        else:
            entity = _entity(cells, suppliers.tags)
            key = written_id or fold_name(entity.name)
            before, place = seen.get(key, (None, Fault(table.file, table.line, 1, "name", "")))
            seen[key] = (before.joined_with(entity) if before else entity, place)
    yield from seen.values()


def _entity(cells: Mapping[str, str], tags: Sequence[str]) -> Entity:
    def many(column: str) -> tuple[str, ...]:
        parts = cells.get(column, "").translate(_ALIAS_SEPARATORS).split(";")
        return tuple(part.strip() for part in parts if part.strip())

    known = named(without_legal_form(cells["name"]))
    aliases = (*known.aliases, cells["name"], *many("aliases"))
    return dataclasses.replace(
        known,
        id=EntityId(cells.get("id") or known.id),
        aliases=tuple(alias for alias in dict.fromkeys(aliases) if alias != known.name),
        domains=tuple(dict.fromkeys((*known.domains, *many("domains")))),
        tags=tuple(dict.fromkeys((*tags, *many("tags")))),
    )
