"""The fetcher against a real server on loopback that behaves well, badly and maliciously."""

import asyncio
import contextlib
import dataclasses
import gzip
import hashlib
import zlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import brotli
import pytest
from aiohttp import web

from monitor.adapters.http_fetcher import HttpFetcher
from monitor.domain.errors import FetchError, FetchFault
from monitor.domain.feed import Feed, FeedId, FeedState
from monitor.domain.policy import FetchPolicy
from tests.builders import NOW

BODY = b"<rss version='2.0'><channel><title>News</title></channel></rss>"
POLICY = FetchPolicy(
    timeout=timedelta(seconds=1),
    connect_timeout=timedelta(seconds=1),
    read_timeout=timedelta(milliseconds=400),
    max_body_bytes=200_000,
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """A web server with one handler for every path; it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.handler: Handler = _fine
        self.base = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.handler(request)


async def _fine(request: web.Request) -> web.StreamResponse:
    return web.Response(body=BODY, content_type="application/rss+xml")


async def _started(site: Site, host: str = "127.0.0.1") -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listener = web.TCPSite(runner, host, 0)
    await listener.start()
    port = listener._server.sockets[0].getsockname()[1]
    site.base = f"http://{host}:{port}"
    return runner


@pytest.fixture
async def site():
    site = Site()
    runner = await _started(site)
    yield site
    await runner.cleanup()


@pytest.fixture
async def other():
    site = Site()
    runner = await _started(site, "127.0.0.2")
    yield site
    await runner.cleanup()


@pytest.fixture
async def fetcher():
    fetcher = HttpFetcher(POLICY, ["127.0.0.0/8"], "NewsMonitor/1.2 (+https://example.org)")
    yield fetcher
    await fetcher.close()


def feed_at(url: str, **fields) -> Feed:
    return Feed(FeedId("example"), url, **fields)


def state_of(feed: Feed, **fields) -> FeedState:
    return FeedState(feed.id, NOW, feed.url, **fields)


async def fetch(fetcher: HttpFetcher, url: str, *, options=None, **known):
    feed = feed_at(url, options=options or {})
    return await fetcher.fetch(feed, state_of(feed, **known), NOW)


async def failed(fetcher: HttpFetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(fetcher, url)
    return caught.value


async def test_a_document_comes_with_its_hash_and_headers(site, fetcher):
    fetched = await fetch(fetcher, f"{site.base}/feed")
    assert (fetched.status, fetched.body) == (200, BODY)
    assert fetched.body_hash == hashlib.sha256(BODY).hexdigest()
    assert fetched.headers["content-type"].startswith("application/rss+xml")
    assert site.asked[0].headers["User-Agent"] == "NewsMonitor/1.2 (+https://example.org)"


async def test_both_validators_are_sent_verbatim(site, fetcher):
    async def unchanged(request):
        return web.Response(status=304)

    site.handler = unchanged
    known = {"etag": 'W/"a b"', "last_modified": "yesterday, or so", "last_full_at": NOW}
    fetched = await fetch(fetcher, f"{site.base}/feed", **known)
    assert (fetched.status, fetched.body, fetched.body_hash) == (304, None, "")
    asked = site.asked[0].headers
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('W/"a b"', "yesterday, or so")


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"last_full_at": NOW - timedelta(hours=25)}, id="a day has passed"),
        pytest.param({"last_full_at": NOW, "failures": 1}, id="it failed the last time"),
        pytest.param({"last_full_at": NOW + timedelta(days=9)}, id="the clock was set back"),
        pytest.param({}, id="never read in full"),
    ],
)
async def test_validators_are_left_out_when_only_a_document_is_proof(site, fetcher, known):
    fetched = await fetch(fetcher, f"{site.base}/feed", etag='"x"', **known)
    assert fetched.body == BODY
    assert "If-None-Match" not in site.asked[0].headers


async def test_a_body_that_is_known_is_not_handed_on(site, fetcher):
    known = hashlib.sha256(BODY).hexdigest()
    fetched = await fetch(fetcher, f"{site.base}/feed", body_hash=known)
    assert (fetched.status, fetched.body, fetched.body_hash) == (200, None, known)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        pytest.param("gzip", gzip.compress(BODY), id="gzip"),
        pytest.param("deflate", zlib.compress(BODY), id="deflate"),
        pytest.param("br", brotli.compress(BODY), id="brotli"),
    ],
)
async def test_compressed_bodies_are_read(site, fetcher, encoding, packed):
    async def compressed(request):
        assert encoding in request.headers["Accept-Encoding"]
        return web.Response(body=packed, headers={"Content-Encoding": encoding})

    site.handler = compressed
    assert (await fetch(fetcher, f"{site.base}/feed")).body == BODY


@pytest.mark.parametrize("encoding", ["gzip", "br"])
async def test_a_bomb_is_given_up_at_the_limit(site, fetcher, encoding):
    packed = {"gzip": gzip.compress, "br": brotli.compress}[encoding](bytes(20_000_000))

    async def bomb(request):
        return web.Response(body=packed, headers={"Content-Encoding": encoding})

    site.handler = bomb
    error = await failed(fetcher, f"{site.base}/feed")
    assert "answers with more than 0.191 MiB" in str(error)


async def test_a_body_that_announces_too_much_is_not_read(site, fetcher):
    async def long(request):
        return web.Response(body=bytes(POLICY.max_body_bytes + 1))

    site.handler = long
    assert "answers with more than" in str(await failed(fetcher, f"{site.base}/feed"))


def _redirecting(codes: dict[str, tuple[int, str]]) -> Handler:
    async def handler(request):
        if request.path in codes:
            status, target = codes[request.path]
            return web.Response(status=status, headers={"Location": target})
        return await _fine(request)

    return handler


@pytest.mark.parametrize(
    ("codes", "permanent"),
    [
        pytest.param({"/a": (301, "/b"), "/b": (308, "/c")}, "/c", id="every hop is permanent"),
        pytest.param({"/a": (301, "/b"), "/b": (302, "/c")}, None, id="one hop is not"),
        pytest.param({"/a": (307, "/c")}, None, id="temporary"),
        pytest.param({}, None, id="no hop"),
    ],
)
async def test_a_permanent_address_is_told_when_every_hop_was(site, fetcher, codes, permanent):
    site.handler = _redirecting(codes)
    fetched = await fetch(fetcher, f"{site.base}/a")
    assert fetched.body == BODY
    assert fetched.permanent_url == (permanent and f"{site.base}{permanent}")


async def test_endless_redirects_are_a_failure(site, fetcher):
    site.handler = _redirecting({f"/{number}": (302, f"/{number + 1}") for number in range(20)})
    assert "redirects more than 10 times: give the address" in str(await failed(fetcher, f"{site.base}/0"))
    assert len(site.asked) == 11


async def test_a_circle_is_noticed_when_it_closes(site, fetcher):
    site.handler = _redirecting({"/a": (302, "/b"), "/b": (302, "/a")})
    assert "redirects in a circle: give the address" in str(await failed(fetcher, f"{site.base}/a"))
    assert len(site.asked) == 2


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "http://[", "data:,x"])
async def test_redirects_to_other_schemes_are_refused(site, fetcher, target):
    site.handler = _redirecting({"/a": (302, target)})
    error = await failed(fetcher, f"{site.base}/a")
    assert error.kind is FetchFault.REFUSED


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "nonsense", "", "http://"])
async def test_only_http_addresses_are_fetched(fetcher, url):
    assert (await failed(fetcher, url)).kind is FetchFault.REFUSED


async def test_credentials_stay_with_their_origin(site, other, fetcher):
    site.handler = _redirecting({"/a": (302, "/b"), "/b": (302, f"{other.base}/c")})
    url = site.base.replace("http://", "http://reader:secret@") + "/a"
    fetched = await fetch(fetcher, url, options={"headers": {"X-Key": "k"}})
    assert fetched.body == BODY
    assert [request.headers.get("Authorization", "")[:6] for request in site.asked] == ["Basic ", "Basic "]
    assert site.asked[1].headers["X-Key"] == "k"
    assert "Authorization" not in other.asked[0].headers
    assert "X-Key" not in other.asked[0].headers
    assert "secret" not in fetched.url


async def test_credentials_in_a_redirect_are_dropped(site, other, fetcher):
    site.handler = _redirecting({"/a": (302, other.base.replace("http://", "http://evil:word@") + "/c")})
    await fetch(fetcher, f"{site.base}/a")
    assert "Authorization" not in other.asked[0].headers


async def test_cookies_are_not_kept(site, fetcher):
    async def sets_cookie(request):
        return web.Response(body=BODY, headers={"Set-Cookie": "id=1"})

    site.handler = sets_cookie
    await fetch(fetcher, f"{site.base}/a")
    await fetch(fetcher, f"{site.base}/a")
    assert "Cookie" not in site.asked[1].headers


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
        pytest.param(299, {}, FetchFault.FAILED, None, "nobody defined", id="unknown"),
        pytest.param(302, {}, FetchFault.FAILED, None, "answers 302", id="redirect to nowhere"),
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


async def _raw(answer: bytes, *, keep_open: bool = False) -> tuple[asyncio.Server, str]:
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if keep_open:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


_HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("answer", "keep_open", "words"),
    [
        pytest.param(b"", True, "sent nothing for 0.4 s", id="silence"),
        pytest.param(b"", False, "closed the connection without an answer", id="closed"),
        pytest.param(_HEAD + b"Content-Length: 900\r\n\r\nabc", True, "sent nothing for 0.4 s", id="half a body"),
        pytest.param(_HEAD + b"Content-Length: 900\r\n\r\nabc", False, "broke off", id="cut short"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", False, "no HTTP", id="another protocol"),
        pytest.param(_HEAD + b"X: " + b"a" * 40_000 + b"\r\n\r\n", False, "no HTTP", id="a header too long"),
        pytest.param(_HEAD + b"X: a\r\n" * 2000 + b"\r\n", False, "no HTTP", id="too many headers"),
        pytest.param(
            _HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", False, "than it says", id="no gzip"
        ),
        pytest.param(_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", False, "no HTTP", id="broken chunks"),
    ],
)
async def test_servers_that_speak_badly_get_plain_words(fetcher, answer, keep_open, words):
    server, url = await _raw(answer, keep_open=keep_open)
    async with server:
        assert words in str(await failed(fetcher, url))


async def test_a_drip_ends_with_the_total_time(site, fetcher):
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
    error = await failed(fetcher, f"{site.base}/feed")
    done.set()
    assert "did not finish its answer within 1 s" in str(error)


async def test_a_closed_port_and_an_unknown_name_get_plain_words(fetcher):
    server, url = await _raw(b"")
    server.close()
    await server.wait_closed()
    assert "refuses connections at port" in str(await failed(fetcher, url))
    assert "not known to the name server" in str(await failed(fetcher, "http://no-such-host.invalid/feed"))


async def test_when_no_host_can_be_reached_we_are_offline(site, fetcher):
    kinds = [(await failed(fetcher, f"http://host-{number}.invalid/")).kind for number in range(4)]
    assert kinds == [FetchFault.FAILED, FetchFault.FAILED, FetchFault.OFFLINE, FetchFault.OFFLINE]
    await fetch(fetcher, f"{site.base}/feed")
    assert (await failed(fetcher, "http://host-5.invalid/")).kind is FetchFault.FAILED


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "①②⑦.⓪.⓪.①", "127。0。0。1", "user@127.0.0.1"],
)
async def test_private_addresses_are_refused_in_every_spelling(site, host):
    fetcher = HttpFetcher(POLICY, [], "x")
    port = site.base.rpartition(":")[2]
    error = await failed(fetcher, f"http://{host}:{port}/feed")
    await fetcher.close()
    assert site.asked == []
    assert error.kind is FetchFault.REFUSED
    assert "allow_private_addresses" in str(error)


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "0177.0.0.1"])
async def test_numbers_that_are_no_address_lead_nowhere(site, host):
    fetcher = HttpFetcher(POLICY, [], "x")
    await failed(fetcher, f"http://{host}:{site.base.rpartition(':')[2]}/feed")
    await fetcher.close()
    assert site.asked == []


async def test_a_redirect_to_a_private_address_is_refused(site, other):
    fetcher = HttpFetcher(POLICY, ["127.0.0.1/32"], "x")
    site.handler = _redirecting({"/a": (302, f"{other.base}/b")})
    error = await failed(fetcher, f"{site.base}/a")
    await fetcher.close()
    assert error.kind is FetchFault.REFUSED
    assert other.asked == []


async def test_one_host_is_asked_by_a_few_at_once(site):
    policy = dataclasses.replace(POLICY, per_host=2)
    fetcher = HttpFetcher(policy, ["127.0.0.0/8"], "x")
    running, most, gate = 0, 0, asyncio.Event()

    async def counted(request):
        nonlocal running, most
        running += 1
        most = max(most, running)
        if most == 2:
            gate.set()
        await gate.wait()
        running -= 1
        return await _fine(request)

    site.handler = counted
    await asyncio.gather(*(fetch(fetcher, f"{site.base}/{number}") for number in range(8)))
    await fetcher.close()
    assert most == 2
    assert len(site.asked) == 8


async def test_an_adopted_address_is_used_until_the_operator_gives_another(site, fetcher):
    feed = feed_at(f"{site.base}/old")
    moved = dataclasses.replace(state_of(feed), url=f"{site.base}/new", adopted_from=feed.url, etag='"e"')
    await fetcher.fetch(feed, dataclasses.replace(moved, last_full_at=NOW), NOW)
    await fetcher.fetch(feed_at(f"{site.base}/other"), dataclasses.replace(moved, last_full_at=NOW), NOW)
    assert [request.path for request in site.asked] == ["/new", "/other"]
    assert [request.headers.get("If-None-Match") for request in site.asked] == ['"e"', None]
