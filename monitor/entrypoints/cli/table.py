"""A table that fits its terminal: wide cells run over several lines, and what finds no place stands beneath its row."""

import unicodedata
from collections.abc import Iterator, Sequence

_BETWEEN = "  "
# A column is made narrower where it is wider than this, and then not beyond that: ids and times stay in one piece.
_WIDE, _NARROWEST = 32, 24


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """The lines of a table no wider than *room*, where an id alone is not; no character of a cell is left out."""
    widths = [max([width_of(name), *(width_of(row[at]) for row in rows)]) for at, name in enumerate(columns)]
    beside = _how_many_fit(widths, room)
    narrowed = _narrowed(widths[:beside], room)
    yield _line([name.upper() for name in columns[:beside]], narrowed)
    for row in rows:
        yield from _side_by_side(row[:beside], narrowed)
        told = [f"{name}: {cell}" for name, cell in zip(columns[beside:], row[beside:], strict=True) if cell]
        yield from (f"    {line}" for line in wrapped("; ".join(told), max(room - 4, _NARROWEST)) if line)


def _least(width: int) -> int:
    return width if width <= _WIDE else _NARROWEST


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_BETWEEN) * (len(widths) - 1)


def _how_many_fit(widths: Sequence[int], room: int) -> int:
    """How many of the columns, from the left, find a place when all are as narrow as they may be; one at least."""
    leasts = [_least(width) for width in widths]
    return max((count for count in range(1, len(leasts) + 1) if _total(leasts[:count]) <= room), default=1)


def _narrowed(widths: Sequence[int], room: int) -> list[int]:
    """*widths* that fit: always the widest column gives way."""
    found = list(widths)
    while _total(found) > room:
        giving = [at for at, width in enumerate(found) if width > _least(widths[at])]
        if not giving:
            break
        found[max(giving, key=found.__getitem__)] -= 1
    return found


def _side_by_side(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    columns = [wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for number in range(max(map(len, columns))):
        yield _line([lines[number] if number < len(lines) else "" for lines in columns], widths)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - width_of(cell)) for cell, width in zip(cells, widths, strict=True))
    return _BETWEEN.join(padded).rstrip()


def wrapped(text: str, width: int) -> list[str]:
    """*text* in lines, broken at blanks; a word that is wider than a line by itself wherever it must."""
    if width_of(text) <= width:
        return [text]
    lines = [""]
    for word in (part for whole in text.split(" ") for part in _parts(whole, width)):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _parts(word: str, width: int) -> Iterator[str]:
    part = ""
    for character in word:
        if part and width_of(part + character) > width:
            yield part
            part = ""
        part += character
    yield part


def width_of(text: str) -> int:
    """How many places *text* takes up in a terminal."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)
