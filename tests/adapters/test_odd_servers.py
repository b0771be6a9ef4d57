"""The odd servers of a siege, one by one: each is read or refused, within its limits, and what it gave is parsed alike."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from benchmarks.siege_odd import SECRET, odd, options_of
from benchmarks.siege_parts import Asked, Behaviour
from monitor.adapters.http.fetcher import HttpFetcher
from monitor.domain.errors import FetchError, ParseError
from monitor.domain.feed import Feed, FeedId, FeedKind, FeedState, Fetched
from monitor.stages.parse import parse_document
from tests.adapters.http_speech import POLICY
from tests.builders import NOW

LIMITS = dataclasses.replace(
    POLICY, max_body_bytes=400_000, timeout=timedelta(seconds=2), read_timeout=timedelta(seconds=1)
)
ODD = list(odd())


@contextlib.asynccontextmanager
async def behaving(behaviour: Behaviour) -> AsyncIterator[str]:
    talks: list[tuple[asyncio.Task[None] | None, asyncio.StreamWriter]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append((asyncio.current_task(), writer))
        with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError):
            asked = await reader.readuntil(b"\r\n\r\n")
            await behaviour(Asked(asked.split(b" ")[1].decode("latin-1"), asked, writer))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/1"
    finally:
        server.close()
        # Some never end: what they hold open would be found by another test.
        going = [talk for talk, _ in talks if talk is not None]
        for talk in going:
            talk.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        for _, writer in talks:
            writer.transport.abort()
        await asyncio.sleep(0)


async def asked(feed: Feed) -> Fetched | FetchError:
    fetcher = HttpFetcher(LIMITS, ["127.0.0.0/8"], "NewsMonitor/1")
    try:
        return await fetcher.fetch(feed, FeedState(feed.id, NOW, feed.url), NOW)
    except FetchError as error:
        return error
    finally:
        await fetcher.close()


@pytest.mark.parametrize("number", range(len(ODD)))
async def test_an_odd_server_is_read_or_refused_within_its_limits(number: int) -> None:
    said = {"kind": "web", "options": {}} | options_of(ODD[number])
    async with behaving(ODD[number]) as url:
        feed = Feed(FeedId("odd"), url, FeedKind(said["kind"]), options=said["options"])
        answer = await asked(feed)
    if isinstance(answer, FetchError):
        # It knows what it was told in confidence, and has it in its words.
        assert SECRET not in str(answer)
        return
    assert len(answer.body or b"") <= LIMITS.max_body_bytes
    with contextlib.suppress(ParseError):
        assert len(parse_document(feed, answer.body or b"", answer.headers, answer.url, 100).entries) <= 100
