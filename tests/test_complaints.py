"""docs/complaints.md names the test of each complaint; here it is seen to that these tests exist."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "complaints.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "](../tests/" in line
]


@functools.cache
def names_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_complaint_has_a_test_that_exists(row: list[str]) -> None:
    complaint, answer, named = row
    assert complaint
    assert answer
    for text, file in re.findall(r"\[([^]]+)\]\(\.\./([^)]+)\)", named):
        assert f"test_{text.replace(' ', '_')}" in names_of(file), f"{file} has no test of that name: {text}"
    # Whatever is between the links is what parts them.
    assert set(re.sub(r"\[[^]]+\]\([^)]+\)", "", named)) <= set("; ")


def test_no_complaint_was_dropped() -> None:
    assert len(ROWS) >= 24
