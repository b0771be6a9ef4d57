"""What the fetcher says where a server refuses, speaks badly, drips or is not there."""

import asyncio
import contextlib
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from monitor.domain.errors import FetchFault
from tests.adapters.http.places import failed, fetch, hurried
from tests.adapters.http.speech import speaking
from tests.loopback import held_port, talking


@pytest.mark.parametrize(
    ("status", "headers", "kind", "retry_after_s", "words"),
    [
        pytest.param(410, {}, FetchFault.GONE, None, "gone for good", id="gone"),
        pytest.param(403, {}, FetchFault.BLOCKED, None, "refuses us", id="forbidden"),
        pytest.param(503, {"cf-mitigated": "challenge"}, FetchFault.BLOCKED, None, "Cloudflare", id="challenge"),
        pytest.param(429, {"Retry-After": "120"}, FetchFault.BUSY, 120, "less often", id="seconds"),
        pytest.param(
            503, {"Retry-After": "Wed, 25 Nov 2026 10:00:00 GMT"}, FetchFault.BUSY, 3600, "not available", id="date"
        ),
        pytest.param(429, {"Retry-After": "soon"}, FetchFault.BUSY, None, "less often", id="nonsense"),
        pytest.param(404, {}, FetchFault.FAILED, None, "no such document", id="missing"),
        pytest.param(500, {}, FetchFault.FAILED, None, "answers 500 (internal server error)", id="broken"),
        pytest.param(204, {}, FetchFault.FAILED, None, "answers 204 (no content)", id="no content"),
        pytest.param(407, {}, FetchFault.FAILED, None, "behind a proxy that asks for a name", id="proxy"),
        pytest.param(
            521, {}, FetchFault.FAILED, None, "the service that stands before it", id="dead behind Cloudflare"
        ),
        pytest.param(999, {}, FetchFault.FAILED, None, "refuses us (999)", id="no programs"),
        pytest.param(299, {}, FetchFault.FAILED, None, "nobody defined", id="unknown"),
        pytest.param(
            302, {}, FetchFault.FAILED, None, "redirects without saying where to (302)", id="redirect to nowhere"
        ),
    ],
)
async def test_statuses_become_kinds_and_plain_words(site, fetcher, status, headers, kind, retry_after_s, words):
    async def handler(request):
        return web.Response(status=status, headers=headers)

    site.handler = handler
    error = await failed(fetcher, f"{site.base}/secret-token")
    assert (error.kind, error.status, error.retry_after_s) == (kind, status, retry_after_s)
    assert words in str(error)
    assert "secret-token" not in str(error)


_HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(b"", "closed the connection without an answer", id="closed"),
        pytest.param(_HEAD + b"Content-Length: 900\r\n\r\nabc", "broke off", id="cut short"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", "no HTTP", id="another protocol"),
        pytest.param(_HEAD + b"X: " + b"a" * 40_000 + b"\r\n\r\n", "no HTTP", id="a header too long"),
        pytest.param(_HEAD + b"X: a\r\n" * 2000 + b"\r\n", "no HTTP", id="too many headers"),
        pytest.param(_HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "than it says", id="no gzip"),
        pytest.param(
            _HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx", "broke off", id="broken chunks"
        ),
    ],
)
async def test_servers_that_speak_badly_get_plain_words(fetcher, answer, words):
    async with speaking(answer) as url:
        assert words in str(await failed(fetcher, url))


@pytest.mark.parametrize("answer", [b"", _HEAD + b"Content-Length: 900\r\n\r\nabc"], ids=["at all", "half-way"])
async def test_servers_that_fall_silent_get_plain_words(answer):
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await reader.read()

    async with talking(talk) as port, hurried(read_timeout=timedelta(milliseconds=400)) as fetcher:
        assert "sent nothing for 0.4 s" in str(await failed(fetcher, f"http://127.0.0.1:{port}/"))


async def test_a_drip_ends_with_the_total_time(site):
    done = asyncio.Event()

    async def drip(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while not done.is_set():
            await response.write(b"a")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), 0.1)
        return response

    site.handler = drip
    async with hurried(timeout=timedelta(seconds=1)) as fetcher:
        error = await failed(fetcher, f"{site.base}/feed")
    done.set()
    assert "did not finish its answer within 1 s" in str(error)


class Nameless(aiohttp.abc.AbstractResolver):
    """A name server that knows nobody, and is as near as no other."""

    async def resolve(self, *_, **__):
        raise OSError(None, "Domain name not found")

    async def close(self):
        """Nothing is open."""


@pytest.fixture
def nameless(monkeypatch):
    monkeypatch.setattr(aiohttp, "AsyncResolver", Nameless)


async def test_a_closed_port_and_an_unknown_name_get_plain_words(nameless, fetcher):
    with held_port() as port:
        assert "refuses connections at port" in str(await failed(fetcher, f"http://127.0.0.1:{port}/"))
    assert "not known to the name server" in str(await failed(fetcher, "http://no-such-host.invalid/feed"))


async def test_when_no_host_can_be_reached_we_are_offline(nameless, site, fetcher):
    kinds = [(await failed(fetcher, f"http://host-{number}.invalid/")).kind for number in range(4)]
    assert kinds == [FetchFault.UNREACHED, FetchFault.UNREACHED, FetchFault.OFFLINE, FetchFault.OFFLINE]
    await fetch(fetcher, f"{site.base}/feed")
    assert (await failed(fetcher, "http://host-5.invalid/")).kind is FetchFault.UNREACHED
