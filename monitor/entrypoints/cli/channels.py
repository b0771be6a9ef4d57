"""`monitor channels`: the ways out, what waits for each, and a test message through one of them."""

from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, read_settings
from monitor.entrypoints.cli.groups import group_of_commands
from monitor.entrypoints.cli.output import OUTPUT, Output, printable, show, time_of

if TYPE_CHECKING:
    from monitor.domain.notification import Channel, ChannelHealth, Delivery
    from monitor.domain.policy import DeliveryPolicy
    from monitor.domain.settings import Settings

_COLUMNS = (
    "id",
    "service",
    "default",
    "language",
    "min_severity",
    "digest",
    "fallback",
    "state",
    "waiting",
    "held",
    "oldest_due_at",
)
_GONE = "not in channels.yaml: what it was to get stays until it comes back"

commands = group_of_commands("The ways out, and a test message through one of them.", name="channels")


@commands.command(
    "list", help="Every channel, how it does, and what waits for it. Addresses are not shown: they hold secrets."
)
def list_channels(config: Config = None, output: Output = OUTPUT) -> None:
    from monitor.app import open_catalogue
    from monitor.entrypoints.daemon import utc_now
    from monitor.stages.channels.services import scheme_of

    settings = read_settings(config)
    with open_catalogue(settings, utc_now()) as catalogue:
        waiting, held = catalogue.waiting(), catalogue.held()
        healths = catalogue.channel_healths(settings.channels)
    rows = []
    for channel in settings.channels:
        count, oldest = waiting.get(str(channel.id), (0, None))
        rows.append(
            {
                "id": str(channel.id),
                "service": scheme_of(channel),
                "default": channel.is_default,
                "language": channel.language,
                "min_severity": str(channel.min_severity),
                "digest": str(channel.digest),
                "fallback": str(channel.fallback or ""),
                "state": _state(healths[channel.id], settings.policy.delivery),
                "waiting": count,
                "held": held.get(str(channel.id), 0),
                "oldest_due_at": time_of(oldest),
            }
        )
    for name in sorted({*waiting, *held} - {str(channel.id) for channel in settings.channels}):
        rows.append({"id": name, "state": _GONE, "waiting": waiting.get(name, (0,))[0], "held": held.get(name, 0)})
    show(rows, output, _COLUMNS)


@commands.command("test", help="Send a test message through a channel, now; exit code 1 where it does not arrive.")
def send_trial(name: str = typer.Argument(help="A channel of channels.yaml."), config: Config = None) -> int:
    import asyncio

    settings = read_settings(config)
    delivery = asyncio.run(_test(settings, _channel(settings, name)))
    detail = f": {delivery.detail}" if delivery.detail else ""
    print(f"{name}: {delivery.outcome} after {delivery.elapsed_s:.1f} s{detail}")
    return 0 if delivery.outcome == "delivered" else 1


def _state(health: "ChannelHealth", policy: "DeliveryPolicy") -> str:
    """In a few words: well, or since when and why it takes nothing."""
    from monitor.stages.channels.delivery import is_dead

    if not health.failures and not health.refusals:
        return "well"
    since = f" since {health.failing_since:%Y-%m-%d %H:%M} UTC" if health.failing_since else ""
    return printable(f"{'dead' if is_dead(health, policy) else 'failing'}{since}: {health.last_fault}")


def _channel(settings: "Settings", name: str) -> "Channel":
    from monitor.domain.errors import UsageError

    for channel in settings.channels:
        if channel.id == name:
            return channel
    known = ", ".join(channel.id for channel in settings.channels) or "none at all"
    raise UsageError(f'there is no channel "{name}" in channels.yaml: there is {known}')


async def _test(settings: "Settings", channel: "Channel") -> "Delivery":
    import sys
    from dataclasses import replace

    from monitor.adapters.packaged.messages import wording_for
    from monitor.adapters.senders.open_sender import open_sender
    from monitor.app import user_agent
    from monitor.domain.notification import Notice, NoticeKind, Outcome
    from monitor.domain.watchlist import Severity
    from monitor.entrypoints.daemon import utc_now
    from monitor.stages.compose.message import degraded
    from monitor.stages.compose.notification import notice_notification

    now = utc_now()
    notice = Notice(NoticeKind.TEST, str(channel.id), severity=Severity.INFO)
    made = notice_notification(notice, channel, wording_for(channel.language), now, period=now.isoformat())
    sender = open_sender(
        channel,
        settings.policy.delivery,
        allowed=settings.allow_private_addresses,
        stream=sys.stdout,
        user_agent=user_agent(settings),
    )
    try:
        delivery = await sender.send(made, now)
        if delivery.outcome is Outcome.REJECTED:
            again = await sender.send(replace(made, message=degraded(made.message)), now)
            delivery = again if again.outcome is Outcome.DELIVERED else delivery
        return delivery
    finally:
        await sender.close()
