"""What a configuration makes, opened and closed as a whole."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from monitor.adapters.database.store import DatabaseStore
from monitor.app import Brain, Intakes, open_brain, open_desk, open_intakes, open_lanes
from monitor.domain.notification import ChannelId
from monitor.domain.settings import Settings
from monitor.entrypoints.daemon import utc_now
from monitor.pipeline import Desk, Lane


@dataclass(slots=True)
class Gear:
    """What a configuration makes; replaced as a whole when it changes."""

    settings: Settings
    intakes: Intakes
    brain: Brain
    desk: Desk
    lanes: dict[ChannelId, Lane]


def open_gear(settings: Settings, store: DatabaseStore, stream: TextIO) -> Gear:
    """What *settings* make. The processes of the brain are forks, so it is made before anything else."""
    brain = open_brain(settings)
    lanes = {lane.channel.id: lane for lane in open_lanes(settings, stream)}
    return Gear(settings, open_intakes(settings), brain, open_desk(settings, store, brain, utc_now()), lanes)


async def close_gear(gear: Gear) -> None:
    await gear.intakes.close()
    for lane in gear.lanes.values():
        await lane.sender.close()
    await asyncio.to_thread(gear.brain.close)


def secrets_of(settings: Settings) -> Iterable[str]:
    """Whatever must not appear in a log."""
    for channel in settings.channels:
        yield from (channel.target, channel.secret)
    yield settings.policy.second_reader.key
    yield settings.policy.embeddings.key
    yield settings.policy.health.heartbeat_url  # who knows it can keep an alarm from ringing
    for feed in settings.feeds:
        yield from feed.secrets()
