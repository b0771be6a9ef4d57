"""Servers that say given bytes, whatever the question, and a fetcher that hears them."""

import asyncio
import contextlib
import dataclasses
from datetime import timedelta

from monitor.adapters.http.fetcher import HttpFetcher
from monitor.domain.feed import Feed, FeedId, FeedState, Fetched
from monitor.domain.policy import FetchPolicy
from tests.builders import NOW
from tests.loopback import talking

# As patient as it ships: a busy machine may take seconds to answer itself.
POLICY = FetchPolicy(max_body_bytes=500_000)
# For those only who would use up whatever patience there is.
HURRIED = dataclasses.replace(POLICY, timeout=timedelta(seconds=1), read_timeout=timedelta(milliseconds=500))
OK = b"HTTP/1.1 200 OK\r\n"
BODY = b"<rss/>"
FINE = OK + b"Content-Length: 6\r\n\r\n" + BODY


@contextlib.asynccontextmanager
async def speaking(*parts: bytes, every_s: float = 0.0, repeat: int = 1):
    """A server that says *parts*, and says the last one *repeat* times, *every_s* apart."""

    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        for number, part in enumerate((*parts[:-1], *parts[-1:] * repeat)):
            if number and every_s:
                await asyncio.sleep(every_s)
            writer.write(part)
            await writer.drain()

    async with talking(talk, "0.0.0.0") as port:
        yield f"http://127.0.0.1:{port}/"


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
