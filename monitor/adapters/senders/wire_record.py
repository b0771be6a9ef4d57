"""
Writes down what HTTP servers answered to Apprise's plugins, which themselves only say yes or no.

It takes the place of the adapter of `requests` in the child process: a plugin then cannot read an endless
answer either, and cannot follow a redirect.
"""

import contextlib
import importlib
import time
from dataclasses import dataclass
from typing import Any

from monitor.adapters.address_guard import AddressRefusedError

_ANSWER_BYTES = 2**20
_ANSWER_S = 3.0


@dataclass(slots=True)
class WireRecord:
    """The last answer or the last fault of the requests of one message."""

    status: int = 0
    retry_after: str | None = None
    fault: str = ""
    refused: str = ""
    was_sent: bool = False

    def clear(self) -> None:
        self.status, self.retry_after, self.fault, self.refused, self.was_sent = 0, None, "", "", False


def record_requests(record: WireRecord) -> None:
    """From now on every answer that `requests` gets goes into *record*, and is cut to a bounded size."""
    requests: Any = importlib.import_module("requests")
    sessions: Any = importlib.import_module("requests.sessions")

    class RecordingAdapter(requests.adapters.HTTPAdapter):  # type: ignore[misc]
        def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            record.clear()
            try:
                response = super().send(request, *args, **{**kwargs, "stream": True})
            except requests.RequestException as error:
                _write_fault(record, error, requests)
                raise
            record.status, record.retry_after = response.status_code, response.headers.get("Retry-After")
            _read_bounded(response)
            return response

    sessions.HTTPAdapter = RecordingAdapter


def _read_bounded(response: Any) -> None:
    """Read the answer as far as it is reasonable; the status is what counts."""
    ends_at = time.monotonic() + _ANSWER_S
    content = b""
    with contextlib.suppress(Exception):  # urllib3 has many faults here, and none changes what the server said
        while len(content) < _ANSWER_BYTES and time.monotonic() < ends_at:
            piece = response.raw.read1(65_536, decode_content=True)
            if not piece:
                break
            content += piece
    response._content = content[:_ANSWER_BYTES]
    response._content_consumed = True
    response.close()


def _write_fault(record: WireRecord, error: Exception, requests: Any) -> None:
    cause: BaseException | None = error
    seen = 0
    while cause is not None and seen < 10:
        if isinstance(cause, AddressRefusedError):
            record.refused = str(cause)
            return
        reason = getattr(cause, "reason", None)
        inner = next((arg for arg in cause.args if isinstance(arg, BaseException)), None)
        cause = reason if isinstance(reason, BaseException) else inner or cause.__cause__ or cause.__context__
        seen += 1
    before_sending = (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)
    is_read_timeout = isinstance(error, requests.exceptions.ReadTimeout)
    record.was_sent = is_read_timeout or (
        not isinstance(error, before_sending) and "NewConnectionError" not in repr(error)
    )
    record.fault = "no answer in time: it may or may not have arrived" if is_read_timeout else _plain(error)


def _plain(error: Exception) -> str:
    text = repr(error)
    for sign, words in (
        ("NameResolutionError", "the host name is unknown"),
        ("refused", "the connection was refused"),
        ("ConnectTimeout", "no connection in time"),
        ("SSLError", "no secure connection: the certificate is not accepted"),
        ("unreachable", "the network cannot be reached"),
    ):
        if sign in text:
            return words
    return f"the connection broke: {type(error).__name__}"
