"""Since when rules watch whom, noted at each start and reload."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.writing import upsert
from monitor.domain.feed import FeedId
from monitor.domain.watchlist import Rule
from monitor.stages.decide.watched import Late, watched_since
from monitor.stages.decide.widened import Changes, changes_since

_KEY = "watched"
_CONDITIONS = "conditions"
_ANEW = "assess-anew"


class WatchRows:
    """The note on who is watched; part of DatabaseStore."""

    database: Database

    def note_watched(self, rules: Sequence[Rule], now: datetime) -> Late:
        """Note what *rules* watch; since when they watch those who were added after the first start."""
        with self.database.write() as connection:
            before = connection.execute(select(t.marks.c.value).where(t.marks.c.key == _KEY)).scalar_one_or_none()
            found = watched_since(before, rules, now)
            notes = {_KEY: found.note} if found.note != before else {}
            if found.has_grown:
                notes[_ANEW] = now.isoformat()
            if notes:
                upsert(connection, t.marks, [{"key": key, "value": value} for key, value in notes.items()], ["key"])
        return found.late

    def note_conditions(self, rules: Sequence[Rule], now: datetime) -> Changes:
        """Note what *rules* ask for; how they were changed since each is known."""
        with self.database.write() as connection:
            before = connection.execute(
                select(t.marks.c.value).where(t.marks.c.key == _CONDITIONS)
            ).scalar_one_or_none()
            changes, note = changes_since(before, rules, now)
            if note != before:
                upsert(connection, t.marks, [{"key": _CONDITIONS, "value": note}], ["key"])
        return changes

    def assess_anew(self, ringing: Sequence[FeedId]) -> None:
        """
        Where somebody was added, let what came from feeds that always ring (*ringing*) be assessed once more.

        To be called when the new rules are in force: it is no history to them.
        """
        with self.database.write() as connection:
            if connection.execute(delete(t.marks).where(t.marks.c.key == _ANEW)).rowcount:
                again = update(t.articles).where(t.articles.c.feed_id.in_(ringing))
                connection.execute(again.values(is_pending=True))
