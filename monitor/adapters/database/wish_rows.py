"""What hosts asked of us (rest, distance), so that every worker keeps to what one of them heard."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import dump, load
from monitor.adapters.database.writing import upsert
from monitor.ports import SHARDS, HostWish

# By name: no request before then, seconds between two, the next one no sooner than then.
_Note = dict[str, tuple[datetime, float, datetime]]


class WishRows:
    """The notes on hosts, by the shard in which it was heard; part of DatabaseStore."""

    database: Database

    def save_wishes(self, shard: int, wishes: Mapping[str, HostWish], now: datetime) -> None:
        """
        Note what hosts ask for, as heard while *shard* was polled.

        Distance is a matter of the shard that the host's feeds are in; rest is asked of all its neighbours, too.
        """
        notes = {
            name: (now + timedelta(seconds=wish.rest_s), wish.spacing_s, now + timedelta(seconds=wish.next_s))
            for name, wish in wishes.items()
        }
        with self.database.write() as connection:
            _put(connection, _distances(shard), {name: note for name, note in notes.items() if note[1]})
            _put(connection, _rests(shard), {name: note for name, note in notes.items() if note[0] > now})

    def load_wishes(self, shard: int, now: datetime) -> Mapping[str, HostWish]:
        """What hosts ask of whoever polls *shard*, as of *now*."""
        keys, kind = [_distances(shard), *map(_rests, range(SHARDS))], _Note
        query = select(t.marks.c.value).where(t.marks.c.key.in_(keys))
        found: dict[str, HostWish] = {}
        with self.database.read() as connection:
            notes: list[Any] = [load(kind, row.value) for row in connection.execute(query)]
        for note in notes:
            for name, (rest, spacing, at) in note.items():
                known = found.get(name, HostWish())
                found[name] = HostWish(
                    max((rest - now).total_seconds(), known.rest_s),
                    max(spacing, known.spacing_s),
                    max((at - now).total_seconds(), known.next_s),
                )
        return found


def _put(connection: Connection, key: str, note: _Note) -> None:
    if note:
        upsert(connection, t.marks, [{"key": key, "value": dump(note, _Note)}], ["key"])
    else:
        connection.execute(delete(t.marks).where(t.marks.c.key == key))


def _distances(shard: int) -> str:
    return f"distances:{shard}"


def _rests(shard: int) -> str:
    return f"rests:{shard}"
