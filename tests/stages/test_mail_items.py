"""Mails into items."""

from email.message import EmailMessage

import pytest

from monitor.stages.mail_items import mail_items

ALERT = """<table><tr><td><a href="https://www.google.com/url?rct=j&url=https://a.example/bank-hacked&ct=ga">
<b>Bank</b> hacked by gang</a><div>The bank said so.</div></td></tr>
<tr><td><a href="https://www.google.com/url?url=https://b.example/other-story">Another story of today</a></td></tr>
<tr><td><a href="https://www.google.com/alerts/remove?x">Unsubscribe from this alert</a></td></tr>
<tr><td><a href="https://www.google.com/url?url=https://a.example/bank-hacked">Bank hacked by gang again</a></td></tr>
</table>"""


def a_mail(sender: str = "News <n@example.org>", html: str = "", text: str = "", subject: str = "Subject") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = sender, subject, "<1@x>"
    message["Date"] = "Wed, 25 Nov 2026 08:00:00 +0100"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_a_newsletter_is_one_item():
    (item,) = mail_items(a_mail(html="<p>Hello</p>", text="Hello"))
    assert item["id"] == "<1@x>"
    assert item["title"] == "Subject"
    assert item["author"] == "News"
    assert item["date_published"] == "2026-11-25T08:00:00+01:00"
    assert "<p>Hello</p>" in item["content_html"]


def test_a_plain_mail_has_its_first_link():
    (item,) = mail_items(a_mail(text="Read (https://a.example/x) and https://b.example/"))
    assert item["url"] == "https://a.example/x"


def test_an_alert_mail_is_an_item_for_each_link():
    items = mail_items(a_mail("Google Alerts <googlealerts-noreply@google.com>", html=ALERT))
    assert [(item["url"], item["title"]) for item in items] == [
        ("https://a.example/bank-hacked", "Bank hacked by gang"),
        ("https://b.example/other-story", "Another story of today"),
    ]
    assert "The bank said so." in items[0]["content_text"]
    assert len({item["id"] for item in items}) == 2


def test_the_operator_decides_about_splitting():
    assert len(mail_items(a_mail(html=ALERT), "links")) == 2
    assert len(mail_items(a_mail("x <googlealerts-noreply@google.com>", html=ALERT), "mail")) == 1


def test_encoded_headers_are_read():
    (item,) = mail_items(b"Subject: =?utf-8?q?=C3=9Cberfall_auf?=\r\n =?iso-8859-1?q?_B=E4nke?=\r\n\r\nText")
    assert item["title"] == "Überfall auf Bänke"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\xff\xfe",
        b"Subject: =?nonsense?q?x?=\r\nDate: never\r\nContent-Type: text/html; charset=none\r\n\r\n<p>\xff</p>",
        b"Subject: =?utf-8?b?%%%?=\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 500,
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Subject: " + b"a" * 100_000 + b"\r\nDate: Mon, 99 Foo 9999999 99:99:99\r\n\r\n",
        b"Content-Type: multipart/mixed\r\n" * 3 + b"\r\n",
        b"Subject: a\r\n b\r\n\tBcc: c\r\n\r\n",
    ],
)
def test_broken_mails_stop_nothing(data):
    (item,) = mail_items(data)
    assert len(item["title"]) <= 1000
    assert "\n" not in item["title"]
