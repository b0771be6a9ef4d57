"""Which sender a channel gets."""

from typing import TextIO

from monitor.adapters.address_guard import AddressGuard
from monitor.adapters.senders.apprise_sender import AppriseSender
from monitor.adapters.senders.console_sender import ConsoleSender
from monitor.adapters.senders.file_sender import FileSender
from monitor.adapters.senders.webhook_sender import WebhookSender
from monitor.domain.notification import Channel, ChannelKind
from monitor.domain.policy import DeliveryPolicy
from monitor.ports import Sender


def open_sender(
    channel: Channel, policy: DeliveryPolicy, *, allowed: tuple[str, ...], stream: TextIO, user_agent: str
) -> Sender:
    """
    The sender of *channel*, for one lane. *allowed* holds the private networks that may be reached
    (``allow_private_addresses``), *stream* is where the console channel writes.
    """
    timeout_s = policy.send_timeout.total_seconds()
    if channel.kind is ChannelKind.CONSOLE:
        return ConsoleSender(channel, stream)
    if channel.kind is ChannelKind.FILE:
        return FileSender(channel)
    if channel.kind is ChannelKind.WEBHOOK:
        return WebhookSender(channel, AddressGuard(allowed), timeout_s, user_agent)
    return AppriseSender(channel, allowed, timeout_s)
