"""
Every failure we expect, as one tree:

    MonitorError
    |- ConfigError      a configuration file is wrong; the daemon keeps the one it had, or does not start
    |- FetchError       a feed could not be read this time; it is tried again later
    |- ParseError       the bytes are not a feed we understand
    |- StoreError       the store cannot be reached, is full, locked or of another version
    |   |- FullDiskError       the disk is full
    |   `- ValueRefusedError   it can be reached, and does not take one of the values
    `- UsageError       a command was asked for something that is not there

Anything outside this tree is a bug: it is not caught, and the job stops loudly; except where the work is on what
strangers wrote, a piece at a time: then the piece is set aside, and the fault told (`is_of_the_piece`).
"""

import traceback
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from enum import StrEnum


class MonitorError(Exception):
    """An expected failure. Its text is what a person sees: the place, the fault, the next step."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in a configuration file; ``line`` and ``column`` count from 1, 0 where unknown."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ConfigError(MonitorError):
    """One or more faults in configuration files, all of them at once: file by file, each from top to bottom."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        files = {file: number for number, file in enumerate(dict.fromkeys(fault.file for fault in faults))}
        self.faults = tuple(sorted(faults, key=lambda fault: (files[fault.file], fault.line, fault.column)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class FetchFault(StrEnum):
    """Why a source could not be read: what is planned next depends on it."""

    FAILED = "failed"  # time, TLS, size, or a status that may pass
    UNREACHED = "unreached"  # no name, no route, no connection in time: the fault of either side
    OFFLINE = "offline"  # no host at all can be reached: ours is the fault, not the feed's
    REFUSED = "refused"  # an address or scheme that we do not connect to
    BUSY = "busy"  # the server asked for patience (429, 503)
    RESTING = "resting"  # we did not even ask: the host asked for patience a moment ago
    BLOCKED = "blocked"  # the server wants no robots (403, 451, a challenge)
    GONE = "gone"  # 410: it will not come back


class FetchError(MonitorError):
    """A feed could not be read this time. ``retry_after_s`` is what the server asked for, in seconds."""

    def __init__(
        self,
        message: str,
        *,
        kind: FetchFault = FetchFault.FAILED,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.retry_after_s = retry_after_s


class ParseError(MonitorError):
    """The bytes are not a feed that we understand; ``is_wall`` where they are a page for people, such as a captcha."""

    def __init__(self, message: str, *, is_wall: bool = False) -> None:
        super().__init__(message)
        self.is_wall = is_wall


class StoreError(MonitorError):
    """The store cannot be reached, is full, locked, damaged or of another version."""


class FullDiskError(StoreError):
    """The store cannot grow: the disk is full."""


class ValueRefusedError(StoreError):
    """The store does not take a value: trying again is of no use, what it belongs to is at fault."""


class UsageError(MonitorError):
    """Somebody asked for a thing that does not exist, or in a way that cannot work."""


_LONGEST_FAULT = 300
_NOT_OF_THE_PIECE = (MonitorError, MemoryError, OSError, BrokenExecutor)


def is_of_the_piece(error: Exception) -> bool:
    """Whether the program failed on what it worked on, rather than for want of a store, of memory or of a process."""
    return isinstance(error, ValueRefusedError) or not isinstance(error, _NOT_OF_THE_PIECE)


def fault_of(error: Exception) -> str:
    """A bug in a line that a log, a store and a report can take: what it is, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    text = f"{type(error).__name__}{place}: {error}"[:_LONGEST_FAULT]
    return text.encode(errors="replace").decode().replace("\0", " ")
