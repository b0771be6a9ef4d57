"""
A reserve of disk space beside the SQLite file, given up when the disk is full.

SQLite needs room even to delete. With the reserve gone there is some: for what is decided to be sent and
noted, and for pruning. Nothing new is collected until the reserve is back.
"""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

# The reserve comes back only where it leaves this many times its size free.
_SPARE = 3


@dataclass(frozen=True, slots=True)
class Reserve:
    """A file of *size_bytes* that holds nothing but its place."""

    path: Path
    size_bytes: int

    def hold(self) -> bool:
        """Make the reserve where it is missing and there is room; whether it is there."""
        if self.path.exists():
            return True
        try:
            if shutil.disk_usage(self.path.parent).free < self.size_bytes * (1 + _SPARE):
                return False
            draft = self.path.with_name(f"{self.path.name}.part")
            with draft.open("wb") as file:
                # Written out rather than sparse: a hole would keep no place.
                os.posix_fallocate(file.fileno(), 0, self.size_bytes)
            draft.replace(self.path)
        except OSError:
            return False
        return True

    def give_up(self) -> bool:
        """Free the place; whether there was any to free."""
        with contextlib.suppress(OSError):
            self.path.unlink()
            return True
        return False
