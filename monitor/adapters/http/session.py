"""
Connections to the web as we want them: guarded, without cookies or proxies, and of two kinds.

The second kind is for servers that trip over what is usual, or over which the usual reader trips: one answer and no
more, of which only what is of use is read, and which ends where the connection does, whatever it says of its length.
"""

import asyncio
import functools
import re
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import HttpProcessingError, RawResponseMessage

from monitor.adapters.address_guard import AddressGuard
from monitor.adapters.descriptors import idle_s, take_all
from monitor.domain.policy import FetchPolicy

CHUNK = 64 * 2**10
# Beyond that it is left as it came, and refused as usual.
_MOST_HEAD, _MOST_LINES = 64 * 2**10, 128
_MOST_INTERIM, _FINAL = 1_000, 200
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"\s*(?:HTTP/?\S*|ICY)\s+([1-9]\d\d)(?!\d)", re.IGNORECASE)
_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
# How the first chunk begins: its size. What may still become that ends before anything else came.
_CHUNK, _MAYBE_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,16}[ \t]*[;\r\n]"), re.compile(rb"[0-9A-Fa-f]{0,16}[ \t]*\Z")
_NO_BODY, _BODILESS = (b"204", b"304"), (b"HTTP/1.1 204 \r\n", b"HTTP/1.1 304 \r\n")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]+")
# What nobody needs of an answer, or what would contradict how it is read.
_LEFT_OUT = re.compile(
    rb"content-length|connection|keep-alive|upgrade|trailer|set-cookie2?|date|server|vary|via|x-.*|.*-policy", re.I
)


def open_resolver() -> aiohttp.abc.AbstractResolver:
    """A resolver that holds up nobody: names that do not answer would fill the default thread pool."""
    try:
        return aiohttp.AsyncResolver()
    except (RuntimeError, OSError):  # no aiodns, or the system grants it no channel
        return aiohttp.ThreadedResolver()


def open_session(
    policy: FetchPolicy, guard: AddressGuard, resolver: aiohttp.abc.AbstractResolver, *, is_plain: bool
) -> aiohttp.ClientSession:
    """A session of the loop that is running; whoever closes it closes *resolver* besides."""
    idle = 0 if is_plain else idle_s(take_all())
    connector = _Connector(
        _PlainAnswer if is_plain else _Answer,
        limit=0,  # Hosts counts requests: waiting in the connector would eat up their time
        resolver=resolver,
        socket_factory=guard.socket_factory(is_web=True),
        ttl_dns_cache=60,
        keepalive_timeout=idle or None,
        force_close=not idle,
    )
    timeout = aiohttp.ClientTimeout(
        total=None,
        connect=policy.connect_timeout.total_seconds(),
        sock_read=policy.read_timeout.total_seconds(),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        # Of each answer that waits for room twice as much is read ahead.
        read_bufsize=CHUNK,
        max_line_size=policy.max_header_bytes,
        max_field_size=policy.max_header_bytes,
        timeout=timeout,
    )


class _Connector(aiohttp.TCPConnector):
    """Its connections read answers as *reader* does."""

    def __init__(self, reader: type[ResponseHandler], **options: Any) -> None:
        super().__init__(**options)
        self._factory = functools.partial(reader, loop=self._loop)


class _Answer(ResponseHandler):
    """
    Hears out a server that sends interim answers, but not for ever.

    Thousands of them fit into what one look at a socket brings, and each is handled like an answer: one server that
    sends nothing else would keep the loop busy for as long as it is given, and all feeds waiting.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._interim = 0

    def feed_data(self, data: tuple[RawResponseMessage, aiohttp.StreamReader], size: int = 0) -> None:
        self._interim = self._interim + 1 if data[0].code < _FINAL else 0
        if self._interim <= _MOST_INTERIM:
            super().feed_data(data, size)
        elif self.transport is not None and not self.transport.is_closing():
            self.set_exception(HttpProcessingError(message="too many interim answers"))
            self.transport.abort()


class _PlainAnswer(_Answer):
    """Writes the head of an answer anew before it is read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._read_ahead: bytes | None = b""
        self._is_over = False  # what some servers send behind an answer without a body is nothing to us

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        if self._read_ahead is not None and data:
            self._read_ahead += data
            written = _written_anew(self._read_ahead)
            if written is None and len(self._read_ahead) < _MOST_HEAD:
                return
            data, self._read_ahead = written or self._read_ahead, None
            self._is_over = data.startswith(_BODILESS)
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        # What came and is no head is an answer all the same: an odd one, and not none.
        if self._read_ahead:
            data, self._read_ahead = self._read_ahead, None
            super().data_received(data)
        super().connection_lost(exc)


def _written_anew(data: bytes) -> bytes | None:
    """*data* with a head that can be read, behind those of interim answers; None where it has not ended yet."""
    start = 0
    while end := _HEAD_END.search(data, start):
        status = _STATUS.match(data, start)
        if status is None:
            return data
        if not status[1].startswith(b"1"):
            if end.start() - start > _MOST_HEAD or data.count(b"\n", start, end.start()) > _MOST_LINES:
                return data
            return _with_plain_head(status[1], data[status.end() : end.start()], data[end.end() :])
        start = end.end()
    return None


def _with_plain_head(status: bytes, head: bytes, body: bytes) -> bytes | None:
    kept = _kept(head)
    if status in _NO_BODY:
        body = b""
    elif kept.get(b"transfer-encoding", b"").lower() == b"chunked" and not _CHUNK.match(body):
        if _MAYBE_CHUNK.match(body):
            return None
        # It says that it comes in pieces, and does not.
        del kept[b"transfer-encoding"]
    lines = b"".join(b"%s: %s\r\n" % line for line in kept.items())
    return b"HTTP/1.1 %s \r\n%s\r\n%s" % (status, lines, body)


def _kept(head: bytes) -> dict[bytes, bytes]:
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head)
    kept: dict[bytes, bytes] = {}
    for line in unfolded.splitlines()[1:]:
        found = _LINE.fullmatch(line)
        if found is None or _LEFT_OUT.fullmatch(found[1]):
            continue
        kept.setdefault(found[1].lower(), _NO_TEXT.sub(b" ", found[2]).strip())
    return kept
