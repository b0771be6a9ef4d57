"""
Mails into the items of a JSON Feed: newsletters as one item, alert mails as one for each link.

Strangers write them, and the library's parser of mails has faults of any type and takes as long as it likes: they are
read where documents are, in a process that can be killed, and a mail that cannot be read is shown as well as it can be.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser

Item = dict[str, str]
_ALERT_SENDERS = ("googlealerts-noreply@google.com",)
_MOST_PARTS = 200
_MOST_LINKS = 200
_LONGEST_TEXT = 500_000
_LONGEST_LINE = 1000
_SHORTEST_TITLE = 12
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
    charset = "utf-8"
    with contextlib.suppress(TypeError, ValueError, LookupError):  # continued parameters that do not go together
        charset = str(part.get_content_charset() or "utf-8")
    try:
        text = data.decode(charset if _CHARSET.fullmatch(charset) else "utf-8", "replace")
    except (LookupError, ValueError):
        text = data.decode("utf-8", "replace")
    return text[:_LONGEST_TEXT]


def _header(message: Message, name: str) -> str:
    raw = str(message.get(name, ""))[:_LONGEST_LINE]
    try:
        text = str(make_header(decode_header(raw)))
    except (MessageError, LookupError, ValueError):  # an unknown charset, or base64 that is none
        text = raw
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _date(message: Message) -> str:
    try:
        return parsedate_to_datetime(str(message.get("Date", ""))[:100]).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


def _by_link(html: str, key: str, common: Item) -> Iterator[Item]:
    seen: set[str] = set()
    for node in LexborHTMLParser(html).css("a[href]"):
        url = _target(node.attributes.get("href") or "")
        title = " ".join(node.text().split())
        if not url or url in seen or len(title) < _SHORTEST_TITLE or len(seen) >= _MOST_LINKS:
            continue
        seen.add(url)
        around = node.parent.parent if node.parent is not None and node.parent.parent is not None else node.parent
        text = " ".join(around.text(separator=" ").split()) if around is not None else ""
        yield {"id": f"{key} {url}", "title": title, "url": url, "content_text": text[:_LONGEST_LINE], **common}


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
