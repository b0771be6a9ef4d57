"""Tables as other programs read them: what a feed wrote is text in them, and nothing that a program runs."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.entrypoints.cli.output import Output, show
from monitor.entrypoints.cli.table import table


@pytest.mark.parametrize(
    "title",
    ['=HYPERLINK("http://evil.example","bank")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1"],
)
def test_a_formula_in_a_table_is_text(title, capsys):
    show([{"title": title}], Output.CSV, ("title",))
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[0] == ["title"]
    assert rows[1][0].startswith("'")


@pytest.mark.parametrize("value", [-5, 3.5, "2026-11-25", "Bank hacked"])
def test_numbers_and_words_stay_as_they_are(value, capsys):
    show([{"value": value}], Output.CSV, ("value",))
    assert capsys.readouterr().out == f"value\n{value}\n"


ALERT = {
    "id": "al-1",
    "entities": "Colonial Pipeline, SolarWinds, The Washington Post and 12 more",
    "state": "open",
    "updated_at": "2026-11-26T18:15:08+00:00",
}


def test_a_wide_cell_runs_over_several_lines_and_what_finds_no_place_stands_beneath():
    assert list(table(tuple(ALERT), [tuple(ALERT.values())], 44)) == [
        "ID    ENTITIES                         STATE",
        "al-1  Colonial Pipeline, SolarWinds,   open",
        "      The Washington Post and 12 more",
        "    updated_at: 2026-11-26T18:15:08+00:00",
    ]


NAMED = [{"id": str(number), "name": f"Firm {number}", "role": "victim", "attacks": {}} for number in range(7)]


def test_what_is_many_is_an_array_for_programs_and_one_cell_for_others(capsys):
    row = {"tags": ["a, b", *"cdefgh"], "attacks": {"ddos": "denied"}, "entities": NAMED, "none": []}
    said = {}
    for form in Output:
        show([row], form, tuple(row))
        said[form] = capsys.readouterr().out
    assert json.loads(said[Output.JSON]) == [json.loads(said[Output.JSONL])] == [row]
    all_named = "; ".join(f"Firm {number} (victim)" for number in range(7))
    assert list(csv.reader(io.StringIO(said[Output.CSV])))[1] == [
        "a, b; c; d; e; f; g; h",
        "ddos denied",
        all_named,
        "",
    ]
    # A table is for looking over.
    assert said[Output.TABLE].splitlines()[1].startswith("a, b; c; d; e; f; g; h ")
    assert said[Output.TABLE].splitlines()[1].endswith("Firm 2 (victim); Firm 3 (victim); 3 more")


def test_a_table_that_has_room_is_one_line_a_row(capsys):
    show([ALERT], Output.TABLE, tuple(ALERT))
    heads, row = capsys.readouterr().out.splitlines()
    assert heads.split() == ["ID", "ENTITIES", "STATE", "UPDATED_AT"]
    assert row.split() == " ".join(ALERT.values()).split()


_CELLS = st.text(st.characters(categories=["L", "N", "P", "S"]) | st.just(" "), max_size=90).map(
    lambda text: " ".join(text.split())
)


@given(st.lists(st.tuples(*[_CELLS] * 5), max_size=4), st.integers(30, 130))
def test_no_table_is_wider_than_its_terminal_and_none_leaves_out_a_character(rows, room):
    lines = list(table(("id", "one", "two", "three", "four"), [("al-1", *row[1:]) for row in rows], room))
    assert all(len(line) <= room for line in lines)
    shown = sorted("".join(lines[1:]).replace(" ", ""))
    for row in rows:
        for character in "".join(row[1:]).replace(" ", ""):
            shown.remove(character)
