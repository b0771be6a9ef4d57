"""
Links in messages that act without a login: signed, bound to one action on one alert, and valid for a while.

A link is only an offer: opening it shows what it would do, acting takes a second click, so that the scanners
of mail servers do nothing by following it.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Deed(StrEnum):
    """What a link can do."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    USEFUL = "useful"
    NOISE = "noise"
    WRONG_COMPANY = "wrong-company"
    WRONG_ROLE = "wrong-role"
    DUPLICATE = "duplicate"


FEEDBACK = frozenset({Deed.USEFUL, Deed.NOISE, Deed.WRONG_COMPANY, Deed.WRONG_ROLE, Deed.DUPLICATE})
LIFETIME = timedelta(days=30)
_LONGEST_TOKEN = 1_000


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

    def page(self, path: str) -> str:
        """The address of a page of the console, or an empty text."""
        return f"{self.base_url.rstrip('/')}/{path.lstrip('/')}" if self.base_url else ""


NO_LINKS = LinkMaker()


def sign(offer: Offer, key: bytes) -> str:
    """*offer* as a token that only the holder of *key* can make."""
    claims = {
        "d": str(offer.deed),
        "a": offer.alert_id,
        "c": offer.channel,
        "l": offer.language,
        "e": int(offer.expires_at.timestamp()),
    }
    body = _encoded(json.dumps(claims, separators=(",", ":")).encode())
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
    # Only we can have signed it, yet another version of ours may have: a field that is not there makes no offer.
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return _from_claims(claims)
    except (ValueError, binascii.Error, KeyError, TypeError, OverflowError):
        return None


def _from_claims(claims: Mapping[str, str | int]) -> Offer:
    return Offer(
        Deed(str(claims["d"])),
        str(claims["a"]),
        str(claims["c"]),
        str(claims["l"]),
        datetime.fromtimestamp(int(claims["e"]), UTC),
    )


def _signature(body: str, key: bytes) -> str:
    return _encoded(hmac.new(key, b"monitor link 1:" + body.encode(), hashlib.sha256).digest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
