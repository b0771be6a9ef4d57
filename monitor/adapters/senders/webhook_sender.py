"""The webhook channel: a signed POST (Standard Webhooks) that no redirect or endless answer misleads."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import aiohttp
from standardwebhooks import Webhook

from monitor.adapters.address_guard import AddressGuard, AddressRefusedError
from monitor.adapters.senders.attempt import Attempt, judge_status, record, stopwatch
from monitor.adapters.senders.envelope import envelope
from monitor.domain.notification import Channel, Delivery, Notification, Outcome

_CONNECT_S = 10.0


class WebhookSender:
    """
    Posts the envelope to the channel's URL. ``webhook-id`` is the notification's id, the same in each
    attempt: a receiver that remembers it can drop the duplicates that a lost answer makes.
    """

    def __init__(self, channel: Channel, guard: AddressGuard, timeout_s: float, user_agent: str) -> None:
        self.channel = channel
        self._guard = guard
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(_CONNECT_S, timeout_s))
        self._user_agent = user_agent
        self._webhook = Webhook(channel.secret) if channel.secret else None

    async def send(self, notification: Notification, now: datetime) -> Delivery:
        """One POST, bounded in time and in the bytes read."""
        elapsed = stopwatch()
        body = json.dumps(envelope(notification), ensure_ascii=False).encode("utf-8", "replace")
        attempt = await self._post(body, self._headers(str(notification.id), body, now), now)
        return record(notification, self.channel, attempt, now, elapsed())

    async def close(self) -> None:
        """Each attempt has its own connection."""

    def _headers(self, message_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": self._user_agent,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if self._webhook is not None:
            moment = datetime.fromtimestamp(int(now.timestamp()), UTC)
            headers["webhook-signature"] = self._webhook.sign(message_id, moment, body.decode("utf-8"))
        return headers

    async def _post(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Attempt:
        connector = aiohttp.TCPConnector(socket_factory=self._guard.socket_factory(), force_close=True)
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
                ) as session,
                # The status is the answer: a body is not read, it may have no end.
                session.post(self.channel.target, data=body, headers=headers, allow_redirects=False) as response,
            ):
                return judge_status(response.status, response.headers.get("Retry-After"), now)
        except aiohttp.ConnectionTimeoutError:
            return Attempt(Outcome.RETRY, "no connection in time")
        except TimeoutError:
            return Attempt(Outcome.UNKNOWN, "no answer in time: it may or may not have arrived")
        except aiohttp.ClientConnectorError as error:
            return _not_connected(error)
        except aiohttp.InvalidURL:
            return Attempt(Outcome.REJECTED, "it is no web address")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Attempt(Outcome.UNKNOWN, f"the connection broke: {type(error).__name__}")


def _not_connected(error: aiohttp.ClientConnectorError) -> Attempt:
    cause = error.os_error
    if isinstance(cause, AddressRefusedError):
        return Attempt(Outcome.REJECTED, str(cause))
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return Attempt(Outcome.RETRY, f"no secure connection: {cause.strerror or cause}")
    return Attempt(Outcome.RETRY, f"cannot connect to {error.host}:{error.port}: {cause.strerror or cause}")
