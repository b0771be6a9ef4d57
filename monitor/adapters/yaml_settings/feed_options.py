"""What the options of a feed may be, by its kind: a fault shows when it is configured, not when it is polled."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from monitor.adapters.yaml_settings.faults import closest
from monitor.domain.feed import JSON_PATHS, FeedKind

_OF_WEB = ("headers", "user_agent")
_KNOWN: Mapping[FeedKind, tuple[str, ...]] = {
    FeedKind.WEB: _OF_WEB,
    FeedKind.SITEMAP: _OF_WEB,
    FeedKind.JSON_API: (*JSON_PATHS, *_OF_WEB),
    FeedKind.IMAP: ("user", "password", "tls", "split"),
    FeedKind.FOLDER: (),
}
_CHOICES = {"tls": ("none",), "split": ("links", "mail", "auto")}


def option_faults(kind: FeedKind, url: str, options: Mapping[str, object]) -> Iterator[tuple[tuple[str, ...], str]]:
    """(where in the feed, what is wrong) for each fault of its *options* and of what they need."""
    known = _KNOWN[kind]
    for key, value in options.items():
        if key not in known:
            yield ("options", key), f"unknown option of a feed of kind {kind}{closest(key, known)}"
        elif fault := _value_fault(key, value):
            yield ("options", key), fault
    if kind is FeedKind.JSON_API and not options.get("title"):
        yield ("options",), "title is missing: the path of the headline within an item, such as title.rendered"
    if kind is FeedKind.IMAP:
        yield from _mailbox_faults(url, options)


def _value_fault(key: str, value: object) -> str:
    if key == "headers":
        is_flat = isinstance(value, Mapping) and not any(isinstance(one, Mapping | list) for one in value.values())
        return "" if is_flat else "is no mapping of names to values"
    if key in _CHOICES:
        return "" if value in _CHOICES[key] else f"can be {', '.join(_CHOICES[key])} and nothing else"
    return "" if isinstance(value, str | int) and not isinstance(value, bool) else "is no text"


def _mailbox_faults(url: str, options: Mapping[str, object]) -> Iterator[tuple[tuple[str, ...], str]]:
    parts = urlsplit(url)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname:
        yield ("url",), "a mailbox is imaps://user@host/Folder"
        return
    if not options.get("user") and not parts.username:
        yield ("url",), "names no user: a mailbox is imaps://user@host/Folder"
    if not options.get("password") and not parts.password:
        yield ("options",), 'password is missing: name a secret, such as password: "${MAIL_PASSWORD}"'
