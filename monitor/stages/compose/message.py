"""An outline in the form of one channel: the message that is stored and sent."""

import json

from monitor.domain.notification import Channel, Message
from monitor.stages.compose.dialect import Dialect, Form, dialect_of
from monitor.stages.compose.html import html
from monitor.stages.compose.native import native_form
from monitor.stages.compose.neutral import chat, cut, cut_lines
from monitor.stages.compose.outline import Outline
from monitor.stages.compose.plain import plain, short

_FOR_READING = frozenset({Form.PLAIN, Form.MAIL})
_DEGRADED_SUBJECT, _DEGRADED_BODY = 100, 500


def write(outline: Outline, channel: Channel) -> Message:
    """*outline* for *channel*: within the limits of its service, with nothing in it that the service would obey."""
    dialect = dialect_of(channel)
    breaker = str if dialect.form in _FOR_READING else chat
    subject = outline.mail_subject if dialect.form is Form.MAIL and outline.mail_subject else outline.subject
    fields: dict[str, object] = {"type": outline.kind, "data": dict(outline.data), "text": short(outline)}
    if outline.via:
        fields["via"] = list(outline.via)
    native = native_form(outline, dialect)
    if native:
        fields["native"] = native
    return Message(
        subject=cut(breaker(subject), dialect.title_limit),
        plain=_body(outline, dialect, subject),
        html=html(outline) if dialect.form is Form.MAIL else "",
        fields=json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
        thread_key=outline.thread_key,
    )


def degraded(message: Message) -> Message:
    """
    *message* as short plain text: what a service that refused the full form gets in a second try.

    ASCII letters only in place of typography, no form of its own, and well below every known limit.
    """
    text = json.loads(message.fields or "{}").get("text") or message.plain
    return Message(
        subject=cut(_plainest(message.subject), _DEGRADED_SUBJECT),
        plain=cut_lines(_plainest(str(text)), _DEGRADED_BODY) or message.subject,
        html="",
        fields=json.dumps({**json.loads(message.fields or "{}"), "native": None}, ensure_ascii=False),
        thread_key=message.thread_key,
    )


def _plainest(text: str) -> str:
    return chat(text.replace("*", "").translate(str.maketrans("“”‘’–—…", "\"\"''--.")))


def _body(outline: Outline, dialect: Dialect, subject: str) -> str:
    breaker = str if dialect.form in _FOR_READING else chat
    body = plain(outline, breaker=breaker)
    if subject != outline.subject:
        # The mail keeps the subject of its thread, so the news of it opens the text.
        body = f"{outline.subject}\n\n{body}"
    if len(body) > _room(body, dialect):
        body = short(outline, breaker=breaker)
    return _ending(body, outline, _room(body, dialect))


def _room(body: str, dialect: Dialect) -> int:
    """How many code points of *body* the service takes."""
    if not dialect.body_bytes:
        return dialect.body_limit
    return min(dialect.body_limit, len(body.encode()[: dialect.body_bytes].decode(errors="ignore")))


def _ending(body: str, outline: Outline, limit: int) -> str:
    """*body* within *limit*; the last line, the alert's id, stays whatever has to go."""
    if len(body) <= limit:
        return body
    last = "\n".join(outline.footer)
    return f"{cut_lines(body, limit - len(last) - 1)}\n{last}" if last else cut_lines(body, limit)
