"""A connection that nobody answers ends."""

import psycopg
from psycopg.conninfo import make_conninfo

from monitor.adapters.postgres_link import LIMITS, link_limits


def test_what_the_address_sets_itself_stays() -> None:
    limits = link_limits({"connect_timeout": "3", "host": "database"})
    assert "connect_timeout" not in limits
    assert limits["tcp_user_timeout"] == 20_000


def test_postgres_knows_every_limit(postgres_url: str) -> None:
    with psycopg.connect(make_conninfo(postgres_url, **link_limits({}))) as connection:
        assert LIMITS.keys() <= connection.info.get_parameters().keys() | {"keepalives"}
