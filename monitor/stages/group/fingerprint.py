"""What an article says as facts that can be compared across languages, and how these are stored."""

import json
import zlib
from base64 import b85decode, b85encode
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

_SKETCHED_WORDS = 250
_ALL_HASHES, _SPARE = 1 << 32, 2


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """
    The facts of one article: ``(key, prominence)``, prominence in (0, 2].

    The first letters of a key tell its kind: ``e:`` entity, ``n:`` name, ``b:`` two names in a row,
    ``p:`` country, ``c:`` city, ``#`` number, ``s:`` score, ``d:`` day, ``m:`` month, ``i:`` identifier,
    ``u:`` link, ``v:`` watched victim, ``w:`` word stem, any other prefix a concept.
    ``sketch`` holds the smallest hashes of its word triples: texts that share most of them are copies.
    Where the article ``is_dated`` not, ``at`` is when it was first seen, and says nothing about how far
    from a story it is. ``vector`` is what a user's model of meaning made of it (`likeness`), else empty.
    """

    article_id: str
    at: datetime
    language: str
    facts: tuple[tuple[str, float], ...]
    sketch: tuple[int, ...] = ()
    origin: str = ""
    author: str = ""
    victims: tuple[str, ...] = ()
    is_dated: bool = True
    vector: bytes = b""


def sketch(words: list[str], size: int) -> tuple[int, ...]:
    """The *size* smallest hashes of the triples of words in a row with which a text begins."""
    read = words[:_SKETCHED_WORDS]
    line = " ".join(read)
    written = line.encode("utf-8", "surrogatepass")
    parts = read if len(written) == len(line) else [word.encode("utf-8", "surrogatepass") for word in read]
    # Where each word begins: a triple is what stands between its first word and the blank before the fourth.
    starts = list(accumulate([len(part) + 1 for part in parts], initial=0))
    hashes = list(map(zlib.crc32, map(written.__getitem__, map(slice, starts, [start - 1 for start in starts[3:]]))))
    # Hashes are spread evenly, so that the smallest are nearly always among those below a bar.
    bar = _ALL_HASHES * _SPARE * size // max(1, len(hashes))
    small = {one for one in hashes if one < bar}
    return tuple(sorted(small if len(small) >= size else set(hashes))[:size])


def pack(fingerprint: Fingerprint) -> bytes:
    """
    A fingerprint as compact JSON for the store.

    Where there is no vector, none is named: workers of the version before read it beside this one.
    """
    vector = (b85encode(fingerprint.vector).decode("ascii"),) if fingerprint.vector else ()
    packed = json.dumps(
        [
            fingerprint.article_id,
            fingerprint.at.isoformat(),
            fingerprint.language,
            [part for key, weight in fingerprint.facts for part in (key, round(weight, 2))],
            fingerprint.sketch,
            fingerprint.origin,
            fingerprint.author,
            fingerprint.victims,
            fingerprint.is_dated,
            *vector,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return packed.encode("utf-8", "surrogatepass")


def unpack(packed: bytes) -> Fingerprint:
    """The inverse of `pack`; also of what was packed before there were vectors."""
    article_id, at, language, flat, hashes, origin, author, victims, is_dated, *rest = json.loads(
        packed.decode("utf-8", "surrogatepass")
    )
    return Fingerprint(
        article_id,
        datetime.fromisoformat(at),
        language,
        tuple(zip(flat[::2], flat[1::2], strict=True)),
        tuple(hashes),
        origin,
        author,
        tuple(victims),
        is_dated,
        b85decode(rest[0]) if rest else b"",
    )
