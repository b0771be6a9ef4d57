"""The file channel: one JSON object a line, appended and on the disk before it counts as delivered."""

import asyncio
import json
import os
from datetime import datetime
from pathlib import Path

from monitor.adapters.senders.attempt import Attempt, record, stopwatch
from monitor.adapters.senders.envelope import envelope
from monitor.domain.notification import Channel, Delivery, Notification, Outcome

_NEWLINE = b"\n"


class FileSender:
    """Appends to the file at the channel's target; several processes may append to the same one."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._path = Path(channel.target)

    async def send(self, notification: Notification, now: datetime) -> Delivery:
        """Append one line and flush it to the disk, in a thread: disks may be slow."""
        elapsed = stopwatch()
        attempt = await asyncio.to_thread(self._append, notification)
        return record(notification, self.channel, attempt, now, elapsed())

    async def close(self) -> None:
        """Nothing is held open: the file may be rotated at any time."""

    def _append(self, notification: Notification) -> Attempt:
        line = json.dumps(envelope(notification), ensure_ascii=False).encode("utf-8", "replace") + _NEWLINE
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Nothing of ours blocks on a pipe that nobody reads, and alerts are nobody else's business.
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
            handle = os.open(self._path, flags, 0o600)
            try:
                _write_whole(handle, line)
            finally:
                os.close(handle)
        except OSError as error:
            return Attempt(Outcome.RETRY, f"cannot append to {self._path}: {error.strerror or error}")
        return Attempt(Outcome.DELIVERED)


def _write_whole(handle: int, line: bytes) -> None:
    size = os.lseek(handle, 0, os.SEEK_END)
    if size and os.pread(handle, 1, size - 1) != _NEWLINE:
        line = _NEWLINE + line  # a crash or a full disk left half a line behind
    written = 0
    while written < len(line):
        written += os.write(handle, line[written:])
    os.fsync(handle)
