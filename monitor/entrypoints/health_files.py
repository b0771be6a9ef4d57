"""The files in which running processes say how they are: one for each, gone when it ends as it should."""

import json
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor import __version__
from monitor.app import health_file, health_files
from monitor.domain.errors import StoreError
from monitor.domain.settings import Settings

_STALE = timedelta(seconds=60)
RUN = "run"


@dataclass(slots=True)
class HealthFile:
    """What one process says of itself. *role* is its command; who was killed leaves its place to the next of it."""

    role: str
    started_at: datetime
    _path: Path | None = None
    _has_place: bool = False
    _has_ended: bool = False
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def write(self, settings: Settings, found: Sequence[str], now: datetime) -> None:
        """Say how we are; a StoreError where there is no room or no right to."""
        whose = {"pid": os.getpid(), "host": socket.gethostname(), "version": __version__, "role": self.role}
        with self._writing:
            if self._has_ended:
                return
            self._path = health_file(settings)
            _write_file(self._path, json.dumps({"at": now.isoformat(), **whose, "ailments": list(found)}))
            self._has_place = self._has_place or self._take_place(settings, now)

    def end(self) -> None:
        """Leave nothing behind: a process that was stopped is missed by nobody."""
        with self._writing:
            self._has_ended = True
            if self._path is not None:
                self._path.unlink(missing_ok=True)

    def _take_place(self, settings: Settings, now: datetime) -> bool:
        """Take the place of one process with our role that was gone before we came; of one only, others are missed."""
        for path in health_files(settings):
            state = _read(path)
            if path == self._path or state is None or state.get("role") != self.role:
                continue
            said_at = datetime.fromisoformat(state["at"])
            if said_at < self.started_at and (_has_ended(state) or now - said_at > _STALE):
                path.unlink(missing_ok=True)
                return True
        return False


def told_ailments(settings: Settings, now: datetime) -> tuple[str, ...]:
    """What the processes of this machine say that ails them, and which of them say nothing any more."""
    paths = health_files(settings)
    if not paths:
        return ("the service is not running, or never got so far as to say how it is",)
    return tuple(dict.fromkeys(ailment for path in paths for ailment in _told(path, len(paths) > 1, now)))


def _told(path: Path, is_one_of_several: bool, now: datetime) -> Iterator[str]:
    state = _read(path)
    if state is None:
        yield "the service is not running, or never got so far as to say how it is"
        return
    role = state.get("role", RUN)
    who = "the service" if role == RUN else f"`monitor {role}`"
    way_out = f"; where it is not to come back, remove {path}" if is_one_of_several else ""
    age = now - datetime.fromisoformat(state["at"])
    if _has_ended(state):
        yield f"{who} (process {state['pid']}) has ended{way_out}"
    elif age > _STALE:
        yield f"{who} last said how it is {int(age.total_seconds())} seconds ago: it hangs or is down{way_out}"
    yield from state.get("ailments", [])


def _read(path: Path) -> dict[str, Any] | None:
    """What a process said; None where that cannot be read."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        is_dated = datetime.fromisoformat(state["at"]).tzinfo is not None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return state if is_dated else None


def _has_ended(state: dict[str, Any]) -> bool:
    """Whether the process that said how it is, on this machine, is no more; it may have been killed a moment ago."""
    pid = state.get("pid")
    if state.get("host") != socket.gethostname() or not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):  # somebody else's, or none of this system
        return False
    return False


def _write_file(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
