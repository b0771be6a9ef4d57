"""How channels have been doing, kept in the store: a restart and every other process know of a dead one."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import chunks, dump, load
from monitor.adapters.database.writing import upsert
from monitor.domain.notification import Channel, ChannelHealth, ChannelId
from monitor.ports import ChannelState


@dataclass(frozen=True, slots=True)
class _Note:
    """What is noted of a channel that did not take its last message, and for which address that was."""

    address: str
    health: ChannelHealth


class ChannelRows:
    """The notes on channels; part of DatabaseStore and of DatabaseCatalogue."""

    database: Database

    def channel_health(self, channel: Channel) -> ChannelHealth:
        """How *channel* has been doing since it last took a message; fresh where its address was changed."""
        return self.channel_healths((channel,))[channel.id]

    def channel_healths(self, channels: Sequence[Channel]) -> Mapping[ChannelId, ChannelHealth]:
        """The same for many."""
        known = {_key(channel.id): channel for channel in channels}
        found = {channel.id: ChannelHealth() for channel in channels}
        m = t.marks.c
        with self.database.read() as connection:
            for part in chunks(known):
                for row in connection.execute(select(m.key, m.value).where(m.key.in_(part))):
                    note, channel = load(_Note, row.value), known[row.key]
                    if note.address == _address(channel):
                        found[channel.id] = note.health
        return found


def put_channel_state(connection: Connection, state: ChannelState) -> None:
    """Note how a channel is doing; one that takes messages has no note."""
    key = _key(state.channel.id)
    if state.health == ChannelHealth():
        connection.execute(delete(t.marks).where(t.marks.c.key == key))
        return
    note = _Note(_address(state.channel), state.health)
    upsert(connection, t.marks, [{"key": key, "value": dump(note)}], ["key"])


def _key(channel: ChannelId) -> str:
    return f"channel:{channel}"


def _address(channel: Channel) -> str:
    """Tells an address and its secret from another, and nothing else about them."""
    return hashlib.sha256(f"{channel.target}\0{channel.secret}".encode()).hexdigest()[:16]
