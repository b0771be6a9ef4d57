"""The canary of each night: sent by the service itself, and an alarm on another channel where it does not arrive."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from monitor.adapters.database.store import DatabaseStore
from monitor.domain.notification import ChannelId, Notice, NoticeKind
from monitor.domain.settings import Settings
from monitor.domain.watchlist import Severity
from monitor.entrypoints.canary import CHANNEL_STEP, CanaryStep, run_canary
from monitor.entrypoints.notices import send_notice
from monitor.observe import Log
from monitor.stages.decide.judge import Bench

_NEXT = "run `monitor canary` to try it again, and see the log for what failed"


def is_due(settings: Settings, store: DatabaseStore, now: datetime) -> bool:
    """Whether the canary of this night is to be sent by who asks: once a day (UTC), from its hour on."""
    policy = settings.policy.canary
    return policy.nightly and now.hour >= policy.hour and store.claim_period(f"canary:{now:%Y-%m-%d}", now)


async def send_canary(
    settings: Settings,
    store: DatabaseStore,
    bench: Bench,
    log: Log,
    clock: Callable[[], datetime],
    run: Callable[[Settings], Awaitable[Sequence[CanaryStep]]] = run_canary,
) -> None:
    """Follow the canary to every channel; a channel that it does not reach is told of on its fallback."""
    patience = settings.policy.canary.patience
    try:
        steps = await asyncio.wait_for(run(settings), patience.total_seconds())
    except TimeoutError:
        missing = f"it did not arrive within {patience.total_seconds():.0f} s"
        steps = (CanaryStep("arrival", round(patience.total_seconds() * 1000), missing),)
    log.event("canary.finished", took_ms={one.name: one.took_ms for one in steps}, arrived=not any(map(_fault, steps)))
    for step in filter(_fault, steps):
        log.warn("notice.raised", kind=str(NoticeKind.CANARY_FAILED), about=step.name, text=step.fault)
        notice = Notice(NoticeKind.CANARY_FAILED, step.name, step.fault, _NEXT, Severity.CRITICAL)
        await asyncio.to_thread(send_notice, store, bench, notice, _channel(step), clock())


def _fault(step: CanaryStep) -> str:
    return step.fault


def _channel(step: CanaryStep) -> ChannelId | None:
    """The channel that a step is about; None for the way to all channels."""
    name = step.name.removeprefix(CHANNEL_STEP)
    return ChannelId(name) if name != step.name else None
