import gzip

import pytest

from monitor.stages.parse.source_text import decode, mended, unpacked, without_prolog


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        pytest.param("é€".encode(), "", "é€", id="utf-8 by itself"),
        pytest.param(b"\xef\xbb\xbf" + "é".encode(), "", "é", id="byte order mark"),
        pytest.param("é".encode("utf-16"), "", "é", id="utf-16 with its mark"),
        pytest.param(
            "<?xml version='1.0'?><a/>".encode("utf-16-le"), "", "<?xml version='1.0'?><a/>", id="utf-16 without"
        ),
        pytest.param(b"\xff\xfe<rss>\xc3\xa9", "", "<rss>é", id="a mark that lies"),
        pytest.param(b"<\0?\0<rss>\xc3\xa9", "", "<\0?\0<rss>é", id="a start that lies"),
        pytest.param("é".encode(), "text/xml; charset=iso-8859-1", "é", id="what is valid UTF-8 is UTF-8"),
        pytest.param("é".encode("iso-8859-1"), "text/xml; charset=iso-8859-1", "é", id="charset of the header"),
        pytest.param(
            b"<?xml version='1.0' encoding='iso-8859-2'?>\xb1",
            "",
            "<?xml version='1.0' encoding='iso-8859-2'?>ą",
            id="declared",
        ),
        pytest.param("日本".encode("iso2022_jp"), "text/xml; charset=iso-2022-jp", "日本", id="seven bits"),
        pytest.param("数据".encode("gb18030"), "text/xml; charset=gb2312", "数据", id="gb2312 is gb18030"),
        pytest.param(b"caf\xe9 \x93x\x94", "", "café “x”", id="nothing declared: windows-1252"),
        pytest.param(b"\xe9 \x81 \x9d", "", "é  ", id="what is nothing in windows-1252 is left out"),
        pytest.param("één café ".encode() + b"\x93x\x94", "", "één café “x”", id="strays in UTF-8"),
        pytest.param("é".encode("utf-7"), "text/xml; charset=utf-7", "é", id="seven bits of another kind"),
        pytest.param(b"\\x3ca\xe9", "text/xml; charset=unicode_escape", "\\x3caé", id="escapes of a program"),
        pytest.param("积".encode("hz"), "text/xml; charset=hz", "积", id="seven bits of China"),
        pytest.param(
            "時".encode("shift_jis_2004"), "text/xml; charset=shift_jis_2004", "時", id="a yen for a backslash"
        ),
        pytest.param("<?xml?>é".encode("cp037"), "", "<?xml?>é", id="mainframe"),
        pytest.param(
            "<?xml version='1.0' encoding='cp500'?>[é]".encode("cp500"),
            "",
            "<?xml version='1.0' encoding='cp500'?>[é]",
            id="mainframe, declared",
        ),
        pytest.param("<rss>é".encode("cp1026"), "text/xml; charset=cp1026", "<rss>é", id="mainframe, by its header"),
        pytest.param(b"Look", "text/xml; charset=cp037", "Look", id="no mainframe writes so"),
        pytest.param(b"\xe9", "text/xml; charset=undefined", "é", id="an encoding that raises"),
        pytest.param(b"\xe9", "text/xml; charset=zlib_codec", "é", id="an encoding that is none of text"),
        pytest.param(b"\xe9", "text/xml; charset=\0", "é", id="a zero byte as charset"),
    ],
)
def test_decode(body: bytes, content_type: str, text: str) -> None:
    assert decode(body, {"content-type": content_type}) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        pytest.param("<?xml version='1.0'?>\n<!-- c --><rss/>", "<rss/>", id="declaration and comment"),
        pytest.param("PHP Notice: x < 3\n<rss/>", "<rss/>", id="junk"),
        pytest.param("<!DOCTYPE rss><rss/>", "<rss/>", id="document type"),
        pytest.param(
            "<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><r>&a;&b;</r>",
            "<r>x&b;</r>",
            id="entities of plain text",
        ),
        pytest.param("<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><r>&a;</r>", "<r>&a;</r>", id="a file"),
        pytest.param("<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://x/'> %p;]><r/>", "<r/>", id="a parameter entity"),
        pytest.param("<!DOCTYPE r [ never closed <r/>", "<r/>", id="never closed"),
        pytest.param("<?xml never closed <!-- nor this ><r/>", "<r/>", id="nothing is closed"),
        pytest.param("no element", "", id="nothing"),
        pytest.param("", "", id="empty"),
    ],
)
def test_without_prolog(text: str, rest: str) -> None:
    assert without_prolog(text) == rest


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("<r>a & b &amp; c</r>", "<r>a &amp; b &amp; c</r>", id="bare ampersand"),
        pytest.param("<r>?a=1&b=2</r>", "<r>?a=1&amp;b=2</r>", id="in an address"),
        pytest.param("<r>&eacute;&nbsp;&bogus;</r>", "<r>é\xa0&amp;bogus;</r>", id="named entities"),
        pytest.param("<r>&#233;&#xD800;&#99999999;&#0;</r>", "<r>&#233;&amp;#99999999;</r>", id="references"),
        pytest.param("<r><![CDATA[a & b]]></r>", "<r><![CDATA[a & b]]></r>", id="sections stay"),
        pytest.param("<r><a><![CDATA[b & c</a></r>", "<r><a>b &amp; c</a></r>", id="a section never closed"),
        pytest.param("<r>a\x00\x08\x0bb\ud800</r>", "<r>ab</r>", id="characters XML forbids"),
        pytest.param("<rss><channel/></rss> cached <b>", "<rss><channel/></rss>", id="a tail"),
        pytest.param("<rss/><rss><item>a</item></rss>", "<rss/><rss><item>a</item></rss>", id="two roots"),
        pytest.param("<rss><m:x/></rss>", '<rss xmlns:m="undeclared:m"><m:x/></rss>', id="a prefix nobody declared"),
    ],
)
def test_mended(text: str, after: str) -> None:
    assert mended(text) == after


_PACKED = gzip.compress(b"<urlset/>")
NAMED = _PACKED[:3] + b"\x1e" + _PACKED[4:10] + b"\x03\x00abc" + b"name\0" + b"comment\0" + b"\1\2" + _PACKED[10:]
BOMB = gzip.compress(b" " * 2**27)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(gzip.compress(b"<urlset/>"), b"<urlset/>", id="a file"),
        pytest.param(b"<urlset/>", b"<urlset/>", id="none"),
        pytest.param(b"\x1f\x8b\x08 and nothing more", b"\x1f\x8b\x08 and nothing more", id="none that can be read"),
        pytest.param(gzip.compress(b"<urlset/>")[:-8], b"<urlset/>", id="without its end"),
        pytest.param(gzip.compress(b"<urlset/>")[:-8] + bytes(8), b"<urlset/>", id="with another check sum"),
        pytest.param(gzip.compress(b"<urlset/>") + b"\0\0junk", b"<urlset/>", id="with a tail"),
        pytest.param(gzip.compress(b"<url") + gzip.compress(b"set/>"), b"<urlset/>", id="two in one"),
        pytest.param(gzip.compress(b"") * 500 + gzip.compress(b"<x/>"), b"<x/>", id="many that are empty"),
        pytest.param(NAMED, b"<urlset/>", id="with a name, a comment and more"),
        pytest.param(NAMED[:16], NAMED[:16], id="cut off in its head"),
        pytest.param(b"\x1f\x8b\x08", b"\x1f\x8b\x08", id="three bytes"),
    ],
)
def test_unpacked(body: bytes, text: bytes) -> None:
    assert unpacked(body) == text


def test_a_bomb_is_unpacked_up_to_the_limit() -> None:
    assert len(unpacked(BOMB)) == 32 * 2**20
    assert unpacked(gzip.compress(gzip.compress(b"x"))) == gzip.compress(b"x")
