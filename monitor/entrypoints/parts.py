"""What a configuration makes, opened and closed as a whole."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from monitor.adapters.database.store import DatabaseStore
from monitor.app import Brain, Sources, open_brain, open_desk, open_lanes, open_sources
from monitor.domain.notification import ChannelId
from monitor.domain.settings import Settings
from monitor.entrypoints.daemon import utc_now
from monitor.pipeline import Desk, Lane


@dataclass(slots=True)
class Parts:
    """What a configuration makes; replaced as a whole when it changes."""

    settings: Settings
    sources: Sources
    brain: Brain
    desk: Desk
    lanes: dict[ChannelId, Lane]


def open_parts(settings: Settings, store: DatabaseStore, stream: TextIO) -> Parts:
    """What *settings* make. The processes of the brain are forks, so it is made before anything else."""
    brain = open_brain(settings)
    lanes = {lane.channel.id: lane for lane in open_lanes(settings, stream)}
    return Parts(settings, open_sources(settings), brain, open_desk(settings, store, brain, utc_now()), lanes)


async def close_parts(parts: Parts) -> None:
    await parts.sources.close()
    for lane in parts.lanes.values():
        await lane.sender.close()
    await asyncio.to_thread(parts.brain.close)


def secrets_of(settings: Settings) -> Iterable[str]:
    """Whatever must not appear in a log."""
    for channel in settings.channels:
        yield from (channel.target, channel.secret)
    yield settings.policy.second_reader.key
    yield settings.policy.embeddings.key
    yield settings.policy.health.heartbeat_url  # who knows it can keep an alarm from ringing
    for feed in settings.feeds:
        yield from feed.secrets()
