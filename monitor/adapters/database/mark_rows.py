"""The marks of the jobs: what one noted for its next run."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.writing import insert_new, upsert


class MarkRows:
    """Marks; part of DatabaseStore."""

    database: Database

    def get_mark(self, key: str) -> str | None:
        """What a job noted under *key*."""
        with self.database.read() as connection:
            row = connection.execute(select(t.marks.c.value).where(t.marks.c.key == key)).one_or_none()
            return None if row is None else str(row.value)

    def set_mark(self, key: str, value: str) -> None:
        """Note *value* under *key*."""
        with self.database.write() as connection:
            upsert(connection, t.marks, [{"key": key, "value": value}], ["key"])

    def marks_below(self, prefix: str) -> Mapping[str, str]:
        """What jobs noted under keys that begin with *prefix*."""
        c = t.marks.c
        query = select(c.key, c.value).where(c.key.startswith(prefix, autoescape=True)).order_by(c.key)
        with self.database.read() as connection:
            return {row.key: row.value for row in connection.execute(query)}

    def drop_mark(self, key: str) -> None:
        """Forget what was noted under *key*."""
        with self.database.write() as connection:
            connection.execute(delete(t.marks).where(t.marks.c.key == key))

    def claim_period(self, key: str, now: datetime) -> bool:
        """True for the first that asks for a period (such as one digest of one day), for ever False after that."""
        with self.database.write() as connection:
            return insert_new(connection, t.marks, [{"key": f"period:{key}", "value": now.isoformat()}]) == 1
