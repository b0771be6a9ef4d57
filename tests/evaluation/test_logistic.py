"""Weights are the most probable ones, given what we believed and what was seen."""

import math

import pytest

from tools.logistic import fit_many, fit_one

SEEN = [({"bias": 1.0, "hit": 1.0}, 1, 1.0)] * 30 + [({"bias": 1.0}, 0, 1.0)] * 30


def test_without_cases_the_belief_stands():
    assert fit_one([], {"hit": 1.5}, 1.0) == {"hit": 1.5}
    assert fit_many([], ["a", "b"], {"a/hit": 1.5, "b/miss": -0.5}, 1.0) == {"a/hit": 1.5, "b/miss": -0.5}


def test_what_is_seen_draws_weights_away_from_the_belief_and_a_strong_pull_holds_them():
    loose, tight = (fit_one(SEEN, {"hit": -1.0}, pull)["hit"] for pull in (0.1, 1e6))

    assert loose > 2
    assert tight == pytest.approx(-1.0, abs=0.01)


def test_shares_come_out_as_they_were_seen():
    rows = [({"bias": 1.0}, 1, 3.0), ({"bias": 1.0}, 0, 1.0)]

    assert fit_one(rows, {}, 1e-6)["bias"] == pytest.approx(math.log(3), abs=0.01)


def test_two_outcomes_are_a_yes_or_no():
    many = fit_many(SEEN, ["no", "yes"], {}, 0.5)
    one = fit_one(SEEN, {}, 0.25)

    assert many["yes/hit"] - many["no/hit"] == pytest.approx(one["hit"], abs=0.02)
