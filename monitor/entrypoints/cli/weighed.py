"""The parts of a score as lines: what each adds, what it says, and behind that its name, below one another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from monitor.entrypoints.cli.table import width_of, wrapped

if TYPE_CHECKING:
    from monitor.stages.part_words import ToldPart

_INDENT, _EQUALS, _BETWEEN, _NARROWEST = " " * 6, "    = ", "  ", 24


@dataclass(frozen=True, slots=True)
class Weighed:
    """A part with what it adds, and the words of the article that it goes by, where it has any."""

    weight: float
    told: "ToldPart"
    proof: str = ""

    @property
    def number(self) -> str:
        return f"{self.weight:+.2f}"

    @property
    def said(self) -> str:
        return (self.told.phrase or self.told.name) + self.proof

    @property
    def name(self) -> str:
        """Its name in brackets, where that is not all there is to say."""
        return f"[{self.told.name}]" if self.told.phrase else ""


def weighed(parts: Sequence[Weighed], columns: int, sums: Mapping[str, str] | None = None) -> Iterator[str]:
    """
    Lines that fit *columns*, where each name does; above the parts of one sort stands what they speak for, and below
    them what they come to, where *sums* say what that means.
    """
    margin = len(_INDENT) + max(len(part.number) for part in parts) + len(_BETWEEN)
    room = max(columns - margin, _NARROWEST)
    names_at = max(width_of(part.said) for part in parts) + len(_BETWEEN)
    wide = margin - len(_INDENT) - len(_BETWEEN)
    for of, group in groupby(parts, lambda part: part.told.of):
        alike = list(group)
        if of:
            yield f"    for and against {of}:"
        for part in alike:
            first, *others = _beside(part, names_at, room)
            yield f"{_INDENT}{part.number:>{wide}}{_BETWEEN}{first}".rstrip()
            yield from (f"{' ' * margin}{line}" for line in others)
        if meant := (sums or {}).get(of):
            total = f"{sum(part.weight for part in alike):+.2f}"
            first, *others = wrapped(f"in all: {meant}", room)
            yield f"{_EQUALS}{total:>{wide}}{_BETWEEN}{first}"
            yield from (f"{' ' * margin}{line}" for line in others)


def _beside(part: Weighed, names_at: int, room: int) -> list[str]:
    """The phrase in lines, the name behind it or below: at its place, or as far right as it may stand."""
    lines = wrapped(part.said, room)
    start = max(min(names_at, room - len(part.name)), 0)
    if part.name and start < width_of(lines[-1]) + len(_BETWEEN):
        lines.append("")
    lines[-1] += " " * (start - width_of(lines[-1])) + part.name
    return lines
