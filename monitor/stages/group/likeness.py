"""How alike a user's model of meaning holds two texts: vectors in little memory, and what they do to a bar."""

import math
from array import array
from collections.abc import Iterable, Sequence
from operator import mul

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.profile import Member

_LARGEST = 127
_MOST_DIMENSIONS = 4096


def vector_of(numbers: Sequence[float]) -> bytes:
    """
    A model's vector as one signed byte a dimension; empty where it is none that can be compared.

    Only its direction counts, so the largest number becomes 127.
    """
    largest = max(map(abs, numbers), default=0.0)
    if len(numbers) > _MOST_DIMENSIONS or not math.isfinite(largest) or largest <= 0.0:
        return b""
    return array("b", [round(number / largest * _LARGEST) for number in numbers]).tobytes()


def likeness(one: bytes, other: bytes) -> float | None:
    """The cosine of two vectors, in [-1, 1]; None where they cannot be compared: another model, or none."""
    if not one or len(one) != len(other):
        return None
    mine, theirs = array("b", one), array("b", other)
    length = math.sqrt(sum(map(mul, mine, mine), 0.0) * sum(map(mul, theirs, theirs), 0.0))
    return sum(map(mul, mine, theirs), 0.0) / length if length else None


def likeness_to_story(vector: bytes, members: Iterable[Member]) -> float | None:
    """How alike a text is to the one of *members* that is most like it; None where none can be compared."""
    found = [alike for member in members if (alike := likeness(vector, member.vector)) is not None]
    return max(found, default=None)


def relief(alike: float | None, policy: GroupPolicy) -> float:
    """By how much likeness lowers a bar (or raises it, below zero): bounded, since facts must carry a story."""
    if alike is None:
        return 0.0
    most = policy.likeness_most
    return max(-most, min(most, (alike - policy.likeness_even) * policy.likeness_weight))
