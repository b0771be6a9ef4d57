"""The key under which messages of a channel are held to leave as one; in the store a text: "quiet:mail:..."."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self


class Hold(StrEnum):
    """Why messages are held."""

    DIGEST = "digest"
    QUIET = "quiet"
    STORM = "storm"
    NOTICES = "notices"
    HANDOVER = "handover"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class FoldKey:
    """
    Why, and on which channel. ``details`` tell one list from the next: for a digest how often and which period
    ("daily", "2026-11-25"), for what is handed over from which channel and when, otherwise when the list is due.
    """

    hold: Hold
    channel: str
    details: tuple[str, ...] = ()

    @classmethod
    def until(cls, hold: Hold, channel: str, moment: datetime, *details: str) -> Self:
        """The key of what is held on *channel* until *moment*, to the minute."""
        return cls(hold, channel, (*details, f"{moment:%Y-%m-%dT%H:%M}"))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The key that *text* is; None where it is none, or one of another version."""
        kind, _, rest = text.partition(":")
        channel, *details = rest.split(":")
        return cls(Hold(kind), channel, tuple(details)) if kind in set(Hold) else None

    def __str__(self) -> str:
        return ":".join((self.hold, self.channel, *self.details))
