"""The console channel: a readable message on standard output, in colour where that is a terminal."""

import asyncio
from datetime import datetime
from typing import TextIO

from monitor.adapters.senders.attempt import Attempt, record, stopwatch
from monitor.domain.notification import Channel, Delivery, Notification, Outcome
from monitor.domain.watchlist import Severity

_COLOURS = {Severity.INFO: "36", Severity.WARNING: "33", Severity.CRITICAL: "31"}
_RULE = "\u2500"
_WIDTH = 100


class ConsoleSender:
    """Writes each message to *stream*; a closed pipe is tried again later, like any other fault."""

    def __init__(self, channel: Channel, stream: TextIO) -> None:
        self.channel = channel
        self._stream = stream

    async def send(self, notification: Notification, now: datetime) -> Delivery:
        """Write the message. A terminal that is stopped (Ctrl-S) blocks a thread, nobody else."""
        elapsed = stopwatch()
        attempt = await asyncio.to_thread(self._write, notification)
        return record(notification, self.channel, attempt, now, elapsed())

    async def close(self) -> None:
        """The stream belongs to the process."""

    def _write(self, notification: Notification) -> Attempt:
        try:
            self._stream.write(self._text(notification))
            self._stream.flush()
        except (OSError, ValueError) as error:
            return Attempt(Outcome.RETRY, f"cannot write to the console: {error}")
        return Attempt(Outcome.DELIVERED)

    def _text(self, notification: Notification) -> str:
        message = notification.message
        is_terminal = self._stream.isatty()
        colour = f"\x1b[1;{_COLOURS[notification.severity]}m" if is_terminal else ""
        end = "\x1b[0m" if is_terminal else ""
        body = "\n".join(f"  {line}" if line else "" for line in message.plain.splitlines())
        text = f"{_RULE * _WIDTH}\n{colour}{message.subject}{end}\n\n{body}\n{_RULE * _WIDTH}\n"
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return text.encode(encoding, "replace").decode(encoding)
