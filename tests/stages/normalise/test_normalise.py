"""An entry of a feed becomes an article: its identity, what rings, what it says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.domain.article import DateFlag
from monitor.domain.errors import ParseError
from monitor.domain.feed import Entry, EntryShape, FeedId, FeedState
from monitor.domain.policy import NormalisePolicy
from tests.builders import NOW
from tests.stages.normalise.reading import FEED, HOUR, NEVER_READ, READ, entry, only, read, records_of


def test_an_entry_becomes_an_article() -> None:
    article = only(
        read(entry(link="http://www.example.org/1?utm_source=rss", title="A &amp; <b>B</b>", author="N. W."))
    )
    assert (article.title, article.text, article.url) == ("A & B", "Summary 1", "http://www.example.org/1")
    assert (article.guid, article.author, article.owner, article.feed_id) == ("guid-1", "N. W.", "Example", "example")
    assert (article.published_at, article.first_seen_at, article.date_flag) == (NOW - 2 * HOUR, NOW, DateFlag.FINE)


def test_known_entries_are_counted_and_left_alone() -> None:
    before = read(entry(1), entry(2))
    again = read(entry(1), entry(2), entry(3), records=records_of(before))
    assert (len(again.articles), again.unchanged, again.entries) == (1, 2, 3)
    assert len(again.listed) == 2
    assert set(again.listed).isdisjoint(one.identity for one in again.articles)


def test_an_edit_is_the_same_article_with_other_content() -> None:
    before = only(read(entry()))
    after = only(read(entry(summary="Other"), records={before.identity: before.entry_hash}))
    assert after.id == before.id
    assert after.content_hash != before.content_hash


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"guid": "made anew"}, id="another guid"),
        pytest.param({"link": "http://www.example.org/1/?utm_campaign=x"}, id="another spelling of the address"),
        pytest.param({"link": "https://example.org/new-slug"}, id="another address, same guid"),
        pytest.param({"guid": "made anew", "link": "https://example.org/1#top"}, id="another guid and a fragment"),
    ],
)
def test_the_same_entry_is_known_again(changes: dict[str, Any]) -> None:
    before = read(entry())
    again = read(entry(**changes), records=records_of(before))
    assert (again.articles, again.unchanged) == ((), 1)


def test_the_same_article_from_two_feeds_has_one_id() -> None:
    other = replace(FEED, id=FeedId("other"))
    assert only(read(entry())).id == only(read(entry(guid="x", link="http://example.org/1"), feed=other)).id


def test_a_guid_that_stands_for_whatever_is_newest_makes_new_articles() -> None:
    before = only(read(entry(1, guid="latest")))
    after = only(read(entry(2, guid="latest"), records={before.identity: before.entry_hash}))
    assert after.id != before.id


def test_one_guid_for_all_is_no_identity() -> None:
    assert len({article.id for article in read(*[entry(n, guid="same", link="") for n in range(5)]).articles}) == 5


def test_one_address_for_all_is_no_identity() -> None:
    articles = read(*[entry(n, link="https://example.org/live") for n in range(5)]).articles
    assert len({article.id for article in articles}) == 5
    assert {article.url for article in articles} == {"https://example.org/live"}


def test_an_entry_without_title_makes_no_address_a_page_about_all() -> None:
    named, bare = entry(guid="", summary=""), entry(guid="", title="", summary="")
    assert {article.title for article in read(bare, named, entry(guid="", link="", summary="")).articles} == {"Title 1"}
    assert len(read(bare, named, entry(guid="", link="", summary="")).articles) == 2


def test_one_title_for_all_is_no_identity() -> None:
    bulletins = [entry(guid="", link="https://example.org/", title="Breaking", summary=f"{n} sites") for n in range(3)]
    parsed = read(*bulletins, bulletins[0])
    assert len({article.id for article in parsed.articles}) == len(parsed.articles) == 3
    assert read(*bulletins, records=records_of(parsed)).articles == ()
    assert read(bulletins[1], records=records_of(parsed)).articles == ()


def test_an_entry_without_name_is_known_again_when_it_is_given_an_address() -> None:
    bare = [entry(n, guid="", link="") for n in (1, 2)]
    # Two of one title are told apart by their texts.
    bare += [replace(entry(n, guid="", link=""), title="Episode") for n in (3, 4)]
    before = records_of(read(*bare))
    given = [replace(one, link=f"https://example.org/{n}.mp3") for n, one in enumerate(bare)]
    again = read(*given, records=before)
    assert (again.articles, again.unchanged) == ((), 4)
    assert set(again.listed) == set(before)
    # Other words under the old title are an article of their own.
    assert only(read(replace(given[0], summary="Other"), records=before)).id


def test_the_front_page_is_no_identity() -> None:
    before = read(entry(1, link="https://example.org/"))
    after = read(entry(2, link="https://example.org/"), records=records_of(before))
    assert only(before).id != only(after).id


def test_an_entry_twice_in_one_document_is_one_article() -> None:
    assert len(read(entry(), entry()).articles) == 1


@pytest.mark.parametrize(
    ("again", "title"),
    [
        pytest.param(entry(title="", summary="", guid=""), "Title 1", id="an address alone is no edit"),
        pytest.param(entry(title="", guid=""), "Title 1", id="a text without its title is none"),
        pytest.param(entry(summary="Corrected", guid=""), "Title 1", id="the last one that is as full"),
    ],
)
def test_of_what_is_repeated_the_fuller_one_counts(again: Entry, title: str) -> None:
    article = only(read(entry(guid=""), again))
    assert article.title == title
    assert article.text == (again.summary if again.title else "Summary 1")


@pytest.mark.parametrize("guid", ["x" * 1_000_000, "a\0b\nc", "\ud800", "   "])
def test_odd_guids_are_kept_short_and_printable(guid: str) -> None:
    article = only(read(entry(guid=guid)))
    for name, most in ((article.identity, 300), (article.guid, 500)):
        assert 0 < len(name) <= most
        assert name.isprintable()
        assert name.encode()


@pytest.mark.parametrize(
    ("state", "published_at", "rings"),
    [
        pytest.param(READ, NOW - HOUR, True, id="new in a feed that was read before"),
        pytest.param(READ, None, True, id="no date, but new"),
        pytest.param(NEVER_READ, NOW - 10 * HOUR, False, id="history"),
        pytest.param(NEVER_READ, NOW - HOUR, True, id="published since the feed is known"),
        pytest.param(NEVER_READ, None, False, id="history without a date"),
        pytest.param(NEVER_READ, NOW + 10 * HOUR, False, id="history with a date in the future"),
        pytest.param(replace(NEVER_READ, known_since=None), NOW - HOUR, False, id="nobody knows since when"),
        pytest.param(
            replace(READ, url="https://old.example.org/"), NOW - 3 * HOUR, False, id="another address: history"
        ),
        pytest.param(replace(READ, url="https://old.example.org/"), NOW - HOUR / 2, True, id="another address: news"),
    ],
)
def test_history_does_not_ring(state: FeedState, published_at: Any, rings: bool) -> None:
    assert only(read(entry(published_at=published_at), state=state)).rings is rings


def test_what_always_rings_rings_at_first_sight() -> None:
    assert only(read(entry(), state=NEVER_READ, feed=replace(FEED, rings_always=True))).rings


@pytest.mark.parametrize(
    ("published_at", "raw", "flag"),
    [
        pytest.param(NOW + timedelta(minutes=10), "x", DateFlag.FINE, id="a clock that is a little fast"),
        pytest.param(NOW + timedelta(minutes=20), "x", DateFlag.FUTURE, id="future"),
        pytest.param(NOW.replace(year=2036), "x", DateFlag.FUTURE, id="pinned"),
        pytest.param(NOW.replace(year=1970), "x", DateFlag.NONSENSE, id="the epoch"),
        pytest.param(None, "yesterday", DateFlag.NONSENSE, id="unreadable"),
        pytest.param(None, "", DateFlag.MISSING, id="missing"),
    ],
)
def test_dates_are_judged(published_at: Any, raw: str, flag: DateFlag) -> None:
    article = only(read(entry(published_at=published_at, published_raw=raw)))
    assert article.date_flag is flag
    assert article.published_at == (published_at if flag is DateFlag.FINE else NOW)


def test_the_date_of_an_update_stands_in() -> None:
    assert only(read(entry(published_at=None, updated_at=NOW - HOUR))).published_at == NOW - HOUR


@pytest.mark.parametrize(
    ("summary", "content", "text"),
    [
        ("Teaser", "", "Teaser"),
        ("", "<p>Whole</p>", "Whole"),
        ("The bank said […]", "<p>The bank said that all is well.</p>", "The bank said that all is well."),
        ("Something else.", "<p>The bank said so.</p>", "Something else.\n\nThe bank said so."),
        ("<p>The whole text of it.</p>", "of it.", "The whole text of it."),
    ],
)
def test_summary_and_content_are_one_text(summary: str, content: str, text: str) -> None:
    assert only(read(entry(summary=summary, content=content))).text == text


@pytest.mark.parametrize(
    ("text", "entry_says", "feed_says", "document_says", "language"),
    [
        ("dat het lek is", "en", None, "en", "nl"),
        ("kort", "en", None, "fr", "en"),
        ("kort", None, None, "fr", "fr"),
        ("kort", None, "de", "fr", "de"),
        ("x" * 300, None, None, "fr", "und"),
        ("kort", None, None, None, "und"),
    ],
)
def test_the_text_tells_its_language(
    text: str, entry_says: str | None, feed_says: str | None, document_says: str | None, language: str
) -> None:
    parsed = read(
        entry(summary=text, language=entry_says), feed=replace(FEED, language=feed_says), language=document_says
    )
    assert only(parsed).language == language


def test_an_entry_without_title_takes_its_first_line() -> None:
    assert only(read(entry(title=" ", summary="<p>First line.</p><p>Second</p>"))).title == "First line."


def test_what_looks_like_a_tag_in_plain_text_is_a_word() -> None:
    assert only(read(entry(title="", summary="<code>&lt;script> was found</code>"))).title == "<script> was found"
    assert only(read(entry(title="", summary="<code>&lt;br /></code>"))).title == "<br />"


def test_an_entry_without_words_and_address_is_none() -> None:
    assert read(entry(title="", summary="", link="")).articles == ()


@pytest.mark.parametrize(
    ("link", "title"),
    [
        ("https://example.org/2026/harbour-bank-was-hacked.html", "Harbour bank was hacked"),
        ("https://example.org/7", "https://example.org/7"),
    ],
)
def test_an_entry_that_is_nothing_but_an_address_is_called_by_it(link: str, title: str) -> None:
    bare = entry(title="", summary="", link=link)
    assert only(read(bare)).title == title
    # It is no edit of an article that had a title, and pages of all kinds are no articles.
    named = read(entry(link=link))
    assert read(bare, records=records_of(named)).articles == ()
    assert read(bare, is_sitemap=True).articles == ()


def test_the_shape_of_what_is_new_is_measured() -> None:
    parsed = read(entry(1, summary="x" * 10), entry(2, summary="x" * 30), entry(3, summary="x" * 90, link=""))
    assert parsed.document.shape == EntryShape(3, 30, frozenset({"dates", "links", "texts"}))
    bare = read(entry(summary="", link="", guid="", published_at=None), records=records_of(parsed))
    assert bare.document.shape == EntryShape(1, 0, frozenset())
    assert read(entry(1, summary="x" * 10), records=records_of(parsed)).document.shape is None


def test_files_are_plain_text() -> None:
    article = only(read(entry(is_html=False, title="1 <b> 2", content="A <i>\n\nB & C", summary="")))
    assert (article.title, article.text) == ("1 <b> 2", "A <i>\n\nB & C")


@pytest.mark.parametrize(
    "title",
    ["Bridge returned error 403! (20418)", "Error 500 in TwitterBridge", "RSS-Bridge failed", "Feed error: timeout"],
)
def test_the_complaints_of_bridges_are_no_news(title: str) -> None:
    assert [article.title for article in read(entry(1), entry(2, title=title)).articles] == ["Title 1"]
    with pytest.raises(ParseError, match="instead of news there is an error"):
        read(entry(title=title))


def test_news_about_bridges_and_errors_is_news() -> None:
    titles = ["Error 404: the bank that was not found", "Bridge collapses after attack", "Feed errors hit farmers"]
    assert len(read(*[entry(n, title=title) for n, title in enumerate(titles)]).articles) == 3


def test_tags_are_plain_and_each_of_them_stands_once() -> None:
    tags = ("R&amp;D", "<b>Banks</b>", "banks", "", "\u202e", "x" * 500, *(f"tag {number}" for number in range(99)))
    (article,) = read(entry(tags=tags)).articles
    assert article.tags[:3] == ("R&D", "banks", "x" * (NormalisePolicy().max_tag - 1) + "…")
    assert len(article.tags) == NormalisePolicy().max_tags
