"""Servers that mean harm: bombs, drips, floods, and addresses that are not what they seem."""

import asyncio
import contextlib
import dataclasses
import gzip
import socket
import zlib
from datetime import timedelta

import aiohttp
import brotli
import pytest
from backports import zstd

from monitor.adapters.http_fetcher import HttpFetcher
from monitor.domain.errors import FetchError, FetchFault
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


ZEROS = bytes(60_000_000)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(packed("gzip", gzip.compress(ZEROS)), id="gzip bomb"),
        pytest.param(packed("deflate", zlib.compress(ZEROS)), id="deflate bomb"),
        pytest.param(packed("br", brotli.compress(ZEROS, quality=3)), id="brotli bomb"),
        pytest.param(packed("zstd", zstd.compress(ZEROS)), id="zstd bomb"),
        pytest.param(chunked(*[b"a" * 60_000] * 20), id="chunks without a length"),
        pytest.param(OK + b"Content-Length: 99999999999\r\n\r\n" + b"a" * 1000, id="announced"),
        pytest.param(OK + b"\r\n" + b"a" * 900_000, id="until the connection closes"),
    ],
)
async def test_bodies_without_end_stop_at_the_limit(answer):
    async with speaking(answer) as url:
        with pytest.raises(FetchError, match="answers with more than"):
            await fetch(url)


async def test_a_large_document_in_small_pieces_is_whole():
    body = b'<rss><channel><item a="%s"/></channel></rss>' % (b"v" * 3_000_000)
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    async with speaking(OK + b"Content-Length: %d\r\n\r\n" % len(body), *pieces) as url:
        fetched = await fetch(url, policy=dataclasses.replace(POLICY, max_body_bytes=4_000_000))
    assert fetched.body == body


async def test_a_bomb_in_a_bomb_is_opened_once():
    inner = gzip.compress(ZEROS)
    async with speaking(packed("gzip", gzip.compress(inner))) as url:
        assert (await fetch(url)).body == inner


@pytest.mark.parametrize(
    ("parts", "every_s", "repeat"),
    [
        pytest.param((OK, b"X-Drip: 1\r\n"), 0.1, 40, id="a header now and then"),
        pytest.param((OK + b"Content-Length: 1000\r\n\r\n", b"a"), 0.1, 40, id="a byte now and then"),
        pytest.param((OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"), 0.1, 40, id="a chunk now and then"),
    ],
)
async def test_drips_end_with_the_time(parts, every_s, repeat):
    async with speaking(*parts, every_s=every_s, repeat=repeat) as url:
        with pytest.raises(FetchError, match=r"within 1 s|no HTTP|sent nothing"):
            await fetch(url)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(OK + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n<rss/>", id="length and chunks"),
        pytest.param(OK + b"X" * 70_000 + b": 1\r\n\r\n", id="a name without end"),
        pytest.param(OK + b"".join(b"X-%d: 1\r\n" % n for n in range(5000)) + b"\r\n", id="headers without end"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n\r\n", id="a long status"),
        pytest.param(b"\x16\x03\x01\x02\x00" * 9 + b"\r\n\r\n", id="TLS"),
        pytest.param(chunked(b"abc").replace(b"3\r\n", b"ffffffffffffffff\r\n"), id="a chunk beyond all bounds"),
    ],
)
async def test_broken_speech_is_a_failure_and_nothing_more(answer):
    async with speaking(answer) as url:
        with pytest.raises(FetchError):
            await fetch(url)


async def test_interim_answers_without_end_are_given_up():
    async with speaking(b"HTTP/1.1 100 Continue\r\n\r\n" * 50, every_s=0.02, repeat=200) as url:
        with pytest.raises(FetchError):
            await fetch(url)


async def test_interim_answers_in_a_flood_are_not_heard_out_until_the_time_is_over():
    # Each is handled like an answer: for as long as they are listened to, nobody else is.
    async with speaking(b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000, every_s=0.001, repeat=100_000) as url:
        with pytest.raises(FetchError, match="no HTTP"):
            await fetch(url)


async def test_an_answer_behind_many_interim_ones_is_heard():
    whole = OK + b"Content-Length: 6\r\n\r\n<rss/>"
    async with speaking(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 900 + whole) as url:
        assert (await fetch(url)).body == b"<rss/>"


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a00:1]/",
        "http://[fec0::1]/", "http://[::1]/", "http://10.0.0.1/", "http://0.0.0.0/", "http://[2002:a00:1::]/",
        "http://127.0.0.2/", "http://metadata@127.0.0.2/", "http://①②⑦.⓪.⓪.②/", "//127.0.0.2/",
        "file:///etc/passwd", "ftp://127.0.0.1/", "data:text/xml,<rss/>", "gopher://127.0.0.1/", "jar:http://x!/",
        f"http://{'a' * 9000}.example/",
    ],
)  # fmt: skip
async def test_redirects_into_our_network_are_refused(target):
    answer = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % target.encode()
    async with speaking(answer) as url:
        with pytest.raises(FetchError) as caught:
            await fetch(url, allowed=["127.0.0.1/32"])
    assert caught.value.kind is FetchFault.REFUSED
    # No advice to open what a stranger wants to be open, and nobody's words at length.
    assert "allow_private_addresses" not in str(caught.value)
    assert len(str(caught.value)) < 400


async def test_a_name_that_resolves_to_our_network_is_refused_each_time(monkeypatch):
    asked = []

    class Rebinding(aiohttp.abc.AbstractResolver):
        """Says that a name of the web is an address of our own."""

        async def resolve(self, host, port=0, family=socket.AF_INET):
            asked.append(host)
            found = {"hostname": host, "port": port, "family": family or socket.AF_INET, "proto": 0, "flags": 0}
            return [{**found, "host": "127.0.0.1"}]

        async def close(self):
            """Nothing is open."""

    monkeypatch.setattr(aiohttp, "AsyncResolver", Rebinding)
    async with speaking(FINE) as url:
        port = url.rpartition(":")[2]
        for _ in range(2):
            with pytest.raises(FetchError, match="allow_private_addresses"):
                await fetch(f"http://rebind.example:{port}", allowed=())
    assert asked == ["rebind.example"] * 2


async def test_a_server_that_repeats_its_etag_is_read_when_the_body_is_another():
    answer = OK + b'ETag: "always"\r\nContent-Length: 6\r\n\r\n' + BODY
    async with speaking(answer) as url:
        fetched = await fetch(url, etag='"always"', body_hash="another", last_full_at=NOW)
    assert fetched.body == BODY


async def test_not_modified_that_nobody_asked_for_brings_nothing():
    async with speaking(b"HTTP/1.1 304 Not Modified\r\n\r\n") as url:
        fetched = await fetch(url)
    assert (fetched.status, fetched.body, fetched.body_hash) == (304, None, "")


@pytest.mark.parametrize("status", [b"301", b"302"])
async def test_a_hop_to_itself_is_a_circle(status):
    async with speaking(b"HTTP/1.1 %s Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n" % status) as url:
        with pytest.raises(FetchError, match="redirects in a circle"):
            await fetch(url)


async def test_eleven_hops_are_too_many():
    # Each leads one folder deeper, so that no address comes twice.
    async with speaking(b"HTTP/1.1 302 Moved\r\nLocation: x/\r\nContent-Length: 0\r\n\r\n") as url:
        with pytest.raises(FetchError, match=f"redirects more than {POLICY.max_redirects} times"):
            await fetch(url)


async def test_hosts_that_hang_do_not_hold_up_a_good_one():
    policy = dataclasses.replace(POLICY, concurrency=64)
    fetcher = HttpFetcher(policy, ["127.0.0.0/8"], "NewsMonitor/1")

    async def ask(url):
        feed = Feed(FeedId(url), url)
        return await fetcher.fetch(feed, FeedState(feed.id, NOW, url), NOW)

    async with speaking(b"", b"x", every_s=30) as hanging, speaking(FINE) as good:
        port = hanging.rpartition(":")[2]
        stuck = [asyncio.create_task(ask(f"http://127.0.0.{number}:{port}")) for number in range(1, 21)]
        done, _ = await asyncio.wait([asyncio.create_task(ask(good))], timeout=5)
        assert [task.result().body for task in done] == [BODY]
        outcomes = await asyncio.gather(*stuck, return_exceptions=True)
    await fetcher.close()
    assert all(isinstance(outcome, FetchError) for outcome in outcomes)


@contextlib.asynccontextmanager
async def minding(usual: bytes, plain: bytes):
    """A server that says something else where it is asked in the plainest way; `asked` are the heads it was asked with."""
    asked: list[bytes] = []

    async def talk(reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).lower())
        writer.write(plain if b"accept-encoding: identity" in asked[-1] else usual)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "0.0.0.0", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", asked
    finally:
        server.close()


SAID = OK + b"Content-Encoding: %s\r\nConnection: close\r\n\r\n"
PACKED = gzip.compress(BODY, mtime=0)
# A frame of zstd that is to be skipped, with 70 megabytes in it, in a small file of gzip.
NOTHING = gzip.compress(b"\x50\x2a\x4d\x18" + (2**30).to_bytes(4, "little") + bytes(70 * 2**20), compresslevel=1)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        pytest.param(SAID % b"br" + BODY, BODY, id="in no way at all"),
        pytest.param(SAID % b"zstd, gzip" + b"\xef\xbb\xbf\n " + BODY, b"\xef\xbb\xbf\n " + BODY, id="not even twice"),
        pytest.param(SAID % b"deflate" + b'{"version": 1}', b'{"version": 1}', id="no JSON"),
        # Opened where documents are read, which is in a process that may be killed.
        pytest.param(SAID % b"br" + PACKED, PACKED, id="in another way"),
        pytest.param(SAID % b"snappy" + BODY, BODY, id="in a way that nobody knows"),
        pytest.param(SAID % b"gzip, gzip" + gzip.compress(PACKED), BODY, id="twice"),
        pytest.param(SAID % b"GZIP" + PACKED, BODY, id="in capitals"),
        pytest.param(SAID % b"deflate" + PACKED, PACKED, id="a file of gzip for deflate"),
        pytest.param(SAID % b"gzip" + zlib.compress(BODY), BODY, id="deflate for a file of gzip"),
        pytest.param(SAID % b"deflate" + zlib.compress(BODY)[2:-4], BODY, id="deflate without its head"),
        pytest.param(SAID % b"gzip" + PACKED * 3 + b"\x1f", BODY * 3, id="several files, and what begins like one"),
        pytest.param(SAID % b"zstd" + zstd.compress(BODY) * 2 + b"junk", BODY * 2, id="several frames, and junk"),
        pytest.param(SAID % b"gzip" + PACKED + bytes(500), BODY, id="and zeros"),
    ],
)
async def test_what_is_packed_in_another_way_than_it_says_is_read_all_the_same(answer, body):
    async with minding(answer, answer) as (url, asked):
        fetched = await fetch(url, policy=PATIENT)
    assert fetched.body == body
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("usual", "plain", "body"),
    [
        pytest.param(SAID % b"br" + b"plain words", FINE, BODY, id="packed in no way at all"),
        pytest.param(SAID % b"gzip", FINE, BODY, id="nothing, and packed at that"),
        pytest.param(SAID % b"gzip", SAID % b"gzip", b"", id="nothing, however it is asked"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", FINE, BODY, id="in pieces that are none"),
        pytest.param(SAID % b"gzip" + PACKED[:-8] + b"junkjunk", SAID % b"gzip" + PACKED, PACKED, id="a wrong sum"),
        pytest.param(SAID % b"gzip, " * 9 + PACKED, FINE, BODY, id="more often than anybody packs"),
        pytest.param(SAID % b"gzip" + gzip.compress(b"") * 5000, FINE, BODY, id="thousands of files of nothing"),
        pytest.param(SAID % b"zstd, gzip" + NOTHING, FINE, BODY, id="many megabytes of nothing"),
    ],
)
async def test_who_trips_over_what_is_usual_is_asked_once_more_and_plainly(usual, plain, body):
    async with minding(usual, plain) as (url, asked):
        fetched = await fetch(url, policy=PATIENT)
    assert fetched.body == body
    assert len(asked) == 2
    assert b"connection: close" in asked[1]


WHOLE = (
    b"<rss><channel>" + b"".join(b"<item><title>%x</title></item>" % hash((n, n)) for n in range(12_000)) + b"</rss>"
)
PACKERS = {
    b"gzip": gzip.compress,
    b"deflate": zlib.compress,
    b"br": lambda data: brotli.compress(data, quality=2),
    b"zstd": zstd.compress,
}


@pytest.mark.parametrize("framing", ["close", "length", "chunks"])
@pytest.mark.parametrize("coding", PACKERS)
async def test_what_is_packed_and_ends_too_early_is_read_and_nothing_vouches_for_it(coding, framing):
    data = PACKERS[coding](WHOLE)
    for sent, is_whole in ((data, True), (data[: len(data) * 3 // 4], False)):
        head = OK + b'ETag: "1"\r\nLast-Modified: Wed, 25 Nov 2026 09:00:00 GMT\r\nContent-Encoding: %s\r\n' % coding
        answer = {
            "close": head + b"Connection: close\r\n\r\n" + sent,
            "length": head + b"Content-Length: %d\r\n\r\n" % len(sent) + sent,
            "chunks": head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(sent), sent),
        }[framing]
        async with speaking(answer) as url:
            fetched = await fetch(url, policy=dataclasses.replace(PATIENT, max_body_bytes=4_000_000))
        assert WHOLE.startswith(fetched.body)
        assert (fetched.body == WHOLE) is is_whole
        assert len(fetched.body) > len(WHOLE) // 4
        assert ("etag" in fetched.headers, "last-modified" in fetched.headers) == (is_whole, is_whole)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(OK + b"Content-Length: 2", id="a length that is too short"),
        pytest.param(OK + b"Content-Length: 6\r\nContent-Length: 9", id="two lengths"),
        pytest.param(OK + b"Content-Length: 1e3", id="a length that is no number"),
        pytest.param(OK + b"Content-Length: -5", id="a length below nothing"),
        pytest.param(OK + b"Content-Length: " + b"9" * 40, id="a length beyond all bounds"),
        pytest.param(OK + b"X: \0", id="a zero byte"),
        pytest.param(OK + b": nameless\r\ngarbage\r\nNa me: a", id="lines that are no headers"),
        pytest.param(OK + b"ETag: a\r\n b\r\n\tc", id="folded lines"),
        pytest.param(b"HTTP/9.9 200 OK", id="a version of the future"),
        pytest.param(b"http/1.1 200 OK", id="small letters"),
        pytest.param(b"ICY 200 OK", id="a radio station"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: <a>\r\n\r\nHTTP/9 200", id="interim answers"),
        pytest.param(b"HTTP/1.1 200 " + b"O" * 40_000, id="many words"),
    ],
)  # fmt: skip
async def test_an_answer_whose_head_nobody_else_reads_is_read(head):
    for end in (b"\r\n\r\n", b"\n\n"):
        async with speaking(head + end + BODY) as url:
            assert (await fetch(url, policy=PATIENT)).body == BODY


async def test_the_usual_length_is_kept_to_and_what_follows_in_the_same_piece_is_read_with_it():
    answer = OK + b'ETag: "1"\r\nContent-Length: %d\r\n\r\n' % (len(WHOLE) - 500) + WHOLE
    async with speaking(answer) as url:
        fetched = await fetch(url, policy=dataclasses.replace(PATIENT, max_body_bytes=4_000_000))
    assert WHOLE.startswith(fetched.body)
    assert len(fetched.body) >= len(WHOLE) - 500


async def test_an_answer_in_single_bytes_is_read_however_odd_its_head():
    answer = OK + b"no colon\r\nContent-Length: x\r\n\r\n" + BODY
    async with speaking(*(answer[at : at + 1] for at in range(len(answer)))) as url:
        assert (await fetch(url, policy=PATIENT)).body == BODY


async def test_who_trips_over_the_plainest_question_is_asked_no_third_time():
    for broken, words in (
        (b"nonsense\r\n\r\n", "no HTTP"),
        (OK + b"Content-Encoding: zstd\r\n\r\nplain words", "another way than it says"),
    ):
        async with minding(broken, broken) as (url, asked):
            with pytest.raises(FetchError, match=words):
                await fetch(url)
        assert len(asked) == 2
