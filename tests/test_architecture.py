"""What the layout promises: layers, sizes, and who may read the clock. Import contracts are import-linter's."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from monitor.domain.notification import NoticeKind

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "monitor"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 430


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_files_stay_readable(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{lines} lines: split it along its nouns"


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_modules_say_what_they_are_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_domain_stands_on_the_standard_library() -> None:
    foreign = {
        f"{path.name}: {name}"
        for path in (PACKAGE / "domain").glob("*.py")
        for name in imports(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("monitor.domain")
    }
    assert foreign == set()


def test_packages_of_stages_import_one_way() -> None:
    wanted: dict[str, set[str]] = {}
    for path in MODULES:
        if path.parent != PACKAGE / "stages" and "stages" in path.parts:
            own = path.relative_to(PACKAGE / "stages").parts[0]
            others = {name.split(".")[2] for name in imports(path) if name.startswith("monitor.stages.")}
            wanted.setdefault(own, set()).update(others - {own})
    # A circle is named by the error.
    assert list(TopologicalSorter(wanted).static_order())


def test_no_modules_import_each_other_in_a_circle() -> None:
    known = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES}
    wanted = {name: {one for one in imports(path) if one in known and one != name} for name, path in known.items()}
    # A circle is named by the error.
    assert list(TopologicalSorter(wanted).static_order())


def test_only_entry_points_read_the_clock() -> None:
    guilty = []
    for path in MODULES:
        if "entrypoints" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                if called in {"datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.today"}:
                    guilty.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    assert guilty == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "process", "handle", "data", "info"}
    assert [str(path) for path in MODULES if path.stem in empty] == []


def test_a_class_has_a_name_of_its_own() -> None:
    places: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_nothing_is_defined_for_nobody() -> None:
    used = "\n".join(path.read_text(encoding="utf-8") for path in (*MODULES, *(ROOT / "tools").glob("*.py")))
    counts = Counter(re.findall(r"\w+", used))
    alone = []
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                # Commands are typed, not called.
                is_typed = any("commands.command" in ast.unparse(one) for one in node.decorator_list)
                named = [] if is_typed else [node.name]
            elif isinstance(node, ast.Assign):
                named = [target.id for target in node.targets if isinstance(target, ast.Name)]
            else:
                named = []
            alone += [f"{path.relative_to(ROOT)}: {name}" for name in named if counts[name] == 1 and name[:2] != "__"]
    assert alone == []


def test_every_kind_of_notice_is_made() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert [kind for kind in NoticeKind if f"NoticeKind.{kind.name}" not in code] == []


def test_the_repository_knows_no_machine() -> None:
    places = tuple(f"/{name}/" for name in ("work", "farm", "root"))
    suffixes = {".py", ".md", ".yaml", ".yml", ".toml", ".lock", ".service", ""}
    skipped = {".venv", ".git", ".boot", "storage", ".hypothesis", ".mypy_cache", ".ruff_cache"}
    found = []
    for path in ROOT.rglob("*"):
        if skipped & set(path.relative_to(ROOT).parts) or not path.is_file() or path.suffix not in suffixes:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {place}" for place in places if place in text]
    assert found == []


def test_processes_are_started_in_turn() -> None:
    # Beside a fork, a start may wait for as long as the fork lives: docs/decisions/0335.
    starts = {"create_subprocess_exec", "create_subprocess_shell", "Popen", "fork", "submit"}
    guilty = []
    for path in MODULES:
        held: set[int] = set()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.With) and any(ast.unparse(item.context_expr) == "STARTING" for item in node.items):
                held |= {call.lineno for call in ast.walk(node) if isinstance(call, ast.Call)}
        guilty += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in starts
            and ast.unparse(node.func.value) != "thread"
            and node.lineno not in held
        ]
    assert guilty == []
