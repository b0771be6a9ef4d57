import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stages.normalise.plain_text import by_tags, by_tree, cut, plain_line, plain_text, tidy

MOST = 10_000


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("<p>One <b>bo</b>ld.</p><p>Two.</p>", "One bold.\n\nTwo.", id="paragraphs"),
        pytest.param("One<br>two<br/>three", "One\ntwo\nthree", id="lines"),
        pytest.param("<ul><li>a</li><li>b</li></ul>c", "a\n\nb\n\nc", id="list"),
        pytest.param("<table><tr><td>a</td><td>b</td></tr></table>", "a\n\nb", id="cells"),
        pytest.param("No tags &amp; a\n\nblank line", "No tags & a\n\nblank line", id="plain"),
        pytest.param("1 < 2 and 3 > 2", "1 < 2 and 3 > 2", id="signs that are no tags"),
        pytest.param(
            "<script>alert(1)</script><style>p{}</style>shown<noscript>no</noscript>", "shown", id="scripts and styles"
        ),
        pytest.param("<!--><script>alert(1)</script>-->shown", "-->shown", id="a comment that hides a script"),
        pytest.param("<svg><a xlink:href='javascript:x'><text>drawn</text></a></svg>shown", "shown", id="drawings"),
        pytest.param("<p>a\n  b\tc</p>", "a b c", id="blanks"),
        pytest.param("a\u00a0b\u2003c", "a b c", id="blanks of other kinds"),
        pytest.param("Cyber\u00adaanval op B\u200bank\ufeff", "Cyberaanval op Bank", id="what nobody sees"),
        pytest.param("\u202eknaB\u202c", "knaB", id="direction"),
        pytest.param("e\u0301", "é", id="NFC"),
        pytest.param("a\x00b\x1b[2Jc\x85d", "ab[2Jc\nd", id="controls"),
        pytest.param("\ue000x\U000e0041y", "xy", id="private and tag characters"),
        pytest.param("<p>unclosed <b>bold", "unclosed bold", id="unclosed"),
        pytest.param("<object data='x'>shown in its stead</object>", "shown in its stead", id="an object that is none"),
        pytest.param("<p>a</p><iframe src='x'/><p>b</p>", "a\n\nb", id="a frame that is empty, as XML writes it"),
        pytest.param("a <SCRIPT src='x' async=''/>b <style />c", "a b c", id="scripts and styles that are empty"),
        pytest.param("a<iframe src='x'> <b>b</b>", "a b", id="a frame that nobody closes"),
        pytest.param("<noscript>no</noscript>a <button>b <i>c", "a b c", id="one of two kinds that nobody closes"),
        pytest.param("<iframe>no</iframe>a<iframe src='x'>b", "ab", id="the last of two frames that nobody closes"),
        pytest.param("a<script>x = '<p>b", "a", id="a script that nobody closes"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup, MOST) == text


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        ("A <b>bold</b>\n title", "A bold title"),
        ("AT&amp;T &lt;3", "AT&T <3"),
        ("two<br>lines", "two lines"),
        ("Subject\r\nBcc: everyone@example.org", "Subject Bcc: everyone@example.org"),
        ("   ", ""),
    ],
)
def test_plain_line(markup: str, line: str) -> None:
    assert plain_line(markup, 500) == line


def test_long_texts_are_cut_at_a_word() -> None:
    assert cut("one two three", 9) == "one two…"
    assert len(plain_line("x" * 2_000_000, 500)) == 500
    assert len(plain_text("<p>" + "word " * 400_000, 1000)) <= 1000


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "deep",
        "<p " * 100_000,
        "<p x='" + "y" * 500_000,
        "<" * 300_000,
        "&" * 300_000 + "amp;" * 100_000,
        "a" + "\u0301" * 300_000,
        "<a href='x'>" * 50_000,
        " \n" * 300_000,
        "<!--" * 100_000,
    ],
    ids=lambda markup: markup[:6],
)
def test_hostile_markup_ends_soon(markup: str) -> None:
    assert len(plain_text(markup, MOST)) <= MOST
    assert "\n" not in plain_line(markup, 500)


@given(st.text() | st.text(alphabet="<>/&;ap \n\u0301é\u200d"))
def test_plain_text_is_calm(markup: str) -> None:
    text = plain_text(markup, MOST)
    assert unicodedata.is_normalized("NFC", text)
    assert tidy(text) == text
    assert not any(unicodedata.category(char) in {"Cs", "Co"} for char in text)
    assert all(
        char == "\n" or char.isprintable() or char.isspace() or unicodedata.category(char) in {"Cf", "Cn"}
        for char in text
    )


_PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<i class='x'>",
        "</i>",
        '<a href="https://e.org/?a=1&amp;b=2">',
        "</a>",
        "<br/>",
        "<br>",
        "<img alt='a' src=x>",
        "<span>",
        "</span>",
        "<td>",
        "<tr>",
        "<table>",
        "</table>",
        "<li>",
        "</ul>",
        "<h2 id=q>",
        "word ",
        "é",
        "&amp;",
        "&eacute;",
        "&lt;b&gt;",
        "&#8230;",
        "&bogus;",
        "a<b ",
        "5 > 3",
        "< ",
        "&",
        "\n",
        "'",
        '"',
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_the_text_between_tags_is_what_a_browser_shows(markup: str) -> None:
    quick = by_tags(markup)
    if quick is not None:
        assert "".join(quick.split()) == "".join(by_tree(markup).split())
