"""The compiled form of the stages is used for the sources it was made of, and for no others; `make compiled` compares."""

import sys
from collections.abc import Callable, Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from monitor.compiled import BROKEN, LIBRARY, OUTDATED, PLAIN, key_of, use_compiled
from tools.compile_stages import PACKAGE, sources_of


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name in ("domain/noun.py", "stages/verb.py", "adapters/world.py"):
        path = tmp_path / "monitor" / name
        path.parent.mkdir(parents=True)
        path.write_text("ONE = 1\n")
    return tmp_path / "monitor"


@pytest.fixture
def form(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A form of exactly *package* that no machine can load."""
    monkeypatch.delenv("MONITOR_PLAIN")
    form = tmp_path / "compiled" / key_of(package)
    form.mkdir(parents=True)
    (form / f"{LIBRARY}{EXTENSION_SUFFIXES[0]}").write_bytes(b"no library")
    return form


@pytest.fixture(autouse=True)
def no_finder_is_left() -> Iterator[None]:
    before = list(sys.meta_path)
    yield
    assert sys.meta_path == before


def test_the_same_sources_have_the_same_key(package: Path) -> None:
    assert key_of(package) == key_of(package)
    assert len(key_of(PACKAGE)) == len(key_of(package))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda package: (package / "stages" / "verb.py").write_text("ONE = 2\n"), id="edited"),
        pytest.param(lambda package: (package / "domain" / "noun.py").write_text("ONE = 2\n"), id="a noun edited"),
        pytest.param(lambda package: (package / "stages" / "other.py").touch(), id="added"),
        pytest.param(lambda package: (package / "stages" / "verb.py").unlink(), id="removed"),
        pytest.param(
            lambda package: (package / "stages" / "verb.py").rename(package / "stages" / "v.py"), id="renamed"
        ),
    ],
)
def test_other_sources_are_read_themselves(package: Path, form: Path, change: Callable[[Path], object]) -> None:
    assert use_compiled(package, form.parent) == BROKEN
    change(package)
    assert use_compiled(package, form.parent) == OUTDATED


def test_what_is_not_compiled_may_change(package: Path, form: Path) -> None:
    (package / "adapters" / "world.py").write_text("ONE = 2\n")
    assert form.name == key_of(package)


def test_nothing_compiled_is_nothing_to_speak_of(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MONITOR_PLAIN")
    assert use_compiled(package, tmp_path / "nowhere") == PLAIN


def test_plain_can_be_asked_for(package: Path, form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_PLAIN", "1")
    assert use_compiled(package, form.parent) == PLAIN


def test_all_of_both_stages_is_compiled() -> None:
    compiled = sources_of(PACKAGE)
    assert {"monitor/stages/detect/detector.py", "monitor/stages/group/assign.py"} <= set(compiled)
    assert not [path for path in compiled if path.endswith("__init__.py")]


def test_no_attribute_is_a_word_of_c() -> None:
    # mypyc makes `__signed` of `_signed`, which a C compiler takes for its own.
    words = ("signed", "const", "volatile", "inline", "restrict", "complex", "alignof", "asm", "typeof")
    taken = [f"{path}: _{word}" for path in sources_of(PACKAGE) for word in words if f"self._{word} " in _text(path)]
    assert taken == []


@pytest.mark.parametrize("word", ["cached_property", "__new__", "from copy import", "import copy"])
def test_nothing_is_written_that_compiling_changes(word: str) -> None:
    # A property that is worked out at each look, and objects that are made without their `__init__`: docs/decisions/0345.
    assert [path for path in sources_of(PACKAGE) if word in _text(path)] == []


def _text(path: str) -> str:
    return (PACKAGE.parent / path).read_text(encoding="utf-8")
