"""
WebSub: a hub tells us that a feed has something new, instead of being asked.

What a hub sends is taken as a hint only: the feed is then polled as ever. So nothing that arrives here is
ever read as news, and a hub that lies or goes away costs nothing but the hint.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.feed import FeedId, FeedState
from monitor.domain.policy import WebSubPolicy
from monitor.stages.addresses import is_web_address

_ALGORITHMS = {"sha1", "sha256", "sha384", "sha512"}
_LONGEST_CHALLENGE = 500
_TOKEN_DIGITS = 40
_MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Subscription:
    """
    Our subscription to *topic* at *hub*; ``until`` is the end of the lease, None before the hub confirmed it.

    ``base`` is the public address under which the hub knows us; empty in what an older version kept.
    """

    feed_id: FeedId
    hub: str
    topic: str
    asked_at: datetime
    until: datetime | None = None
    base: str = ""

    def callback(self, key: bytes) -> str:
        """The address that the hub calls."""
        return f"{self.base.rstrip('/')}/websub/{self.feed_id}/{self.token(key)}"

    def token(self, key: bytes) -> str:
        """What the address that the hub calls ends in: nobody else can make it."""
        return _derived(key, "token", self)[:_TOKEN_DIGITS]

    def secret(self, key: bytes) -> str:
        """What the hub signs with."""
        return _derived(key, "secret", self)


def _derived(key: bytes, purpose: str, subscription: Subscription) -> str:
    text = "\0".join(("websub", purpose, subscription.feed_id, subscription.hub, subscription.topic))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def wanted(
    feed_id: FeedId,
    hub: str | None,
    topic: str | None,
    base: str,
    known: Subscription | None,
    now: datetime,
    policy: WebSubPolicy,
) -> Subscription | None:
    """The subscription to ask for now; None where there is none to be had, or the one we have lasts."""
    if not hub or not topic or not is_web_address(hub) or not is_web_address(topic):
        return None
    fresh = Subscription(feed_id, hub, topic, now, base=base)
    if known is None or (known.hub, known.topic) != (hub, topic) or known.base not in {"", base}:
        return fresh
    if now - known.asked_at < policy.ask_again:
        return None
    if known.until is not None and known.until - now > policy.renew_before:
        return None
    return replace(fresh, until=known.until)


def is_past(left: Subscription, now: datetime) -> bool:
    """Whether the hub has forgotten by itself what we asked it to end."""
    return left.until is None or now >= left.until


def request_form(subscription: Subscription, mode: str, key: bytes, policy: WebSubPolicy) -> dict[str, str]:
    """What the hub is asked, as the fields of a form; *mode* is ``subscribe`` or ``unsubscribe``."""
    form = {"hub.mode": mode, "hub.topic": subscription.topic, "hub.callback": subscription.callback(key)}
    if mode == "unsubscribe":
        return form
    return {
        **form,
        "hub.secret": subscription.secret(key),
        "hub.lease_seconds": str(int(policy.lease.total_seconds())),
    }


def is_goodbye(left: Subscription, query: Mapping[str, str]) -> str:
    """The challenge to repeat where the hub asks whether we really want to end this; empty where it does not."""
    challenge = query.get("hub.challenge", "")
    is_ours = query.get("hub.mode") == "unsubscribe" and query.get("hub.topic") == left.topic
    return challenge if is_ours and len(challenge) <= _LONGEST_CHALLENGE else ""


def is_denied(subscription: Subscription, query: Mapping[str, str]) -> bool:
    """Whether the hub says that it does not serve this subscription, or no longer."""
    return query.get("hub.mode") == "denied" and query.get("hub.topic") == subscription.topic


def confirmed(
    subscription: Subscription, query: Mapping[str, str], now: datetime, policy: WebSubPolicy
) -> tuple[str, Subscription] | None:
    """The challenge to repeat and the subscription with its lease; None for whatever we did not ask for."""
    challenge = query.get("hub.challenge", "")
    is_ours = query.get("hub.mode") == "subscribe" and query.get("hub.topic") == subscription.topic
    if not is_ours or not 0 < len(challenge) <= _LONGEST_CHALLENGE:
        return None
    given = query.get("hub.lease_seconds", "")
    asked = timedelta(seconds=int(given[:9])) if given.isascii() and given.isdigit() else policy.lease
    return challenge, replace(subscription, until=now + min(asked, policy.longest_lease))


def is_signed(secret: str, header: str, body: bytes) -> bool:
    """Whether *body* was signed with our secret, as the header ``X-Hub-Signature`` says."""
    algorithm, _, signature = header.partition("=")
    if algorithm not in _ALGORITHMS:
        return False
    own = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return hmac.compare_digest(own.encode(), signature.strip().lower().encode("utf-8", "replace"))


def hint_due(state: FeedState, now: datetime, policy: WebSubPolicy) -> datetime | None:
    """
    When a feed is to be looked at whose hub tells of news; None where that changes nothing.

    A hub is whoever the feed names: it must not have us ask the feed's server as often as it likes.
    """
    if state.failures:
        return None
    apart = min(policy.closest * 2 ** min(state.idle_hints, _MOST_DOUBLINGS), policy.calmest)
    return now if state.last_checked_at is None else max(now, state.last_checked_at + apart)


def dump(subscription: Subscription) -> str:
    """A subscription as text to be kept."""
    return json.dumps(asdict(subscription), default=lambda moment: moment.isoformat())


def load(text: str | None) -> Subscription | None:
    """A subscription from its text; None where it is none."""
    try:
        kept = json.loads(text or "null")
        until = kept["until"] and datetime.fromisoformat(kept["until"])
        return Subscription(
            FeedId(kept["feed_id"]),
            kept["hub"],
            kept["topic"],
            datetime.fromisoformat(kept["asked_at"]),
            until,
            kept.get("base", ""),
        )
    except (ValueError, KeyError, TypeError):
        return None
