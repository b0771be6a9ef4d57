"""
Mails into the items of a JSON Feed: newsletters as one item, alert mails as one for each link.

Strangers write them, and the library's parser of mails has faults of any type and takes as long as it likes: they are
read where documents are, in a process that can be killed, and a mail that cannot be read is shown as well as it can be.
"""

import codecs
import contextlib
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

Item = dict[str, str]
_ALERT_SENDERS = ("googlealerts-noreply@google.com",)
_MOST_PARTS = 200
_MOST_LINKS = 200
_LONGEST_TEXT = 500_000
_LONGEST_LINE = 1000
_SHORTEST_TITLE = 12
_MOST_LEVELS = 2
# No mail that people read has so many parts.
_MOST_MARKS = 2_000
_RESCUED_BYTES = 20_000
_UNREADABLE = "(a mail that cannot be read)"
_BUNDLE = b"mails\n"
_SUBJECT = re.compile(rb"^subject[ \t]*:[ \t]*([^\n]{0,1000})", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(r"[A-Za-z0-9._-]{1,40}")
_LINK = re.compile(r"https?://[^\s<>\"')\]]{4,2000}")


def bundle(mails: Iterable[bytes]) -> bytes:
    """Mails as one body, to be taken apart by `items_of_bundle`."""
    return b"".join((_BUNDLE, *(b"%d\n%b" % (len(mail), mail) for mail in mails)))


def items_of_bundle(body: bytes, split: str = "auto", *, is_salvage: bool = False) -> Iterator[Item]:
    """The items of each mail of a bundle; with *is_salvage* each mail as it can be shown without a parser."""
    start = len(_BUNDLE)
    while start < len(body):
        end = body.index(b"\n", start) + 1
        start, length = end, int(body[start:end])
        mail = body[start : start + length]
        yield from (_rescued(mail),) if is_salvage else mail_items(mail, split)
        start += length


def mail_items(data: bytes, split: str = "auto") -> tuple[Item, ...]:
    """
    The items of one mail; of one that cannot be read, its subject and the beginning of what is readable in it.

    Args:
        split: ``links``: an item for each link with a headline; ``mail``: one for the whole mail;
            ``auto``: by link for services that send alerts, else by mail.
    """
    if data.count(b"\n--") > _MOST_MARKS:
        return (_rescued(data),)
    try:
        return _items(data, split)
    except Exception:  # noqa: BLE001  # the library raises anything on broken mails; the others must be read
        return (_rescued(data),)


def _rescued(data: bytes) -> Item:
    head, _, body = data[:_RESCUED_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")
    subject = _SUBJECT.search(head)
    words = subject[1] if subject is not None else b""
    title = _readable(words)
    if subject is not None and b"=?" in words:
        with contextlib.suppress(MessageError, LookupError, ValueError, TypeError):
            title = " ".join(str(make_header(decode_header(title))).split())
    key = hashlib.sha256(data).hexdigest()[:32]
    return {"id": key, "title": title[:_LONGEST_LINE] or _UNREADABLE, "content_text": _readable(body)}


def _readable(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _items(data: bytes, split: str) -> tuple[Item, ...]:
    message = BytesParser(policy=compat32).parsebytes(data)
    html, plain = _bodies(message)
    sender = _header(message, "From")
    is_alert = any(address in sender.lower() for address in _ALERT_SENDERS)
    common = {"date_published": _date(message), "author": sender.partition("<")[0].strip(' "')}
    key = _header(message, "Message-ID") or f"{_header(message, 'Date')} {_header(message, 'Subject')}"
    if html and (split == "links" or (split == "auto" and is_alert)):
        items = tuple(_by_link(html, key, common))
        if items:
            return items
    item = {"id": key, "title": _header(message, "Subject"), **common}
    if html:
        item["content_html"] = html
    else:
        item["content_text"] = plain
        found = _LINK.search(plain)
        item["url"] = found[0] if found else ""
    return (item,)


def _bodies(message: Message) -> tuple[str, str]:
    """The first HTML part and the first plain part that are no attachments."""
    html = plain = ""
    for part in _parts(message):
        if html and plain:
            break
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind == "text/html" and not html:
            html = _decoded(part)
        elif kind == "text/plain" and not plain:
            plain = _decoded(part)
    return html, plain


def _parts(message: Message) -> Iterator[Message]:
    """A message and its parts in order, however deep they lie; the first ones of many."""
    left = [message]
    for _ in range(_MOST_PARTS):
        if not left:
            return
        part = left.pop()
        yield part
        inner = part.get_payload()
        if isinstance(inner, list):
            left += [one for one in reversed(inner) if isinstance(one, Message)]


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = ""
    with contextlib.suppress(TypeError, ValueError, LookupError):  # continued parameters that do not go together
        charset = str(part.get_content_charset() or "")
    try:
        text = data.decode(charset, "replace") if _CHARSET.fullmatch(charset) else _letters(data)
    except (LookupError, ValueError):
        text = _letters(data)
    return text[:_LONGEST_TEXT]


def _header(message: Message, name: str) -> str:
    raw = _raw_header(message, name)[:_LONGEST_LINE]
    try:
        text = str(make_header(decode_header(raw)))
    except (MessageError, LookupError, ValueError):  # an unknown charset, or base64 that is none
        text = raw
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _raw_header(message: Message, name: str) -> str:
    """A header as it came; one with bytes in it that nobody encoded, as many senders leave them, in its own letters."""
    found = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return _letters(str(found).encode("utf-8", "surrogateescape"))


def _letters(data: bytes) -> str:
    """Bytes that nobody says the letters of: UTF-8, also where it breaks off within one, else Windows' Latin."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _date(message: Message) -> str:
    try:
        return parsedate_to_datetime(str(message.get("Date", ""))[:100]).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


def _by_link(html: str, key: str, common: Item) -> Iterator[Item]:
    links = dict[str, LexborNode]()
    for node in LexborHTMLParser(html).css("a[href]"):
        url = _target(node.attributes.get("href") or "")
        if url and len(links) < _MOST_LINKS and len(_words_of(node)) >= _SHORTEST_TITLE:
            links.setdefault(url, node)
    within = Counter(one.mem_id for node in links.values() for one in _around(node))
    for url, node in links.items():
        # Only where no other headline stands: what is told beside that one is another story.
        own = [one for one in _around(node) if within[one.mem_id] == 1]
        text = _words_of(own[-1], " ") if own else ""
        title = _words_of(node)
        yield {"id": f"{key} {url}", "title": title, "url": url, "content_text": text[:_LONGEST_LINE], **common}


def _around(node: LexborNode) -> Iterator[LexborNode]:
    """What a node stands in, from the inside, as far as its teaser may stand beside it."""
    for _ in range(_MOST_LEVELS):
        if node.parent is None or node.parent.tag in {"body", "html"}:
            return
        node = node.parent
        yield node


def _words_of(node: LexborNode, between: str = "") -> str:
    return " ".join(node.text(separator=between).split())


def _target(href: str) -> str:
    """Where a link leads; alert services wrap it in an address of their own."""
    try:
        parts = urlsplit(href.strip())
        if (parts.hostname or "").endswith("google.com") and parts.path == "/url":
            wrapped = parse_qs(parts.query)
            target = (wrapped.get("url") or wrapped.get("q") or [""])[0]
            return target if urlsplit(target).scheme in {"http", "https"} else ""
    except ValueError:
        return ""
    is_own = (parts.hostname or "").endswith("google.com")
    return href.strip() if parts.scheme in {"http", "https"} and not is_own else ""
