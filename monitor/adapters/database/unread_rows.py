"""What the program failed on: noted, so that it can be asked for, and read again by a program that was mended."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import chunks
from monitor.adapters.database.writing import upsert
from monitor.domain.article import ArticleId
from monitor.domain.finding import Analysis

_PREFIX = "unread:"
_READ_BY = "read-by"


class UnreadRows:
    """The notes on articles that the program failed on; part of DatabaseStore."""

    database: Database

    def read_again(self, program: str) -> int:
        """
        Let what an earlier *program* failed on be assessed once more; how many articles that is.

        To be called at each start and reload: the same program, with the same words and rules, would fail again.
        """
        m = t.marks.c
        with self.database.write() as connection:
            before = connection.execute(select(m.value).where(m.key == _READ_BY)).scalar_one_or_none()
            if before == program:
                return 0
            upsert(connection, t.marks, [{"key": _READ_BY, "value": program}], ["key"])
            ids = unread_ids(connection)
            for part in chunks(ids):
                connection.execute(update(t.articles).where(t.articles.c.id.in_(part)).values(is_pending=True))
            connection.execute(delete(t.marks).where(m.key.startswith(_PREFIX, autoescape=True)))
        return len(ids)


def note_unread(connection: Connection, analyses: Sequence[Analysis], now: datetime) -> None:
    """Note those of *analyses* that are no more than the fault that the program met."""
    notes = [{"key": f"{_PREFIX}{one.article_id}", "value": now.isoformat()} for one in analyses if one.fault]
    if notes:
        upsert(connection, t.marks, notes, ["key"])


def unread_ids(connection: Connection) -> list[ArticleId]:
    """The articles that the program failed on and nobody has read since, the latest first."""
    m = t.marks.c
    query = select(m.key).where(m.key.startswith(_PREFIX, autoescape=True)).order_by(m.value.desc(), m.key)
    return [ArticleId(row.key.removeprefix(_PREFIX)) for row in connection.execute(query)]
