"""The console channel: a readable message on standard output, in colour where that is a terminal."""

import asyncio
import shutil
import textwrap
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
        width = min(shutil.get_terminal_size((_WIDTH, 24)).columns, _WIDTH)
        colour = f"\x1b[1;{_COLOURS[notification.severity]}m" if is_terminal else ""
        end = "\x1b[0m" if is_terminal else ""
        lines = [f"  {line}" if line else "" for line in message.plain.splitlines()]
        # A pipe gets lines as they are: what reads them may look for one.
        body = "\n".join(_wrapped(line, width) if is_terminal else line for line in lines)
        rule = _RULE * (width if is_terminal else _WIDTH)
        text = f"{rule}\n{colour}{message.subject}{end}\n\n{body}\n{rule}\n"
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return text.encode(encoding, "replace").decode(encoding)


def _wrapped(line: str, width: int) -> str:
    """*line* in lines that a terminal need not break within words; addresses stay whole."""
    text = line.lstrip()
    indent = " " * (len(line) - len(text) + 2 * text.startswith("- "))
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
