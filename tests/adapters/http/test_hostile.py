"""Servers that mean harm: bombs, drips, floods, and addresses that are not what they seem."""

import asyncio
import dataclasses
import gzip
import socket
import zlib
from datetime import timedelta

import aiohttp
import brotli
import pytest
from backports import zstd

from monitor.adapters.http.fetcher import HttpFetcher
from monitor.domain.errors import FetchError, FetchFault
from monitor.domain.feed import Feed, FeedId, FeedState
from tests.adapters.http.speech import BODY, FINE, HURRIED, OK, POLICY, chunked, fetch, packed, speaking
from tests.builders import NOW

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
            await fetch(url, policy=HURRIED)


@pytest.mark.parametrize(
    "answer",
    [
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
            await fetch(url, policy=HURRIED)


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


async def test_not_modified_that_nobody_asked_for_is_no_document():
    # Else a feed that never showed one would count as fine for good.
    async with speaking(b"HTTP/1.1 304 Not Modified\r\n\r\n") as url:
        with pytest.raises(FetchError, match="sends no document"):
            await fetch(url)


@pytest.mark.parametrize("length", [b"", b"Content-Length: 9\r\n"], ids=["no length", "a wrong length"])
async def test_what_comes_behind_not_modified_is_passed_over(length):
    async with speaking(b"HTTP/1.1 304 Not Modified\r\n%s\r\n<rss><channel/></rss>" % length) as url:
        fetched = await fetch(url, etag='"1"', last_full_at=NOW)
    assert (fetched.status, fetched.body) == (304, None)


@pytest.mark.parametrize("length", [b"", b"Content-Length: 3\r\n"], ids=["no length", "a length as well"])
async def test_pieces_that_are_none_are_read_as_they_come(length):
    async with speaking(OK + length + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + BODY) as url:
        assert (await fetch(url)).body == BODY


async def test_what_drips_until_the_time_is_over_is_read_as_far_as_it_came_in_the_end():
    policy = dataclasses.replace(POLICY, timeout=timedelta(seconds=5))
    async with speaking(OK + b"Content-Length: 90000\r\n\r\n" + BODY, b" ", every_s=0.2, repeat=1_000) as url:
        fetched = await fetch(url, policy=policy, failures=policy.broken_after)
    assert fetched.body is not None
    assert fetched.body.rstrip() == BODY


async def test_who_never_sends_all_is_not_waited_for_each_time():
    async with speaking(OK + b"Content-Length: 900\r\n\r\n" + BODY) as url:
        with pytest.raises(FetchError, match="broke off"):
            await fetch(url, last_success_at=NOW, body_hash="of a whole document")
        # No hash is kept of what was cut.
        assert (await fetch(url, last_success_at=NOW)).body == BODY


async def test_frames_of_another_protocol_are_an_answer_that_is_no_http():
    async with speaking(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18) as url:
        with pytest.raises(FetchError, match="no HTTP"):
            await fetch(url)


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

    async with speaking(b"", b"x", every_s=600) as hanging, speaking(FINE) as good:
        port = hanging.rpartition(":")[2]
        stuck = [asyncio.create_task(ask(f"http://127.0.0.{number}:{port}")) for number in range(1, 21)]
        assert (await ask(good)).body == BODY
        assert not any(task.done() for task in stuck)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
    await fetcher.close()
