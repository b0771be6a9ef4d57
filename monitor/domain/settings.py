"""Everything an operator configured, as one value: made at the start and again at each reload."""

from dataclasses import dataclass
from pathlib import Path

from monitor.domain.feed import Feed
from monitor.domain.notification import Channel, NoticeRule
from monitor.domain.policy import Policy
from monitor.domain.watchlist import Entity, EntityId, Watchlist


@dataclass(frozen=True, slots=True)
class Settings:
    """
    The configuration of one installation.

    ``root`` holds ``config/``; relative paths are relative to it. ``version`` is a hash of all files
    read, so that a decision can name the configuration under which it was taken.
    """

    root: Path
    config_dir: Path
    storage: str
    seeds: tuple[Path, ...]
    allow_private_addresses: tuple[str, ...]
    feeds: tuple[Feed, ...]
    channels: tuple[Channel, ...]
    watchlists: tuple[Watchlist, ...]
    policy: Policy
    version: str
    notices: tuple[NoticeRule, ...] = ()

    def entities(self) -> tuple[Entity, ...]:
        """Each watched entity once, with what all watchlists say of it; the first one says how it is spelled."""
        found: dict[EntityId, Entity] = {}
        for watchlist in self.watchlists:
            for entity in watchlist.entities:
                before = found.get(entity.id)
                found[entity.id] = entity if before is None else before.joined_with(entity)
        return tuple(found.values())
