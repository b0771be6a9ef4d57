"""The compiled form of the stages that read every article, used in place of the sources that it was compiled from."""

import hashlib
import importlib
import os
import sys
from collections.abc import Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

# What all compiled modules stand in; each of them alone is a name that points there.
LIBRARY = "monitor_stages__mypyc"
PLAIN, COMPILED, OUTDATED, BROKEN = "plain", "compiled", "outdated", "broken"
_SUFFIX = EXTENSION_SUFFIXES[0]
# The compiler looked at these: what is compiled and what that is made with.
_LOOKED_AT = ("domain", "stages")
_ASKED_FOR_PLAIN = "MONITOR_PLAIN"


def compiled_folder() -> Path:
    """Where compiled forms lie, each under its key: beside what else was installed for this interpreter."""
    return Path(sys.prefix) / "compiled"


def key_of(package: Path) -> str:
    """The same for the same sources and the same kind of interpreter, and for no others."""
    told = hashlib.sha256(_SUFFIX.encode())
    paths = [path for part in _LOOKED_AT for path in (package / part).rglob("*.py")]
    for name, path in sorted((path.relative_to(package).as_posix(), path) for path in paths):
        told.update(f"\0{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()[:32]


class _Finder(MetaPathFinder):
    """Finds the modules of a compiled form before anybody looks for their sources."""

    def __init__(self, form: Path) -> None:
        self._paths: Mapping[str, Path] = {
            ".".join(path.relative_to(form).parts).removesuffix(_SUFFIX): path for path in form.rglob(f"*{_SUFFIX}")
        }

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        found = self._paths.get(fullname)
        return spec_from_file_location(fullname, found) if found else None


def use_compiled(package: Path, folder: Path) -> str:
    """
    Let what is imported from here on be compiled, where *folder* holds the form of exactly these sources.

    Returns:
        PLAIN where nobody compiled anything, or MONITOR_PLAIN asks for that; OUTDATED where other sources were
        compiled; BROKEN where this machine cannot load the form; else COMPILED.
    """
    if os.environ.get(_ASKED_FOR_PLAIN) or not folder.is_dir():
        return PLAIN
    form = folder / key_of(package)
    if not form.is_dir():
        return OUTDATED
    finder = _Finder(form)
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module(LIBRARY)
    except ImportError:
        sys.meta_path.remove(finder)
        return BROKEN
    return COMPILED
