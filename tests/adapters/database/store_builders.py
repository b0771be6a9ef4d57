"""What the tests of the store are made of: feeds, polls, articles, messages."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.adapters.database.store import DatabaseStore
from monitor.domain.alert import Alert, AlertId, Reason, Verdict
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import Feed, FeedId, FeedState
from monitor.domain.finding import Analysis
from monitor.domain.notification import (
    ChannelId,
    Delivery,
    Message,
    Notification,
    NotificationId,
    Outcome,
)
from monitor.domain.story import Join, Story, StoryId, StoryState
from monitor.domain.watchlist import RuleId, Severity
from monitor.ports import Assessment, Poll, StoredMember
from tests.builders import NOW

LEASE = timedelta(minutes=3)
SOON = NOW + timedelta(minutes=2)
STORY = Story(StoryId("s1"), StoryState.REPORTED, "Headline", {"en": "Headline"}, NOW, NOW, (), (), {})
ALERT = Alert(AlertId("a1"), RuleId("r1"), StoryId("s1"), Severity.WARNING, 1, NOW, NOW, ())


def article(key: str, **changes: object) -> Article:
    plain = Article(
        id=ArticleId(key),
        feed_id=FeedId("f1"),
        guid=f"guid-{key}",
        url=f"https://example.org/{key}",
        title=f"Title {key}",
        text=f"Text of {key} about sécurité",
        published_at=NOW,
        first_seen_at=NOW,
        language="en",
        content_hash=f"hash-{key}",
        entry_hash=f"entry-{key}",
    )
    return dataclasses.replace(plain, **changes)


def feed(key: str = "f1") -> Feed:
    return Feed(FeedId(key), f"https://{key}.example/feed.xml")


def claimed(store: DatabaseStore, now: datetime = SOON) -> dict[str, FeedState]:
    return {state.feed_id: state for _, state in store.claim_due_feeds(now, 100, LEASE)}


def polled(state: FeedState, articles: Sequence[Article] = (), at: datetime = SOON) -> Poll:
    return Poll(dataclasses.replace(state, next_check_at=at + timedelta(minutes=15), etag='"1"'), tuple(articles))


def collected(store: DatabaseStore, *articles: Article) -> None:
    store.sync_feeds([feed()], NOW)
    (state,) = claimed(store).values()
    store.save_polls([polled(state, articles)], SOON)


def note(key: str, channel: str = "chat", **changes: object) -> Notification:
    plain = Notification(
        id=NotificationId(key),
        channel=ChannelId(channel),
        alert_id=AlertId("a1"),
        severity=Severity.WARNING,
        message=Message("Subject", "Text"),
        created_at=NOW,
        not_before=NOW,
    )
    return dataclasses.replace(plain, **changes)


def attempt(one: Notification, outcome: Outcome, at: datetime = SOON) -> Delivery:
    return Delivery(one.id, one.channel, one.attempts + 1, outcome, at, 0.1, "detail")


def assessed(store: DatabaseStore, *messages: Notification) -> Assessment:
    collected(store, article("x"))
    whole = Assessment(
        analyses=(Analysis("x", "en", (), (), ()),),
        joins=(Join(ArticleId("x"), StoryId("s1"), 0.9, (("name", "acme", 2.0),)),),
        fingerprints=(StoredMember(ArticleId("x"), StoryId("s1"), b"print", NOW),),
        stories=(STORY,),
        verdicts=(Verdict(RuleId("r1"), StoryId("s1"), Reason.NEW_STORY, Severity.WARNING, NOW),),
        alerts=(ALERT,),
        notifications=messages,
        done=(ArticleId("x"),),
    )
    store.save_assessment(whole, NOW)
    return whole
