"""Notifications: one alert or digest written for one channel, and the attempts to send it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from monitor.domain.alert import AlertId
from monitor.domain.watchlist import Severity

NotificationId = NewType("NotificationId", str)
ChannelId = NewType("ChannelId", str)


class Outcome(StrEnum):
    """What came of one attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class OutboxState(StrEnum):
    """Where a notification stands in the outbox."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads, in the forms that channels carry. ``fields`` feed webhooks and blocks."""

    subject: str
    plain: str
    html: str = ""
    fields: str = "{}"
    thread_key: str = ""


@dataclass(frozen=True, slots=True)
class Notification:
    """One alert (or digest, notice) written for one channel. ``id`` is the idempotency key."""

    id: NotificationId
    channel: ChannelId
    alert_id: AlertId | None
    severity: Severity
    message: Message
    created_at: datetime
    not_before: datetime
    attempts: int = 0
    epoch: int = 0


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
