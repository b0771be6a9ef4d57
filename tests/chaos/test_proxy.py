"""The proxy does to connections what it says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.chaos.proxy import Proxy, Way, proxied, to_port


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(100):
            writer.write(data)
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with proxied(to_port(server.sockets[0].getsockname()[1])) as found:
        yield found
    server.close()


async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience_s: float = 5.0) -> bytes:
    writer.write(b"word")
    return await asyncio.wait_for(reader.readexactly(4), patience_s)


async def test_everything_goes_through(proxy: Proxy) -> None:
    ends = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await said(*ends) == b"word"
    await proxy.turn(Way.DELAY)
    assert await said(*ends) == b"word"
    ends[1].close()


async def test_a_cut_ends_connections_and_refuses_new_ones(proxy: Proxy) -> None:
    ends = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await said(*ends) == b"word"
    await proxy.turn(Way.CUT)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await said(*ends)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", proxy.port)
    await proxy.turn(Way.PASS)
    again = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await said(*again) == b"word"
    again[1].close()


async def test_resets_come_in_the_middle(proxy: Proxy) -> None:
    await proxy.turn(Way.RESET)
    ends = await asyncio.open_connection("127.0.0.1", proxy.port)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await said(*ends)


async def test_half_open_connections_are_silent_until_they_are_torn(proxy: Proxy) -> None:
    ends = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await said(*ends) == b"word"
    await proxy.turn(Way.HALF_OPEN)
    with pytest.raises(TimeoutError):
        await said(*ends, patience_s=0.2)
    await proxy.turn(Way.PASS)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await said(*ends)
