"""
The program with a bomb in it: dies by SIGKILL before or after the n-th call of one step.

    python -m tests.chaos.program

reads a JSON object a line (``bomb``, ``words``, ``folder``, ``log``, ``environ``, ``clock``), starts a life with it, and answers
with its process id. Lives are forks of a process that has imported everything, which saves seconds for each of
hundreds; the program itself knows nothing of this, and the steps are wrapped from outside. Without a bomb: ``-``.
"""

import contextlib
import ctypes
import functools
import gc
import json
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import procrastinate.periodic
from sqlalchemy import Connection

import monitor.adapters.engine
import monitor.entrypoints.worker  # noqa: F401 - imported for the forks
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.packaged.messages import load_wordings
from monitor.adapters.yaml_settings.catalogue import catalogue_by_name
from monitor.domain.group_policy import GroupPolicy
from monitor.entrypoints.cli.main import main
from monitor.stages.detect import build_detector
from monitor.stages.fulltext.promise import PromiseIndex

# The name that <sys/prctl.h> has for it.
_PR_SET_PDEATHSIG = 1
STEPS = (
    "sync_feeds",
    "claim_due_feeds",
    "save_polls",
    "take_unassessed",
    "save_assessment",
    "claim_notifications",
    "save_delivery",
    "release_notifications",
    "save_notifications",
)
# Within any transaction, when all of it is written and nothing is committed, or just after that.
COMMIT = "commit"


def plant(bomb: str) -> None:
    """Wrap the step that *bomb* names: ``STEP:before|after:N``."""
    step, moment, number = bomb.split(":")
    if step == COMMIT:
        _plant_in_commit(moment, int(number))
    else:
        _plant_around(step, moment, int(number))


def _plant_around(step: str, moment: str, number: int) -> None:
    original: Callable[..., Any] = getattr(DatabaseStore, step)
    calls = iter(range(number - 1, -1, -1))

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        is_now = next(calls, -1) == 0
        if is_now and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if is_now:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(DatabaseStore, step, wrapped)


def _plant_in_commit(moment: str, number: int) -> None:
    original = Database.write
    calls = iter(range(number - 1, -1, -1))

    @contextlib.contextmanager
    def write(self: Database) -> Iterator[Connection]:
        is_now = next(calls, -1) == 0
        with original(self) as connection:
            yield connection
            if is_now and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        if is_now:
            os.kill(os.getpid(), signal.SIGKILL)

    Database.write = write


def set_clock(path: Path) -> None:
    """Let the wall clock be wrong by as many seconds as *path* says at the moment, wherever the program looks at it."""

    class AnyDatetime(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, datetime)

    class Wrong(datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(seconds=int(path.read_text()))

    for name, module in list(sys.modules.items()):
        is_ours = name == "monitor.entrypoints.daemon" or name.startswith("apscheduler")
        if is_ours and getattr(module, "datetime", None) is datetime:
            vars(module)["datetime"] = Wrong
    wrong_time = types.SimpleNamespace(time=lambda: time.time() + int(path.read_text()))
    vars(procrastinate.periodic)["time"] = wrong_time


def _warm() -> None:
    """Make what every life would make alike: what is read of the package, and the indexes of the language of the news."""
    lexicon = load_lexicon()
    load_wordings(), catalogue_by_name(), load_fact_reader(GroupPolicy()), PromiseIndex((), lexicon)
    build_detector((), lexicon).analyse("", "Hackers hit a bank", "The bank said that its servers had been encrypted.")


def serve() -> int:
    """Start lives until the input ends; returns in the lives, with their exit codes, and at the end."""
    _warm()
    gc.freeze()
    # A life that ended is gone, not a zombie that looks alive.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        life = json.loads(line)
        child = os.fork()
        if not child:
            return _live(**life)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    return 0


def _live(bomb: str, words: list[str], folder: str, log: str, environ: dict[str, str], clock: str) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if sys.platform == "linux":
        # A test that fails half-way leaves no life behind: it ends with the process that started it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    if bomb != "-":
        plant(bomb)
    if clock:
        set_clock(Path(clock))
    return main(words)


if __name__ == "__main__":
    sys.exit(serve())
