"""
One model behind HTTP, in OpenAI's manner: of a provider or of one's own machine.

It goes to the one address of the configuration and nowhere else: no redirects, no proxy, no cookies. A loopback or
private address that is written there as such may be reached; a name that leads to one needs its network in
``allow_private_addresses``, as everywhere.
"""

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from monitor.adapters.address_guard import AddressGuard

_LOOPBACK = ("127.0.0.0/8", "::1/128")


class NoAnswerError(Exception):
    """Why a request has no usable answer, in plain words; ``was_sent`` where it may have cost something."""

    def __init__(self, text: str, *, was_sent: bool) -> None:
        super().__init__(text)
        self.was_sent = was_sent


class ModelEndpoint:
    """
    Posts JSON to *url*, or to the usual *path* below it.

    Args:
        who: What the model is called in a fault, such as "the second reader".
        most_bytes: How long an answer may be.
    """

    def __init__(
        self, url: str, path: str, *, key: str, who: str, allowed: Sequence[str], user_agent: str, most_bytes: int
    ) -> None:
        self._url = endpoint(url, path)
        self._guard = AddressGuard((*allowed, *own_network(url)))
        self._headers = {"User-Agent": user_agent} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._who = who
        self._most_bytes = most_bytes

    def session(self) -> aiohttp.ClientSession:
        """A session for one batch; to be closed."""
        connector = aiohttp.TCPConnector(socket_factory=self._guard.socket_factory(), force_close=True)
        return aiohttp.ClientSession(
            connector=connector, headers=self._headers, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        )

    async def post(self, session: aiohttp.ClientSession, body: object, timeout_s: float) -> bytes:
        """
        The body of the answer.

        Raises:
            NoAnswerError: there is none, it is too long, or its status is not 200.
        """
        try:
            async with (
                asyncio.timeout(timeout_s),
                session.post(self._url, json=body, allow_redirects=False) as response,
            ):
                status, data = response.status, await self._read(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # Where no connection came about, nothing was sent.
            is_reached = not isinstance(error, aiohttp.ClientConnectorError)
            raise NoAnswerError(self._told(error), was_sent=is_reached) from error
        if status != HTTPStatus.OK:
            raise NoAnswerError(f"{self._who} answers with status {status}", was_sent=False)
        return data

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        parts, length = list[bytes](), 0
        async for part in response.content.iter_chunked(2**14):
            length += len(part)
            if length > self._most_bytes:
                response.close()
                raise ValueError(f"more than {self._most_bytes // 2**10} KiB")
            parts.append(part)
        return b"".join(parts)

    def _told(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"{self._who} did not answer in time"
        reached = getattr(error, "os_error", error)
        return f"{self._who} cannot be reached: {type(reached).__name__}: {reached}"


@dataclass(slots=True)
class Rest:
    """How a model is left alone after failures in a row, for a while."""

    after: int
    lasts: timedelta
    failures: int = 0
    until: datetime | None = field(default=None)

    def is_on(self, now: datetime) -> bool:
        """Whether it is left alone; a clock that was set back must not make that longer."""
        return self.until is not None and self.until - self.lasts <= now < self.until

    @property
    def is_due(self) -> bool:
        """Whether it failed often enough to be left alone."""
        return self.failures >= self.after

    def settle(self, now: datetime) -> None:
        """Begin the rest where it is due."""
        if self.is_due:
            self.failures, self.until = 0, now + self.lasts


def endpoint(url: str, path: str) -> str:
    """Where to ask: *url* itself, or the usual path below a base address such as ``http://127.0.0.1:11434/v1``."""
    plain = url.rstrip("/")
    return plain if plain.endswith(path) or urlsplit(plain).query else plain + path


def own_network(url: str) -> tuple[str, ...]:
    """The address in *url*, where it is written as one: whoever wrote it wanted it to be reached."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return _LOOPBACK
    try:
        return (str(ipaddress.ip_network(host)),)
    except ValueError:
        return ()
