"""
More servers that mean harm, for a siege: odd heads, codings and addresses, and sources that are no web feeds.

What a server's feed is besides an address (its kind, its options, that pages are read) is kept with its behaviour.
"""

import asyncio
import gzip
import itertools
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import brotli

from benchmarks.siege_parts import COUNT, Asked, Behaviour, drips, fresh, goes_still, head, item, rss, says, whole

# Must be in no log, wherever a server puts it.
SECRET = "tell-nobody-9c1f"
_TERMINAL = "\x1b[2J\x1b]0;owned\x07\x9b31m"
_LONG_AGO = "Mon, 05 Jan 2026 09:00:00 GMT"
_API = {"kind": "json-api", "options": {"items": "items", "title": "title", "link": "link", "next": "next"}}
_PAGES = {"fulltext": "always"}
_OPTIONS: dict[int, dict[str, Any]] = {}
_kept: list[Behaviour] = []


def options_of(behaviour: Behaviour) -> dict[str, Any]:
    """What the feed of *behaviour* is, besides its address."""
    return _OPTIONS.get(id(behaviour), {})


def _of(behaviour: Behaviour, options: dict[str, Any]) -> Behaviour:
    _OPTIONS[id(behaviour)] = options
    _kept.append(behaviour)
    return behaviour


def _raw(line: str, headers: bytes = b"", body: bytes | None = None) -> Behaviour:
    return says(lambda _: f"HTTP/1.1 {line}\r\n".encode("latin-1") + headers + b"\r\n" + (body or rss(fresh())))


def heads() -> Iterator[Behaviour]:
    """Heads that are large, many, lying, or meant for somebody's terminal."""
    yield _raw(f"500 {_TERMINAL}{SECRET}", b"Content-Type: text/html" + _TERMINAL.encode("latin-1") + b"\r\n", b"no")
    yield _raw("200 OK", b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"v" * 200) for n in range(100)))
    yield _raw("200 OK", b"".join(b"Set-Cookie: c%d=v\r\n" % n for n in range(3_000)))
    yield _raw("200 OK", b"ETag: " + b"e" * 1_000_000 + b"\r\n")
    yield _raw("200 OK", b'ETag: "a\r\n b\r\n\tc"\r\nLast-Modified: Fri,\r\n 31 Dec 9999 23:59:59 GMT\r\n')
    yield _raw("200 OK", b'ETag: "\xff\x00\x01\xe2\x80\xae"\r\nLast-Modified: Fri, 31 Dec 9999 23:59:59 GMT\r\n')
    yield _raw(
        "200 OK",
        b"Cache-Control: max-age=1e99, s-maxage=-1, max-age=" + b"9" * 4_000 + b"\r\nAge: -1\r\nExpires: 0\r\n",
    )
    yield _raw("200 OK", b"Link: " + b"<" * 7_000 + b"\r\n")
    yield _raw("200 OK", b"Link: <http://169.254.169.254/>; rel=hub, <//x>; rel=self" + b"; a=b" * 1_500 + b"\r\n")
    yield _raw("200 OK", b'Alt-Svc: h3="10.0.0.1:443"; ma=99999999999\r\nRefresh: 0; url=http://10.0.0.1/\r\n')
    yield _raw("200 OK", b"Content-Length: 10\r\nContent-Length: 20000\r\n")
    yield _raw("200 OK", b"Transfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n", b"3\r\n<a>\r\n0\r\n\r\n")
    yield _raw("200 OK", b"Transfer-Encoding: chunked, chunked\r\n", b"3\r\n<a>\r\n0\r\n\r\n")
    yield _raw(
        "200 OK",
        b"Connection: keep-alive\r\nContent-Length: 5\r\n",
        b"<rss>HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsmuggled!",
    )
    yield _raw("206 Partial Content", b"Content-Range: bytes 0-9/99999999999999999999\r\n")
    yield _raw(
        "103 Early", b"Link: </>; rel=preload\r\n\r\n" + b"HTTP/1.1 103 E\r\n\r\n" * 900 + b"HTTP/1.1 200 OK\r\n"
    )
    for kind in ("multipart/x-mixed-replace; boundary=b", "text/event-stream", "text/xml; charset=" + "x" * 8_000):
        yield drips(head(Content_Type=kind), b"--b\r\ndata: <rss/>\r\n\r\n", 0.3)
    for charset in ("unicode_escape", "raw_unicode_escape", "utf-32", "rot13", "mbcs", "utf-16", "hex", "\xff"):
        body = rss(item("Caf\xe9 \\x41\\q \\N{x} \\u00e9", "https://c.example/1")).decode().encode("latin-1")
        yield says(lambda _, charset=charset, body=body: whole(body, Content_Type=f"text/xml; charset={charset}"))


def places() -> Iterator[Behaviour]:
    """Redirects: to addresses that are odd, to host after host, and with what we were told in confidence."""
    odd_ones = (
        "http://2130706433:1/", "http://0177.0.0.1:1/", "http://127.1:1/", "http://[fe80::1%25eth0]/", "http://[fe80::1%lo]/",
        "http://[::ffff:10.0.0.1]/", "http://u:p@10.0.0.3/", "http:\\\\10.0.0.4\\x", "HTTP:///x", "http://a b/", "/\t/10.0.0.5/",
        "http://\u0661\u0660.0.0.1/".encode().decode("latin-1"), "http://\xe2\x80\xae.example/", "http://%31%30.0.0.1/", "?",
        "http://xn--/", "http://" + "a" * 300 + ".example/", "/" + "p" * 7_000, "http://127.0.0.1:99999/", "http://127.0.0.1:-1/",
        "http://localhost:22/", "ftp://127.0.0.1/", "javascript:x", "\x01\x02", "#", "http://10.0.0.6/\x00\r\n\tX: y",
    )  # fmt: skip
    for place in odd_ones:
        yield says(lambda _, place=place: head("302 Found", Location=place, Content_Length="0"))

    async def hops(asked: Asked) -> None:
        await asyncio.sleep(0.2)
        port = asked.out.get_extra_info("sockname")[1]
        host = f"127.2.{asked.path.count('x') % 250}.77:{port}"
        cookies = {"Set_Cookie": "seen=" + "y" * 3_000}
        await asked.say(head("302 Found", Location=f"http://{host}{asked.path}x", Content_Length="0", **cookies))

    yield hops
    for status in ("302 Found", "401 No", "500 No", "200 OK"):
        secret = {"options": {"headers": {"Authorization": f"Bearer {SECRET}", "X-Key": SECRET}}}
        yield _of(says(lambda asked, status=status: _echo(asked, status)), secret)


def _echo(asked: Asked, status: str) -> bytes:
    given = SECRET if SECRET.encode() in asked.headers else "no secret"
    location = f"http://127.3.3.3:1/{given}?token={given}"
    return whole(f"<error>{given} {_TERMINAL}</error>".encode("latin-1"), f"{status} {given}", Location=location)


def codings() -> Iterator[Behaviour]:
    """Bodies that are packed to harm, or not as it is said."""
    zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([*(zeros.compress(bytes(2**20)) for _ in range(200)), zeros.flush()])
    yield says(lambda _: whole(gzip.compress(bomb), Content_Encoding="gzip, gzip"))
    brown = brotli.compress(bytes(100 * 2**20), quality=2)
    yield says(lambda _: whole(brown, Content_Encoding="br"))
    yield says(lambda _: whole(brotli.compress(gzip.compress(brown)), Content_Encoding="br, gzip, br"))
    named = b"\x1f\x8b\x08\x18" + bytes(6) + b"n" * 3_000_000 + b"\0" + b"c" * 3_000_000 + b"\0"
    yield says(lambda _: whole(named + gzip.compress(rss(fresh()))[10:], Content_Encoding="gzip"))
    yield says(lambda _: whole(gzip.compress(rss(fresh()))[:-8] + b"\xff" * 8, Content_Encoding="gzip"))
    yield says(lambda _: whole(gzip.compress(rss(fresh())) + gzip.compress(b"") * 20_000, Content_Encoding="gzip"))
    # A window of two gigabytes is asked for.
    yield says(lambda _: whole(b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x01\x00\x00" + bytes(64), Content_Encoding="zstd"))
    for coding in ("GZIP", "gzip;q=1", "x-gzip", "aws-chunked", "utf-8", "\xff", "gzip\x0b", "dcb", "none"):
        yield says(lambda _, coding=coding: whole(gzip.compress(rss(fresh())), Content_Encoding=coding))


def interfaces() -> Iterator[Behaviour]:
    """JSON interfaces, JSON Feeds and sitemaps."""
    story = {"title": "Evil budget", "link": "https://j.example/1"}
    bodies = [
        b"[" * 200_000,
        b'{"items":' * 50_000,
        b'{"items":[{"title":NaN,"link":Infinity},{"title":-Infinity}]}',
        b'{"items":[{"title":1e999,"link":"x"},{"title":' + b"9" * 200_000 + b"}]}",
        b'{"items":[' + b"9" * 5_000_000 + b"]}",
        b'{"items":[{"title":"\\ud800\\udfff\\u0000"}],"items":{"title":"x"}}',
        json.dumps({"items": [story]}).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps({"items": [{"title": {"a": ["b"]}, "link": ["x"]}, None, 7, "s"]}).encode(),
        json.dumps({"items": [{f"k{n}": n for n in range(100_000)} | story]}).encode(),
        json.dumps({"items": [story] * 50_000}).encode(),
    ]
    for body in bodies:
        yield _of(says(lambda _, body=body: whole(body, Content_Type="application/json")), _API)
    count = itertools.count()

    def pages(asked: Asked) -> bytes:
        following = f"{asked.path.split('?')[0]}?page={next(count)}"
        return whole(json.dumps({"items": [story], "next": following}).encode(), Content_Type="application/json")

    yield _of(says(pages), _API)
    yield says(lambda asked: whole(_feed_json(asked, next(count)), Content_Type="application/feed+json"))

    def index(asked: Asked) -> bytes:
        host = f"http://127.2.0.1:{asked.out.get_extra_info('sockname')[1]}"
        names = "".join(f"<sitemap><loc>{host}{asked.path}x{n}</loc></sitemap>" for n in range(5_000))
        return whole(f"<sitemapindex>{names}<!--{next(count)}--></sitemapindex>".encode())

    yield _of(says(index), {"kind": "sitemap"})
    wide = "".join(f"<url><loc>https://m.example/a-b-c-{n}</loc><lastmod>{n}</lastmod></url>" for n in range(60_000))
    yield _of(
        says(lambda _: whole(gzip.compress(f"<urlset>{wide}<!--{next(count)}--></urlset>".encode()))),
        {"kind": "sitemap"},
    )
    yield _of(says(lambda _: whole(b"<urlset><url><loc>" + b"u" * 9_000_000)), {"kind": "sitemap"})
    yield says(lambda asked: whole(rss(fresh(), f"<link rel='next' href='{asked.path}x{next(count)}'/>")))


def _feed_json(asked: Asked, number: int) -> bytes:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "next_url": f"{asked.path.split('?')[0]}?page={number}",
            "items": [{"id": str(number), "content_html": "<iframe/>" * 50_000, "authors": [{"name": "a"}] * 50_000}],
        }
    ).encode()


def pages() -> Iterator[Behaviour]:
    """Pages behind articles, and what their sites ask of robots."""
    groups = b"".join(b"User-agent: *\nDisallow: /%s*$\nCrawl-delay: 1e308\n" % (b"*a" * 400) for _ in range(600))
    robots = [
        whole(groups, Content_Type="text/plain"),
        whole(b"Disallow: /\n" * 100_000 + b"User-agent: *\nAllow: /\nCrawl-delay: nan\n"),
        head("302 Found", Location="/robots.txt", Content_Length="0"),
        whole(b"\xff\xfe\0" * 100_000),
    ]
    contents = [
        b"<html><body>" + b"<div>" * 300_000 + b"evil budget",
        b"<html><body><p>" + b"&amp;" * 1_500_000,
        b"<html " + b"a='b' " * 300_000 + b"><body>evil budget",
        b"<html><body>" + b"<script>" * 200_000,
    ]
    for asks, content in zip(robots, contents, strict=True):
        yield _of(says(_site(asks, whole(content, Content_Type="text/html"))), _PAGES)
    for lead in ("http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd"):
        yield _of(says(_site(whole(b""), head("302 Found", Location=lead, Content_Length="0"))), _PAGES)
    yield _of(_dripping_site(), _PAGES)


def _site(robots: bytes, page: bytes) -> Callable[[Asked], bytes]:
    def answer(asked: Asked) -> bytes:
        if "/page/" in asked.path:
            return page
        host, port = asked.out.get_extra_info("sockname")[:2]
        numbers = [next(COUNT) for _ in range(4)]
        return whole(rss("".join(item(f"Page {n}", f"http://{host}:{port}{asked.path}/page/{n}") for n in numbers)))

    def with_robots(asked: Asked) -> bytes:
        return robots if asked.path.startswith("/robots") else answer(asked)

    return with_robots


def _dripping_site() -> Behaviour:
    site, still = _site(whole(b""), b""), goes_still(head(Content_Length="90000", Content_Type="text/html"))

    async def answer(asked: Asked) -> None:
        await (still(asked) if "/page/" in asked.path else asked.say(site(asked)))

    return answer


def vague() -> Iterator[Behaviour]:
    """Answers that are hardly any, names that are made up at each look, and what stands where a feed was."""
    count = itertools.count()
    nobody = "<html><body><h1>Page not found</h1><p>The page you are looking for may have moved.</p></body></html>"
    yield _raw("200 OK", b"Transfer-Encoding: chunked\r\nConnection: close\r\n")
    yield _raw("304 Not Modified")
    yield _raw("304 Not Modified", b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n")
    yield _raw("301 Moved Permanently", b"Location:\r\n", b"no")
    yield _raw("999 Denied", body=b"no")
    yield says(lambda _: b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18))
    yield drips(head(Content_Length="900000") + rss(fresh()), b" ", 0.3)
    yield says(lambda _: whole(nobody.encode(), Content_Type="text/html"))
    yield says(lambda _: whole(b"<html><h1>paper.example</h1>This domain is for sale", Content_Type="text/html"))

    def renamed(many: int) -> bytes:
        look = next(count)
        links = (f"https://names.example/{look}/{n}" for n in range(many))
        return whole(
            rss("".join(item(f"Old {n}", link, f"{look}-{n}", date=_LONG_AGO) for n, link in enumerate(links)))
        )

    yield says(lambda _: renamed(3))
    yield says(lambda _: renamed(30))


def odd() -> Iterator[Behaviour]:
    """All of them."""
    return itertools.chain(heads(), places(), codings(), interfaces(), pages(), vague())


_FINE = {
    b"LOGIN": b"",
    b"EXAMINE": b"* 9 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n* OK [UIDNEXT 10]\r\n",
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
}
_MAIL = b"Subject: %s\r\nDate: nonsense\r\n\r\nevil budget"
_DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(5_000))


def _fetched(mail: bytes, number: int = 9) -> bytes:
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (number, number, len(mail), mail)


_BOXES: list[dict[bytes, bytes]] = [
    {b"EXAMINE": b"* 99999999999999999999 EXISTS\r\n* OK [UIDVALIDITY 99999999999999999999999]\r\n"},
    {b"UID SEARCH": b"* SEARCH " + b" ".join(b"%d" % n for n in range(200_000)) + b"\r\n"},
    {b"UID SEARCH": b"* SEARCH -1 0 x 18446744073709551616 9\r\n"},
    {b"UID FETCH": b"* 9 FETCH (UID 9 BODY[] {4294967295}\r\nx"},
    {b"UID FETCH": b"* 9 FETCH (UID 9 BODY[] {-5}\r\nx)\r\n"},
    {b"UID FETCH": _fetched(_MAIL % (b"=?utf-8?b?" + b"4pyT" * 200_000 + b"?="))},
    {b"UID FETCH": _fetched(_MAIL % (b"=?x?q?=?x?q?" * 100_000))},
    {b"UID FETCH": _fetched(_DEEP)},
    {b"UID FETCH": _fetched(b"X: y\r\n" * 500_000 + b"\r\n")},
    {b"UID FETCH": _fetched(b"Content-Type: text/html; charset=unicode_escape\r\n\r\n\\N{x} \\q \xe9")},
    {b"UID FETCH": b"".join(_fetched(b"Subject: a\r\n\r\nb", n) for n in range(20_000))},
    {b"LOGIN": b"* BYE \x1b[2J " + SECRET.encode() + b"\r\n"},
]


async def odd_mailboxes(port: int) -> list[dict[str, Any]]:
    """Serve mailboxes at *port*, each at an address of its own; what is said of each in the list of feeds."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = int(writer.get_extra_info("sockname")[0].rpartition(".")[2]) - 1
        says_of = _FINE | {b"UID SEARCH": b"* SEARCH 9\r\n", b"UID FETCH": _fetched(_MAIL % b"Evil")} | _BOXES[number]
        writer.write(b"* OK\r\n")
        while line := await reader.readline():
            tag, _, command = line.strip().partition(b" ")
            answer = next((said for name, said in says_of.items() if command.upper().startswith(name)), b"")
            writer.write(answer + tag + b" OK done\r\n")
            await writer.drain()
        writer.close()

    await asyncio.start_server(serve, "0.0.0.0", port, limit=2**20)
    return [
        {
            "url": f"imap://reader@127.4.0.{n}:{port}/INBOX",
            "kind": "imap",
            "options": {"password": SECRET, "tls": "none"},
        }
        for n in range(1, len(_BOXES) + 1)
    ]
