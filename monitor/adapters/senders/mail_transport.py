"""
Mail, written and sent by ourselves: Apprise reads the mailto:// URL, but cannot thread a message.

A message of an alert refers to the alert's own root, so that mail programs show all of them as one thread.
"""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from monitor.adapters.address_guard import AddressRefusedError
from monitor.adapters.senders.attempt import Attempt
from monitor.domain.notification import Outcome

_SUBJECT_LIMIT = 200
_SENDER = "News Monitor"
_FIRST, _CLOSED = "monitor.alert.opened", "monitor.alert.closed"
_TEMPORARY = range(400, 500)


class _Wire(EmailPolicy):
    """
    How headers go over the wire: a subject is put into encoded words by `Header`, which keeps the blanks between.

    The policy's own way loses one wherever two encoded words come to stand side by side.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != "subject" or str(value).isascii():
            return super().fold_binary(name, value)
        words = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {words}{self.linesep}".encode("ascii")


_WIRE = _Wire(linesep=SMTP.linesep, cte_type=SMTP.cte_type)
_LONG_LINES = _WIRE.clone(max_line_length=500)


def send_mail(plugin: Any, job: Mapping[str, Any]) -> Attempt:
    """One mail to the one receiver of *plugin* (Apprise's reading of the URL), with what became of it."""
    message = write_mail(
        job,
        sender=(str(plugin.from_addr[0] or _SENDER), str(plugin.from_addr[1])),
        receiver=(str(plugin.targets[0][0] or ""), str(plugin.targets[0][1])),
    )
    stage = "connect"
    try:
        with _connect(plugin) as smtp:
            stage = "login"
            if plugin.user and plugin.password:
                smtp.login(plugin.user, plugin.password)
            stage = "address"
            smtp.mail(plugin.from_addr[1])
            code, answer = smtp.rcpt(plugin.targets[0][1])
            if code not in {250, 251}:
                return _refused(code, answer)
            stage = "data"
            code, answer = smtp.data(as_sent(message))
            if code != 250:
                return _refused(code, answer)
            stage = "done"
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error)
    except AddressRefusedError as error:
        return Attempt(Outcome.REJECTED, str(error))
    except (smtplib.SMTPException, OSError) as error:
        return _broken(stage, error)
    return Attempt(Outcome.DELIVERED, "SMTP 250")


def write_mail(job: Mapping[str, Any], *, sender: tuple[str, str], receiver: tuple[str, str]) -> EmailMessage:
    """
    The mail of *job*: text and HTML, its own Message-ID, references to the thread's root.

    ``EmailMessage`` refuses line breaks in headers; they are gone before.
    """
    message = EmailMessage()
    domain = sender[1].rpartition("@")[2] or "localhost"
    message["From"] = _address(sender)
    message["To"] = _address(receiver)
    message["Subject"] = " ".join(str(job["subject"]).split())[:_SUBJECT_LIMIT]
    message["Date"] = format_datetime(datetime.fromisoformat(job["at"]))
    message["Message-ID"] = f"<{_token(job['id'])}@{domain}>"
    if job.get("thread_key"):
        root = f"<{_token(job['thread_key'])}.thread@{domain}>"
        message["References"] = root
        if job.get("type") != _FIRST:
            message["In-Reply-To"] = root
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    gravity = "" if job.get("type") == _CLOSED else str(job.get("severity"))
    message["X-Priority"] = {"critical": "1", "warning": "3"}.get(gravity, "5")
    message.set_content(str(job["body"]), cte="quoted-printable")
    if job.get("html"):
        message.add_alternative(str(job["html"]), subtype="html", cte="quoted-printable")
    return message


def as_sent(message: EmailMessage) -> bytes:
    """
    *message* as it goes over the wire.

    Headers in plain ASCII stay on one line each: Python would begin some subjects on the second line, and mail
    programs show the blank before them. Others are folded, since their encoded words must be short.
    """
    is_ascii = all(str(value).isascii() for value in message.values())
    return message.as_bytes(policy=_LONG_LINES if is_ascii else _WIRE)


def _address(pair: tuple[str, str]) -> Address:
    name, address = pair
    return Address(display_name=" ".join(name.split()), addr_spec=address)


def _token(text: object) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in str(text))[:120]


def _connect(plugin: Any) -> smtplib.SMTP:
    timeout = float(plugin.socket_connect_timeout)
    mode = str(getattr(plugin.secure_mode, "value", plugin.secure_mode)).lower()
    context = ssl.create_default_context()
    # Left to itself, smtplib asks the DNS for our own name, and may wait long for no answer.
    name = socket.gethostname()
    name = name if "." in name else str(plugin.from_addr[1]).rpartition("@")[2] or "localhost"
    if mode == "ssl":
        return smtplib.SMTP_SSL(plugin.smtp_host, plugin.port, name, timeout=timeout, context=context)
    smtp = smtplib.SMTP(plugin.smtp_host, plugin.port, name, timeout=timeout)
    try:
        if mode == "starttls":
            smtp.starttls(context=context)
        else:
            smtp.ehlo()
    except (smtplib.SMTPException, OSError):
        smtp.close()
        raise
    return smtp


def _refused(code: int, answer: bytes | str) -> Attempt:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    outcome = Outcome.RETRY if code in _TEMPORARY or code <= 0 else Outcome.REJECTED
    return Attempt(outcome, f"SMTP {code}: {' '.join(text.split())}")


def _broken(stage: str, error: Exception) -> Attempt:
    if stage == "done":
        return Attempt(Outcome.DELIVERED, "SMTP 250")  # only the goodbye was lost
    words = "no answer in time" if isinstance(error, TimeoutError) else f"{type(error).__name__}: {error}"
    if stage == "data":
        return Attempt(Outcome.UNKNOWN, f"SMTP broke while the mail was sent, it may have arrived: {words}")
    return Attempt(Outcome.RETRY, f"SMTP broke at the step {stage}: {words}")
