"""Whether the service does what it promises, and if not, why, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.policy import HealthPolicy


@dataclass(frozen=True, slots=True)
class Vitals:
    """
    What health is judged by: overdue work, waiting notifications and channels that take nothing.

    ``last_round_at`` is when polling last got anywhere, or the start of a service where it never did; None
    where the service does not poll. ``oldest_pending_at`` is since when the message that waits longest has been due.
    """

    now: datetime
    oldest_due_at: datetime | None = None
    last_round_at: datetime | None = None
    oldest_pending_at: datetime | None = None
    oldest_pending_on: str = ""
    dead_channels: Sequence[str] = ()
    store_fault: str = ""


def ailments(vitals: Vitals, policy: HealthPolicy) -> tuple[str, ...]:
    """Every reason to turn red; empty means well."""
    found = [vitals.store_fault] if vitals.store_fault else []
    overdue = _age(vitals.now, vitals.oldest_due_at)
    round_age = _age(vitals.now, vitals.last_round_at)
    if overdue > policy.overdue and round_age > policy.overdue:
        found.append(f"no round of polling for {_words(round_age)}, though feeds are due")
    waiting = _age(vitals.now, vitals.oldest_pending_at)
    if waiting > policy.pending:
        found.append(f'a notification for the channel "{vitals.oldest_pending_on}" has waited for {_words(waiting)}')
    found += [f'the channel "{name}" takes nothing: see `monitor alerts dead`' for name in vitals.dead_channels]
    return tuple(found)


def _age(now: datetime, since: datetime | None) -> timedelta:
    return now - since if since is not None else timedelta(0)


def _words(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds < 120:
        return f"{seconds} seconds"
    return f"{seconds // 60} minutes" if seconds < 7200 else f"{seconds // 3600} hours"
