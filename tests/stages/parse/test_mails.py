"""Mails into items."""

from email.message import EmailMessage

import pytest

from monitor.domain.feed import Feed, FeedId, FeedKind
from monitor.stages.parse import parse_document
from monitor.stages.parse.mails import bundle, items_of_bundle, mail_items

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


def test_a_headline_comes_with_its_own_teaser_and_with_no_other_one():
    teasers = "".join(
        f"<p><a href='https://a.example/{name}'>{name} and what befell it</a><br>Teaser of {name}.</p>"
        for name in ("one", "two")
    )
    items = mail_items(a_mail(html=f"<div>{teasers}</div>"), "links")
    assert [item["content_text"] for item in items] == [
        "one and what befell it Teaser of one.",
        "two and what befell it Teaser of two.",
    ]
    links = "".join(f"<a href='https://a.example/{name}'>{name} and what befell it</a>" for name in ("one", "two"))
    assert [item["content_text"] for item in mail_items(a_mail(html=f"<p>{links}</p>"), "links")] == ["", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_letters_that_nobody_encoded_are_read(encoding):
    (item,) = mail_items("Subject: Nestlé – überfallen\r\n\r\nNestlé – überfallen".encode(encoding))
    assert item["title"] == "Nestlé – überfallen"
    assert item["content_text"] == "Nestlé – überfallen"
    (cut,) = mail_items("Subject: a\r\n\r\nNestlé".encode()[:-1])
    assert cut["content_text"] == "Nestl"


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


def nested(depth: int, kind: str = "multipart/mixed") -> bytes:
    levels = (f'Content-Type: {kind}; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return ("Subject: Deep\r\n" + "".join(levels) + "Content-Type: text/plain\r\n\r\nText").encode()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"Subject: Deep =?utf-8?b?a?=\r\n\r\nText", id="base64 that is none"),
        pytest.param(b"Subject: Deep =?utf\xff8?q?a?=\r\n\r\nText", id="a charset that is no word"),
        pytest.param(
            b"Subject: Deep\r\nContent-Type: text/plain; charset*0=a; charset*=b\r\n\r\nText", id="continued badly"
        ),
        pytest.param(nested(300), id="parts in parts"),
        pytest.param(nested(3_000), id="parts in parts without end"),
        pytest.param(
            b"Subject: Deep\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3_000 + b"Text", id="mails in mails"
        ),
        pytest.param(
            b'Subject: Deep\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\nText\r\n'
            + b"--b\r\n\r\nx\r\n" * 50_000,
            id="fifty thousand parts",
        ),
    ],
)
def test_a_mail_that_the_parser_fails_on_is_shown_as_well_as_it_can_be(data):
    (item,) = mail_items(data)
    assert item["title"].startswith("Deep")
    others = list(items_of_bundle(bundle([a_mail(subject="One"), data, a_mail(subject="Two")])))
    assert [one["title"][:4] for one in others] == ["One", "Deep", "Two"]


def test_where_reading_takes_too_long_each_mail_is_shown_without_a_parser():
    feed = Feed(FeedId("mails"), "imaps://a@b.example/INBOX", FeedKind.IMAP)
    deep = b"<div>" * 50_000 + b"<a href='https://x.example/'>words enough for a title</a>"
    body = bundle(
        [a_mail(subject="=?utf-8?q?=C3=9Cberfall?=", text="Text of it"), b"Content-Type: text/html\r\n\r\n" + deep]
    )
    parsed = parse_document(feed, body, {}, feed.url, 100, is_salvage=True)
    assert [entry.title for entry in parsed.entries] == ["Überfall", "(a mail that cannot be read)"]
    assert "Text of it" in parsed.entries[0].content


def test_an_empty_mailbox_is_a_feed_without_entries():
    feed = Feed(FeedId("mails"), "imaps://a@b.example/INBOX", FeedKind.IMAP, title="Mails")
    assert parse_document(feed, bundle([]), {}, feed.url, 100).title == "Mails"


def test_alert_mails_lead_only_to_the_web():
    html = "<a href='https://www.google.com/url?q=javascript:alert(1)'>a headline of some words</a>"
    (item,) = mail_items(a_mail("Google Alerts <googlealerts-noreply@google.com>", html=html))
    assert item["title"] == "Subject"
