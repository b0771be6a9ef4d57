"""How this process is doing, asked of the store."""

from datetime import datetime

from monitor.adapters.database.store import DatabaseStore
from monitor.domain.errors import StoreError
from monitor.domain.settings import Settings
from monitor.stages.channels.delivery import is_dead
from monitor.stages.health import Vitals, ailments


def own_ailments(
    store: DatabaseStore, settings: Settings, last_round_at: datetime | None, now: datetime
) -> tuple[str, ...]:
    """Every reason to call the service unwell; *last_round_at* is None where another process polls."""
    policy = settings.policy
    try:
        waiting = store.waiting()
        due_at = store.oldest_due(now)
        healths = store.channel_healths(settings.channels)
        fault = ""
    except StoreError as error:
        waiting, due_at, healths, fault = {}, None, {}, str(error)
    channel, (_, pending_at) = min(waiting.items(), key=lambda one: one[1][1], default=("", (0, None)))
    vitals = Vitals(
        now=now,
        oldest_due_at=due_at,
        last_round_at=last_round_at,
        oldest_pending_at=pending_at,
        oldest_pending_on=channel,
        dead_channels=[str(key) for key, health in healths.items() if is_dead(health, policy.delivery)],
        store_fault=fault,
    )
    return ailments(vitals, policy.health)
