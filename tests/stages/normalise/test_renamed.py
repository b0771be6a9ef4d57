"""Entries that come again under another name: known again, told of in measure, and not taken for news."""

from dataclasses import replace
from typing import Any

import pytest

from monitor.domain.feed import Entry
from tests.builders import NOW
from tests.stages.normalise.reading import HOUR, NEVER_READ, READ, entry, only, read, records_of


def test_a_feed_that_renames_all_its_entries_does_not_ring() -> None:
    before = read(*[entry(n, link="") for n in range(10)])
    after = read(*[entry(n, link="", guid=f"new-{n}") for n in range(2, 12)], records=records_of(before))
    ids = {article.id for article in before.articles}
    assert [article.rings for article in after.articles] == [False] * 10
    assert sum(article.id in ids for article in after.articles) == 8
    assert len(after.notes) == 1
    assert "gave new names to its entries" in after.notes[0]


@pytest.mark.parametrize(
    ("published_at", "rings"),
    [
        pytest.param(NOW - HOUR / 2, True, id="since the last reading"),
        pytest.param(NOW - 2 * HOUR, False, id="before it"),
        pytest.param(None, False, id="nobody knows when"),
    ],
)
def test_news_beside_entries_with_new_names_rings_where_its_date_proves_it_new(published_at: Any, rings: bool) -> None:
    before = read(*[entry(n, link="") for n in range(10)])
    renamed = [entry(n, link="", guid=f"new-{n}") for n in range(9)]
    after = read(*renamed, entry(77, link="", published_at=published_at), records=records_of(before), state=READ)
    assert [article.rings for article in after.articles] == [False] * 9 + [rings]


def test_a_feed_that_makes_up_names_again_and_again_says_so_twice_and_is_not_remembered_without_end() -> None:
    records: dict[str, str] = {}
    told = []
    for look in range(6):
        named = [entry(n, guid=f"{look}-{n}", link=f"https://example.org/{look}/{n}") for n in range(8)]
        parsed = read(*named, records=records, state=READ if look else NEVER_READ)
        records |= records_of(parsed)
        told.append(bool(parsed.notes))
        assert not (look and any(article.rings for article in parsed.articles))
    assert told == [False, True, True, False, False, False]
    assert len(records) == 8 * 3
    assert (parsed.articles, parsed.unchanged, parsed.document.is_renamed) == ((), 8, True)


def test_an_edit_under_a_name_made_up_anew_is_one_of_the_same_article() -> None:
    records: dict[str, str] = {}
    for look in range(5):
        named = [entry(n, guid=f"{look}-{n}", link=f"https://example.org/{look}/{n}") for n in range(8)]
        if look == 4:
            named[3] = replace(named[3], summary="It is worse than that.")
        parsed = read(*named, records=records, state=READ if look else NEVER_READ)
        records |= records_of(parsed)
    edit = only(parsed)
    assert (edit.text, edit.rings) == ("It is worse than that.", False)


def test_a_few_old_entries_with_new_names_are_known_by_their_words() -> None:
    before = read(entry(1), entry(2))
    again = [entry(n, guid=f"new-{n}", link=f"https://example.org/new/{n}") for n in (1, 2)]
    after = read(*again, entry(3), records=records_of(before))
    assert only(after).title == "Title 3"
    assert (after.unchanged, after.document.is_renamed, after.notes) == (2, True, ())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"published_at": NOW - HOUR / 2}, id="it is dated after the last reading"),
        pytest.param({"published_at": None}, id="it has no date"),
        pytest.param({"summary": "Another summary"}, id="it has other words"),
        pytest.param({"title": "Another title"}, id="it has another title"),
    ],
)
def test_what_may_be_new_is_new(changes: dict[str, Any]) -> None:
    before = read(entry(1))
    after = read(entry(1, guid="new", link="https://example.org/new", **changes), records=records_of(before))
    assert only(after).rings


_LONG = "It was found on Monday. " * 30


def _looks(count: int, summary: str, title: str) -> list[int]:
    """How many articles each of so many looks brings, at an entry without a date that has another name each time."""
    records: dict[str, str] = {}
    brought = []
    for look in range(count):
        link = f"https://example.org/?session={look}x"
        named = entry(1, guid=f"{look}", link=link, title=title.format(look), summary=summary, published_at=None)
        parsed = read(named, records=records, state=READ if look else NEVER_READ)
        new = {article.id for article in parsed.articles}
        brought.append(len(new.difference(record.partition(":")[0] for record in records.values())))
        records |= records_of(parsed)
    return brought


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        pytest.param("Short.", "The same", id="the same words"),
        pytest.param(_LONG, "The same", id="the same words, and many"),
        pytest.param(_LONG, "Seen {} times", id="another title over the same text"),
    ],
)
def test_what_has_no_date_and_another_name_at_each_look_is_two_articles_at_most(summary: str, title: str) -> None:
    assert _looks(6, summary, title) == [1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        pytest.param("Read more on our site.", "News {}", id="one phrase below many titles"),
        pytest.param("", "Morning briefing", id="nothing but a title"),
    ],
)
def test_what_may_be_another_article_without_a_date_is_one(summary: str, title: str) -> None:
    assert _looks(6, summary, title) == [1] * 6


def test_entries_of_one_text_that_stand_side_by_side_are_as_many_articles() -> None:
    shown: list[Entry] = []
    records: dict[str, str] = {}
    for look in range(5):
        shown.append(entry(look, title="Not known yet", summary=_LONG, published_at=None))
        parsed = read(*shown, records=records, state=READ if look else NEVER_READ)
        assert only(parsed).url == f"https://example.org/{look}"
        records |= records_of(parsed)


def test_a_new_title_over_a_text_without_a_date_is_an_edit_of_what_it_was_last() -> None:
    records: dict[str, str] = {}
    for look in range(4):
        seen = entry(1, guid=f"{look}", link="", title=f"Seen {look} times", summary=_LONG, published_at=None)
        parsed = read(seen, records=records, state=READ if look else NEVER_READ)
        last, records = set(records), records | records_of(parsed)
    assert only(parsed).title == "Seen 3 times"
    assert len(last) == len(records) == 2


def test_two_entries_with_the_same_words_are_two() -> None:
    before = read(entry(1))
    after = read(entry(1), entry(1, guid="new", link="https://example.org/new"), records=records_of(before))
    assert only(after).url == "https://example.org/new"


def test_a_title_alone_comes_again_on_other_days() -> None:
    before = read(entry(1, summary=""))
    after = read(entry(1, summary="", guid="new", link="https://example.org/new"), records=records_of(before))
    assert only(after).rings


def test_a_busy_day_is_no_renaming() -> None:
    before = read(*[entry(n) for n in range(10)])
    after = read(*[entry(n) for n in range(100, 110)], records=records_of(before))
    assert (after.notes, all(article.rings for article in after.articles)) == ((), True)
