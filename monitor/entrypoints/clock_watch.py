"""Notices when somebody sets the wall clock: it and the steady clock part."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_LEAST = timedelta(seconds=5)


@dataclass(slots=True)
class ClockWatch:
    """Compares two clocks from one look to the next; *wall* may be set, *steady* counts seconds and may not."""

    wall: Callable[[], datetime]
    steady: Callable[[], float] = time.monotonic
    _seen: tuple[datetime, float] = field(init=False)

    def __post_init__(self) -> None:
        self._seen = (self.wall(), self.steady())

    def jump(self) -> timedelta:
        """By how much the wall clock was set since the last look; nothing where it was only put right a little."""
        wall, steady = self._seen
        self._seen = now, now_steady = self.wall(), self.steady()
        jump = (now - wall) - timedelta(seconds=now_steady - steady)
        return jump if abs(jump) > _LEAST else timedelta(0)
