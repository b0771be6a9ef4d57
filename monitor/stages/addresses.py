"""Addresses in the configuration: of the store, the small web server and the dead-man's switch, and their faults."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from monitor.domain.errors import UsageError
from monitor.domain.policy import HealthPolicy, WebPolicy

_SHORTEST_TOKEN = 20
_SQLITE, _SERVERS = "sqlite:///", ("postgresql://", "postgresql+psycopg://")
_HOW = "it is sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
# Never with the value: what stands where it does not belong is a password, mostly.
_SIGNS = "its host or port cannot be read; in a name or password @ / ? # % are written %40 %2F %3F %23 %25"


def store_address_fault(url: str) -> str:
    """What is wrong with the address of a store, in plain words, or an empty text."""
    if url.startswith(_SERVERS):
        return "" if _is_readable(url) else f"no address of a store: {_SIGNS}"
    return "" if url.startswith(_SQLITE) else f"no address of a store: {_HOW}"


def web_faults(policy: WebPolicy) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it) of ``web:``; where the server is off, of its public address alone."""
    if policy.base_url and not is_web_address(policy.base_url):
        yield "base_url", f'"{policy.base_url}" is no http(s) address: links in messages begin with it'
    if policy.listen:
        yield from _faults_of_listening(policy)


def health_faults(policy: HealthPolicy) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it) of ``health:``. The address is not printed: it may hold a secret."""
    if policy.heartbeat_url and not is_web_address(policy.heartbeat_url):
        yield "heartbeat_url", "is no http(s) address: nobody would be told that all is well"


def listen_address(policy: WebPolicy) -> tuple[str, int]:
    """
    Host and port of ``web.listen``, such as ``127.0.0.1:8437``.

    Raises:
        UsageError: it is none, or it is open to others while the API has no token worth the name.
    """
    for key, text in _faults_of_listening(policy):
        raise UsageError(f"web.{key}: {text}")
    return _parts(policy.listen)


def _faults_of_listening(policy: WebPolicy) -> Iterator[tuple[str, str]]:
    try:
        host, port = _parts(policy.listen)
        address = ipaddress.ip_address(host)
    except ValueError:
        yield "listen", f'an IP address and a port are wanted, such as 127.0.0.1:8437, not "{policy.listen}"'
        return
    if port < 0:
        yield "listen", "there is no port: write it as 127.0.0.1:8437"
    if policy.token and len(policy.token) < _SHORTEST_TOKEN:
        yield "token", f"too short: {_SHORTEST_TOKEN} characters or more, such as `openssl rand -hex 32`"
    if not address.is_loopback and not policy.token:
        yield "listen", "it is open to other machines: set web.token as well, or listen on 127.0.0.1"


def is_web_address(url: str) -> bool:
    """Whether *url* is an http(s) address with a host in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _parts(listen: str) -> tuple[str, int]:
    """Host and port, which is -1 where there is none."""
    parts = urlsplit(f"//{listen}")
    return parts.hostname or "", -1 if parts.port is None else parts.port


def _is_readable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.netloc.count("@") <= 1 and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
