"""
What the pipeline asks of the world: ports, kept by adapters.

Store is what jobs ask of the store; what entry points ask of it beyond that (upkeep, commands, pages) they ask the
adapter. It is synchronous and thread-safe: the async edges call it in threads. Everything that must not be lost
together is saved by one call.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from monitor.domain.alert import Alert, AlertId, Silence, Verdict
from monitor.domain.article import Article, ArticleId
from monitor.domain.article import Parsed as Parsed
from monitor.domain.feed import Feed, FeedId, FeedState, Fetched
from monitor.domain.finding import Analysis
from monitor.domain.notification import (
    Channel,
    ChannelHealth,
    ChannelId,
    Delivery,
    Notification,
    NotificationId,
    Rewording,
    Sent,
)
from monitor.domain.second_reading import Question, Reply, Spent
from monitor.domain.story import Join, Story, StoryEdit, StoryId
from monitor.domain.watchlist import Severity

Clock = Callable[[], datetime]
# Feeds are dealt into so many shards by their host; with several workers a shard is polled by one at a time.
SHARDS = 16


class Fetcher(Protocol):
    """Brings what a source has now. One adapter a kind of source."""

    async def fetch(self, feed: Feed, state: FeedState, now: datetime) -> Fetched:
        """
        One poll. A 304 and a body that did not change come back with ``body=None``.

        Raises:
            FetchError: in plain words; carries status, retry-after and kind where known.
        """
        ...

    async def close(self) -> None: ...


class Parser(Protocol):
    """Reads documents in worker processes that can be killed."""

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        """
        Parse and normalise. *state* is the one before this poll: a feed that was never read before does not
        ring. *known* maps the identity of entries seen before to their content hash:
        those that did not change are counted, not normalised again.

        Raises:
            ParseError: the bytes are no feed, or cost too much time or memory.
        """
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Poll:
    """
    What one poll changes in the store: the feed's new state, and its new or changed articles.

    ``listed`` are the identities of entries that the feed still shows as they were.
    """

    state: FeedState
    articles: tuple[Article, ...] = ()
    notices: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PollSaved:
    """
    What saving a poll came to; ``is_stale``: another worker had the feed by then, nothing was saved.

    ``fault`` is why something of it was not, where the store does not take it.
    """

    feed_id: FeedId
    new: int = 0
    edited: int = 0
    seen: int = 0
    is_stale: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class StoredMember:
    """An article of an open story, as grouping remembers it after a restart."""

    article_id: ArticleId
    story_id: StoryId
    fingerprint: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that one run of assess decided; saved in one transaction."""

    analyses: tuple[Analysis, ...] = ()
    joins: tuple[Join, ...] = ()
    fingerprints: tuple[StoredMember, ...] = ()
    stories: tuple[Story, ...] = ()
    merged: tuple[tuple[StoryId, StoryId], ...] = ()  # (gone, kept)
    verdicts: tuple[Verdict, ...] = ()
    alerts: tuple[Alert, ...] = ()
    notifications: tuple[Notification, ...] = ()
    rewritten: tuple[Rewording, ...] = ()  # in the outbox already, not yet tried: they get the newest words
    withdrawn: tuple[NotificationId, ...] = ()  # in the outbox, not yet tried: others say what they say
    retold: tuple[tuple[AlertId, AlertId], ...] = ()  # (gone, kept): messages about the one are about the other now
    unsaid: tuple[AlertId, ...] = ()  # alerts that are none, since nobody has heard of them and a silence came
    revisits: tuple[tuple[StoryId, datetime], ...] = ()
    revisited: tuple[StoryId, ...] = ()
    done: tuple[ArticleId, ...] = ()
    # Of what is done, the revision that was read: what was edited meanwhile is still to be assessed.
    revisions: Mapping[ArticleId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HostWish:
    """What a host asked for, in seconds from now: no request for so long, so much between two, the next one then."""

    rest_s: float = 0.0
    spacing_s: float = 0.0
    next_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel and how it is doing after an attempt."""

    channel: Channel
    health: ChannelHealth


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """A story as stored, with the articles and analyses it is made of, oldest first."""

    story_id: StoryId
    articles: tuple[Article, ...]
    analyses: tuple[Analysis, ...]
    joins: tuple[Join, ...] = ()


class Store(Protocol):
    """
    The write side, as far as jobs ask for it. Every method is one transaction, or for lists one for each chunk. What
    each takes and answers is said where it is kept: `adapters/database/feed_rows.py` (collect), `assess_rows.py`,
    `outbox_rows.py` (deliver), `people_rows.py` and their neighbours.

    Raises:
        StoreError: it cannot be reached, is locked, full, read-only, damaged or of a newer version.
    """

    # collect
    def claim_due_feeds(
        self, now: datetime, limit: int, lease: timedelta, shard: int | None = None
    ) -> tuple[tuple[Feed, FeedState], ...]: ...
    def known_entries(self, feed_id: FeedId) -> Mapping[str, str]: ...
    def save_polls(self, polls: Sequence[Poll], now: datetime) -> tuple[PollSaved, ...]: ...
    def release_feeds(self, states: Sequence[FeedState]) -> None: ...

    # assess
    def take_unassessed(self, limit: int) -> tuple[Article, ...]: ...
    def coming_history(self, taken: Sequence[Article]) -> tuple[Article, ...]: ...
    def load_window(self, since: datetime, after: int = 0, most: int = 0) -> Iterator[StoredMember]: ...
    def stories_of(self, article_ids: Sequence[ArticleId]) -> Mapping[ArticleId, StoryId]: ...
    def load_stories(self, story_ids: Sequence[StoryId]) -> Mapping[StoryId, StoryRecord]: ...
    def load_alerts(self, story_ids: Sequence[StoryId]) -> tuple[Alert, ...]: ...
    def load_messages(self, alert_ids: Sequence[AlertId]) -> tuple[Sent, ...]: ...
    def sent_since(self, since: datetime) -> Mapping[str, tuple[tuple[datetime, Severity], ...]]: ...
    def due_revisits(self, now: datetime) -> tuple[StoryId, ...]: ...
    def quiet_alerts(self, before: datetime, limit: int) -> tuple[Alert, ...]: ...
    def load_silences(self, now: datetime) -> tuple[Silence, ...]: ...
    def take_lane(self, token: str) -> int: ...
    def save_assessment(self, assessment: Assessment, now: datetime, lane: str = "") -> int: ...

    # second reader
    def second_readings(self, keys: Sequence[str], failed_since: datetime) -> Mapping[str, str]: ...
    def second_spent(self, now: datetime) -> Spent: ...
    def save_second_readings(self, replies: Sequence[Reply], now: datetime) -> None: ...

    # deliver
    def claim_notifications(
        self, channel: ChannelId, now: datetime, limit: int, lease: timedelta
    ) -> tuple[Notification, ...]: ...
    def release_notifications(self, notifications: Sequence[Notification]) -> None: ...
    def save_delivery(
        self,
        notification: Notification,
        delivery: Delivery,
        next_at: datetime | None,
        state: ChannelState | None = None,
        follow: Sequence[Notification] = (),
    ) -> bool: ...
    def holds(self, notification: Notification) -> bool: ...
    def channel_health(self, channel: Channel) -> ChannelHealth: ...

    # people
    def save_story_edit(self, edit: StoryEdit, author: str, now: datetime) -> None: ...
    def load_story_edits(self) -> tuple[StoryEdit, ...]: ...
    def story_heirs(self) -> Mapping[StoryId, StoryId]: ...


class SecondReader(Protocol):
    """Somebody outside who is asked about findings near the threshold."""

    def ask(self, questions: Sequence[Question], now: datetime) -> tuple[Reply, ...]:
        """
        One reply for each question that was asked, bounded in time; while the reader rests, none is.

        Never raises: what failed is a Reply with its fault.
        """
        ...


class Sender(Protocol):
    """A way out. One object a channel, used by one lane only."""

    channel: Channel

    async def send(self, notification: Notification, now: datetime) -> Delivery:
        """One attempt, bounded in time. Never raises: every failure is a Delivery with its outcome."""
        ...

    async def close(self) -> None: ...
