"""What each service takes: how long a title and a body may be, and which form its messages have."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.notification import Channel
from monitor.stages.channels.services import scheme_of


class Form(StrEnum):
    """The forms a message can take beside its plain text."""

    PLAIN = "plain"
    CHAT = "chat"
    MAIL = "mail"
    SLACK = "slack"
    DISCORD = "discord"
    TEAMS = "teams"
    TELEGRAM = "telegram"
    MATRIX = "matrix"
    NTFY = "ntfy"
    GOOGLE = "google"


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    The limits of a service in code points; below what it documents, since it may count bytes.

    ``body_bytes`` is for one that takes what is longer for something else than a message, in silence; 0 is no limit.
    """

    form: Form
    title_limit: int = 200
    body_limit: int = 3_000
    body_bytes: int = 0


_LONG = Dialect(Form.PLAIN, 250, 20_000)
_DIALECTS = {
    "console": _LONG,
    "file": _LONG,
    "webhook": _LONG,
    "json": _LONG,
    "jsons": _LONG,
    "form": _LONG,
    "forms": _LONG,
    "mailto": Dialect(Form.MAIL, 200, 20_000),
    "mailtos": Dialect(Form.MAIL, 200, 20_000),
    "slack": Dialect(Form.SLACK, 140, 3_000),
    "discord": Dialect(Form.DISCORD, 200, 1_700),
    "workflow": Dialect(Form.TEAMS, 200, 900),
    "workflows": Dialect(Form.TEAMS, 200, 900),
    "tgram": Dialect(Form.TELEGRAM, 200, 3_000),
    "matrix": Dialect(Form.MATRIX, 200, 5_000),
    "matrixs": Dialect(Form.MATRIX, 200, 5_000),
    "rocket": Dialect(Form.CHAT, 150, 800),
    "rockets": Dialect(Form.CHAT, 150, 800),
    # Above 4,096 bytes it makes a file of the text, which nobody sees on a lock screen.
    "ntfy": Dialect(Form.NTFY, 180, 3_000, 4_000),
    "ntfys": Dialect(Form.NTFY, 180, 3_000, 4_000),
    "gchat": Dialect(Form.GOOGLE),
    "zulip": Dialect(Form.CHAT, 60, 5_000),
    "pover": Dialect(Form.CHAT, 200, 900),
    "pagerduty": Dialect(Form.CHAT, 200, 900),
    "twilio": Dialect(Form.CHAT, 100, 300),
    "signal": Dialect(Form.CHAT, 200, 1_500),
    "signals": Dialect(Form.CHAT, 200, 1_500),
    "mastodon": Dialect(Form.CHAT, 100, 300),
    "mastodons": Dialect(Form.CHAT, 100, 300),
    "toot": Dialect(Form.CHAT, 100, 300),
    "toots": Dialect(Form.CHAT, 100, 300),
}
_CHAT = Dialect(Form.CHAT)


def dialect_of(channel: Channel) -> Dialect:
    """How to write for *channel*; a cautious chat where nothing is known of the service."""
    return _DIALECTS.get(scheme_of(channel), _CHAT)
