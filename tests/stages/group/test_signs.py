"""The sum of signs: what is left out for speed changes nothing, and what parts two events never joins them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.adapters.packaged.sign_words import load_sign_words
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group import FactReader, GroupWindow, assign
from monitor.stages.group.comparing import compare, told_of
from tools import fit_parting
from tools.fit_grouping import Choice, Priors, fit, read_priors

STREAM = Path(__file__).parents[2] / "evaluation" / "stories-bellows.jsonl"
GROUP = Path(__file__).parents[3] / "monitor" / "stages" / "group"
POLICY = GroupPolicy()


def test_what_cannot_reach_the_bar_is_read_no_further_and_nothing_else(reader: FactReader) -> None:
    window = GroupWindow(POLICY, load_group_weights(), reader.lexicon.priors)
    dropped = kept = 0
    for row in sorted(map(json.loads, STREAM.read_text("utf-8").splitlines()), key=lambda row: row["published"]):
        at = datetime.fromisoformat(row["published"])
        one = reader.fingerprint(row["id"], row["title"], row["text"], at)
        told = told_of(one, window, POLICY)
        for story in window.candidates(row["id"], told.values):
            whole = compare(told, story, window, POLICY)
            asked = compare(told, story, window, POLICY, least=POLICY.join)
            assert asked is None or asked == whole
            if asked is None and whole is not None:
                assert whole.share < POLICY.join
                dropped += 1
            kept += asked is not None
        assign(one, window, POLICY)
    assert dropped > 20
    assert kept > 20


@pytest.mark.parametrize(("join", "stories"), [(-1.0, 1), (0.0, 1), (1.0, 2), (7.0, 2)])
def test_a_bar_beyond_all_shares_is_a_bar(reader: FactReader, join: float, stories: int) -> None:
    policy = replace(POLICY, join=join)
    window = GroupWindow(policy, load_group_weights(), reader.lexicon.priors)
    for name, hours in (("1", 0), ("2", 9)):
        at = datetime(2025, 4, 4, hours, tzinfo=UTC)
        text = "Hackers stole data of 40,000 customers of Dravelle in Ondrava" + (", it says." if hours else ".")
        assign(reader.fingerprint(name, "Dravelle hacked", text, at), window, policy)
    assert len(window.stories) == stories


def test_what_parts_two_events_never_speaks_for_one() -> None:
    weights = load_group_weights().signs
    assert not [sign for sign in read_priors().believed if weights.get(sign, 0.0) > 0.0]


def test_weights_are_learnt_from_choices_and_drawn_to_what_is_believed() -> None:
    names = [Choice([{"bias": 1.0, "name": 1.0}], 0)] * 200 + [Choice([{"bias": 1.0, "other-city": 1.0}], None)] * 200
    alone = fit(names, Priors({}, {"bias": (0.0, 8.0)}), 1)
    assert alone["name"] > 0.5 > -0.5 > alone["other-city"]
    # Examples that say that another city joins do not undo the belief that it parts.
    wrong = [Choice([{"bias": 1.0, "other-city": 1.0}], 0)] * 50
    parts = {"other-city": (-5.0, 40.0)}
    assert fit(wrong, Priors(parts, {}), 1)["other-city"] < -3.0
    # However many there are, it never speaks for one event.
    assert fit(wrong * 1000, Priors(parts, {}), 1).get("other-city", 0.0) <= 0.0


def test_what_a_crowd_taught_holds_as_strongly_as_it_is_said_to() -> None:
    streams = [Choice([{"bias": 1.0}], 0)] * 100
    weak, strong = (fit(streams, Priors({}, {"bias": (-1.0, strength)}), 1)["bias"] for strength in (1.0, 1000.0))
    assert weak > 1.0
    assert -1.0 <= strong < -0.9


def test_every_sign_has_words() -> None:
    words = load_sign_words()
    assert not [sign for sign in load_group_weights().signs if words.phrase(sign) == sign]
    assert words.phrase("shared:c") == "cities that both give"
    assert words.phrase("told:new") == "what it tells of new"
    assert words.phrase("unheard-of") == "unheard-of"


def test_no_words_are_left_of_signs_that_are_gone() -> None:
    named = set(re.findall(r'"([a-z-]+)"', "".join(path.read_text("utf-8") for path in GROUP.glob("*.py"))))
    assert not [sign for sign in load_sign_words().signs if sign not in named]


def test_where_parting_mends_more_than_it_breaks_is_learnt() -> None:
    alike = fit_parting.Chance({"bias": 1.0, "left-fit-taken": 4.0, "fits-taken": 2.0}, 0, 3)
    unlike = fit_parting.Chance({"bias": 1.0, "left-fit-taken": -4.0, "fits-taken": 2.0}, 3, 0)
    weights = fit_parting.fit([alike, unlike] * 200)
    assert weights["left-fit-taken"] < 0.0
    sums = [sum(weights[sign] * strength for sign, strength in one.signs.items()) for one in (alike, unlike)]
    assert sums[0] < 0.0 < sums[1]
