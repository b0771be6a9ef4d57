"""
Servers that mean harm, for a siege: one behaviour each, under /NUMBER, spoken over bare connections.

`python benchmarks/siege_servers.py PORT PAPERS_PORT PAPERS EVERY_S` prints what is said of each in the list of feeds, and serves until it is ended.
"""

import asyncio
import contextlib
import gzip
import itertools
import json
import random
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.siege_odd import odd, odd_mailboxes, options_of
from benchmarks.siege_papers import feed_of, link_of
from benchmarks.siege_parts import (
    COUNT,
    Asked,
    Behaviour,
    drips,
    fresh,
    goes_still,
    head,
    item,
    resets,
    rss,
    says,
    takes_turns,
    whole,
)

_NUMBER = re.compile(r"/(\d+)")


async def redirects_slowly(asked: Asked) -> None:
    await asyncio.sleep(2.5)
    await asked.say(head("302 Found", Location=f"{asked.path}x", Content_Length="0"))


async def packs_for_ever(asked: Asked) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    await asked.say(head(Content_Encoding="gzip") + packer.compress(b"<rss><channel>"))
    while True:
        await asked.say(packer.compress(b"<item><title>z</title></item>" * 20_000) + packer.flush(zlib.Z_SYNC_FLUSH))


def slow() -> Iterator[Behaviour]:
    open_end = head(Connection="close")
    yield from (drips(open_end, b"<", every_s) for every_s in (0.05, 0.2, 1, 3, 10, 14))
    yield from (drips(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", every_s) for every_s in (0.01, 0.5, 5, 12))
    yield from (goes_still(b"") for _ in range(12))
    yield from (goes_still(head(Content_Length="500")) for _ in range(8))
    yield from (goes_still(head(Content_Length="90000") + rss(fresh(5))[:-30]) for _ in range(4))
    yield from (drips(open_end + rss("")[:40] + b" " * 620_000, b" " * 100, 1) for _ in range(6))
    yield from (drips(head(Transfer_Encoding="chunked"), b"1\r\n<\r\n", 0.05) for _ in range(4))
    yield from [redirects_slowly] * 3


def endless() -> Iterator[Behaviour]:
    yield drips(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 1000, 0)
    yield drips(b"", b"H" * 65536, 0)
    yield drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0)
    yield drips(head(Transfer_Encoding="chunked") + b"5\r\nhello\r\n0\r\n", b"T: x\r\n" * 1000, 0)
    yield drips(head() + b"<rss><channel>", b"<item><title>x</title></item>" * 2000, 0)
    yield drips(head(Transfer_Encoding="chunked"), b"10000\r\n" + b" " * 65536 + b"\r\n", 0)
    yield drips(head("500 Error"), b"e" * 65536, 0)
    yield drips(head("302 Found", Location="/0"), b"e" * 65536, 0)
    yield packs_for_ever


def garbled() -> Iterator[Behaviour]:
    for length in ("-1", "9" * 20, "0x10", "5, 6", "", "abc", "1e3"):
        yield says(lambda _, length=length: head(Content_Length=length, Connection="close") + rss(fresh()))
    for chunk in (b"F" * 16 + b"\r\n", b"-5\r\nhello\r\n", b"\r\n\r\n", b"5\r\nhel", b"G\r\n", b"5\nhello\n0\n\n"):
        yield says(lambda _, chunk=chunk: head(Transfer_Encoding="chunked") + chunk)
    for line in (
        "HTTP/0.9 200 OK",
        "HTTP/2 200 OK",
        "ICY 200 OK",
        "HTTP/1.1 999 Odd",
        "HTTP/1.1 0 Zero",
        "SSH-2.0-x",
        "220 ftp",
        "+OK",
        "HTTP/1.1 101 Up",
    ):
        yield says(lambda _, line=line: f"{line}\r\nContent-Type: text/xml\r\n\r\n".encode() + rss(fresh()))
    yield from (
        says(lambda _, data=data: data)
        for data in (b"\x15\x03\x01\x00\x02\x02\x28", b"\0" * 100_000, random.randbytes(100_000))
    )
    yield from (resets(start) for start in (b"", b"HTTP/1.1 200 O", head(Content_Length="100000") + rss(fresh())))
    yield says(lambda _: rss(fresh()))


def packed() -> Iterator[Behaviour]:
    bombs = {
        "gzip": gzip.compress(b"<rss><channel>" + b" " * 100_000_000),
        "gzip, gzip": gzip.compress(gzip.compress(b" " * 100_000_000)),
        "deflate": zlib.compress(b" " * 100_000_000),
    }
    for coding, bomb in bombs.items():
        yield says(lambda _, coding=coding, bomb=bomb: whole(bomb, Content_Encoding=coding))
    many = gzip.compress(
        rss("".join(item(f"Bomb {number}", f"https://b.example/{number}") for number in range(60_000)))
    )
    yield says(lambda _: whole(many, Content_Encoding="gzip"))
    for coding in ("gzip", "br", "deflate", "zstd", "compress", "identity", "gzip, br, zstd, gzip", ",,,", "br" * 2000):
        yield says(lambda _, coding=coding: whole(rss(fresh()), Content_Encoding=coding))
        yield says(lambda _, coding=coding: whole(gzip.compress(rss(fresh(20)))[:-20], Content_Encoding=coding))


def flapping() -> Iterator[Behaviour]:
    def fine() -> bytes:
        return whole(rss(fresh()), ETag='"stuck"')

    for status in ("500 E", "304 Not Modified", "429 T", "410 Gone", "403 F", "451 L"):
        yield takes_turns(fine, lambda status=status: whole(b"", status))
    for wait in (
        "0",
        "-5",
        "1e9",
        "9" * 14,
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "soon",
        "\xff",
        "",
        "0" * 5000,
    ):
        yield from (
            says(lambda _, wait=wait, status=status: whole(b"", status, Retry_After=wait))
            for status in ("429 T", "503 T")
        )
    yield from (
        says(lambda _, status=status: whole(b"no", status))
        for status in ("304 N", "204 N", "206 P", "402 P", "418 T", "520 C")
    )
    yield says(
        lambda asked: (
            head("304 N", ETag='"s"') if b"if-none-match" in asked.headers.lower() else whole(rss(fresh()), ETag='"s"')
        )
    )
    yield says(
        lambda _: whole(
            rss(fresh()), Cache_Control=f"max-age={'9' * 20}", Expires="Fri, 31 Dec 9999 23:59:59 GMT", ETag="e" * 9000
        )
    )


def leading(papers_port: int) -> Iterator[Behaviour]:
    places = "http://10.0.0.1/ http://169.254.169.254/ http://[::1]/ http://[64:ff9b::a00:1]/ http://0x0a000001/ file:///etc/passwd data:,x //10.0.0.2/ http:// http://[ gopher://x/"
    for place in places.split():
        yield says(lambda _, place=place: head("301 Moved", Location=place, Content_Length="0"))
    for number, status in enumerate(("301 M", "302 F", "303 S", "307 T", "308 P") * 3):
        good = feed_of(10 * (number % 5) + number // 5 + 1, papers_port)
        yield says(lambda _, status=status, good=good: head(status, Location=good, Content_Length="0"))
    yield says(lambda asked: head("301 Moved", Location=asked.path, Content_Length="0"))
    again = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1",
            "next_url": feed_of(15, papers_port),
            "items": [{"id": "1", "title": "Next"}],
        }
    )
    yield says(lambda _: whole(again.encode(), Content_Type="application/feed+json"))
    yield says(
        lambda _: whole(rss(fresh()), Link=f'<{feed_of(8, papers_port)}>; rel="self", <http://10.0.0.1/>; rel="hub"')
    )


def documents() -> Iterator[Behaviour]:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"a" * 10) for n in range(12))
    bodies = [
        b"<!DOCTYPE r [" + entities + b"]><rss><channel><item><title>&e11;</title></item></channel></rss>",
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title></item></channel></rss>',
        b"<rss><channel><item>" + b"<a>" * 1_000_000,
        rss(item("Deep", "https://d.example/1", text="&lt;div&gt;" * 300_000)),
        b"<rss><channel "
        + b"".join(b'a%d="x" ' % n for n in range(200_000))
        + b"><item><title>a</title></item></channel></rss>",
        rss(item("Huge", "https://h.example/1", text="lorem budget " * 900_000)),
        rss(item("T" * 5_000_000, "https://h.example/2")),
        rss("".join(item(f"Wide {n}", f"https://w.example/{n}") for n in range(50_000))),
        rss("<item><title>Cats</title>" + "<category>c</category>" * 50_000 + "</item>"),
        b"<rss><channel><item><title><![CDATA[" + b"x" * 3_000_000,
        b"<" * 5_000_000,
        b"<rss><channel><item><title>" + b"&" * 3_000_000,
        b"[" * 1_000_000,
        rss(item("E", "https://e.example/")).decode().encode("cp037"),
    ]
    # Never the same twice: else its hash would keep it from being read again.
    yield from (says(lambda _, body=body: whole(body + b"<!--%d-->" % next(COUNT))) for body in bodies)


def impersonating(papers_port: int, papers: int, every_s: float) -> Iterator[Behaviour]:
    began_at = time.time()

    def claims(first: int, make: Callable[[int, int], str]) -> Behaviour:
        def now_and_next() -> str:
            number = max(0, int((time.time() - began_at) / every_s) - 1)
            return "".join(
                make(paper, one) for paper in range(first, first + papers // 10) for one in range(number, number + 8)
            )

        return says(lambda _: whole(rss(now_and_next())))

    def link(paper: int, number: int) -> str:
        return link_of(paper, number, papers_port)

    lies: list[Callable[[int, int], str]] = [
        lambda paper, number: item(f"Cake {number}", link(paper, number), f"good-{paper}-{number}", "flour"),
        lambda paper, number: item(f"Wool {number}", link(paper, number), text="needles"),
        lambda paper, number: item(f"Chess {number}", f"https://c.example/{paper}/{number}", f"good-{paper}-{number}"),
        lambda paper, number: item(f"Old {number}", link(paper, number), date="Mon, 03 Jan 2000 00:00:00 GMT"),
        lambda paper, number: item(f"Late {number}", link(paper, number), date="Mon, 03 Jan 2050 00:00:00 GMT"),
    ]
    yield from (claims(papers // 10 * (place + 3), lie) for place, lie in enumerate(lies))
    yield says(
        lambda _: whole(
            rss("".join(item(f"New {next(COUNT)}", f"https://n.example/{next(COUNT)}") for _ in range(300)))
        )
    )
    yield says(
        lambda _: whole(
            rss("".join(item(f"Again {n}", f"https://a.example/{n}", f"g{next(COUNT)}") for n in range(50)))
        )
    )
    yield says(
        lambda _: whole(
            rss("".join(item(f"Edit {n}", f"https://e.example/{n}", f"e{n}", str(random.random())) for n in range(200)))
        )
    )


def behaviours(papers_port: int, papers: int, every_s: float) -> list[Behaviour]:
    """All of them, each made anew."""
    alone = (slow(), endless(), garbled(), packed(), flapping(), documents())
    return list(itertools.chain(*alone, leading(papers_port), impersonating(papers_port, papers, every_s), odd()))


async def main(port: int, papers_port: int, papers: int, every_s: float) -> None:
    known = behaviours(papers_port, papers, every_s)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, ValueError, IndexError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            asked = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            path = asked.split(b" ")[1].decode("latin-1")
            # A site is asked for its robots.txt at its root: there its address says which one it is.
            third, fourth = map(int, writer.get_extra_info("sockname")[0].split(".")[2:])
            found = _NUMBER.match(path)
            number = int(found[1]) if found else third * 200 + fourth - 1
            await asyncio.wait_for(known[number](Asked(path, asked, writer)), 120)
        writer.close()

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    server = await asyncio.start_server(answer, "0.0.0.0", port, backlog=4096)
    mailboxes = await odd_mailboxes(port + 1)
    print(json.dumps([*map(options_of, known), *mailboxes]), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
