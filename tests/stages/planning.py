"""Feeds, answers and documents for tests of what is planned and said about feeds."""

import dataclasses
from datetime import datetime, timedelta

from monitor.domain.feed import Entry, Feed, FeedId, FeedState, Fetched, ParsedFeed
from monitor.domain.policy import PollPolicy
from monitor.stages.feeds.plan import plan_failure, plan_success
from tests.builders import NOW

POLICY = PollPolicy()


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


URL = "https://example.org/feed"


FEED = Feed(FeedId("example"), URL)


def state(**fields) -> FeedState:
    return dataclasses.replace(FeedState(FEED.id, NOW, URL, last_success_at=NOW - HOUR), **fields)


def fetched(status: int = 200, **fields) -> Fetched:
    headers = {name.replace("_", "-"): value for name, value in fields.pop("headers", {}).items()}
    body_hash = "" if status == 304 else "h"
    return Fetched(FEED.id, status, URL, None, headers, **{"body_hash": body_hash, **fields})


def entries(count: int, apart: timedelta = HOUR, newest: datetime = NOW, name: str = "e") -> tuple[Entry, ...]:
    return tuple(
        Entry(
            f"{name}{number}",
            f"Title {number}",
            f"https://example.org/{name}{number}",
            published_at=newest - apart * number,
        )
        for number in range(count)
    )


def document(count: int = 10, apart: timedelta = HOUR, **fields) -> ParsedFeed:
    shown = fields.pop("entries", None)
    return ParsedFeed("Example", entries(count, apart) if shown is None else shown, **fields)


def succeed(before: FeedState, answer: Fetched, parsed: ParsedFeed | None = None, new: int = 0, feed: Feed = FEED):
    return plan_success(feed, before, answer, parsed, new, NOW, POLICY)


def wait(planned: FeedState) -> timedelta:
    return planned.next_check_at - NOW


def about(length: timedelta) -> tuple[timedelta, timedelta]:
    return length, length * (1 + POLICY.jitter)


def is_about(planned: FeedState, length: timedelta) -> bool:
    least, most = about(length)
    return least <= wait(planned) <= most


def fail(times: int, error: Exception, before: FeedState):
    told = []
    for _ in range(times):
        before, notices = plan_failure(FEED, before, error, NOW, POLICY)
        told += notices
    return before, told
