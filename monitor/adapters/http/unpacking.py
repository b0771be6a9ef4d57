"""
Takes the content coding off an answer, piece by piece, and knows whether all of it came.

The library that speaks HTTP takes what ends too early for whole (gzip, brotli) or gives none of it (zstd, deflate);
of a feed that broke off what came is to be read, and what vouches for a whole one is not to be kept.
"""

import asyncio
import re
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_STEP, _SLICE = 64 * 2**10, 512
_OPENING = 64
# After so many pieces of one piece that came, others have their turn.
_TURN = 16
_MOST_LAYERS, _MOST_MEMBERS, _MOST_BETWEEN = 3, 4096, 64 * 2**20
_GZIP, _ZSTD, _SKIPPED = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
# What an HTTP client has to take at most (RFC 9659); the memory for more would be given to whoever asks for it.
_ZSTD_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}
_NAMES = {"x-gzip": "gzip", "x-deflate": "deflate", "brotli": "br", "x-zstd": "zstd"}
# How documents begin, and hardly anything that is packed; a file of gzip is opened where documents are read.
_PLAIN = re.compile(rb"\s*+(?:\xef\xbb\xbf)?\s*+(?:<[?!A-Za-z]|[{\[]\s*+[\"{\[\]}])")
_FILE = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
_ZLIB_METHOD, _ZLIB_CHECK = 8, 31


class PackedOtherwiseError(Exception):
    """What came cannot be unpacked in the way that its head says."""


class _Layer(Protocol):
    @property
    def is_whole(self) -> bool: ...

    def feed(self, data: bytes) -> Iterator[bytes]: ...


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Unpacker:
    """For one answer. ``coding`` is its Content-Encoding, ``is_whole`` whether nothing is missing at its end."""

    def __init__(self, coding: str, *, leaves_files: bool = False) -> None:
        names = [_NAMES.get(name, name) for part in coding.lower().split(",") if (name := part.strip())]
        self._names = [name for name in names if name in _LAYERS]
        self._leaves_files = leaves_files
        self._layers: list[_Layer] = []
        self._begun = False
        self._between = 0

    @property
    def is_whole(self) -> bool:
        """Whether all layers came to their end."""
        return all(layer.is_whole for layer in self._layers)

    async def parts(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """
        What is in *chunks*, in pieces of 64 KiB at most.

        Raises:
            PackedOtherwiseError: here it is not packed as its head says; all that could be unpacked was given before.
        """
        opening = b""
        async for chunk in chunks:
            if not self._begun:
                opening += chunk
                if len(opening) < _OPENING:
                    continue
                chunk = self._begin(opening)
            async for part in self._in_turns(chunk):
                yield part
        if not self._begun:
            async for part in self._in_turns(self._begin(opening)):
                yield part

    async def _in_turns(self, data: bytes) -> AsyncIterator[bytes]:
        for number, part in enumerate(self._through(data, self._layers), 1):
            if part:
                yield part
            if number % _TURN == 0:
                await asyncio.sleep(0)

    def _begin(self, opening: bytes) -> bytes:
        self._begun = True
        is_plain = (
            not opening
            or _PLAIN.match(opening)
            or (_FILE.match(opening) and (self._leaves_files or "gzip" not in self._names))
        )
        if not is_plain:
            if len(self._names) > _MOST_LAYERS:
                raise PackedOtherwiseError
            self._layers = [_LAYERS[name]() for name in reversed(self._names)]
        return opening

    def _through(self, data: bytes, layers: Sequence[_Layer]) -> Iterator[bytes]:
        if not layers:
            yield data
            return
        try:
            for part in layers[0].feed(data):
                yield from self._through(part, layers[1:])
                if len(layers) > 1:
                    self._count_between(len(part))
                    yield b""  # a turn for others, also where nothing comes of it
        except (zlib.error, zstd.ZstdError, brotli.error) as error:
            raise PackedOtherwiseError from error

    def _count_between(self, size: int) -> None:
        # What stands between two layers may be many megabytes of which nothing comes.
        self._between += size
        if self._between > _MOST_BETWEEN:
            raise PackedOtherwiseError


class _Members:
    """Files put together as one, as gzip and zstd allow; whatever else follows the last of them is none of it."""

    def __init__(self, new: Callable[[bytes], _Decompressor], begins: Callable[[bytes], bool], least: int) -> None:
        self._new, self._begins, self._least = new, begins, least
        self._unpacker: _Decompressor | None = None
        self._held = b""
        self._count = 0
        self.is_whole = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        data = self._held + data
        self._held = b""
        while data:
            if self._unpacker is None:
                if len(data) < self._least:
                    self._held = data
                    return
                if self._count and not self._begins(data):
                    return
                self._count += 1
                if self._count > _MOST_MEMBERS:
                    raise PackedOtherwiseError
                self._unpacker, self.is_whole = self._new(data), False
            yield from _drained(self._unpacker, data)
            if not self._unpacker.eof:
                return
            data, self._unpacker, self.is_whole = self._unpacker.unused_data, None, True


def _drained(unpacker: _Decompressor, data: bytes) -> Iterator[bytes]:
    while True:
        part = unpacker.decompress(data, _STEP)
        if part:
            yield part
        # What zlib did not look at yet it gives back, zstd keeps it.
        data = getattr(unpacker, "unconsumed_tail", b"")
        if unpacker.eof or (not data and len(part) < _STEP):
            return


class _Brotli:
    def __init__(self) -> None:
        self._unpacker = brotli.Decompressor()
        self.is_whole = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        # It fails where anything follows its end, and then what the same piece held is lost.
        for start in range(0, len(data), _SLICE):
            if self.is_whole:
                return
            yield from self._drained(data[start : start + _SLICE])

    def _drained(self, data: bytes) -> Iterator[bytes]:
        while True:
            part = self._unpacker.process(data, output_buffer_limit=_STEP)
            self.is_whole = self._unpacker.is_finished()
            if part:
                yield part
            data = b""
            if self.is_whole or (not part and self._unpacker.can_accept_more_data()):
                return


def _gzip() -> _Layer:
    return _Members(lambda _: zlib.decompressobj(32 + zlib.MAX_WBITS), lambda data: data.startswith(_GZIP), 2)


def _deflate() -> _Layer:
    """With the head of zlib or, as some servers send it, without."""
    return _Members(lambda data: zlib.decompressobj(_window(data)), lambda _: False, 2)


def _window(data: bytes) -> int:
    has_head = data[0] & 15 == _ZLIB_METHOD and int.from_bytes(data[:2], "big") % _ZLIB_CHECK == 0
    return zlib.MAX_WBITS if has_head else -zlib.MAX_WBITS


def _zstd() -> _Layer:
    def begins(data: bytes) -> bool:
        return data.startswith(_ZSTD) or _SKIPPED.match(data) is not None

    return _Members(lambda _: zstd.ZstdDecompressor(options=_ZSTD_WINDOW), begins, 4)


_LAYERS: dict[str, Callable[[], _Layer]] = {"gzip": _gzip, "deflate": _deflate, "br": _Brotli, "zstd": _zstd}
