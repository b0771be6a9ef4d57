"""Answers that are packed, framed or headed in another way than they say, and are read as far as they come."""

import contextlib
import dataclasses
import gzip
import zlib

import brotli
import pytest
from backports import zstd

from monitor.domain.errors import FetchError
from tests.adapters.http.speech import BODY, FINE, OK, POLICY, fetch, speaking
from tests.loopback import talking

LARGE = dataclasses.replace(POLICY, max_body_bytes=4_000_000)


@contextlib.asynccontextmanager
async def minding(usual: bytes, plain: bytes):
    """A server that says something else where it is asked in the plainest way; `asked` are the heads it was asked with."""
    asked: list[bytes] = []

    async def talk(reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).lower())
        writer.write(plain if b"accept-encoding: identity" in asked[-1] else usual)
        await writer.drain()

    async with talking(talk) as port:
        yield f"http://127.0.0.1:{port}/", asked


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
        fetched = await fetch(url)
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
        fetched = await fetch(url)
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
            fetched = await fetch(url, policy=LARGE)
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
            assert (await fetch(url)).body == BODY


async def test_the_usual_length_is_kept_to_and_what_follows_in_the_same_piece_is_read_with_it():
    answer = OK + b'ETag: "1"\r\nContent-Length: %d\r\n\r\n' % (len(WHOLE) - 500) + WHOLE
    async with speaking(answer) as url:
        fetched = await fetch(url, policy=LARGE)
    assert WHOLE.startswith(fetched.body)
    assert len(fetched.body) >= len(WHOLE) - 500


async def test_an_answer_in_single_bytes_is_read_however_odd_its_head():
    answer = OK + b"no colon\r\nContent-Length: x\r\n\r\n" + BODY
    async with speaking(*(answer[at : at + 1] for at in range(len(answer)))) as url:
        assert (await fetch(url)).body == BODY


async def test_who_trips_over_the_plainest_question_is_asked_no_third_time():
    for broken, words in (
        (b"nonsense\r\n\r\n", "no HTTP"),
        (OK + b"Content-Encoding: zstd\r\n\r\nplain words", "another way than it says"),
    ):
        async with minding(broken, broken) as (url, asked):
            with pytest.raises(FetchError, match=words):
                await fetch(url)
        assert len(asked) == 2
