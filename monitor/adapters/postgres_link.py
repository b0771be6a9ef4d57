"""
How long a connection to PostgreSQL may be silent before it counts as lost.

Without limits a network that swallows everything (a firewall that forgot, a cable) keeps a worker waiting for
an answer for a quarter of an hour to two hours. And a worker that stands still in the middle of a transaction (paused,
its machine asleep) keeps its locks: all others would wait for as long as it does.
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

# For a connection, or, with %s true, for a transaction. What the address or the role sets itself stays.
LET_GO_OF_LOCKS = (
    "SELECT set_config('idle_in_transaction_session_timeout', '30s', %s)"
    " WHERE current_setting('idle_in_transaction_session_timeout') = '0'"
)


def link_limits(given: Mapping[str, object]) -> dict[str, int]:
    """The limits that the address itself does not set."""
    return {name: limit for name, limit in LIMITS.items() if name not in given}
