"""Whether a service takes an address at all: asked of Apprise without sending anything."""

import importlib
import logging

from monitor.domain.notification import Channel, ChannelKind


def is_complete(channel: Channel) -> bool:
    """Whether the address of *channel* has all parts that its service wants; others than Apprise's always have."""
    if channel.kind is not ChannelKind.APPRISE:
        return True
    # What Apprise would say may hold secrets.
    logging.getLogger("apprise").addHandler(logging.NullHandler())
    apprise = importlib.import_module("apprise")
    return apprise.Apprise.instantiate(channel.target, suppress_exceptions=True) is not None
