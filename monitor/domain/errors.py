"""
Every failure we expect, as one tree:

    MonitorError
    |- ConfigError      a configuration file is wrong; the daemon keeps the one it had, or does not start
    |- FetchError       a feed could not be read this time; it is tried again later
    |- ParseError       the bytes are not a feed we understand
    |- StoreError       the store cannot be reached, is full, locked or of another version
    |- DeliveryError    a channel did not take a notification
    `- UsageError       a command was asked for something that is not there

Anything outside this tree is a bug: it is not caught, and the job stops loudly.
"""

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
    """One or more faults in configuration files, all of them at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class FetchFault(StrEnum):
    """Why a source could not be read: what is planned next depends on it."""

    FAILED = "failed"  # name, network, time, TLS, size, or a status that may pass
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


class DeliveryError(MonitorError):
    """A channel did not take a notification."""


class UsageError(MonitorError):
    """Somebody asked for a thing that does not exist, or in a way that cannot work."""
