"""The proxy does to connections what it says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.chaos.proxy import Proxy, Way, proxied, to_port
from tests.loopback import talking


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data)


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with talking(echo) as port, proxied(to_port(port)) as found:
        yield found


@dataclass(frozen=True)
class Ends:
    """A connection through the proxy, from the side of who opened it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def echo(self, patience_s: float = 60.0) -> bytes:
        self.writer.write(b"word")
        return await asyncio.wait_for(self.reader.readexactly(4), patience_s)


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[Ends]:
    ends = Ends(*await asyncio.open_connection("127.0.0.1", proxy.port))
    try:
        yield ends
    finally:
        ends.writer.transport.abort()


async def test_everything_goes_through(proxy: Proxy) -> None:
    async with connected(proxy) as ends:
        assert await ends.echo() == b"word"
        await proxy.turn(Way.DELAY)
        assert await ends.echo() == b"word"


async def test_a_cut_ends_connections_and_refuses_new_ones(proxy: Proxy) -> None:
    async with connected(proxy) as ends:
        assert await ends.echo() == b"word"
        await proxy.turn(Way.CUT)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await ends.echo()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", proxy.port)
    await proxy.turn(Way.PASS)
    async with connected(proxy) as again:
        assert await again.echo() == b"word"


async def test_resets_come_in_the_middle(proxy: Proxy) -> None:
    await proxy.turn(Way.RESET)
    async with connected(proxy) as ends:
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await ends.echo()


async def test_half_open_connections_are_silent_until_they_are_torn(proxy: Proxy) -> None:
    async with connected(proxy) as ends:
        assert await ends.echo() == b"word"
        await proxy.turn(Way.HALF_OPEN)
        with pytest.raises(TimeoutError):
            await ends.echo(patience_s=0.2)
        await proxy.turn(Way.PASS)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await ends.echo()
