"""What is told of one entity, and what follows from it, with reasons."""

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monitor.domain.finding import Part, Role
from monitor.stages.detect.deeds import Reads
from monitor.stages.detect.senses import Sighting

# How many parts of a score are told one by one.
_PARTS_TOLD = 8


class Portrait(NamedTuple):
    """
    What an article tells of one entity: where, in which role, and how sure it is of each attack near its name.

    ``doubted`` is what may yet have befallen it, where none of ``reads`` is an attack that holds. ``kind`` is how sure
    the article is of the kind of what befell it, as a logit. ``beside`` are it and those named in a row with it.
    """

    number: int
    sightings: Sequence[Sighting]
    parts: Mapping[str, float]
    shares: Mapping[str, float]
    reads: Reads
    doubted: Reads
    kind: float
    beside: frozenset[int] = frozenset()


class Conclusion(NamedTuple):
    """
    The role of one entity with its share, the attacks on it, and whether it is under attack.

    ``surplus`` is by how much it is, in shares of one; None where it is not. ``parts`` are those of being under attack,
    ``reasons`` the heaviest of those and of the role.
    """

    role: Role
    share: float
    reads: Reads
    surplus: float | None
    parts: Mapping[str, float]
    reasons: Sequence[Part]


def heaviest_parts(of: str, added: Sequence[tuple[str, float]]) -> list[Part]:
    """The heaviest of what was *added*, and all others as one: together they are the score."""
    parts = [_part(of, name, weight) for name, weight in added[:_PARTS_TOLD]]
    if rest := round(sum([weight for _, weight in added[_PARTS_TOLD:]]), 3):
        parts.append(_part(of, "rest", rest))
    return parts


@functools.lru_cache(maxsize=8192)
def _part(of: str, name: str, weight: float) -> Part:
    """The same few thousand parts make up nearly all findings."""
    return Part(f"{of} {name}", round(weight, 3))
