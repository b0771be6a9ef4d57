"""
A TCP proxy on loopback that spoils what goes through it, from one moment to the next:

    PASS      everything goes through
    DELAY     everything goes through, later
    CUT       nobody gets a connection, and those there are end
    RESET     connections are taken and torn down after their first bytes
    HALF_OPEN connections stay open and nothing goes through any more; those end when the proxy recovers
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_CHUNK = 65_536


class Way(Enum):
    """What a proxy does at the moment."""

    PASS = "pass"
    DELAY = "delay"
    CUT = "cut"
    RESET = "reset"
    HALF_OPEN = "half-open"


@dataclass(eq=False)
class _Link:
    """One connection through the proxy, with both its ends; ``is_spoilt`` once bytes of it were swallowed."""

    ends: list[asyncio.StreamWriter] = field(default_factory=list)
    is_spoilt: bool = False

    def tear(self) -> None:
        for end in self.ends:
            _reset(end)


@dataclass(eq=False)
class Proxy:
    """Stands between a program and a server; `turn` says how well."""

    connect: Callable[[], Awaitable[Streams]]
    delay_s: float = 0.3
    port: int = 0
    taken: int = 0
    _way: Way = Way.PASS
    _links: set[_Link] = field(default_factory=set)
    _held: socket.socket | None = None
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen, on the port of before where there was one."""
        if self._held is None:
            self._hold()
        held, self._held = self._held, None
        self._server = await asyncio.start_server(self._take, sock=held)

    async def turn(self, way: Way) -> None:
        """From now on do this."""
        if way is Way.CUT:
            self.close()
            self._hold()
        elif self._way is Way.CUT:
            await self.open()
        if way is Way.RESET:
            self._tear(lambda _: True)
        self._way = way
        if way in {Way.PASS, Way.DELAY}:
            # What was swallowed does not come back: a connection that lost some of it is of no use.
            self._tear(lambda link: link.is_spoilt)

    def close(self) -> None:
        """Stop listening, and end all connections."""
        self._tear(lambda _: True)
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._held is not None:
            self._held.close()
            self._held = None

    def _hold(self) -> None:
        # While nobody listens there, the system gives the port to nobody else.
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", self.port))
        self.port = self._held.getsockname()[1]

    def _tear(self, which: Callable[[_Link], bool]) -> None:
        for link in [link for link in self._links if which(link)]:
            link.tear()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        link = _Link([writer])
        self._links.add(link)
        try:
            source, target = await self.connect()
            link.ends.append(target)
            await asyncio.gather(self._pump(reader, target, link), self._pump(source, writer, link))
        except (OSError, asyncio.CancelledError):
            # Cancelled with the loop that it runs in, of which the streams of Python 3.11 make a traceback.
            link.tear()
        finally:
            for end in link.ends:
                end.close()
            self._links.discard(link)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, link: _Link) -> None:
        while data := await source.read(_CHUNK):
            if self._way is Way.DELAY:
                await asyncio.sleep(self.delay_s)
            if self._way is Way.RESET:
                link.tear()
                return
            if self._way is Way.HALF_OPEN or link.is_spoilt:
                link.is_spoilt = True
                continue
            target.write(data)
            await target.drain()
        if not link.is_spoilt:
            with contextlib.suppress(OSError):
                target.write_eof()


def _reset(end: asyncio.StreamWriter) -> None:
    """Tear a connection down, so that the other side hears of it as an error, not as a calm end."""
    found: socket.socket | None = end.get_extra_info("socket")
    if found is not None and found.fileno() >= 0 and found.family == socket.AF_INET:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.transport.abort()


def to_port(port: int) -> Callable[[], Awaitable[Streams]]:
    """Connects to a server on loopback."""
    return lambda: asyncio.open_connection("127.0.0.1", port)


def to_socket(path: str) -> Callable[[], Awaitable[Streams]]:
    """Connects to a server on a Unix socket, as PostgreSQL listens in tests."""
    return lambda: asyncio.open_unix_connection(path)


@asynccontextmanager
async def proxied(connect: Callable[[], Awaitable[Streams]]) -> AsyncIterator[Proxy]:
    """A proxy that listens."""
    proxy = Proxy(connect)
    await proxy.open()
    try:
        yield proxy
    finally:
        proxy.close()
