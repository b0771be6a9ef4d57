"""Bytes into text that an XML reader can take: decoded, without a document type, the commonest faults mended."""

import codecs
import contextlib
import html
import html.entities
import re
import zlib
from collections.abc import Mapping

_WIDE_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How "<?xm" begins in encodings that spend more than one byte on a letter.
_WIDE_STARTS = (
    (b"\x3c\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00\x3c", "utf-32-be"),
    (b"\x3c\x00", "utf-16-le"),
    (b"\x00\x3c", "utf-16-be"),
)
# No document in such an encoding holds these bytes in a row: what does only begins like one.
_NARROW = re.compile(rb"<(?:[\w-]{1,20}:)?(?:item|entry|rss|feed|rdf)[\s>]", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# Japanese encodings have a yen sign and an overline in the place of these, an Arabic one its own sign for per cent.
_PRINTABLE = bytes(byte for byte in range(32, 127) if byte not in b"\\~%")
# They write all languages in seven bits; all other encodings mean ASCII by them.
_SEVEN_BIT = ("iso2022", "hz", "utf-7")
# "<?xm" and "<" as mainframes write them, in all of their encodings.
_EBCDIC_START, _EBCDIC_BRACKET = b"\x4c\x6f\xa7\x94", b"\x4c"
_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z][\w.-]{0,40})\s+(?:"([^"<&%]{0,200})"|'([^'<&%]{0,200})')\s*>""")
_MOST_ENTITIES = 200
_GZIP = b"\x1f\x8b\x08"
_LARGEST_UNPACKED, _STEP = 32 * 2**20, 64 * 2**10
_MOST_MEMBERS, _GZIP_TAIL = 10_000, 8
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{0,30});)?")
# Possessive: where no tag follows, as in what was cut off, each reference would be tried against all that follows.
_REFERRING = re.compile(r">([^<>&]*+&[^<>]*+)(?=<)")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# Characters that no XML document may hold, not even as a reference.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_CLOSING_ROOT = re.compile(r"</(?:rss|(?:[\w-]+:)?feed|(?:[\w-]+:)?RDF|urlset)\s*>", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_USED_PREFIX = re.compile(r"</?([A-Za-z][\w.-]{0,30}):[A-Za-z]")
_DECLARED_PREFIX = re.compile(r"\bxmlns:([A-Za-z][\w.-]{0,30})\s*=")
_ROOT_NAME = re.compile(r"<[A-Za-z][\w.:-]*")
# What may stand before the root element, or begins it.
_MARK = re.compile(r"<(?:\?|!--|!|[^\W\d_])")
_NEAR_END = 4000
_ENDS = {"<?": "?>", "<!--": "-->", "<!": ">"}
_DOCTYPE_END = re.compile(r"[\[>]")
_SUBSET_END = re.compile(r"\]\s*>")
# Bytes that are no UTF-8 come out of the decoder as U+DC80..U+DCFF; most of them were meant as windows-1252.
# Five bytes are nothing in it; like browsers, we leave them out.
_STRAY_BYTES = {0xDC00 + byte: bytes([byte]).decode("windows-1252", "ignore") for byte in range(0x80, 0x100)}
_GB = {"gb2312", "gbk"}
_EBCDIC = {"cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"}


def unpacked(body: bytes) -> bytes:
    """
    What is in a gzip file that was served as such, as sitemaps are; all else as it is.

    No more than a document may hold is taken out, and as much of a broken file as can be read.
    """
    parts, left, start = list[bytes](), _LARGEST_UNPACKED, 0
    for _ in range(_MOST_MEMBERS):
        if left <= 0 or not body.startswith(_GZIP, start):
            break
        part, start = _member(body, _gzip_head(body, start), left)
        parts.append(part)
        left -= len(part)
    return b"".join(parts) or body


def _member(body: bytes, start: int, most: int) -> tuple[bytes, int]:
    """What one of the files put together as one holds, its data beginning at *start*; and where the next begins."""
    # Without the check sum, which stands at the end and would cost all of a small document.
    unpacker, parts, left = zlib.decompressobj(wbits=-zlib.MAX_WBITS), list[bytes](), most
    with contextlib.suppress(zlib.error):
        while start < len(body) and left > 0 and not unpacker.eof:
            parts.append(unpacker.decompress(body[start : start + _STEP], left))
            left -= len(parts[-1])
            start += min(_STEP, len(body) - start)
        return b"".join(parts), start - len(unpacker.unused_data) + _GZIP_TAIL
    return b"".join(parts), len(body)


def _gzip_head(body: bytes, start: int) -> int:
    """Where the data of a gzip file begins: its head may hold a name, a comment and whatever else."""
    flags, at = body[start + 3] if len(body) > start + 3 else 0, start + 10
    if flags & 4:
        at += 2 + int.from_bytes(body[at : at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            end = body.find(0, at)
            at = end + 1 if end >= 0 else len(body)
    return at + 2 if flags & 2 else at


def decode(body: bytes, headers: Mapping[str, str]) -> str:
    """
    The text of a document, never failing: whatever is neither declared nor UTF-8 is read as windows-1252.

    What is valid UTF-8 is taken for UTF-8 whatever was declared; other declarations are believed only
    where the encoding is one that writes ASCII as ASCII.
    """
    by_start = _by_start(body)
    if by_start is not None:
        return by_start
    body = _without_mark(body)
    declared = _declared(body, headers)
    of_mainframe = _of_mainframe(body, headers)
    if of_mainframe is not None:
        return of_mainframe
    if body.isascii():
        return _seven_bit(body, declared)
    for encoding in ("utf-8", *declared):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _mostly_utf8(body)


def _by_start(body: bytes) -> str | None:
    if body.startswith(codecs.BOM_UTF8):
        return _mostly_utf8(body[len(codecs.BOM_UTF8) :])
    for start, encoding in (*_WIDE_BOMS, *_WIDE_STARTS):
        if body.startswith(start):
            return None if _NARROW.search(body) else body.decode(encoding, "replace").removeprefix("\ufeff")
    return None


def _without_mark(body: bytes) -> bytes:
    mark = next((mark for mark, _ in _WIDE_BOMS if body.startswith(mark)), b"")
    return body[len(mark) :]


def _mostly_utf8(body: bytes) -> str:
    """UTF-8 with the strays in it read as windows-1252; all of it, where hardly anything is UTF-8."""
    text = body.decode("utf-8", "surrogateescape")
    strays = sum("\udc80" <= char <= "\udcff" for char in text)
    others = sum(not char.isascii() for char in text) - strays
    return text.translate(_STRAY_BYTES) if others >= strays else body.decode("windows-1252", "ignore")


def _seven_bit(body: bytes, declared: list[str]) -> str:
    for encoding in declared:
        if encoding.startswith(_SEVEN_BIT):
            return body.decode(encoding, "replace")
    return body.decode("ascii")


def _of_mainframe(body: bytes, headers: Mapping[str, str]) -> str | None:
    """A document in EBCDIC: one that begins so, or that begins so in the encoding that its headers name."""
    if not body.startswith(_EBCDIC_BRACKET) or body.isascii():
        return None
    names = [found[1] for found in (_CHARSET.search(headers.get("content-type", "")),) if found]
    if body.startswith(_EBCDIC_START):
        in_document = _DECLARED.match(body[:400].decode("cp037").encode("ascii", "replace"))
        names += [in_document[1].decode("ascii")] if in_document else []
        names.append("cp037")
    for name in names:
        with contextlib.suppress(LookupError, UnicodeError, AssertionError, ValueError, TypeError):
            if codecs.lookup(name).name in _EBCDIC:
                return body.decode(name, "replace")
    return None


def _declared(body: bytes, headers: Mapping[str, str]) -> list[str]:
    names = []
    in_header = _CHARSET.search(headers.get("content-type", ""))
    if in_header:
        names.append(in_header[1])
    in_document = _DECLARED.match(body[:400].lstrip())
    if in_document:
        names.append(in_document[1].decode("ascii"))
    return [found for found in map(_codec, names) if found]


def _codec(name: str) -> str:
    """The name that Python has for an encoding of text that writes ASCII as ASCII; empty for all others."""
    if name.lower() in _GB:
        return "gb18030"
    try:
        found = codecs.lookup(name)
        is_usual = found.name in _SEVEN_BIT or _PRINTABLE.decode(found.name) == _PRINTABLE.decode("ascii")
    except (LookupError, UnicodeError, AssertionError, ValueError, TypeError):
        return ""
    # What is written in escapes is a program, and no document.
    return found.name if is_usual and found.name != "utf-8" and "escape" not in found.name else ""


def without_prolog(text: str) -> str:
    """
    *text* from its root element on, without XML declaration, document type, comments and junk before it.

    Entities that the document type declares as plain short text are put in their place; all others stay
    as they are, so that nothing can expand.
    """
    position = 0
    entities: dict[str, str] = {}
    unclosed: set[str] = set()
    while found := _MARK.search(text, position):
        position, mark = found.start(), found[0]
        if mark not in _ENDS:
            return _with_entities(text[position:], entities)
        end = -1 if mark in unclosed else _end(text, mark, position)
        if end < 0:
            # It may be closed nowhere: then it is junk like all other, and so are the others of its kind.
            unclosed.add(mark)
            position += len(mark)
            continue
        if mark == "<!":
            entities |= _entities(text[position:end])
        position = end
    return ""


def _end(text: str, mark: str, position: int) -> int:
    if mark == "<!":
        found = _DOCTYPE_END.search(text, position)
        if found and found[0] == "[":
            found = _SUBSET_END.search(text, found.end())
        return found.end() if found else -1
    start = text.find(_ENDS[mark], position)
    return start + len(_ENDS[mark]) if start >= 0 else -1


def _entities(doctype: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ENTITY.finditer(doctype):
        if len(found) < _MOST_ENTITIES and match[1] not in _XML_NAMES:
            found[match[1]] = match[2] if match[2] is not None else match[3]
    return found


def _with_entities(text: str, entities: Mapping[str, str]) -> str:
    if not entities:
        return text
    names = re.compile(f"&({'|'.join(map(re.escape, entities))});")
    return names.sub(lambda match: entities[match[1]], text)


def without_forbidden(text: str) -> str:
    """*text* without the characters that no XML document may hold."""
    return _FORBIDDEN.sub("", text)


def mended(text: str) -> str:
    """
    *text* with the commonest faults of feeds mended, as every lenient reader mends them.

    A bare ``&`` and the named entities of HTML outside of CDATA, characters that XML forbids, a CDATA
    section that nobody closed, prefixes that nobody declared, and whatever follows the root element.
    """
    text = without_forbidden(text)
    pieces, position = [], 0
    for section in _CDATA.finditer(text):
        pieces.append(_REFERENCE.sub(_mended_reference, text[position : section.start()]))
        position = section.end()
        if section[0].endswith("]]>"):
            pieces.append(section[0])
        else:
            position = section.start() + len("<![CDATA[")
    pieces.append(_REFERENCE.sub(_mended_reference, text[position:]))
    return _with_prefixes(_without_tail("".join(pieces)))


def in_sections(text: str) -> str:
    """
    *text*, mended, with whatever has references outside of tags as CDATA sections.

    For readers that leave references out where they have met a fault before.
    """
    pieces, position = [], 0
    for section in _CDATA.finditer(text):
        pieces += [_REFERRING.sub(_as_section, text[position : section.start()]), section[0]]
        position = section.end()
    pieces.append(_REFERRING.sub(_as_section, text[position:]))
    return "".join(pieces)


def _as_section(match: re.Match[str]) -> str:
    plain = html.unescape(match[1]).replace("]]>", "]]]]><![CDATA[>")
    return f"><![CDATA[{plain}]]>"


def _with_prefixes(text: str) -> str:
    used = set(_USED_PREFIX.findall(text))
    missing = used - set(_DECLARED_PREFIX.findall(text)) - {"xml", "xmlns"} if used else set()
    root = _ROOT_NAME.match(text)
    if not missing or root is None:
        return text
    # The name of an address that is no namespace: such elements go by their prefix.
    declarations = "".join(f' xmlns:{prefix}="undeclared:{prefix}"' for prefix in sorted(missing))
    return f"{root[0]}{declarations}{text[root.end() :]}"


def _mended_reference(match: re.Match[str]) -> str:
    name, whole = match[1], match[0]
    if whole == "&":
        return "&amp;"
    if name is None:
        return whole if _is_character(whole) else ""
    if name in _XML_NAMES:
        return whole
    point = html.entities.name2codepoint.get(name)
    return chr(point) if point else f"&amp;{whole[1:]}"


def _is_character(reference: str) -> bool:
    digits = reference[2:-1]
    point = int(digits[1:], 16) if digits[:1] in "xX" else int(digits)
    return point in {9, 10, 13} or 32 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or 0x10000 <= point <= 0x10FFFF


def lacks_end(text: str) -> bool:
    """Whether nothing closes the root of *text*, which begins with it."""
    root = _ROOT_NAME.match(text)
    if root is None or text[: text.find(">") + 1].endswith("/>"):
        return False
    closing = f"</{root[0][1:]}"
    return closing not in text and closing.lower() not in text[-_NEAR_END:].lower()


def _without_tail(text: str) -> str:
    ends = [match.end() for match in _CLOSING_ROOT.finditer(text)]
    return text if not ends or _ENTRY.search(text, ends[-1]) else text[: ends[-1]]
