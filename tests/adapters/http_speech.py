"""Servers that say given bytes, whatever the question, and a fetcher that hears them."""

import asyncio
import contextlib
import dataclasses
from datetime import timedelta

from monitor.adapters.http.fetcher import HttpFetcher
from monitor.domain.feed import Feed, FeedId, FeedState, Fetched
from monitor.domain.policy import FetchPolicy
from tests.builders import NOW

POLICY = FetchPolicy(
    timeout=timedelta(seconds=1),
    connect_timeout=timedelta(milliseconds=500),
    read_timeout=timedelta(milliseconds=500),
    max_body_bytes=500_000,
)
PATIENT = dataclasses.replace(POLICY, timeout=timedelta(seconds=30), read_timeout=timedelta(seconds=20))
OK = b"HTTP/1.1 200 OK\r\n"
BODY = b"<rss/>"
FINE = OK + b"Content-Length: 6\r\n\r\n" + BODY


@contextlib.asynccontextmanager
async def speaking(*parts: bytes, every_s: float = 0.0, repeat: int = 1):
    """A server that says *parts*, and says the last one *repeat* times, *every_s* apart."""

    closing, talks = asyncio.Event(), set()

    async def talk(reader, writer):
        talks.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            for number, part in enumerate((*parts[:-1], *parts[-1:] * repeat)):
                if number and every_s:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(closing.wait(), every_s)
                if closing.is_set():
                    break
                writer.write(part)
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(talk, "0.0.0.0", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        closing.set()
        server.close()
        await asyncio.gather(*talks)


async def fetch(url: str, allowed=("127.0.0.0/8",), policy=POLICY, **known) -> Fetched:
    fetcher = HttpFetcher(policy, allowed, "NewsMonitor/1")
    feed = Feed(FeedId("f"), url)
    try:
        return await fetcher.fetch(feed, dataclasses.replace(FeedState(feed.id, NOW, url), **known), NOW)
    finally:
        await fetcher.close()


def packed(encoding: str, data: bytes) -> bytes:
    head = f"Content-Encoding: {encoding}\r\nContent-Length: {len(data)}\r\n\r\n".encode()
    return OK + head + data


def chunked(*chunks: bytes) -> bytes:
    return OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks)
