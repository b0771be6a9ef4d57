"""How lists are shown: a table for people, JSON, JSON lines or CSV for programs."""

import csv
import io
import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

Row = Mapping[str, object]


class Output(StrEnum):
    """The forms of `-o`."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def show(rows: Iterable[Row], output: Output, columns: Sequence[str]) -> None:
    """
    Print *rows* to standard output. JSON forms hold every key of a row, tables and CSV the *columns*.

    Text from feeds cannot steer a terminal or a spreadsheet: control characters are dropped from
    tables, and CSV cells that a spreadsheet would calculate get a leading apostrophe.
    """
    if output is Output.JSONL:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=str))
    elif output is Output.JSON:
        print(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
    elif output is Output.CSV:
        sys.stdout.write(_as_csv(rows, columns))
    else:
        sys.stdout.write(_as_table(list(rows), columns))


def printable(value: object) -> str:
    """*value* in one line without control, format and lone surrogate characters."""
    text = "" if value is None else str(value)
    kept = "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " for c in text)
    return " ".join(kept.split())


def _as_csv(rows: Iterable[Row], columns: Sequence[str]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return target.getvalue()


def _cell(value: object) -> str:
    text = printable(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()


def _as_table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    cells = [[printable(row.get(column)) for column in columns] for row in rows]
    widths = [max([len(name), *(_width(line[i]) for line in cells)]) for i, name in enumerate(columns)]
    room = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 10_000
    lines = [_line([name.upper() for name in columns], widths), *(_line(line, widths) for line in cells)]
    return "".join(f"{_cut(line, room)}\n" for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def _cut(line: str, room: int) -> str:
    return line if _width(line) <= room else line[: room - 1] + "…"
