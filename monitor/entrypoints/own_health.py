"""How this process is doing: asked of the store, and said in the file that `monitor healthcheck` reads."""

import json
import os
import socket
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from monitor import __version__
from monitor.adapters.database.store import DatabaseStore
from monitor.app import health_file
from monitor.domain.errors import StoreError
from monitor.domain.settings import Settings
from monitor.stages.delivery import is_dead
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


def write_own_health(settings: Settings, found: Sequence[str], now: datetime) -> None:
    """Say how we are; a StoreError where there is no room or no right to."""
    whose = {"pid": os.getpid(), "host": socket.gethostname(), "version": __version__}
    _write_file(health_file(settings), json.dumps({"at": now.isoformat(), **whose, "ailments": list(found)}))


def _write_file(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
