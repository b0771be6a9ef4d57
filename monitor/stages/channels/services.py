"""
What a channel may be: an allow-list of services, and arguments that would break our promises refused.

A service is on the list when it answers for what it took (so that "delivered" means something), runs no
program, reads no file and shows nothing on the server's own screen. Faults never print the URL: it holds secrets.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from monitor.domain.notification import Channel, ChannelKind

# Scheme to the number of path parts that are no targets; None where parts of the path cannot be told apart.
_SCHEMES: dict[str, int | None] = {
    "mailto": 0,
    "mailtos": 0,
    "slack": None,
    "discord": None,
    "tgram": 0,
    "matrix": 0,
    "matrixs": 0,
    "mmost": None,
    "mmosts": None,
    "rocket": None,
    "rockets": None,
    "workflow": None,
    "workflows": None,
    "gchat": None,
    "webex": None,
    "wxteams": None,
    "zulip": 1,
    "ntfy": 0,
    "ntfys": 0,
    "gotify": None,
    "gotifys": None,
    "pover": None,
    "pagerduty": None,
    "opsgenie": 0,
    "twilio": 0,
    "json": None,
    "jsons": None,
    "form": None,
    "forms": None,
    "signal": 1,
    "signals": 1,
    "mastodon": 0,
    "mastodons": 0,
    "toot": 0,
    "toots": 0,
    "splunk": None,
    "jira": None,
    "incidentio": None,
    "betterstack": None,
}
SCHEMES = frozenset(_SCHEMES)
_REFUSED_ARGUMENTS = {
    "template": "it would read a file of this machine and post it",
    "keyfile": "it would read a file of this machine",
    "subfile": "it would read a file of this machine",
    "attach": "it would read a file of this machine",
    "optional": "failures would count as delivered",
    "retry": "the outbox decides when to try again",
    "wait": "the outbox decides when to try again",
    "tag": "rules decide what goes to a channel",
    "redirect": "a redirect to a login page would count as delivered",
    "store": "nothing is kept outside storage/",
    "format": "the message already has the best form that the service takes safely",
    "overflow": "messages are cut to the length that the service takes",
    "emojis": "text of the news would be changed",
    "ping": "nobody is called by a message",
}
_REFUSED_PREFIXES = {"pgp": "it would read keys of this machine", "smime": "it would read keys of this machine"}
_LOCAL = frozenset({"macosx", "windows", "dbus", "qt", "kde", "gnome", "glib", "blink1"})
_UNSURE = frozenset({"syslog", "rsyslog", "aprs", "dapnet", "growl"})
_KNOWN_HOSTS = {
    "hooks.slack.com": "slack://TokenA/TokenB/TokenC",
    "discord.com": "discord://WebhookID/WebhookToken",
    "discordapp.com": "discord://WebhookID/WebhookToken",
    "api.telegram.org": "tgram://BotToken/ChatID",
    "chat.googleapis.com": "gchat://Workspace/Key/Token",
    "ntfy.sh": "ntfys://Topic",
}
# Where other services have a token, these have a host and perhaps a port.
_WITH_HOST = frozenset(
    f"{scheme}{end}"
    for scheme in ("mailto", "json", "form", "ntfy", "gotify", "matrix", "mmost", "rocket", "signal")
    for end in ("", "s")
)
_PORT = "its port is no number from 1 to 65535"
_TARGET_ARGUMENTS = ("to", "cc", "bcc", "channel", "channels", "targets", "rooms", "topics")
_LONGEST_URL = 4_096
_SHORTEST_SECRET_BYTES = 16
_SHORTEST_TOKEN = 6


@dataclass(frozen=True, slots=True)
class _Target:
    url: SplitResult
    parts: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]

    @property
    def scheme(self) -> str:
        return self.url.scheme


def channel_faults(channel: Channel) -> list[str]:
    """Every reason why *channel* cannot be used, each a sentence with the next step and without a secret."""
    if channel.kind is ChannelKind.CONSOLE:
        return []
    if not channel.target.strip():
        return ["it is empty"]
    if channel.kind is ChannelKind.FILE:
        return ["a file's path has no NUL character"] if "\0" in channel.target else []
    target = _read(channel.target)
    if target is None:
        return ["it is no URL: it begins with a scheme, such as mailto:// or https://"]
    return list(_webhook_faults(target, channel) if channel.kind is ChannelKind.WEBHOOK else _apprise_faults(target))


def channel_secrets(channel: Channel) -> frozenset[str]:
    """The strings of *channel* that must not turn up in a log, as written and percent-decoded."""
    found = {channel.secret, channel.secret.removeprefix("whsec_")}
    if channel.kind in {ChannelKind.WEBHOOK, ChannelKind.APPRISE}:
        found.add(channel.target)
        target = _read(channel.target)
        if target is not None:
            found.update(_url_secrets(target))
    found.update([unquote(text) for text in found])
    return frozenset(text for text in found if len(text) >= _SHORTEST_TOKEN)


def redact(text: str, secrets: frozenset[str]) -> str:
    """*text* with every one of *secrets* replaced by ``***``; the longest first, so that no end of one is left."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def scheme_of(channel: Channel) -> str:
    """The service behind a channel: an Apprise scheme in lower case, or the kind for the other channels."""
    if channel.kind is not ChannelKind.APPRISE:
        return str(channel.kind)
    return channel.target.partition("://")[0].lower()


def _read(text: str) -> _Target | None:
    scheme, colon, rest = text.partition("://")
    if not colon or not rest or len(text) > _LONGEST_URL or not scheme.isascii() or not scheme.isalnum():
        return None
    if any(c.isspace() or not c.isprintable() for c in text):
        return None
    try:
        # A "#" opens a channel name in these URLs, no fragment.
        url = urlsplit(f"{scheme.lower()}://{rest.replace('#', '%23')}")
    except ValueError:
        return None
    parts = tuple(unquote(part) for part in url.path.split("/") if part)
    return _Target(url, parts, tuple(parse_qsl(url.query, keep_blank_values=True)))


def _url_secrets(target: _Target) -> Iterator[str]:
    yield from (target.url.password or "", target.url.path.strip("/"), target.url.query)
    yield from target.parts
    yield from (part for part in target.url.path.split("/"))
    yield from (value for _, value in target.arguments)
    if target.scheme not in {"http", "https", "mailto", "mailtos"}:
        # Several services carry a token where other URLs have the user or the host.
        yield from (target.url.username or "", target.url.netloc.rpartition("@")[0])
        if "." not in (target.url.hostname or "") and ":" not in (target.url.hostname or ""):
            yield from (target.url.netloc, target.url.netloc.rpartition("@")[2])


def _has_port_fault(target: _Target) -> bool:
    try:
        return target.url.port == 0
    except ValueError:
        return True


def _webhook_faults(target: _Target, channel: Channel) -> Iterator[str]:
    if target.scheme not in {"http", "https"}:
        yield "a webhook is an https:// or http:// address; other services go into `url`"
    if not target.url.hostname:
        yield "there is no host name in it"
    if _has_port_fault(target):
        yield _PORT
    if channel.secret and not _is_key(channel.secret):
        yield "its secret is too short: make one with `openssl rand -base64 32`, and put whsec_ before it if you like"


def _is_key(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    except (binascii.Error, ValueError):
        return False
    return len(key) >= _SHORTEST_SECRET_BYTES


def _apprise_faults(target: _Target) -> Iterator[str]:
    fault = _scheme_fault(target)
    if fault:
        yield fault
        return
    for name, value in target.arguments:
        fault = _argument_fault(name.lower(), value)
        if fault:
            yield fault
    if target.scheme in _WITH_HOST and _has_port_fault(target):
        yield _PORT
    if _has_several_targets(target):
        yield (
            "it names several receivers: where one of them fails, the others would get the message twice;"
            " make a channel for each"
        )


def _scheme_fault(target: _Target) -> str:
    if target.scheme in SCHEMES:
        return ""
    if target.scheme in {"http", "https"}:
        hint = _KNOWN_HOSTS.get((target.url.hostname or "").lower())
        return f"write it as {hint}" if hint else "an address of your own goes into `webhook`, not into `url`"
    if target.scheme in _LOCAL:
        return f"{target.scheme}:// would show messages on the screen of the server; it is not supported"
    if target.scheme in _UNSURE:
        return f"{target.scheme}:// never tells whether a message arrived, so nothing could be promised"
    if len(target.scheme) > 16:
        return "its scheme is not one that is supported: docs/channels.md lists them"
    near = get_close_matches(target.scheme, SCHEMES, 1)
    meant = f" (did you mean {near[0]}://?)" if near else ""
    return f"{target.scheme}:// is not supported{meant}: docs/channels.md lists the services"


def _argument_fault(name: str, value: str) -> str:
    reason = _REFUSED_ARGUMENTS.get(name)
    if reason is None:
        reason = next((why for prefix, why in _REFUSED_PREFIXES.items() if name.startswith(prefix)), None)
    if reason:
        return f'leave out "{name}=": {reason}'
    if name == "verify" and value.lower() not in {"yes", "true", "on", "1"}:
        return 'leave out "verify=": certificates are always checked'
    return ""


def _has_several_targets(target: _Target) -> bool:
    named = [
        receiver
        for name, value in target.arguments
        if name.lower() in _TARGET_ARGUMENTS
        for receiver in value.split(",")
        if receiver.strip()
    ]
    fixed = _SCHEMES[target.scheme]
    marked = [part for part in target.parts if part[:1] in {"#", "@", "+"}]
    in_path = len(marked) if fixed is None else max(0, len(target.parts) - fixed)
    return len(named) + in_path > 1
