"""Article files in both forms, and what is wrong with those that are in neither."""

from datetime import UTC, datetime

import pytest

from monitor.domain.errors import ParseError
from monitor.stages.parse.article_files import ArticleFile, decode_article_file, read_article_file


@pytest.mark.parametrize(
    ("text", "file"),
    [
        pytest.param("Title\n\nOne.\n\nTwo.\n", ArticleFile("Title", "One.\n\nTwo."), id="title and paragraphs"),
        pytest.param("\ufeff\n\n  Title  \nText", ArticleFile("Title", "Text"), id="empty lines before it"),
        pytest.param("Only a title", ArticleFile("Only a title", ""), id="a title alone"),
        pytest.param(
            " date 2021-08 Tim Cook at the table\n\nText.",
            ArticleFile("Tim Cook at the table", "Text.", published_at=datetime(2021, 8, 1, tzinfo=UTC)),
            id="a header with a month",
        ),
        pytest.param(
            "date 2021-08-24 Title\nText",
            ArticleFile("Title", "Text", published_at=datetime(2021, 8, 24, tzinfo=UTC)),
            id="a header with a day",
        ),
        pytest.param(
            " date 2021 3 banks hit\nText",
            ArticleFile("3 banks hit", "Text", published_at=datetime(2021, 1, 1, tzinfo=UTC)),
            id="a header with a year, and a title that begins with a number",
        ),
        pytest.param(
            " date 2021-08\nTitle\nText",
            ArticleFile("Title", "Text", published_at=datetime(2021, 8, 1, tzinfo=UTC)),
            id="the title stands below the header",
        ),
        pytest.param(
            " date 2021-13 Title\nText",
            ArticleFile("date 2021-13 Title", "Text"),
            id="no month: it is a title",
        ),
        pytest.param("Date 2021 is set\nText", ArticleFile("Date 2021 is set", "Text"), id="a sentence is no header"),
    ],
)
def test_the_raw_form(text, file):
    assert read_article_file("x.txt", text) == file


def test_front_matter():
    text = (
        '---\ntitle: "Dairy: \\"stopped\\""\nurl: https://example.org/dairy\n'
        "published_at: 2026-03-01T09:00:00+01:00\nlanguage: EN-gb\nauthor: 'Somebody'\n"
        "tags:\n  - food\n# a comment\n---\n\nThe text.\n\nMore.\n"
    )
    assert read_article_file("x.md", text) == ArticleFile(
        'Dairy: "stopped"',
        "The text.\n\nMore.",
        "https://example.org/dairy",
        datetime(2026, 3, 1, 8, tzinfo=UTC),
        "en",
        "Somebody",
    )


@pytest.mark.parametrize("value", ["2026-03", "2026-03-01", "2026-03-01T00:00:00Z", "2026-03-01 00:00"])
def test_dates_in_front_matter_may_be_short(value):
    moment = read_article_file("x", f"---\ntitle: T\ndate: {value}\n---\nText").published_at
    assert moment == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(" \n\n", "x.md:1: is empty", id="empty"),
        pytest.param(" date 2021-08 \n", "x.md:1: has a date and no title", id="a header alone"),
        pytest.param("---\ntitle: T\nText", "x.md:1: the front matter that begins here has no closing", id="open end"),
        pytest.param("---\nurl: https://a.example\n---\nText", "x.md:1: the front matter has no title", id="no title"),
        pytest.param("---\ntitle: T\nwhatever\n---\n", 'x.md:3: "key: value" is wanted', id="no key"),
        pytest.param("---\ntitle: T\nurl: ftp://a\n---\n", 'x.md:3: url: "ftp://a" is no http(s)', id="another scheme"),
        pytest.param("---\ntitle: T\n\ndate: soon\n---\n", 'x.md:4: date: "soon" is no time', id="no date"),
        pytest.param("---\ntitle: T\ndate: 2026-02-31\n---\n", 'x.md:3: date: "2026-02-31"', id="no such day"),
        pytest.param("---\ntitle: T\nlanguage: 7\n---\n", 'x.md:3: language: "7" is no code', id="no language"),
    ],
)
def test_faults_have_their_place(text, message):
    with pytest.raises(ParseError, match=r"^x\.md:") as caught:
        read_article_file("x.md", text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfT\r\nText\r", "T\nText\n"),
        ("Überfall".encode("utf-16"), "Überfall"),
        (b"plain", "plain"),
    ],
)
def test_files_are_decoded(data, text):
    assert decode_article_file("x", data) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\nb\n\0c", "x:3: holds zero bytes"),
        (b"a\nb\xff", "x:2: is not UTF-8"),
        (b"", "x:1: is empty"),
        (bytes(range(1, 9)) * 4, "x:1: is full of control characters"),
        (b"\xff\xfea\nb", "x:"),
    ],
)
def test_files_that_are_no_text_have_a_fault(data, message):
    with pytest.raises(ParseError) as caught:
        decode_article_file("x", data)
    assert str(caught.value).startswith(message)
