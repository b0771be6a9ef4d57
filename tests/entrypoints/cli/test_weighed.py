"""The parts of a score as lines: below one another where the terminal is wide, and never beyond its edge."""

import pytest

from monitor.entrypoints.cli.weighed import Weighed, weighed
from monitor.stages.part_words import ToldPart

PARTS = [
    Weighed(2.28, ToldPart("the name being meant", '"at" or "on" right before the name', "at_prep-before")),
    Weighed(1.85, ToldPart("it being the victim", 'an attack word, then "at" or "on", then the name', "bound:blow-at")),
    Weighed(-12.5, ToldPart("it being the victim", "it is a security firm", "is:security-vendor")),
]
WIDE = """\
    for and against the name being meant:
       +2.28  "at" or "on" right before the name                [at_prep-before]
    for and against it being the victim:
       +1.85  an attack word, then "at" or "on", then the name  [bound:blow-at]
      -12.50  it is a security firm                             [is:security-vendor]"""
NARROW = """\
    for and against the name being meant:
       +2.28  "at" or "on" right before the name
                                        [at_prep-before]
    for and against it being the victim:
       +1.85  an attack word, then "at" or "on", then
              the name                   [bound:blow-at]
      -12.50  it is a security firm
                                    [is:security-vendor]"""


def test_names_stand_below_one_another_where_there_is_room() -> None:
    assert "\n".join(weighed(PARTS, 120)) == WIDE


def test_names_stand_at_the_edge_of_a_narrow_terminal() -> None:
    assert "\n".join(weighed(PARTS, 56)) == NARROW


SUMMED = """\
    for and against the name being meant:
       +2.28  "at" or "on" right before the name                [at_prep-before]
    =  +2.28  in all: 0.91 likely
    for and against it being the victim:
       +1.85  an attack word, then "at" or "on", then the name  [bound:blow-at]
      -12.50  it is a security firm                             [is:security-vendor]"""


def test_what_the_parts_come_to_stands_below_them() -> None:
    assert "\n".join(weighed(PARTS, 120, {"the name being meant": "0.91 likely"})) == SUMMED


@pytest.mark.parametrize("columns", range(46, 130, 3))
def test_no_line_is_longer_than_the_terminal(columns: int) -> None:
    assert max(map(len, weighed(PARTS, columns))) <= columns


def test_a_part_that_has_no_words_is_told_by_its_name_and_a_proof_stands_behind_the_phrase() -> None:
    parts = [Weighed(-0.1, ToldPart("", "", "second reader m: lowered to mentioned"), ': "a quote"')]
    assert list(weighed(parts, 120)) == ['      -0.10  second reader m: lowered to mentioned: "a quote"']
