"""A model of meaning decides what is near the bar, and nothing else."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group import FactReader, Fingerprint, GroupWindow, group, pack, unpack, vector_of
from monitor.stages.group.likeness import likeness, relief

START = datetime(2025, 5, 5, 8, 0, tzinfo=UTC)
POLICY = GroupPolicy()
FIRE = vector_of([1.0, 0.1, 0.0])
FLAMES = vector_of([10.0, 1.5, 0.2])
BANK = vector_of([0.0, 0.1, 1.0])
# They share a town and a thing, a little less than a story takes.
NEAR = (
    ("Fire in a warehouse at Vlaardingen", "A warehouse burned down overnight. Residents were told to close windows."),
    (
        "Retour au calme sur le port",
        "Les équipes ont quitté les lieux dans l'après-midi, a dit le maire de Vlaardingen.",
    ),
)
APART = (("Fire in a warehouse", "A warehouse burned."), ("Le Sénat vote le budget", "Les élus ont voté mardi."))


def prints(
    reader: FactReader, told: tuple[tuple[str, str], ...], vectors: tuple[bytes, ...], days: float = 0.1
) -> list[Fingerprint]:
    made = [
        reader.fingerprint(str(number), title, text, START + timedelta(days=days * number))
        for number, (title, text) in enumerate(told)
    ]
    return [replace(one, vector=vector) for one, vector in zip(made, vectors, strict=True)]


def stories(reader: FactReader, fingerprints: list[Fingerprint], policy: GroupPolicy) -> tuple[int, tuple[str, ...]]:
    """How many stories, and the kinds of facts that the last join stores."""
    window = GroupWindow(policy, load_group_weights(), reader.lexicon.priors)
    joins = group(fingerprints, window, policy)
    return len(window.stories), tuple(kind for kind, _, _ in joins[-1].shared)


def sureness(summed: float) -> float:
    return 1.0 / (1.0 + math.exp(-summed))


def near_bar(reader: FactReader) -> GroupPolicy:
    """The policy whose bar lies just above what the two share."""
    alone = prints(reader, NEAR, (b"", b""))
    for step in range(-60, 60):
        policy = replace(POLICY, join=sureness(step / 10), evidence=1.0)
        if stories(reader, alone, policy)[0] == 2:
            return policy
    raise AssertionError("the two share too much for any bar")


@pytest.mark.parametrize(("vectors", "count"), [((b"", b""), 2), ((FIRE, FLAMES), 1), ((FIRE, BANK), 2)])
def test_likeness_joins_what_lies_just_below_the_bar(
    reader: FactReader, vectors: tuple[bytes, ...], count: int
) -> None:
    found, kinds = stories(reader, prints(reader, NEAR, vectors), near_bar(reader))
    assert found == count
    assert ("embedding" in kinds) == (count == 1)


def test_unlikeness_parts_what_lies_just_above_the_bar(reader: FactReader) -> None:
    policy = near_bar(reader)
    above = replace(policy, join=sureness(math.log(policy.join / (1.0 - policy.join)) - 0.1))
    assert stories(reader, prints(reader, NEAR, (b"", b"")), above)[0] == 1
    assert stories(reader, prints(reader, NEAR, (FIRE, BANK)), above)[0] == 2


def test_what_shares_no_fact_is_not_joined_by_likeness(reader: FactReader) -> None:
    assert stories(reader, prints(reader, APART, (FIRE, FIRE)), replace(POLICY, likeness_most=1.0))[0] == 2


def test_vectors_keep_their_direction_in_little_memory() -> None:
    assert len(FIRE) == 3
    assert likeness(FIRE, FLAMES) == pytest.approx(0.999, abs=0.002)
    assert likeness(FIRE, vector_of([1.0, 0.1])) is None
    assert likeness(b"", b"") is None
    assert [vector_of(bad) for bad in ([], [0.0], [float("inf"), 1.0], [1.0] * 5000)] == [b""] * 4


def test_what_likeness_does_is_bounded() -> None:
    assert relief(None, POLICY) == 0.0
    assert relief(POLICY.likeness_even, POLICY) == 0.0
    assert relief(1.0, POLICY) == -relief(-1.0, POLICY) == POLICY.likeness_most


def test_a_vector_survives_the_store_and_old_rows_can_be_read(reader: FactReader) -> None:
    (one, _) = prints(reader, NEAR, (FIRE, b""))
    assert unpack(pack(one)) == one
    assert unpack(pack(replace(one, vector=b""))) == replace(one, vector=b"")
