"""Few large bodies are held at once, and an answer that breaks off each time is read as far as it comes."""

import asyncio
import gzip
from dataclasses import replace
from datetime import timedelta

import pytest
from yarl import URL

from monitor.adapters.address_guard import AddressGuard
from monitor.adapters.http.client import BrokenOffError, HttpClient, Request
from monitor.adapters.http.large_bodies import LargeBodies
from monitor.domain.errors import FetchError
from monitor.domain.policy import FetchPolicy
from tests.adapters.http.speech import OK, fetch, speaking
from tests.builders import NOW

# A busy machine may need a part of it to send what is read.
STALLED = replace(FetchPolicy(), timeout=timedelta(seconds=60), read_timeout=timedelta(seconds=2))
PATIENT = timedelta(seconds=60)
ROOMY = replace(FetchPolicy(), large_body_bytes=10_000, most_large=1)
CUT = OK + b'ETag: "1"\r\nLast-Modified: x\r\nContent-Type: text/xml\r\nContent-Length: 900\r\n\r\n<rss>'


async def test_only_so_many_hold_a_large_body_and_a_task_that_ends_gives_its_place_back() -> None:
    room, held, may_end = LargeBodies(2, PATIENT), list[int](), asyncio.Event()

    async def read(number: int) -> None:
        await room.hold()
        await room.hold()  # a second body of the same poll: its place is there
        held.append(number)
        await may_end.wait()

    tasks = [asyncio.create_task(read(number)) for number in range(5)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert held == [0, 1]
    tasks[0].cancel()
    await asyncio.wait(tasks[:1])
    for _ in range(20):
        await asyncio.sleep(0)
    assert held == [0, 1, 2]
    may_end.set()
    await asyncio.gather(*tasks[1:])
    assert held == [0, 1, 2, 3, 4]


async def test_nobody_waits_for_ever_for_a_place_that_waits_for_him() -> None:
    room = LargeBodies(1, timedelta(0))

    async def child() -> str:
        await room.hold()
        return "read"

    await room.hold()
    assert await asyncio.create_task(child()) == "read"


async def test_the_time_of_a_request_stands_still_while_it_waits_for_a_place() -> None:
    client = HttpClient(ROOMY, AddressGuard(()), "NewsMonitor/1")
    may_end, is_held, is_waiting = asyncio.Event(), asyncio.Event(), asyncio.Event()
    waits: list[asyncio.Timeout] = []

    async def hold() -> None:
        async with asyncio.timeout(PATIENT.total_seconds()) as clock:
            await client._hold(clock)
            is_held.set()
            await may_end.wait()

    async def wait_for_it() -> None:
        async with asyncio.timeout(PATIENT.total_seconds()) as clock:
            ends_at = clock.when() or 0.0
            waits.append(clock)
            is_waiting.set()
            waited_s = await client._hold(clock)
            assert may_end.is_set()
            assert clock.when() == pytest.approx(ends_at + waited_s)

    first = asyncio.create_task(hold())
    await is_held.wait()
    second = asyncio.create_task(wait_for_it())
    await is_waiting.wait()
    assert waits[0].when() is None
    may_end.set()
    await asyncio.gather(first, second)


async def test_an_answer_that_breaks_off_is_a_failure_and_read_when_it_always_does() -> None:
    async with speaking(CUT) as url:
        for failures in (0, 1):
            with pytest.raises(FetchError, match="broke off in the middle"):
                await fetch(url, failures=failures)
        fetched = await fetch(url, failures=2)
    assert fetched.body == b"<rss>"
    # Nothing vouches for what is not whole.
    assert fetched.headers == {"content-type": "text/xml"}


async def test_an_answer_that_never_ends_is_read_when_it_always_does_so() -> None:
    async with speaking(OK + b"ETag: a\r\n\r\n<rss/>", b"x", every_s=600) as url:
        with pytest.raises(FetchError, match="sent nothing for 2 s"):
            await fetch(url, policy=STALLED)
        fetched = await fetch(url, policy=STALLED, failures=2)
    assert (fetched.body, fetched.headers) == (b"<rss/>", {})


async def test_what_is_unpacked_of_a_packed_answer_that_breaks_off_is_kept() -> None:
    packed = gzip.compress(b"<rss>" + b"".join(b"<item>%d</item>" % n for n in range(5000)))
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    async with speaking(head, packed[: len(packed) // 2]) as url:
        fetched = await fetch(url, failures=2)
    assert fetched.body is not None
    assert fetched.body.startswith(b"<rss><item>0</item>")


async def test_what_is_packed_in_another_way_than_it_says_is_told_so() -> None:
    async with speaking(OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\na rss") as url:
        with pytest.raises(FetchError, match=r"another way than it says \(Content-Encoding\)") as caught:
            await fetch(url, failures=9)
    assert not isinstance(caught.value, BrokenOffError)


async def test_a_body_that_says_it_is_modest_does_not_wait_for_those_that_drip() -> None:
    policy = replace(ROOMY, modest_patience=timedelta(milliseconds=20))
    client = HttpClient(policy, AddressGuard(["127.0.0.1/32"]), "NewsMonitor/1")
    body = b"<rss/>" + b" " * 20_000
    may_end, is_held = asyncio.Event(), asyncio.Event()

    async def drip() -> None:
        await client._large.hold()
        is_held.set()
        await may_end.wait()

    dripping = asyncio.create_task(drip())
    await is_held.wait()
    async with speaking(OK + b"Content-Length: %d\r\n\r\n" % len(body), body) as url:
        answer = await client.get(Request(URL(url), {}, 100_000), NOW)
    assert answer.body == body
    may_end.set()
    await dripping
    await client.close()
