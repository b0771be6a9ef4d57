"""Weights that are added up, and what is kept of work done once."""

import pytest

from monitor.stages.detect.memo import Memo
from monitor.stages.detect.scoring import Outcomes, Packing


def test_rows_that_are_added_as_one_number_come_apart_again():
    packing = Packing(3)
    total = packing.pack([1.5, -2.25, 0.0]) + packing.pack([-4.0, 0.0001, 7.0]) + packing.pack([0.0, -1.0, -7.0])

    assert packing.unpack(total) == [-2.5, -3.2499, 0.0]
    assert [packing.unpack_one(total, place) for place in range(3)] == [-2.5, -3.2499, 0.0]
    assert packing.unpack(0) == [0.0, 0.0, 0.0]


def test_a_part_counts_by_its_value_for_each_outcome():
    outcomes = Outcomes(
        {"victim/hit": 2.0, "source/hit": -1.0, "source/said": 0.5, "unknown/hit": 9.0}, ["victim", "source"]
    )

    assert outcomes.scores({"hit": 1.0, "said": 0.6, "unseen": 1.0}) == pytest.approx([2.0, -0.7])
    assert outcomes.scores({}) == [0.0, 0.0]


def test_what_is_kept_of_many_words_does_not_grow_without_end():
    made = []
    memo = Memo(lambda word: made.append(word) or word.upper(), most=2)

    assert [memo[word] for word in ("a", "b", "a", "c", "c")] == ["A", "B", "A", "C", "C"]
    assert made == ["a", "b", "c"]
    assert len(memo) <= 2
