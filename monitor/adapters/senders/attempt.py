"""What one attempt came to, before it is a Delivery: outcome, detail, and when to come back."""

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.domain.notification import Channel, Delivery, Notification, Outcome
from monitor.stages.channels.services import channel_secrets, redact
from monitor.stages.compose.neutral import clean

_LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Attempt:
    """An outcome with its detail in plain words, which may still hold secrets."""

    outcome: Outcome
    detail: str = ""
    retry_after_s: float | None = None


def record(notification: Notification, channel: Channel, attempt: Attempt, at: datetime, elapsed_s: float) -> Delivery:
    """*attempt* as a Delivery: one line of visible text, no secret of the channel in it."""
    return Delivery(
        notification_id=notification.id,
        channel=channel.id,
        attempt=notification.attempts + 1,
        outcome=attempt.outcome,
        at=at,
        elapsed_s=round(elapsed_s, 3),
        detail=clean(redact(attempt.detail, channel_secrets(channel)), _LONGEST_DETAIL),
        retry_after_s=attempt.retry_after_s,
    )


def stopwatch() -> Callable[[], float]:
    """Seconds since the call, on the steady clock."""
    started = time.monotonic()
    return lambda: time.monotonic() - started


def judge_status(status: int, retry_after: str | None, now: datetime) -> Attempt:
    """
    What an HTTP answer means: 2xx delivered; 408, 425, 429 and 5xx later again; everything else refused.

    A redirect is a refusal: following one turns a login page into a success.
    """
    detail = f"HTTP {status}"
    if 200 <= status < 300:
        return Attempt(Outcome.DELIVERED, detail)
    if status in {408, 425, 429} or status >= 500:
        return Attempt(Outcome.RETRY, detail, retry_after_seconds(retry_after, now))
    if 300 <= status < 400:
        return Attempt(Outcome.REJECTED, f"{detail}: it redirects elsewhere, perhaps to a login page")
    hint = {401: "check the token", 403: "check the permissions", 404: "check the address", 410: "it is gone for good"}
    return Attempt(Outcome.REJECTED, f"{detail}: {hint[status]}" if status in hint else detail)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """The header Retry-After, in seconds or as a date; None where it is nonsense."""
    if value is None or len(value) > 64:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:12]), 10**9))
    try:
        moment = email.utils.parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
