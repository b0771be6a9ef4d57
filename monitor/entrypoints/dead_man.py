"""The dead-man's switch: a URL that hears of healthy rounds, so that silence is an alarm elsewhere."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.adapters.http.heartbeat import ping_heartbeat
from monitor.app import user_agent
from monitor.domain.settings import Settings


@dataclass(slots=True)
class DeadMan:
    """Tells each healthy round at most once, and not more often than ``health.heartbeat_every``."""

    _told_round: datetime | None  # at first the start of the service: no round has ended yet
    _told_at: float = float("-inf")

    async def tell(self, settings: Settings, last_round_at: datetime | None, ailments: Sequence[str]) -> str | None:
        """
        Ping where a round ended since the last ping and nothing ails; what went wrong in plain words, or an empty text.

        None where it is not the time to ping.

        Where another process polls, ``last_round_at`` is None and no round is told: that process tells of its own.
        """
        policy, now_s = settings.policy.health, time.monotonic()
        is_soon = now_s - self._told_at < policy.heartbeat_every.total_seconds()
        if not policy.heartbeat_url or ailments or is_soon or last_round_at in (None, self._told_round):
            return None
        self._told_at, self._told_round = now_s, last_round_at
        return await ping_heartbeat(policy.heartbeat_url, user_agent(settings), settings.allow_private_addresses)
