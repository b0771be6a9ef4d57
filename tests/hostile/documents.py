"""Hostile documents: each with the titles that must survive, and whether refusing it is right as well."""

import base64
import functools
import gzip
from collections.abc import Iterator
from dataclasses import dataclass

from tests.feed_documents import atom, rss

GOOD = "<title>Good news</title><link>https://example.org/good</link><description>Fine.</description>"
KB, MB = 2**10, 2**20


@dataclass(frozen=True)
class Hostile:
    """A document, what it is called, the titles to be kept, and whether there may be a ParseError instead."""

    name: str
    body: bytes
    kept: tuple[str, ...] = ("Good news",)
    may_fail: bool = False
    content_type: str = "application/xml"
    hangs: bool = False


def _with(item: str, *, name: str, hangs: bool = False, broken: bool = False) -> Hostile:
    """A hostile item behind a good one; *broken* keeps the quick reader from taking it."""
    document = rss(GOOD, item)
    return Hostile(
        name, (document.replace("</channel>", "</oops></channel>") if broken else document).encode(), hangs=hangs
    )


def _laughs(levels: int, width: int) -> bytes:
    rows = ['<!ENTITY l0 "lol">'] + [
        f'<!ENTITY l{n} "{f"&l{n - 1};" * width}">' for n in range(1, levels + 1)
    ]  # fmt: skip
    return f"<!DOCTYPE rss [{''.join(rows)}]>".encode() + rss(GOOD, f"<title>&l{levels};</title>").encode()


def xml_cases() -> Iterator[Hostile]:
    """Entities, sizes, depths and encodings."""
    good = rss(GOOD)
    yield Hostile("billion laughs", _laughs(9, 10))
    yield Hostile(
        "quadratic entity",
        f'<!DOCTYPE rss [<!ENTITY a "{"A" * 50_000}">]>'.encode()
        + rss(GOOD, f"<title>{'&a;' * 4000}</title>").encode(),
    )
    yield Hostile(
        "quadratic entity, cut off",
        f'<!DOCTYPE rss [<!ENTITY a "{"A" * 50_000}">]>'.encode() + rss(GOOD, f"<title>{'&a;' * 4000}").encode()[:-30],
    )
    yield Hostile(
        "entity that is a file",
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + rss(GOOD, "<title>&x;</title>").encode(),
    )
    yield Hostile("parameter entity", b'<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>' + good.encode())
    yield Hostile("document type elsewhere", b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">' + good.encode())
    yield Hostile(
        "XInclude",
        rss(
            GOOD,
            '<title>x</title><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/>',
        ).encode(),
    )
    yield Hostile("stylesheet", b'<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>' + good.encode())
    yield Hostile("blank lines before", b"\n" * (200 * KB) + good.encode())
    yield Hostile(
        "blank lines after the declaration",
        b'<?xml version="1.0"?>' + b"\n" * (200 * KB) + good.split("\n", 1)[1].encode(),
    )
    yield _with(f"<title>t</title><author>{'a' * 200_000}</author>", name="author of one letter")
    yield _with(
        f"<title>t</title><author>{'a' * 200_000}</author>",
        name="author of one letter, broken",
        hangs=True,
        broken=True,
    )
    yield _with(
        f"<title>t</title><author>a@{'a.' * 50_000}</author>", name="author of dots, broken", hangs=True, broken=True
    )
    yield _with(
        f"<title>t</title><description>&lt;p style='{'a' * 100_000}'&gt;x&lt;/p&gt;</description>",
        name="style of one letter",
    )
    yield _with("<title>t</title><x " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>", name="attributes")
    yield _with(
        "<title>t</title><x " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>",
        name="attributes, broken",
        hangs=True,
        broken=True,
    )
    yield _with(
        "<title>t</title><x " + " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(50_000)) + "/>", name="namespaces"
    )
    yield Hostile("deep", good.replace("</channel>", "<x>" * 100_000 + "</x>" * 100_000 + "</channel>").encode())
    yield Hostile("deep and unclosed", good.replace("</channel>", "<x>" * 100_000).encode())
    yield _with(f"<title>t</title><description>{'&lt;div&gt;' * 50_000}</description>", name="escaped divisions")
    yield _with(f'<title>t</title><x a="{"v" * (10 * MB)}"/>', name="an attribute of 10 MB")
    yield _with(f"<title>t</title><description>{'word ' * (2 * MB)}</description>", name="a text of 10 MB")
    yield Hostile("a comment of 10 MB", rss(GOOD + f"<!--{'c' * (10 * MB)}-->").encode())
    yield Hostile("items without end", rss(GOOD, *["<title>i</title>"] * 100_000).encode())
    yield Hostile("zero bytes", good.replace("news", "\0news\0").encode())
    yield Hostile(
        "overlong and invalid UTF-8", good.replace("Fine", "F\x00").encode().replace(b"F\x00", b"\xc0\xaf\xff\xfe")
    )
    for encoding in (
        "undefined",
        "punycode",
        "idna",
        "zlib_codec",
        "utf-7",
        "cp037",
        "rot13",
        "utf-16",
        "\0",
        "x" * 5000,
    ):
        yield Hostile(
            f"encoding {encoding[:20]!r}", good.replace('encoding="utf-8"', f'encoding="{encoding}"').encode()
        )
    yield Hostile("zero byte in the charset", good.encode(), content_type="text/xml; charset=\0utf-8")
    yield Hostile("a charset that is code", good.encode(), content_type="text/xml; charset=__import__")
    yield Hostile(
        "references beyond Unicode", rss(GOOD, "<title>&#99999999999;&#xD800;&#0;&#x110000;</title><oops>").encode()
    )
    yield Hostile("two roots", (good + good).encode())
    yield Hostile("two of one guid", rss(*[f"<guid>same</guid>{GOOD}"] * 2).encode())
    yield Hostile("sections never closed", rss(GOOD, *["<title><![CDATA[x</title>"] * 20_000).encode())
    yield Hostile(
        "odd places",
        rss(
            GOOD,
            '<title>t</title><georss:where xmlns:georss="http://www.georss.org/georss"/><gml:pos xmlns:gml="http://www.opengis.net/gml">1</gml:pos>',
        ).encode(),
    )
    yield Hostile("empty", b"", (), may_fail=True)
    yield Hostile("a byte order mark", b"\xef\xbb\xbf", (), may_fail=True)
    yield Hostile("the name of a file", b"/etc/passwd", (), may_fail=True)
    yield Hostile("the address of a file", b"file:///etc/passwd", (), may_fail=True)
    yield Hostile("the address of a site", b"http://127.0.0.1:9/", (), may_fail=True)
    yield Hostile(
        "a login page",
        b"<html><form><input type='password'></form></html>",
        (),
        may_fail=True,
        content_type="text/html",
    )


def own_cases() -> Iterator[Hostile]:
    """Thirty more, of our own."""
    good = rss(GOOD)
    yield Hostile("noise", bytes(n * 7919 % 256 for n in range(300_000)), (), may_fail=True)
    yield Hostile("angle brackets", b"<" * 500_000, (), may_fail=True)
    yield Hostile("closing tags", b"</item>" * 100_000, (), may_fail=True)
    yield Hostile("ampersands", rss(GOOD, f"<title>t</title><link>{'&' * 300_000}</link>").encode())
    yield Hostile("references", rss(GOOD, f"<title>t</title><description>{'&amp;' * 200_000}</description>").encode())
    yield Hostile("document types", b"<!DOCTYPE a [" * 50_000 + good.encode(), (), may_fail=True)
    yield Hostile("brackets of a document type", b"<!DOCTYPE a [" + b"] " * 200_000 + good.encode(), (), may_fail=True)
    yield Hostile("processing instructions", b"<?a ?>" * 100_000 + good.encode())
    yield Hostile("comments, one after the other", b"<!-- -->" * 100_000 + good.encode())
    yield Hostile("comments before", b"<!-- one -->\n" * 60 + good.encode())
    yield _with(f"<title><![CDATA[{'<' * (9 * MB)}]]></title>", name="a title of 9 MB of brackets")
    yield _with(f"<title>{'&amp;' * (9 * MB // 5)}</title>", name="a title of 9 MB of references")
    yield _with("<title>t</title>" + "".join(f"<category>c{n}</category>" for n in range(100_000)), name="categories")
    yield _with(
        "<title>t</title>" + "".join(f"<enclosure url='https://e.example/{n}'/>" for n in range(100_000)),
        name="enclosures",
    )
    yield Hostile(
        "links of one item",
        atom(
            GOOD, "<title>t</title>" + "".join(f"<link href='https://l.example/{n}'/>" for n in range(60_000))
        ).encode(),
        hangs=True,
    )
    yield Hostile(
        "laughs of parameters",
        b"<!DOCTYPE r [<!ENTITY % a 'lol lol lol'>"
        + b"".join(b'<!ENTITY %% p%d "%s">' % (n, b"&#37;a;" * 40) for n in range(20))
        + b" %p19; ]>"
        + good.encode(),
    )
    yield Hostile("references, cut off", rss(GOOD, f"<title>{'&a;' * 100_000}").encode()[:-40])
    yield Hostile("comments never closed", b"<!--" * 100_000 + good.encode(), (), may_fail=True)
    yield Hostile("junk of many brackets", b"< 1 " * 200_000 + good.encode())
    yield Hostile(
        "a prefix for each element",
        rss(GOOD, "".join(f"<p{n}:x/>" for n in range(20_000)) + "<title>t</title>").encode(),
    )
    yield Hostile("a name of 1 MB", rss(GOOD, f"<{'n' * MB}/><title>t</title>").encode())
    yield Hostile(
        "items in items", rss(GOOD, "<title>t</title>" + "<item><title>n</title>" * 150 + "</item>" * 150).encode()
    )
    yield Hostile("items in items, unclosed", (rss(GOOD)[:-17] + "<item><title>n</title>" * 20_000).encode())
    yield Hostile(
        "an address of a source in a source",
        rss(GOOD, "<source>" * 200 + "</source>" * 200 + "<title>t</title>").encode(),
    )
    yield Hostile(
        "base address of a script",
        rss(GOOD).replace("<channel>", '<channel xml:base="javascript:alert(1)//">').encode(),
    )
    yield Hostile("base address that is none", rss(GOOD).replace("<channel>", '<channel xml:base="http://[">').encode())
    yield Hostile(
        "links of all kinds",
        rss(
            GOOD,
            *[
                f"<title>t</title><link>{link}</link><guid>{link}</guid>"
                for link in (
                    "javascript:alert(1)",
                    "data:text/html,x",
                    "vbscript:x",
                    "feed:javascript:x",
                    "file:///etc/passwd",
                    "http://[::1",
                    "//",
                    "http://\u202eexample.org",
                )
            ],
        ).encode(),
    )
    yield Hostile(
        "Atom text of a type that is none",
        atom(GOOD, "<title type='image/png'>aGk=</title>", "<title type='xhtml'><b>t</b></title>").encode(),
    )
    yield Hostile("Atom text in base64 that is none", atom(GOOD, "<title mode='base64'>!!!</title>").encode())
    yield Hostile("a feed in a feed", rss(GOOD, f"<title>t</title><description>{rss(GOOD)}</description>").encode())
    yield Hostile(
        "a time to live of ages",
        rss(GOOD, head=f"<ttl>{'9' * 5000}</ttl><skipHours>{'<hour>-1</hour>' * 9999}</skipHours>").encode(),
    )
    yield Hostile("utf-32", good.replace('encoding="utf-8"', 'encoding="utf-32"').encode("utf-32"))
    yield Hostile("utf-16 of odd length", good.encode("utf-16") + b"\xd8")
    yield Hostile("form feeds and separators", good.replace("<item>", "\x0b\x0c\x1c\u2028<item>").encode())
    yield Hostile("upper case", good.replace("item>", "ITEM>").replace("title>", "TITLE>").encode())
    yield Hostile("no root at all", GOOD.encode(), (), may_fail=True)
    yield Hostile("an item for a root", f"<item>{GOOD}</item>".encode(), (), may_fail=True)
    yield Hostile("HTML with a feed in it", f"<html><body>{rss(GOOD)[40:]}</body></html>".encode(), (), may_fail=True)
    yield Hostile(
        "a sitemap of sitemaps of itself",
        b"<sitemapindex>" + b"<sitemap><loc>http://127.0.0.1:9/</loc></sitemap>" * 50_000 + b"</sitemapindex>",
        (),
        may_fail=True,
    )
    yield Hostile("a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 100_000, (), may_fail=True)


def json_cases() -> Iterator[Hostile]:
    """JSON feeds and what passes for them."""
    head = '{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": ['
    good = '{"id": "g", "title": "Good news", "content_text": "Fine."}'
    yield Hostile("JSON null", b"null", (), may_fail=True)
    yield Hostile("JSON list", b"[]", (), may_fail=True)
    yield Hostile("JSON, endless number", f'{head}{good}, {{"id": 1e999}}]}}'.encode())
    yield Hostile("JSON, huge number", f'{head}{good}, {{"id": {"9" * 50_000}}}]}}'.encode())
    yield Hostile("JSON, deep", b'{"items": ' + b"[" * 100_000, (), may_fail=True)
    yield Hostile("JSON, deep item", f'{head}{good}, {{"x": {"[" * 100_000}'.encode())
    yield Hostile("JSON, keys twice", f'{head}{good[:-1]}, "id": "h", "id": ["x"]}}]}}'.encode())
    yield Hostile("JSON, items of other kinds", f"{head}null, 5, [], {good}]}}".encode())
    yield Hostile("JSON, surrogates", f'{head}{good}, {{"id": "\\ud800", "title": "\\udfff\\u0000"}}]}}'.encode())
    yield Hostile("JSON, many items", (head + ",".join([good] + ['{"id": "x"}'] * 100_000) + "]}").encode())


def text_cases() -> Iterator[Hostile]:
    """What titles and texts may hold; the good item must come through, the bad one must be tame."""
    titles = {
        "script": "&lt;script&gt;alert(1)&lt;/script&gt;",
        "script behind a comment": "&lt;!--&gt;&lt;script&gt;alert(1)&lt;/script&gt;--&gt;",
        "script in an address": '&lt;a href="JaVaScRiPt&amp;#58;alert(1)"&gt;x&lt;/a&gt;',
        "drawing": '&lt;svg&gt;&lt;a xlink:href="javascript:x"&gt;&lt;set attributeName=onmouseover&gt;',
        "drawing that moves": '&lt;svg&gt;&lt;animate onbegin="alert(1)" attributeName="href" to="javascript:x"/&gt;',
        "style that fetches": '&lt;p style="background:url(//evil.example/t)"&gt;x&lt;/p&gt;&lt;style&gt;@import "//x"',
        "homoglyph": "\u0410pple \u0441onfirms: M\u0456crosoft hacked",
        "form": "&lt;form action=//evil.example&gt;&lt;input&gt;&lt;/form&gt;",
        "tracker": '&lt;img src="https://evil.example/t.gif" srcset="x 1x" onerror=alert(1)&gt;',
        "bidi": "Bank \u202eknaB\u2066",
        "zero width": "Micro\u200bsoft\ufeff",
        "zalgo": "Z" + "\u0301\u0316" * 50_000,
        "mail header": "x&#13;&#10;Bcc: all@example.org",
        "terminal": "\u009b2J &#27;]0;x",
        "everyone": "@everyone &lt;!channel&gt; &lt;@U1&gt;",
        "link mask": "[bank.example](https://evil.example) &lt;https://evil.example|bank&gt;",
        "formula": "=HYPERLINK(1)",
        "template": "{{7*7}} ${env} %(x)s {0.__class__}",
        "1 MB": "t" * MB,
        "none": "",
        "blank": " \u3000\u00a0 ",
        "picture letters": "\U0001f600" * 500,
        "tags": "&lt;b&gt;" * 100_000,
    }
    for name, title in titles.items():
        yield _with(f"<title>{title}</title><description>{title}</description>", name=f"title: {name}")


def identity_cases() -> Iterator[Hostile]:
    """Guids and dates."""
    yield _with(f"<title>t</title><guid>{'g' * 1_000_000}</guid>", name="guid of 1 MB")
    yield Hostile("one guid for all", rss(GOOD, *[f"<guid>x</guid><title>t{n}</title>" for n in range(50)]).encode())
    dates = (
        "0000-00-00T00:00:00Z",
        "-1",
        "9999-12-31T23:59:59Z",
        "99999999999",
        "30 Feb 2026",
        "Wed, 25 Nov 2026 10:00:00 +9999",
        "1969-12-31",
        "2036-01-01",
        "\u0661\u0662",
    )
    yield Hostile(
        "dates", rss(GOOD, *[f"<title>t{n}</title><pubDate>{date}</pubDate>" for n, date in enumerate(dates)]).encode()
    )


def later_cases() -> Iterator[Hostile]:
    """What servers of a third kind sent: much of one thing in an item, odd wrappings, sitemaps of other hands."""
    packed = gzip.compress(rss(GOOD).encode(), mtime=0)
    yield _with("<title>t</title>" + "<guid " * 100_000, name="guids that never begin")
    yield _with(f"<title>t</title><guid>{' ' * MB}</guid>", name="a guid of blanks")
    yield _with("<title>t</title>" + "<category>c</category>" * 60_000, name="more elements than an item has")
    yield _with("<title>t</title><m:group>" + "<m:content url='javascript:1'/>" * 30_000, name="media, unclosed")
    yield _with(f"<title>t</title><pubDate>{'1 1 1 1 ' * 50_000}</pubDate>", name="a date of numbers")
    yield _with(f"<title>t</title><author>{'a@x.example (A), ' * 30_000}</author>", name="an author of authors")
    yield _with(f"<title>{chr(0x202E) * 100_000}Acme</title>", name="title: turned over and over")
    yield _with("<title>\u200b\u2060\ufeff\u00ad</title>", name="title: nothing to be seen")
    yield Hostile("closing root with blanks", rss(GOOD).replace("</rss>", f"</rss{' ' * MB}>").encode())
    yield Hostile("closing roots never closed", (rss(GOOD) + "</rss " * 100_000).encode())
    yield Hostile("byte order marks", b"\xef\xbb\xbf" * 50 + rss(GOOD).encode())
    yield Hostile(
        "two channels", rss(GOOD).replace("</channel>", f"</channel><channel><item>{GOOD}</item></channel>").encode()
    )
    yield Hostile("a file of gzip, cut off", packed[:-12], may_fail=True)
    yield Hostile("a file of gzip in a file of gzip", gzip.compress(packed, mtime=0), (), may_fail=True)
    yield Hostile("a file of gzip and junk", packed + b"junk")
    yield Hostile("zip", b"PK\x03\x04" + bytes(30) + packed, (), may_fail=True)
    yield Hostile("base64", base64.b64encode(rss(GOOD).encode()), (), may_fail=True)
    yield Hostile(
        "rules for robots", b"User-agent: *\nDisallow: /\nSitemap: http://127.0.0.1:9/x.xml\n", (), may_fail=True
    )
    news = "<n:news><n:publication_date>2026-11-25</n:publication_date><n:title>Good news</n:title></n:news>"
    picture = "<i:image><i:title>A picture</i:title><i:loc>https://example.org/p.jpg</i:loc></i:image>"
    yield Hostile(
        "a sitemap under a prefix, pictures first",
        (
            '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:i="urn:i" xmlns:n="urn:n">'
            f"<s:url>{picture}<s:loc>https://example.org/a</s:loc>{news}</s:url></s:urlset>"
        ).encode(),
    )


@functools.cache
def all_cases() -> list[Hostile]:
    """Every hostile document."""
    return [*xml_cases(), *json_cases(), *text_cases(), *identity_cases(), *own_cases(), *later_cases()]
