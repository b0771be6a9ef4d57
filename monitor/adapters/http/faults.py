"""What went wrong with a request, in words that an operator understands without knowing the client library."""

import http
import socket
import ssl
from collections.abc import Mapping

import aiohttp

from monitor.adapters.descriptors import is_none_left
from monitor.domain.errors import FetchError, FetchFault
from monitor.domain.policy import FetchPolicy

_PRIVATE, _NO_WEB = "add its network to allow_private_addresses", "where no web server listens"
_ASKS_FOR_PATIENCE = {429, 503}
_WANTS_NO_ROBOTS = {403, 451}
_MOVED = {301, 302, 303, 307, 308}
_NOTES = {
    401: "asks for a name and a password (401): write them into the address, or set options.headers of this feed",
    402: "asks for payment (402)",
    404: "has no such document (404): is it spelt right? `monitor feeds discover` looks for the feeds of a site",
    407: "stands behind a proxy that asks for a name and a password (407)",
    410: "says that this is gone for good (410)",
    429: "asks us to come less often (429)",
    451: "may not show this for legal reasons (451)",
    503: "is not available at the moment (503)",
    999: "refuses us (999), as some sites do with programs",
}
# What Cloudflare says of a site that it stands before.
_BEHIND = range(520, 531)
_UNKNOWN = "is not known to the name server (is it spelt right?), or the name server cannot be reached"
_NONE_LEFT = (
    "this machine can open no more connections: raise the limit of open files (LimitNOFILE= of a service, `ulimit -n`)"
)
_CERTIFICATE = {
    10: "has expired",
    18: "is self-signed",
    19: "is signed by a private authority",
    62: "is for another name",
}


class OddAnswerError(FetchError):
    """An answer that cannot be taken apart; asked for in the plainest way, it may come as one that can."""


def packed_otherwise(host: str) -> OddAnswerError:
    """The error for an answer that is not packed as its head says."""
    return OddAnswerError(f"{host} packs its answer in another way than it says (Content-Encoding)")


def status_fault(status: int, headers: Mapping[str, str], host: str, retry_after_s: float | None) -> FetchError:
    """The error for an answer that brings no document."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return FetchError(
            f"{host} wants proof of a human reader (Cloudflare challenge, {status})",
            kind=FetchFault.BLOCKED,
            status=status,
        )
    words = f"{host} {_NOTES.get(status) or _plain(status)}"
    kind = FetchFault.FAILED
    if status == http.HTTPStatus.GONE:
        kind = FetchFault.GONE
    elif status in _ASKS_FOR_PATIENCE:
        kind = FetchFault.BUSY
    elif status in _WANTS_NO_ROBOTS:
        kind = FetchFault.BLOCKED
        words = f"{host} refuses us ({status}): ask its owner, or set options.user_agent of this feed"
    return FetchError(words, kind=kind, status=status, retry_after_s=retry_after_s)


def _plain(status: int) -> str:
    if status in _MOVED:
        return f"redirects without saying where to ({status})"
    if status in _BEHIND:
        return f"cannot be reached by the service that stands before it, such as Cloudflare ({status})"
    try:
        phrase = http.HTTPStatus(status).phrase.lower()
    except ValueError:
        phrase = "a status that nobody defined"
    return f"answers {status} ({phrase})"


def read_fault(error: Exception, host: str, policy: FetchPolicy) -> FetchError:
    """The error for a request that got no answer, or half of one."""
    if own := _own_fault(error, host):
        return own
    if isinstance(error, aiohttp.ClientPayloadError) and "content-encoding" in str(error):
        return packed_otherwise(host)
    for kinds, words in _words(policy):
        if isinstance(error, kinds):
            return FetchError(f"{host} {words}")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return FetchError(f"{host} shows a certificate that {_certificate(error)}")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return FetchError(f"{host} speaks no TLS that we understand")
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchError(_connect_words(error, host))
    return OddAnswerError(f"{host} {_odd_words(error)}")


def _odd_words(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientOSError):
        return "broke the connection off"  # perhaps it tripped over the question
    return "answers in a way that is no HTTP: is this the address of a web server?"


def _own_fault(error: Exception, host: str) -> FetchError | None:
    """The error for a request that never left this machine."""
    reached = str(getattr(error, "os_error", error))
    if _PRIVATE in reached:
        return FetchError(_private_words(reached, host), kind=FetchFault.REFUSED)
    if is_none_left(error):
        return FetchError(_NONE_LEFT, kind=FetchFault.OFFLINE)
    if isinstance(error, aiohttp.InvalidURL):
        return FetchError(f'"{host}" is no host name that can be asked', kind=FetchFault.REFUSED)
    return None


def told_of(fault: FetchError, host: str, own: str, *, is_visit: bool) -> FetchError:
    """*fault* of a *host* that *own* redirected to, where they differ; ``is_visit``: no operator named it."""
    if host == own and not is_visit:
        return fault
    if _PRIVATE in str(fault):
        # Where a stranger leads us we advise nobody to let us go.
        words = "that leads" if host == own else f"{own} redirects"
        why = "is named with a port of something else than the web" if _NO_WEB in str(fault) else "is not public"
        return FetchError(f"{words} to where we do not go ({host} {why})", kind=fault.kind)
    return fault if host == own else type(fault)(f"{fault} ({own} redirects there)", kind=fault.kind)


def is_no_way(error: Exception) -> bool:
    """Whether a host was not reached at all: no name, no route, no connection in time."""
    was_refused = isinstance(getattr(error, "os_error", None), ConnectionRefusedError)
    if was_refused or isinstance(error, aiohttp.ClientSSLError):
        return False
    return isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


def _words(policy: FetchPolicy) -> tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...]:
    return (
        (aiohttp.ClientConnectorDNSError, _UNKNOWN),
        (aiohttp.ConnectionTimeoutError, f"takes no connection within {policy.connect_timeout.total_seconds():g} s"),
        (aiohttp.SocketTimeoutError, f"sent nothing for {policy.read_timeout.total_seconds():g} s"),
        (TimeoutError, f"did not finish its answer within {policy.timeout.total_seconds():g} s"),
        (aiohttp.ServerDisconnectedError, "closed the connection without an answer"),
        (aiohttp.ClientPayloadError, "broke off in the middle of its answer"),
        (ConnectionResetError, "broke the connection off"),
    )


def _private_words(text: str, host: str) -> str:
    # The library joins the faults of several addresses: the first one says it all.
    start = text.find("the address ")
    end = text.find(_PRIVATE)
    return f"{host} is not connected to: {text[start:end]}{_PRIVATE} to reach it"


def _certificate(error: aiohttp.ClientConnectorCertificateError) -> str:
    inner = error.certificate_error
    code = getattr(inner, "verify_code", 0)
    return _CERTIFICATE.get(code) or f"cannot be trusted ({getattr(inner, 'verify_message', '') or 'no reason given'})"


def _connect_words(error: aiohttp.ClientConnectorError, host: str) -> str:
    cause = error.os_error
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refuses connections at port {error.port}: is the port right, and the server up?"
    if isinstance(cause, socket.gaierror):
        return f"{host} {_UNKNOWN}"
    return f"{host} cannot be reached: {(cause.strerror or str(cause) or 'no reason given').lower()}"
