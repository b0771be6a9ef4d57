"""
The process behind one Apprise channel: reads jobs as JSON lines, sends each, answers with a JSON line.

A process rather than a thread, because a send that hangs, drips or gets 200 MB in answer can only be ended by
killing it, and because here, and only here, the process may be locked down: every connection is checked
against the address guard, programs cannot be started, and what HTTP servers answered is written down.
"""

import importlib
import json
import logging
import os
import resource
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.adapters.address_guard import AddressGuard, AddressRefusedError
from monitor.adapters.senders.attempt import Attempt, judge_status
from monitor.adapters.senders.mail_transport import send_mail
from monitor.adapters.senders.wire_record import WireRecord, record_requests
from monitor.domain.notification import Outcome

_MEMORY_BYTES = 2**30
_FILES = 64
_FORBIDDEN = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ctypes.dlopen")
_APP = "News Monitor"
_TEMPLATES = frozenset({"slack", "discord", "teams"})
_TYPES = {"critical": "failure", "warning": "warning"}


class LastLog(logging.Handler):
    """Keeps the last warning of Apprise: some plugins refuse a message without asking a server."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


def main() -> None:
    """Answer jobs until standard input ends."""
    first = sys.stdin.readline()
    if not first:
        return
    guard = AddressGuard(json.loads(first)["allowed"])
    _lock_down(guard)
    wire = WireRecord()
    record_requests(wire)
    log = _capture_logs()
    print(json.dumps({"ready": True}), flush=True)  # noqa: T201  # the pipe to the parent
    for text in sys.stdin:
        job = json.loads(text)
        wire.clear()
        log.text = ""
        attempt = _attempt(job, wire, log)
        answer = {"outcome": attempt.outcome, "detail": attempt.detail, "retry_after_s": attempt.retry_after_s}
        print(json.dumps(answer), flush=True)  # noqa: T201


def _lock_down(guard: AddressGuard) -> None:
    apprise = importlib.import_module("apprise")
    apprise.Apprise.instantiate("json://localhost", suppress_exceptions=True)  # loads all plugins before the lock
    importlib.import_module("requests")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            address = arguments[1]
            if not isinstance(address, tuple):
                raise AddressRefusedError("only network addresses may be connected to")
            guard.check(str(address[0]))
        elif event in _FORBIDDEN:
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(audit)


def _capture_logs() -> LastLog:
    handler = LastLog()
    root = logging.getLogger()
    root.handlers[:] = [logging.NullHandler()]
    for name in ("apprise", "urllib3", "requests"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.handlers[:] = [handler]
    return handler


def _attempt(job: Mapping[str, Any], wire: WireRecord, log: LastLog) -> Attempt:
    try:
        return send(job, wire, log)
    except MemoryError:
        return Attempt(Outcome.UNKNOWN, "the answer of the service is too large")
    except Exception as error:  # noqa: BLE001  # a plugin may raise anything; the parent wants an outcome
        return Attempt(Outcome.REJECTED, f"the plugin failed: {type(error).__name__}: {error}")


def send(job: Mapping[str, Any], wire: WireRecord, log: LastLog) -> Attempt:
    """Send one job; the URL gets the message in the service's own form as a template where it takes one."""
    native = job.get("native") or {}
    if native.get("form") not in _TEMPLATES:
        return _through_plugin(str(job["url"]), job, native, wire, log)
    # A file in memory: Apprise wants a path, and there may be no disk to write to.
    handle = os.memfd_create("message.json")
    try:
        os.write(handle, _brace_free(json.dumps(native["body"])).encode())
        joint = "&" if "?" in str(job["url"]) else "?"
        url = f"{job['url']}{joint}template=/proc/self/fd/{handle}"
        return _through_plugin(url, job, native, wire, log)
    finally:
        os.close(handle)


def _through_plugin(
    url: str, job: Mapping[str, Any], native: Mapping[str, Any], wire: WireRecord, log: LastLog
) -> Attempt:
    apprise = importlib.import_module("apprise")
    asset = apprise.AppriseAsset(http_redirects=False, app_id=_APP, app_desc=_APP, image_url_mask="", image_url_logo="")
    plugin = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if plugin is None:
        return Attempt(Outcome.REJECTED, f"it is no complete address of that service: {log.text}")
    if len(plugin) > 1:
        return Attempt(Outcome.REJECTED, "it names several receivers: make a channel for each")
    if type(plugin).__name__ == "NotifyEmail":
        return send_mail(plugin, job)
    if native.get("form") == "ntfy":
        plugin.click, plugin.priority = native["body"]["click"] or None, native["body"]["priority"]
    body = native.get("body", {})
    light = body.get("html")
    # Called directly, in this thread: Apprise's own pool would be shared and would only pretend to time out.
    is_taken = plugin.notify(
        body=light or job["body"],
        title=body.get("title", job["subject"]),
        notify_type=_TYPES.get(str(job["severity"]), "info"),
        body_format=_format(native.get("form"), apprise.NotifyFormat, is_light=bool(light)),
    )
    return _judge(bool(is_taken), wire, log.text, datetime.fromisoformat(job["at"]))


def _format(form: str | None, formats: Any, *, is_light: bool) -> Any:
    if form == "google":
        return None
    return formats.HTML if is_light else formats.TEXT


def _brace_free(text: str) -> str:
    """The same JSON, with the braces of its texts escaped: no placeholder that Apprise would fill in."""
    inside, pieces, escaped = False, [], False
    for char in text:
        if char == '"' and not escaped:
            inside = not inside
        escaped = char == "\\" and not escaped
        pieces.append({"{": "\\u007b", "}": "\\u007d"}.get(char, char) if inside else char)
    return "".join(pieces)


def _judge(is_taken: bool, wire: WireRecord, log: str, now: datetime) -> Attempt:
    if is_taken:
        return Attempt(Outcome.DELIVERED, f"HTTP {wire.status}" if wire.status else "")
    if wire.refused:
        return Attempt(Outcome.REJECTED, wire.refused)
    if wire.fault:
        return Attempt(Outcome.UNKNOWN if wire.was_sent else Outcome.RETRY, wire.fault)
    if wire.status and not 200 <= wire.status < 300:
        return judge_status(wire.status, wire.retry_after, now)
    return Attempt(Outcome.REJECTED, log or "the service refused the message")


if __name__ == "__main__":
    # Standard output is the pipe of answers; whatever a plugin prints goes nowhere.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout = answers
    main()
