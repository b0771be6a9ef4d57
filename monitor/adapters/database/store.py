"""The write side of the store, as the pipeline asks for it."""

from sqlalchemy import select

from monitor.adapters.database.assess_rows import AssessRows
from monitor.adapters.database.channel_rows import ChannelRows
from monitor.adapters.database.clock_rows import ClockRows
from monitor.adapters.database.connect import Database
from monitor.adapters.database.feed_rows import FeedRows
from monitor.adapters.database.fold_rows import FoldRows
from monitor.adapters.database.mark_rows import MarkRows
from monitor.adapters.database.opinion_rows import OpinionRows
from monitor.adapters.database.outbox_rows import OutboxRows
from monitor.adapters.database.people_rows import PeopleRows
from monitor.adapters.database.second_rows import SecondRows
from monitor.adapters.database.unread_rows import UnreadRows
from monitor.adapters.database.watch_rows import WatchRows
from monitor.adapters.database.wish_rows import WishRows


class DatabaseStore(
    FeedRows,
    AssessRows,
    OutboxRows,
    FoldRows,
    ChannelRows,
    OpinionRows,
    PeopleRows,
    MarkRows,
    ClockRows,
    SecondRows,
    UnreadRows,
    WatchRows,
    WishRows,
):
    """Keeps ports.Store; each base is one room of it. Safe to call from several threads."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def ping(self) -> None:
        """Answers when the writer does."""
        with self.database.write() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Write the WAL back and let go of the database."""
        self.database.close()
