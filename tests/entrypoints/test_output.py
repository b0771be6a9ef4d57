"""Tables as other programs read them: what a feed wrote is text in them, and nothing that a program runs."""

import csv
import io

import pytest

from monitor.entrypoints.cli.output import Output, show


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
