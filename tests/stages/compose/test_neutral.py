"""No text of a feed may steer a terminal, a mail, a chat or a spreadsheet."""

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stages.compose.neutral import chat, clean, cut, cut_lines, host_of, markdown, safe_url
from tests.stages.compose.hostile import HOSTILE

ANY_TEXT = st.text(alphabet=st.characters(), max_size=300) | st.sampled_from(sorted(HOSTILE.values()))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("Apple\r\nBcc: x@evil.example", "Apple Bcc: x@evil.example", id="line breaks"),
        pytest.param("Apple \x1b[2J hacked", "Apple [2J hacked", id="terminal sequence"),
        pytest.param("a\u202eb\u200bc\ufeffd", "abcd", id="direction and zero width"),
        pytest.param("Apple \ud800!", "Apple !", id="lone surrogate"),
        pytest.param("A" + "\u0301" * 40 + "pple", "Á\u0301\u0301pple", id="stacked marks"),
        pytest.param("  Telefo\u0301nica  ", "Telefónica", id="composed"),
        pytest.param("\u3164\u2800 \u00a0", "", id="nothing to see"),
        pytest.param("Apple's “news” – 50 €", "Apple's “news” – 50 €", id="typography stays"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text, 200) == cleaned


@given(ANY_TEXT, st.integers(min_value=1, max_value=120))
def test_clean_leaves_one_visible_line(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert len(once) <= limit
    assert not {unicodedata.category(c) for c in once} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert once == once.strip()
    assert clean(once, limit) == once
    assert once.encode("utf-8").decode("utf-8") == once


def test_a_megabyte_costs_what_a_long_title_costs() -> None:
    started = time.process_time()
    assert len(clean("\u0301" * 5_000_000, 200)) <= 200
    assert time.process_time() - started < 1


@given(ANY_TEXT)
def test_chat_breaks_every_mark(text: str) -> None:
    broken = chat(clean(text, 500))
    assert not re.search(r"@[^\u200b]|@$", broken)
    assert "](" not in broken
    assert "][" not in broken
    assert not re.search(r"<[^\s\u200b]", broken)
    # Nothing is lost: without the breaks the text is what it was.
    assert broken.replace("\u200b", "") == clean(text, 500)


@given(ANY_TEXT)
def test_markdown_leaves_no_mark_unescaped(text: str) -> None:
    cleaned = clean(text, 500)
    bare = re.sub(r"\\[\\`*_{}\[\]()<>#+\-!|~.:/]", "", markdown(cleaned))
    assert not re.search(r"[\\`*_\[\]()<>|~]", bare)
    assert not re.search(r"@[^\u200b]|@$", bare)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://news.example/a?id=5&x=a b", "https://news.example/a?id=5&x=a%20b"),
        ("HTTPS://News.Example/A", "https://news.example/A"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("feed:javascript:alert(1)", ""),
        ("//news.example/a", ""),
        ("https://bank.example@evil.example/x", "https://evil.example/x"),
        ("https://аррӏе.example/", "https://xn--80ak6aa92e.example/"),
        ('https://news.example/"><script>', "https://news.example/%22%3E%3Cscript%3E"),
        ("https://news.example/(a)[b]|c", "https://news.example/%28a%29%5Bb%5D%7Cc"),
        ("https://[::1]:8080/x", "https://[::1]:8080/x"),
        ("https://news.example:99999/", ""),
        ("http://[bad/", ""),
        ("https://news.example/" + "a" * 3_000, ""),
        ("https:///x", ""),
        ("", ""),
    ],
)
def test_safe_url(url: str, safe: str) -> None:
    assert safe_url(url) == safe


@given(ANY_TEXT | st.text(max_size=60).map(lambda text: f"https://news.example/{text}"))
def test_a_safe_url_holds_nothing_that_a_form_could_read_as_its_own(url: str) -> None:
    safe = safe_url(url)
    assert safe == "" or re.fullmatch(r"https?://[a-z0-9._:\[\]-]+/[A-Za-z0-9/%:!$&*+,;=?~\-._#]*", safe)
    assert safe == "" or safe_url(safe) == safe


def test_the_host_is_the_one_that_is_reached() -> None:
    assert host_of("https://bank.example@evil.example:8080/x") == "evil.example"
    assert host_of("https://exa mple/") == ""


def test_cutting_ends_at_words_and_lines() -> None:
    assert cut("one two three", 10) == "one two…"
    assert cut("abcdefghij", 5) == "abcd…"
    assert cut("abc", 0) == ""
    assert cut_lines("first line\nsecond line\nthird", 25) == "first line\nsecond line\n…"
    assert len(cut_lines("x" * 50, 25)) == 25
