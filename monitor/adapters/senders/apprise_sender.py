"""The Apprise channel: a child process that is started when there is work, and killed when it hangs."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.adapters.process_starts import end_child, start_child
from monitor.adapters.senders.attempt import Attempt, record, stopwatch
from monitor.domain.notification import Channel, Delivery, Notification, Outcome

_START_S = 30.0
_LINE_BYTES = 2**20
# What sending needs of our environment; secrets of other channels are not among it.
_ENVIRONMENT = ("TZ", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
_MODULE = "monitor.adapters.senders.apprise_child"


class AppriseSender:
    """
    One child a channel, used by one lane: a hung service holds up nobody else.

    A child that is not done in time is killed, so that a late success can no longer happen; it is
    started again for the next message, and let go after *idle_s* without one.
    """

    def __init__(self, channel: Channel, allowed: tuple[str, ...], timeout_s: float, idle_s: float = 60.0) -> None:
        self.channel = channel
        self._allowed = allowed
        self._timeout_s = timeout_s
        self._idle_s = idle_s
        self._child: asyncio.subprocess.Process | None = None
        self._idle: asyncio.Task[None] | None = None

    async def send(self, notification: Notification, now: datetime) -> Delivery:
        """One attempt, over after the time limit at the latest."""
        elapsed = stopwatch()
        self._stay()
        attempt = await self._attempt(job_of(notification, self.channel, now))
        if self._child is not None:
            self._idle = asyncio.create_task(self._rest())
        return record(notification, self.channel, attempt, now, elapsed())

    async def close(self) -> None:
        """End the child."""
        self._stay()
        await self._kill()

    async def _attempt(self, job: Mapping[str, object]) -> Attempt:
        try:
            child = await self._started()
        except (OSError, TimeoutError) as error:
            await self._kill()
            return Attempt(Outcome.RETRY, f"the sending process does not start: {error}")
        try:
            answer = await asyncio.wait_for(self._ask(child, job), self._timeout_s)
        except TimeoutError:
            await self._kill()
            return Attempt(Outcome.UNKNOWN, "no answer in time: it may or may not have arrived")
        except asyncio.CancelledError:
            await self._kill()
            raise
        except (OSError, ValueError):
            answer = None
        if answer is None:
            await self._kill()
            return Attempt(Outcome.UNKNOWN, "the sending process ended before it answered")
        return Attempt(Outcome(answer["outcome"]), str(answer["detail"]), answer["retry_after_s"])

    async def _started(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        self._child = child = await start_child(_MODULE, _LINE_BYTES, _ENVIRONMENT)
        ready = await asyncio.wait_for(self._ask(child, {"allowed": list(self._allowed)}), _START_S)
        if ready is None:
            raise OSError("it ended at once")
        return child

    async def _ask(self, child: asyncio.subprocess.Process, job: Mapping[str, object]) -> dict[str, Any] | None:
        if child.stdin is None or child.stdout is None:
            return None
        child.stdin.write(json.dumps(job).encode() + b"\n")
        await child.stdin.drain()
        line = await child.stdout.readline()
        return dict(json.loads(line)) if line else None

    async def _rest(self) -> None:
        await asyncio.sleep(self._idle_s)
        self._idle = None
        await self._kill()

    def _stay(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    async def _kill(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await end_child(child)


def job_of(notification: Notification, channel: Channel, now: datetime) -> Mapping[str, object]:
    """What the child gets to know of a message, as JSON."""
    message = notification.message
    fields = json.loads(message.fields or "{}")
    return {
        "url": channel.target,
        "id": str(notification.id),
        "type": fields.get("type", ""),
        "at": now.isoformat(),
        "severity": str(notification.severity),
        "subject": message.subject,
        "body": message.plain or message.subject,
        "html": message.html,
        "native": fields.get("native"),
        "thread_key": message.thread_key,
    }
