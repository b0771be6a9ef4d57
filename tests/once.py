"""What takes long to make, made by one worker of a test run for all of them."""

import fcntl
import os
import pickle
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[], T]) -> T:
    """What *make* makes for the first worker of this run that asks for *name*; the others wait for it and get a copy."""
    own = folders.getbasetemp()
    file = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"{name}.pickle"
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if file.exists():
            return pickle.loads(file.read_bytes())
        made = make()
        draft = file.with_suffix(".part")
        draft.write_bytes(pickle.dumps(made))
        draft.rename(file)
        return made
