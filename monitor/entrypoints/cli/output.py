"""How lists are shown: a table for people, JSON, JSON lines or CSV for programs."""

import codecs
import csv
import io
import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import typer

from monitor.entrypoints.cli.table import table

Row = Mapping[str, object]
# Of more entities, a table shows the first ones: it is for looking over.
_MOST_LISTED = 4
# Where nobody looks on but a program: one line a row.
_ENDLESS = 1_000_000


class Output(StrEnum):
    """The forms of `-o`."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


# The option of every command that lists.
OUTPUT = typer.Option(Output.TABLE, "-o", "--output", help="A table for people; the others for programs.")


def show(rows: Iterable[Row], output: Output, columns: Sequence[str]) -> None:
    """
    Print *rows* to standard output. JSON forms hold every key of a row, tables and CSV the *columns*, where lists
    are written one after the other.

    Text from feeds cannot steer a terminal or a spreadsheet: control characters are dropped from
    tables, and CSV cells that a spreadsheet would calculate get a leading apostrophe.
    """
    if output is Output.JSONL:
        for row in rows:
            print(as_json(row))
    elif output is Output.JSON:
        print(as_json(list(rows), indent=2))
    elif output is Output.CSV:
        sys.stdout.write(_as_csv(rows, columns))
    else:
        sys.stdout.write(_as_table(list(rows), columns))


def as_json(value: object, indent: int | None = None) -> str:
    """
    *value* as JSON for standard output, in one line without *indent*.

    Where that is not in UTF-8, all but ASCII is escaped: it is JSON in any encoding, and reads the same.
    """
    is_utf8 = codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    return json.dumps(value, ensure_ascii=not is_utf8, indent=indent, default=str)


def room() -> int:
    """How many characters a line of standard output may have."""
    return shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else _ENDLESS


def printable(value: object) -> str:
    """*value* in one line without control, format and lone surrogate characters."""
    text = "" if value is None else str(value)
    kept = "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " for c in text)
    return " ".join(kept.split())


def listed(value: object) -> object:
    """*value* as the text of a cell, where it is a list or an object: "Acme (victim); Borealis (mentioned)"."""
    if isinstance(value, Mapping):
        return (
            f"{value['name']} ({value['role']})"
            if "name" in value
            else listed([" ".join(one) for one in value.items()])
        )
    return "; ".join(str(listed(one)) for one in value) if isinstance(value, list | tuple) else value


def time_of(moment: datetime | None) -> str | None:
    """*moment* as every row tells it, to the second; none where there is none."""
    return moment.isoformat(timespec="seconds") if moment else None


def many(count: int, what: str) -> str:
    """So many of *what*: "1 article", "2 articles"."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _as_csv(rows: Iterable[Row], columns: Sequence[str]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return target.getvalue()


def _cell(value: object) -> str:
    text = printable(listed(value))
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} and not _is_number(text) else text


def _for_people(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, list) or not isinstance(next(iter(value), None), Mapping):
        return value
    rest = len(value) - _MOST_LISTED
    return [*value[:_MOST_LISTED], f"{rest} more"] if rest > 1 else value


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()


def _as_table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    cells = [[printable(listed(_for_people(row.get(column)))) for column in columns] for row in rows]
    return "".join(f"{line}\n" for line in table(columns, cells, room()))
