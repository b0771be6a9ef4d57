"""What a job did, as values: the entry points log them, nothing else does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from monitor.domain.alert import Reason
from monitor.domain.errors import FetchFault
from monitor.domain.feed import FeedId, Health
from monitor.domain.notification import ChannelHealth, ChannelId, Notification


@dataclass(frozen=True, slots=True)
class FeedFailure:
    """A feed that could not be read this time, in plain words, and when it is tried again."""

    feed_id: FeedId
    reason: str
    next_check_at: datetime
    kind: FetchFault = FetchFault.FAILED


class FeedNote(NamedTuple):
    """What happened to a feed, in plain words; ``over`` are the illnesses that were told of it and ended with this."""

    feed: str
    text: str
    over: frozenset[Health] = frozenset()


@dataclass(frozen=True, slots=True)
class CollectReport:
    """
    One run of collect, or what came of it since the last report, ``took_s`` seconds.

    ``due`` feeds were polled, ``unchanged`` of them with nothing to read; ``new_hubs`` of them name a hub that they did
    not name before. ``entries`` are those of the documents that were read, known ones included.
    """

    due: int = 0
    unchanged: int = 0
    failures: tuple[FeedFailure, ...] = ()
    entries: int = 0
    articles_new: int = 0
    articles_edited: int = 0
    new_hubs: int = 0
    notices: tuple[FeedNote, ...] = ()
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SecondReport:
    """What the second reader did in one run: questions asked, answers that were known, findings lowered."""

    asked: int = 0
    known: int = 0
    lowered: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class EmbedReport:
    """What a model of meaning did in one run: texts that got a vector, texts whose vector was known."""

    asked: int = 0
    known: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AssessReport:
    """
    One run of assess; ``reasons`` counts the verdicts by reason.

    ``unread`` are the articles that the program failed on, by id, each with the fault; ``unjudged`` the same of
    stories that were to be judged again.
    ``second`` and ``embedded`` are None where nobody was asked.
    """

    articles: int = 0
    under_attack: int = 0
    stories_opened: int = 0
    stories_joined: int = 0
    reasons: Mapping[Reason, int] = field(default_factory=dict)
    alerts: int = 0
    notifications: int = 0
    second: SecondReport | None = None
    embedded: EmbedReport | None = None
    unread: Mapping[str, str] = field(default_factory=dict)
    unjudged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliverReport:
    """One run of deliver on one channel."""

    channel: ChannelId
    delivered: int = 0
    retried: int = 0
    unknown: int = 0
    dead: tuple[Notification, ...] = ()
    last_fault: str = ""
    resting_until: datetime | None = None
    health_before: ChannelHealth | None = None
