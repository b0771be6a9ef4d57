"""
How long a connection to PostgreSQL may be silent before it counts as lost.

Without limits a network that swallows everything (a firewall that forgot, a cable) keeps a worker waiting for
an answer for a quarter of an hour to two hours.
"""

from collections.abc import Mapping

# Seconds, but for the last one: milliseconds that sent bytes may stay unconfirmed.
LIMITS: Mapping[str, int] = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def link_limits(given: Mapping[str, object]) -> dict[str, int]:
    """The limits that the address itself does not set."""
    return {name: limit for name, limit in LIMITS.items() if name not in given}
