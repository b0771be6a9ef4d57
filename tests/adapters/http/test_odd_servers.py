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
from tests.adapters.http.speech import POLICY
from tests.builders import NOW
from tests.loopback import talking

LIMITS = dataclasses.replace(
    POLICY, max_body_bytes=400_000, timeout=timedelta(seconds=2), read_timeout=timedelta(seconds=1)
)
ODD = list(odd())


@contextlib.asynccontextmanager
async def behaving(behaviour: Behaviour) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ValueError):
            asked = await reader.readuntil(b"\r\n\r\n")
            await behaviour(Asked(asked.split(b" ")[1].decode("latin-1"), asked, writer))

    async with talking(answer) as port:
        yield f"http://127.0.0.1:{port}/1"


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
