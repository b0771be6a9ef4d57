"""
What was read of a large file of this package, kept beside the compiled modules: YAML takes a second of each start.

As with those modules, whoever may write there may change the program itself, and where nothing may be written the
file is read anew each time.
"""

import contextlib
import hashlib
import importlib.util
import marshal
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

V = TypeVar("V")


def kept_value(path: Path, data: bytes, reader: str, read: Callable[[bytes], V]) -> V:
    """
    The plain value that *read* makes of *data*, which is what the file *path* holds.

    Args:
        reader: What *read* is, in a version of its own: a value that another one made is not taken.
    """
    place = Path(importlib.util.cache_from_source(str(path))).with_suffix(".kept")
    key = hashlib.sha256(reader.encode() + b"\0" + data).digest()
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        found, value = marshal.loads(place.read_bytes())  # noqa: S302  # as Python does with the modules beside it
        if found == key:
            kept: V = value
            return kept
    value = read(data)
    if not sys.dont_write_bytecode:
        _keep(place, (key, value))
    return value


def _keep(place: Path, told: tuple[bytes, Any]) -> None:
    draft = place.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError, ValueError):
        written = marshal.dumps(told)
        place.parent.mkdir(exist_ok=True)
        draft.write_bytes(written)
        draft.replace(place)
