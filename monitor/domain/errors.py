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


class FetchError(MonitorError):
    """A feed could not be read this time."""


class ParseError(MonitorError):
    """The bytes are not a feed that we understand."""


class StoreError(MonitorError):
    """The store cannot be reached, is full, locked, damaged or of another version."""


class DeliveryError(MonitorError):
    """A channel did not take a notification."""


class UsageError(MonitorError):
    """Somebody asked for a thing that does not exist, or in a way that cannot work."""
