"""Mail against a real server in every mood: its form, its headers, its answers."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from monitor.adapters.senders.mail_transport import as_sent, write_mail
from monitor.domain.notification import Channel, Outcome
from tests.adapters.senders.receivers import mailbox
from tests.adapters.senders.test_senders import PATIENT, QUICK, notification, send
from tests.occasions import NOW, channel, confirmed


def read_mail(content: object) -> EmailMessage:
    mail = message_from_bytes(content if isinstance(content, bytes) else str(content).encode(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def mail_channel(port: int) -> Channel:
    return channel(f"mailto://127.0.0.1:{port}?from=monitor@ours.example&to=soc@theirs.example")


async def test_mail_is_text_and_html_threaded_and_marked_as_automatic() -> None:
    with mailbox() as box:
        target = mail_channel(box.port)
        first = notification(target)
        later = notification(target, confirmed(first_subject=first.message.subject), "n-2")
        assert (await send(target, first)).outcome is Outcome.DELIVERED
        assert (await send(target, later)).outcome is Outcome.DELIVERED
        one, two = (read_mail(envelope.content) for envelope in box.mails)
    assert one.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in one.iter_parts()] == ["text/plain", "text/html"]
    assert one["Message-ID"] == "<n-1@ours.example>"
    assert one["References"] == two["References"] == two["In-Reply-To"] == "<al-7c31.thread@ours.example>"
    assert one["In-Reply-To"] is None
    assert one["From"] == "News Monitor <monitor@ours.example>"
    assert two["Subject"] == f"Re: {one['Subject']}"
    assert one["Auto-Submitted"] == "auto-generated"
    body = one.get_body(("plain",))
    assert body is not None
    assert "Gang says it locked Apple's systems" in body.get_content()
    assert one["To"] == "soc@theirs.example"


@pytest.mark.parametrize(
    "begins",
    [
        "CRITICAL - Okta - ransomware",
        "KRITISCH - Müller - Ransomware, bestätigt",
        "CRITIQUE - Vodafone - extorsion et vol de données, revendiqué par les attaquants - 1 source",
        "CRÍTICO - Telefónica - extorsión y robo de datos, reivindicado por los atacantes - 1 fuente",
    ],
)
def test_a_subject_of_any_length_begins_on_its_own_line_and_comes_back_whole(begins: str) -> None:
    for length in range(30, 200, 3):
        subject = f"{begins} {'and more ' * 30}"[:length].strip()
        job = {"subject": subject, "body": "x", "id": "n1", "at": NOW.isoformat()}
        sent = as_sent(write_mail(job, sender=("Monitor", "m@ours.example"), receiver=("", "soc@theirs.example")))
        assert b"Subject:\r\n" not in sent
        assert message_from_bytes(sent, policy=default)["Subject"] == subject
        assert max(map(len, sent.splitlines())) < 500


@pytest.mark.parametrize(("kind", "priority"), [("opened", "1"), ("updated", "1"), ("closed", "5")])
def test_that_something_grave_is_over_is_not_urgent(kind: str, priority: str) -> None:
    job = {"subject": "x", "body": "x", "id": "n1", "at": NOW.isoformat(), "severity": "critical"}
    made = write_mail(
        {**job, "type": f"monitor.alert.{kind}"}, sender=("", "m@ours.example"), receiver=("", "a@b.example")
    )
    assert made["X-Priority"] == priority


async def test_a_headline_cannot_write_headers() -> None:
    with mailbox() as box:
        target = mail_channel(box.port)
        made = notification(target)
        evil = replace(made.message, subject="Apple\r\nBcc: everybody@evil.example\n\nhello" + "x" * 5_000)
        await send(target, replace(made, message=evil))
        (envelope,) = box.mails
        mail = read_mail(envelope.content)
    assert envelope.rcpt_tos == ["soc@theirs.example"]
    assert mail["Bcc"] is None
    assert str(mail["Subject"]).startswith("Apple Bcc: everybody@evil.example hello")


@pytest.mark.parametrize(
    ("moods", "outcome", "detail"),
    [
        pytest.param({"rcpt": "550 no such user"}, Outcome.REJECTED, "SMTP 550: no such user", id="550 receiver"),
        pytest.param({"rcpt": "451 later"}, Outcome.RETRY, "SMTP 451", id="451 receiver"),
        pytest.param({"data": "554 spam"}, Outcome.REJECTED, "SMTP 554", id="554 content"),
        pytest.param({"data": "421 closing"}, Outcome.RETRY, "SMTP 421", id="421"),
        pytest.param({"hang_in_data": True}, Outcome.UNKNOWN, "may or may not", id="hangs after the text"),
    ],
)
async def test_what_a_mail_server_answers(moods: dict[str, Any], outcome: Outcome, detail: str) -> None:
    with mailbox(**moods) as box:
        delivery = await send(mail_channel(box.port), policy=QUICK if "hang_in_data" in moods else PATIENT)
    assert delivery.outcome is outcome
    assert detail in delivery.detail


async def test_mail_that_was_to_be_encrypted_never_goes_in_the_clear() -> None:
    with mailbox() as box:
        for mode in ("starttls", "ssl"):
            url = f"mailto://user:passw0rd@127.0.0.1:{box.port}?from=a@x.example&to=b@x.example&mode={mode}"
            delivery = await send(channel(url))
            assert delivery.outcome is Outcome.RETRY
            assert "connect" in delivery.detail
            assert "passw0rd" not in delivery.detail
        assert box.mails == []


async def test_a_mail_server_that_is_not_there_is_tried_again() -> None:
    delivery = await send(mail_channel(9))
    assert delivery.outcome is Outcome.RETRY
    assert "connect" in delivery.detail
