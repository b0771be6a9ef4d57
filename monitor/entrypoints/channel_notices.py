"""What others are told of a channel: that it takes nothing any more, and that it does again."""

from datetime import datetime

from monitor.domain.notification import ChannelHealth, Notice, NoticeKind
from monitor.domain.policy import DeliveryPolicy
from monitor.domain.report import DeliverReport
from monitor.domain.watchlist import Severity
from monitor.pipeline import Lane
from monitor.stages.channels.delivery import is_dead


def word_on_channel(
    lane: Lane, report: DeliverReport, policy: DeliveryPolicy, now: datetime
) -> tuple[Notice, str] | None:
    """The notice that a run of deliver on *lane* gives reason for, and the period in which it is said once."""
    before, name = report.health_before, str(lane.channel.id)
    if (report.retried or report.unknown or report.dead) and is_dead(lane.health, policy):
        detail = f"no message was taken{_since(lane.health)}: {lane.health.last_fault}"
        return Notice(NoticeKind.CHANNEL_DEAD, name, detail), f"{now.date()}{_since(lane.health)}"
    if report.delivered and before is not None and is_dead(before, policy):
        detail = f"no message was taken{_since(before)}; what waited is sent now"
        alive = Notice(NoticeKind.CHANNEL_ALIVE, name, detail, severity=Severity.INFO)
        return alive, f"{now.date()}{_since(before)}"
    return None


def _since(health: ChannelHealth) -> str:
    return f" since {health.failing_since:%Y-%m-%d %H:%M} UTC" if health.failing_since else ""
