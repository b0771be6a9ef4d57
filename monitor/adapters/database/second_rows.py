"""What the second reader was asked and answered, so that the same is asked once and the limits hold over restarts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import chunks
from monitor.adapters.database.writing import upsert
from monitor.domain.second_reading import Reply, Spent

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class SecondRows:
    """Second readings; part of DatabaseStore."""

    database: Database

    def second_readings(self, keys: Sequence[str], failed_since: datetime) -> Mapping[str, str]:
        """The answers there are by key, with an empty text for what got none since *failed_since*."""
        s = t.second_readings.c
        found: dict[str, str] = {}
        with self.database.read() as connection:
            for part in chunks(keys):
                query = select(s.key, s.answer).where(s.key.in_(part), or_(s.is_answered, s.at > failed_since))
                found |= {row.key: row.answer for row in connection.execute(query)}
        return found

    def second_spent(self, now: datetime) -> Spent:
        """Questions of the last hour and tokens of the last day; a clock that was set back frees nothing."""
        s = t.second_readings.c
        recent = func.coalesce(func.sum(case((s.at > now - _HOUR, 1), else_=0)), 0)
        query = select(recent.label("questions"), func.coalesce(func.sum(s.tokens), 0).label("tokens"))
        with self.database.read() as connection:
            row = connection.execute(query.where(s.at > now - _DAY)).one()
            return Spent(int(row.questions), int(row.tokens))

    def save_second_readings(self, replies: Sequence[Reply], now: datetime) -> None:
        """Keep what came of questions, by itself: what was paid for is not lost with a batch that fails later."""
        rows = [
            {"key": one.key, "at": now, "tokens": one.tokens, "is_answered": not one.fault, "answer": one.text}
            for one in replies
        ]
        with self.database.write() as connection:
            upsert(connection, t.second_readings, rows, ["key"])
