"""Whatever is read - lists, files, mails, pages - ends in a value or in a ParseError, never in anything else."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.errors import ParseError
from monitor.stages.feeds.discover import find_feeds
from monitor.stages.feeds.lists import read_feed_list
from monitor.stages.parse.article_files import decode_article_file, read_article_file
from monitor.stages.parse.mails import mail_items

QUICK = settings(max_examples=150)
_parts = st.sampled_from(
    [
        b"<opml>", b"<outline ", b'xmlUrl="', b"https://a.example/", b'"', b">", b"<body>", b"[", b"{", b'"url":', b",", b"]",
        b"url,title\n", b"\n", b";", b"\0", b"\xff", b"---\n", b"title: ", b"date 2021-08 ", b"date: ", b"Subject: ", b"Date: ",
        b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"=?utf-8?b?", b"?=", b"Content-Type: text/html; charset=",
        b"<a href=", b"<link rel=alternate type=application/rss+xml href=", b"<base href=", b"http://[", b"//", b"\xef\xbb\xbf",
        b"\xff\xfe", "ü".encode(), b"9999999999", b"-", b":", b"'", b"\r", b"${X}", b"Content-Transfer-Encoding: base64\n\n",
    ]
)  # fmt: skip
soups = st.lists(_parts | st.binary(max_size=8), max_size=25).map(b"".join)


@QUICK
@given(soups)
def test_lists_of_feeds(data):
    with contextlib.suppress(ParseError):
        feeds, _ = read_feed_list(data)
        assert feeds
        assert all(feed.url.startswith("http") and "${" not in feed.url for feed in feeds)
        assert len({feed.url for feed in feeds}) == len(feeds)


@QUICK
@given(soups)
def test_article_files(data):
    with contextlib.suppress(ParseError):
        file = read_article_file("x.txt", decode_article_file("x.txt", data))
        assert file.title
        assert file.published_at is None or file.published_at.tzinfo is not None


@QUICK
@given(soups, st.sampled_from(["auto", "links", "mail"]))
def test_mails(data, split):
    items = mail_items(data, split)
    assert items
    assert all("\n" not in item["title"] for item in items)


@QUICK
@given(soups)
def test_pages(data):
    for candidate in find_feeds(data.decode("utf-8", "replace"), "https://example.org/"):
        assert candidate.url.startswith(("http://", "https://"))
