"""Feed documents of many shapes: the ones that the web is full of, well-formed and not."""

import itertools
from collections.abc import Iterator

NAMESPACES = (
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"'
)
TITLES = (
    "<title>Bank breached</title>",
    "<title><![CDATA[Bank & insurer <b>breached</b>]]></title>",
    "<title>Bank &amp;amp; insurer</title>",
    "<title>Profit &lt; 5 &amp; falling</title>",
    "<title> Lek bij gemeente: één miljoen €\n </title>",
    "<title>Bank breached</title><media:title>Photo of a bank</media:title>",
    "<media:title>Photo first</media:title><title>Bank breached</title>",
    "<title/><dc:title>Only Dublin Core</dc:title>",
    "<title type='html'>A &amp;lt;em&amp;gt;word&amp;lt;/em&amp;gt;</title>",
    "<title>First</title><title>Second</title>",
    "",
)
LINKS = (
    "<link>https://example.org/a?id=5&amp;p=2</link>",
    "<link>/relative/path</link>",
    "<link></link><guid>https://example.org/guid-as-link</guid>",
    "<guid isPermaLink='false'>42</guid><link>https://example.org/b</link>",
    "<guid isPermaLink='true'>https://example.org/c</guid>",
    "<link>https://example.org/d</link><atom:link rel='self' href='https://example.org/self'/>",
    "<link>https://example.org/e</link><atom:link href='https://example.org/alternate'/>",
    "<link href='https://example.org/as-attribute'/>",
    "<link rel='enclosure' href='https://example.org/f.mp3'/><link rel='alternate' href='https://example.org/f'/>",
    "<guid>tag:example.org,2026:7</guid>",
    "",
)
TEXTS = (
    "<description>Plain words.</description>",
    "<description>&lt;p&gt;Escaped &lt;a href='/x'&gt;markup&lt;/a&gt;.&lt;/p&gt;</description>",
    "<description><![CDATA[<p>In a section.</p>]]></description><content:encoded><![CDATA[<p>Whole.</p>]]></content:encoded>",
    "<content:encoded><![CDATA[<p>Whole first.</p>]]></content:encoded><description>Then a teaser.</description>",
    "<description>One</description><media:group><media:description>Caption</media:description></media:group>",
    "<itunes:summary>Spoken</itunes:summary><description>Written</description>",
    "<description/>",
    "",
)
DATES = (
    "<pubDate>Wed, 25 Nov 2026 09:00:00 +0100</pubDate>",
    "<pubDate>Wed, 25 Nov 2026 09:00:00 EST</pubDate><dc:date>2026-11-24T10:00:00Z</dc:date>",
    "<dc:date>2026-11-25T09:00:00+02:00</dc:date>",
    "<published>2026-11-25T09:00:00Z</published><updated>2026-11-25T10:00:00.123Z</updated>",
    "<pubDate>25 Nov 26 9:00 GMT</pubDate>",
    "<pubDate>mié, 25 nov 2026 09:00:00 +0100</pubDate>",
    "<pubDate>yesterday</pubDate>",
    "",
)
REST = (
    "",
    "<category domain='x'>Security</category><author>desk@example.org (News desk)</author><comments>https://example.org/c</comments>",
    "<dc:creator>N. Writer</dc:creator><slash:comments>3</slash:comments><wfw:commentRss>https://example.org/r</wfw:commentRss>",
    "<media:content url='https://example.org/i.jpg'><media:title>T</media:title><media:credit>C</media:credit></media:content>",
    "<source url='https://example.org/rss'>Other paper</source><enclosure url='https://example.org/e.mp3' length='1' type='audio/mpeg'/>",
    "<unknown:thing xmlns:unknown='urn:x'><unknown:title>deeper</unknown:title></unknown:thing><!-- a comment -->",
    "<image><url>https://example.org/i.png</url><title>Logo</title><link>https://example.org/</link></image>",
)

# What stands around items where programs are broken: halves of tags, other documents, words of programs.
JUNK = (
    "<", ">", "&", '"', "<!", "<!<", "</", "<?", "]]>", "<![CDATA[", "<!--", "-->", "<br>", "</p>", "<p>",
    "&nbsp;", "&#", "&#xZZ;", "<![if lt IE 9]>", "<?php echo 1 ?>", '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="iso-8859-1"?>', "<html><body>", "</body></html>", "<!DOCTYPE html>",
    "<script>if (a<b && c>d) {}</script>", '<script>document.write("<item>")</script>',
    'Warning: Undefined variable $x in /var/www/x.php on line 3<br />\n', "<b>Notice</b>: x", '\n\n\n',
    '{"a":1}', "<item>", "</item>", "<entry>", "</entry>", "<channel>", "</channel>", "<rss>", "</rss>",
    "<foo>", "</foo>", "<foo/>", "<a:b>", "</a:b>", "<a b=c>", '<a b="c>', "<a b='", "<img src=x>",
    '<x y="1" y="2"/>', "<style>a>b{}</style>", "<!-- a -- b -->", '<!ENTITY a "b">',
    '<!DOCTYPE a [<!ENTITY b "c">]>', "<1>", "<->", "<item", "<item ", "<ite", "<title>", "</title>", "<title",
    "<link>", "<link/>", "</link>", "<guid>", "<description>", "</description>", "<content:encoded>",
    "<source>", "</source>", "<image>", "</image>", "<textinput>", "<media:group>", "<author>", "<div>",
    "<svg>", '\x0c', '\x1b[0m', '\x85', '\u2028', '\ufeff', '\ufffe', "<item><item>", "</item></item>",
    "<!<item", "x<item<", "<item><", "<//item>", "</item >", "</ITEM>", "<ITEM>", "<rss:item>", "</rss:item>",
    "<?", "<!>", "<>", "</>", "<![CDATA[]]", "]]", "=", "<xml>", '<base href="http://b.example/x/">',
    "<meta charset=utf-8>",
)  # fmt: skip


def rss(*items: str, head: str = "<title>Example</title>", version: str = "2.0") -> str:
    """An RSS document with the inner XML of *items*."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="{version}"{NAMESPACES}><channel>{head}{inner}</channel></rss>\n'


def atom(*entries: str, head: str = "<title>Example</title>") -> str:
    """An Atom document with the inner XML of *entries*."""
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    prefixes = NAMESPACES.replace(' xmlns:atom="http://www.w3.org/2005/Atom"', "")
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{prefixes} xml:lang="en">{head}{inner}</feed>'


def rdf(*items: str) -> str:
    """An RSS 1.0 document with the inner XML of *items*."""
    inner = "".join(f'<item rdf:about="https://example.org/{n}">{item}</item>' for n, item in enumerate(items))
    return (
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f"{NAMESPACES}><channel rdf:about='https://example.org/'><title>Example</title></channel>{inner}</rdf:RDF>"
    )


def shapes() -> Iterator[tuple[str, str]]:
    """Documents with every pair of parts at least once, each with a name; some two thousand entries."""
    items = ["".join(parts) for left, right in itertools.combinations(range(5), 2) for parts in _pairs(left, right)]
    for name, build in (("rss", rss), ("atom", atom), ("rdf", rdf)):
        for number in range(0, len(items), 7):
            yield f"{name}-{number}", build(*items[number : number + 7])


def _pairs(left: int, right: int) -> Iterator[tuple[str, ...]]:
    parts = (TITLES, LINKS, TEXTS, DATES, REST)
    for one in range(len(parts[left])):
        for other in range(len(parts[right])):
            chosen = {left: one, right: other}
            yield tuple(part[chosen.get(place, (one + other) % len(part))] for place, part in enumerate(parts))


def defects(document: str) -> Iterator[tuple[str, bytes]]:
    """*document* as broken servers send it, each with a name."""
    data = document.encode()
    yield "bare ampersand", document.replace("&amp;", "&").encode()
    yield "entities of HTML", document.replace("Bank", "Bank&nbsp;&eacute;&hellip;").encode()
    yield "blank lines before", b"\n\n  " + data
    yield "words before", b"Warning: mysql_connect() failed\n" + data
    yield "words after", data + b"\n<script>track()</script> cached in 3 ms"
    yield "byte order mark", b"\xef\xbb\xbf" + data
    yield "utf-16", document.replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16")
    yield "utf-16 declared, utf-8 sent", document.replace('encoding="utf-8"', 'encoding="utf-16"').encode()
    yield "latin-1 declared, utf-8 sent", document.replace('encoding="utf-8"', 'encoding="iso-8859-1"').encode()
    yield "windows-1252 sent as utf-8", document.encode("windows-1252", "replace")
    yield "unknown encoding", document.replace('encoding="utf-8"', 'encoding="undefined"').encode()
    yield "control characters", document.replace("Bank", "B\x08a\x00nk\x1f").encode()
    yield "cut in the middle", data[: len(data) * 2 // 3]
    yield "cut before the end", data[:-20]
    yield "closing tag missing", document.replace("</description>", "", 1).encode()
    yield "section not closed", document.replace("]]>", "", 1).encode()
    yield "prefix not declared", document.replace(' xmlns:media="http://search.yahoo.com/mrss/"', "").encode()
    yield (
        "document type with entities",
        b'<!DOCTYPE rss [<!ENTITY bank "Bank"><!ENTITY x SYSTEM "file:///etc/hostname">]>' + data,
    )
    yield (
        "old document type",
        b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/rss.dtd">\n' + data,
    )
