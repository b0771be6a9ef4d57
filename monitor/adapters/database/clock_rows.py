"""What was planned by a clock that has been set since then."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, case, literal, type_coerce, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.domain.notification import OutboxState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class ClockRows:
    """Plans after the clock was set; part of DatabaseStore."""

    database: Database

    def replan(self, now: datetime, jump: timedelta, longest: timedelta) -> None:
        """
        After the clock was set by *jump* to *now*: what was planned before goes along with a clock that was set back.

        No feed is planned or leased further away than *longest*. Saying it twice, or where other machines'
        clocks were right, makes some work come earlier and does no other harm. What waits for an hour of the
        day (digests, quiet hours) stays where it is.
        """
        back = min(jump, timedelta(0)) // _MICROSECOND
        horizon = now + longest
        feeds, sent = t.feeds.c, t.notifications.c
        with self.database.write() as connection:
            if back:
                for column in (feeds.next_check_at, feeds.lease_until, sent.lease_until, t.revisits.c.at):
                    connection.execute(_moved(column, now, back))
                waits = sent.state.in_([OutboxState.PENDING, OutboxState.LEASED])
                connection.execute(_moved(sent.next_at, now, back).where(waits))
            connection.execute(update(t.feeds).where(feeds.next_check_at > horizon).values(next_check_at=now))
            connection.execute(update(t.feeds).where(feeds.lease_until > horizon).values(lease_until=None))


def _moved(column: "Column[Any]", now: datetime, back: int) -> Any:
    """Let times that lie ahead come earlier, but not before *now*."""
    earlier = type_coerce(column, BigInteger) + back
    present = (now - _EPOCH) // _MICROSECOND
    planned = case((earlier > present, earlier), else_=literal(present, BigInteger))
    return update(column.table).where(column > now).values({column.name: type_coerce(planned, column.type)})
