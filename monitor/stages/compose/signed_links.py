"""
Links in messages that act without a login: signed, bound to one action on one alert, and valid for a while.

A link is only an offer: opening it shows what it would do, acting takes a second click, so that the scanners
of mail servers do nothing by following it.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Deed(StrEnum):
    """
    What a link can do; FEEDBACK leads to the choice of the five below it, CONSOLE to what is known by now, STORY to
    what was grouped wrongly.

    READ is that page without anything to do: a link on the page of one alert lets nobody act on another.
    """

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    FEEDBACK = "feedback"
    USEFUL = "useful"
    NOISE = "noise"
    WRONG_COMPANY = "wrong-company"
    WRONG_ROLE = "wrong-role"
    DUPLICATE = "duplicate"
    STORY = "story"
    CONSOLE = "console"
    READ = "read"


FEEDBACK = frozenset({Deed.USEFUL, Deed.NOISE, Deed.WRONG_COMPANY, Deed.WRONG_ROLE, Deed.DUPLICATE})
PAGES = frozenset({Deed.CONSOLE, Deed.READ})
LIFETIME = timedelta(days=30)
_LONGEST_TOKEN = 1_000
_SIGNATURE_BYTES = 18
_BETWEEN = "\n"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link offers: a deed on an alert until a moment, for whoever reads that channel."""

    deed: Deed
    alert_id: str
    channel: str
    language: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes the links of messages. Without a public *base_url* it makes none."""

    base_url: str = ""
    key: bytes = b""

    def link(self, deed: Deed, alert_id: str, channel: str, language: str, now: datetime) -> str:
        """The link for *deed*, or an empty text where the service has no public address."""
        if not self.base_url or not self.key:
            return ""
        offer = Offer(deed, alert_id, channel, language, now + LIFETIME)
        return f"{self.base_url.rstrip('/')}/do/{sign(offer, self.key)}"


NO_LINKS = LinkMaker()


def sign(offer: Offer, key: bytes) -> str:
    """*offer* as a token that only the holder of *key* can make; short, since mails and chats show it."""
    parts = (offer.deed, offer.alert_id, offer.channel, offer.language, f"{int(offer.expires_at.timestamp()):x}")
    body = _encoded(_BETWEEN.join(part.replace(_BETWEEN, "") for part in parts).encode())
    return f"{body}.{_signature(body, key)}"


def read(token: str, key: bytes, now: datetime) -> Offer | None:
    """The offer of *token*; None where it is forged, damaged or past its end."""
    body, dot, signature = token.partition(".")
    if not dot or len(token) > _LONGEST_TOKEN or not token.isascii() or not key:
        return None
    if not hmac.compare_digest(signature, _signature(body, key)):
        return None
    offer = _offer(body)
    return offer if offer is not None and now < offer.expires_at else None


def _offer(body: str) -> Offer | None:
    # Only we can have signed it, yet another version of ours may have: what does not fit makes no offer.
    try:
        text = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
        deed, alert_id, channel, language, expires = text.split(_BETWEEN)
        return Offer(Deed(deed), alert_id, channel, language, datetime.fromtimestamp(int(expires, 16), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _signature(body: str, key: bytes) -> str:
    return _encoded(hmac.new(key, b"monitor link:" + body.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
