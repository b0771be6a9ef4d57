"""Entries of a feed, and what becomes of them when they are read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from monitor.domain.article import Article, Parsed
from monitor.domain.feed import Entry, Feed, FeedId, FeedState, ParsedFeed
from monitor.domain.policy import NormalisePolicy
from monitor.stages.normalise import normalise
from tests.builders import NOW

FEED = Feed(FeedId("example"), "https://example.org/feed.xml", owner="Example")
HOUR = timedelta(hours=1)
READ = FeedState(FEED.id, NOW, FEED.url, last_success_at=NOW - HOUR, known_since=NOW - 9 * HOUR)
NEVER_READ = FeedState(FEED.id, NOW, FEED.url, known_since=NOW - 9 * HOUR)


def language_of(text: str, _: str | None) -> str:
    return "nl" if " het " in text else "und"


def entry(number: int = 1, **changes: Any) -> Entry:
    given = Entry(
        guid=f"guid-{number}",
        title=f"Title {number}",
        link=f"https://example.org/{number}",
        summary=f"Summary {number}",
        published_at=NOW - 2 * HOUR,
    )
    return replace(given, **changes)


def read(
    *entries: Entry,
    state: FeedState = READ,
    records: Mapping[str, str] | None = None,
    feed: Feed = FEED,
    **document: Any,
) -> Parsed:
    shown = ParsedFeed("T", entries, **document)
    return normalise(feed, state, shown, records or {}, NOW, language_of, NormalisePolicy())


def records_of(parsed: Parsed) -> dict[str, str]:
    return {article.identity: article.entry_hash for article in parsed.articles}


def only(parsed: Parsed) -> Article:
    (article,) = parsed.articles
    return article
