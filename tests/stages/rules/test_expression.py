"""Text conditions: what they match, and what they say when they cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stages.rules.expression import ExpressionError, IndexedText, matches, parse_expression

TEXT = IndexedText("The customer data of Curaçao Air was quickly stolen by hackers. It was not a drill.")


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("hackers", True), ("HACKERS", True), ("curacao", True), ("hack", False), ("hack*", True),
        ('"customer data"', True), ("“customer data”", True), ("“data customer”", False), ("«customer data»", True), ('"data customer"', False), ('"customer dat*"', True),
        ("hackers AND stolen", True), ("hackers stolen", True), ("hackers AND train", False),
        ("train OR stolen", True), ("NOT train", True), ("NOT stolen", False), ("NOT NOT stolen", True),
        ('"customer data" NEAR/6 (stolen OR leaked)', True), ('"customer data" NEAR/2 stolen', False),
        ("stolen NEAR/7 customer", True), ("stolen NEAR hackers", True), ("a NEAR/1 drill NEAR/2 not", True),
        ("train OR stolen AND NOT drill", False), ("(train OR stolen) AND NOT fire", True),
    ],
)  # fmt: skip
def test_what_matches(expression: str, holds: bool) -> None:
    assert matches(parse_expression(expression), TEXT) is holds


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("", 1), ("a OR", 5), ("(a", 1), ("a)", 2), ('a "b', 3), ("AND a", 1), ("a NEAR/x b", 3), ("a NEAR/0 b", 3),
        ("a NEAR/5 NOT b", 3), ("a NEAR/5 (b AND c)", 3), ("!!", 1), ("(" * 60 + "a" + ")" * 60, 42), ("a " * 1_500, 2_000),
    ],
)  # fmt: skip
def test_faults_name_their_place(expression: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(expression)
    assert caught.value.position == position


@given(st.text('abAND ORNT()"*/5E', max_size=60), st.text("ab AND", max_size=200))
def test_any_text_is_read_or_refused(expression: str, text: str) -> None:
    try:
        parsed = parse_expression(expression)
    except ExpressionError:
        return
    assert matches(parsed, IndexedText(text)) in {True, False}


def test_chains_of_nearness_stay_small() -> None:
    text = IndexedText("a b " * 1_000)
    assert matches(parse_expression(" NEAR/100 ".join(["(a OR b)"] * 100)), text)
