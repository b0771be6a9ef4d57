"""docs/complaints.md names the tests of each complaint; here it is seen to that these tests exist."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPLAINTS = (ROOT / "docs" / "complaints.md").read_text(encoding="utf-8").split("\n## ")[1:]


@functools.cache
def names_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("section", COMPLAINTS, ids=[section.partition("\n")[0] for section in COMPLAINTS])
def test_each_complaint_has_a_test_that_exists(section: str) -> None:
    _, answer, *named = section.strip().split("\n\n")
    shown = re.findall(r"\[([^]]+)\]\(\.\./([^)]+)\)", "".join(named))
    assert answer
    assert shown
    for text, file in shown:
        assert f"test_{text.replace(' ', '_')}" in names_of(file), f"{file} has no test of that name: {text}"
