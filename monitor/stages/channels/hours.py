"""Local hours: whether a moment is quiet, when the quiet ends, and when a digest is due."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.domain.notification import QuietHours
from monitor.domain.watchlist import Digest

_MONDAY = 0


def is_within(hours: QuietHours, moment: datetime, timezone: str) -> bool:
    """
    Whether a moment lies within local hours, whose days are those on which they begin.

    Equal start and end mean no hours at all: nobody wants a channel that is silent for ever.
    """
    local = moment.astimezone(ZoneInfo(timezone))
    at, day = local.time(), local.weekday()
    if hours.start < hours.end:
        return hours.start <= at < hours.end and day in hours.days
    if hours.start == hours.end:
        return False
    return (at >= hours.start and day in hours.days) or (at < hours.end and (day - 1) % 7 in hours.days)


def end_of(hours: QuietHours, moment: datetime, timezone: str) -> datetime:
    """When the hours that *moment* lies within are over, in UTC and after *moment*."""
    zone = ZoneInfo(timezone)
    today = moment.astimezone(zone).date()
    # An hour that comes twice ends twice: whoever is in the second one waits for the second end, not for tomorrow.
    # One that does not exist is read in two ways as well, and ends where it is over by both.
    found = [
        datetime.combine(today + timedelta(days=days), hours.end, tzinfo=zone).replace(fold=fold).astimezone(UTC)
        for days in (0, 1, 2)
        for fold in (0, 1)
    ]
    return min(ends for ends in found if ends > moment and not is_within(hours, ends, timezone))


def next_period(digest: Digest, at: time, moment: datetime, timezone: str) -> tuple[str, datetime]:
    """
    The name of the digest period that *moment* falls into, and when it is sent (UTC).

    Names count local days, so that a day with 23 or 25 hours still has one digest, also where the
    hour of sending does not exist or comes twice.
    """
    zone = ZoneInfo(timezone)
    if digest is Digest.HOURLY:
        # By the clock on the wall, which in some zones is half an hour off; named in UTC, where no hour comes twice.
        shift = (moment.astimezone(zone).utcoffset() or timedelta()) % timedelta(hours=1)
        hour = (moment.astimezone(UTC) + shift).replace(minute=0, second=0, microsecond=0)
        due = hour - shift + timedelta(hours=1)
        return f"hourly:{due:%Y-%m-%dT%H:%M}", due
    day = moment.astimezone(zone).date()
    while True:
        due = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
        if due > moment and (digest is Digest.DAILY or day.weekday() == _MONDAY):
            # Named by the day on which it is sent: of a day that a zone left out, nothing else is left.
            return f"{digest}:{due.astimezone(zone).date().isoformat()}", due
        day += timedelta(days=1)


def last_period(digest: Digest, at: time, moment: datetime, timezone: str) -> tuple[str, datetime]:
    """The name of the digest period that was due last, and when (UTC): for digests that are sent even empty."""
    step = {Digest.HOURLY: timedelta(hours=1), Digest.WEEKLY: timedelta(days=7)}.get(digest, timedelta(days=1))
    found = next_period(digest, at, moment - step - timedelta(hours=2), timezone)
    while True:
        following = next_period(digest, at, found[1], timezone)
        if following[1] > moment:
            return found
        found = following
