"""Notifications: one alert or digest written for one channel, and the attempts to send it."""

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import NewType

from monitor.domain.alert import AlertId
from monitor.domain.watchlist import Digest, Severity

NotificationId = NewType("NotificationId", str)
ChannelId = NewType("ChannelId", str)


class ChannelKind(StrEnum):
    """The ways out."""

    CONSOLE = "console"
    FILE = "file"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """
    How a channel has been doing. While it rests, nothing is sent but one probe at the end of the rest.

    ``failures`` and ``refusals`` count attempts since it last took a message.
    """

    failures: int = 0
    rests_until: datetime | None = None
    last_fault: str = ""
    failing_since: datetime | None = None
    refusals: int = 0

    @property
    def is_well(self) -> bool:
        return self.failures == 0


@dataclass(frozen=True, slots=True)
class QuietHours:
    """
    Hours of a channel, by its own clock; ``start`` may be later than ``end`` (over midnight).

    ``days`` are those on which they begin, from Monday as 0; what is as severe as ``pierce`` is not held by them.
    """

    start: time
    end: time
    days: frozenset[int] = frozenset(range(7))
    pierce: Severity = Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Channel:
    """
    A configured way out.

    ``target`` is the Apprise URL, the webhook's URL or the file's path, and may hold secrets:
    it is never logged. ``secret`` signs webhooks. Empty ``tags``, ``watchlists`` and ``languages``
    take everything. In ``hours`` alerts come in, in ``quiet`` they are held.
    """

    id: ChannelId
    kind: ChannelKind
    target: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    is_default: bool = False
    language: str = "en"
    timezone: str = "UTC"
    min_severity: Severity = Severity.INFO
    tags: frozenset[str] = frozenset()
    watchlists: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    hours: QuietHours | None = None
    quiet: QuietHours | None = None
    digest: Digest = Digest.NONE
    digest_at: time = time(8, 0)
    empty_digest: bool = False
    fallback: ChannelId | None = None
    per_minute: int = 20
    notices: bool = True


class Outcome(StrEnum):
    """What came of one attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class OutboxState(StrEnum):
    """Where a notification stands in the outbox."""

    HELD = "held"
    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"
    FOLDED = "folded"
    WITHDRAWN = "withdrawn"


class NoticeKind(StrEnum):
    """What a notice is about; the words of each are in ``lexicon/messages/``."""

    FEED_GONE = "feed-gone"
    FEED_SILENT = "feed-silent"
    FEED_FAILING = "feed-failing"
    FEED_CHANGED = "feed-changed"
    FEED_OVERFLOWING = "feed-overflowing"
    FEED_WELL = "feed-well"
    FEED_NOTE = "feed-note"
    CHANNEL_DEAD = "channel-dead"
    CHANNEL_ALIVE = "channel-alive"
    DEAD_LETTER = "dead-letter"
    CANARY_FAILED = "canary-failed"
    TEST = "test"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about the service: ``name`` is whom it is about, ``detail`` what happened, ``step`` what to do."""

    kind: NoticeKind
    name: str = ""
    detail: str = ""
    step: str = ""
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """
    Who is told when feeds fall ill or recover: ``on: feed-unhealthy``.

    Without ``states`` it is about all, without ``tags`` about all feeds; without ``channels`` it tells all channels
    that take notices. That a feed is well again is told to those who would have been told of its illness.
    """

    states: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    channels: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Message:
    """
    What a person reads, in the forms that one channel carries.

    ``plain`` is always there; ``html`` for mail; ``fields`` is a JSON object: ``type`` and ``data`` for
    programs, ``text`` the shortest form, ``native`` the message in the service's own form where it has one.
    ``thread_key`` is the same for all messages about one alert.
    """

    subject: str
    plain: str
    html: str = ""
    fields: str = "{}"
    thread_key: str = ""


@dataclass(frozen=True, slots=True)
class Notification:
    """
    One alert, digest or notice written for one channel; ``id`` is the same however often it is saved or sent.

    One with a ``fold_key`` is held until ``not_before``, then all of the key leave as one message. ``epoch`` fences
    those who send: one whose claim is over cannot save what came of it.
    """

    id: NotificationId
    channel: ChannelId
    alert_id: AlertId | None
    severity: Severity
    message: Message
    created_at: datetime
    not_before: datetime
    fold_key: str = ""
    attempts: int = 0
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message about an alert that is in the outbox: ``is_untried`` while nobody can have seen it; its dead letter."""

    notification: Notification
    is_untried: bool
    is_dead: bool = False


@dataclass(frozen=True, slots=True)
class Rewording:
    """A message that waits in the outbox, in newer words; ``otherwise`` is what to say where it left meanwhile."""

    notification: Notification
    otherwise: Notification | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to send a notification; ``detail`` holds no secret."""

    notification_id: NotificationId
    channel: ChannelId
    attempt: int
    outcome: Outcome
    at: datetime
    elapsed_s: float
    detail: str = ""
    retry_after_s: float | None = None
