"""A news server, a webhook and a mail server that are in a bad mood: they fail, hang, and succeed too late."""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import Enum
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import Envelope

from tests.chaos.news import Report, document, reports
from tests.loopback import mailing

SECRET = "whsec_" + "Y2hhb3Mh" * 5
# Longer than the program waits (`delivery.send_timeout` in the harness).
_TOO_LONG_S = 3.0
_SHOWN = 60
# Every so many companies are also told by mail.
MAILED = 5


class _Mood(Enum):
    WELL = 0
    FAILS = 1
    HANGS = 2
    LATE = 3


@dataclass
class Oracle:
    """What was served, what is due where, what arrived, and how often."""

    chance: random.Random
    served: set[str] = field(default_factory=set)
    published: list[Report] = field(default_factory=list)
    arrived: Counter[str] = field(default_factory=Counter)
    # For each channel and company the ids of the messages that told of it.
    told: dict[str, dict[str, set[str]]] = field(default_factory=lambda: {"hook": {}, "mail": {}})
    words: dict[str, str] = field(default_factory=dict)
    late: int = 0
    polls: int = 0
    calm: bool = False

    def __post_init__(self) -> None:
        self._reports = reports()

    def publish(self) -> None:
        """One more report is in the feed from now on."""
        self.published.append(next(self._reports))

    def due(self, channel: str) -> set[str]:
        """The companies of which *channel* has to tell."""
        return {one.key for one in self.published[:: MAILED if channel == "mail" else 1]}

    def missing(self) -> set[str]:
        """What was not told yet, as channel and company."""
        return {f"{channel} {key}" for channel, told in self.told.items() for key in self.due(channel) - set(told)}

    def told_under_two_ids(self) -> set[str]:
        """What came as two messages that nobody can know to be the same."""
        return {f"{channel} {key}" for channel, told in self.told.items() for key, ids in told.items() if len(ids) > 1}

    def twice_told(self) -> list[str]:
        """The same in words: what both messages say of themselves."""
        pairs = [one.split() for one in sorted(self.told_under_two_ids())]
        return [
            f"{channel} told twice of {key}: {' | '.join(sorted(self.words[id_] for id_ in self.told[channel][key]))}"
            for channel, key in pairs
        ]

    def duplicates(self) -> int:
        """Messages that came again under the same id."""
        return sum(count - 1 for count in self.arrived.values())

    def _note(self, channel: str, message_id: str, companies: set[str], words: str) -> None:
        self.words[message_id] = words
        self.arrived[f"{channel} {message_id}"] += 1
        for key in companies:
            self.told[channel].setdefault(key, set()).add(message_id)

    def mood(self) -> _Mood:
        """20 % fail, 10 % hang, 5 % succeed when nobody waits any more."""
        draw = 1.0 if self.calm else self.chance.random()
        for mood, share in ((_Mood.FAILS, 0.20), (_Mood.HANGS, 0.30), (_Mood.LATE, 0.35)):
            if draw < share:
                return mood
        return _Mood.WELL

    def shown(self) -> list[Report]:
        """
        What the feed shows: the newest, and whatever was not told yet.

        What a feed takes away before any life of the program was long enough to save it is lost to everybody, and is
        no loss of the program's.
        """
        untold = self.due("hook") - set(self.told["hook"])
        first = len(self.published) - _SHOWN
        return [one for number, one in enumerate(self.published) if number >= first or one.key in untold]

    async def feed(self, request: web.Request) -> web.Response:
        self.polls += 1
        body = document("".join(one.item() for one in self.shown()))
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            # Whoever notes the validator before the items has lost them here.
            return web.Response(status=304, headers={"ETag": etag})
        self.served |= {one.key for one in self.shown()}
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": etag})

    async def hook(self, request: web.Request) -> web.Response:
        body, mood = await request.json(), self.mood()
        if mood is _Mood.HANGS:
            await asyncio.sleep(_TOO_LONG_S)
        if mood in {_Mood.FAILS, _Mood.HANGS}:
            return web.Response(status=500)
        self._note("hook", request.headers["webhook-id"], attacked(body), f"{body['type']} {body['data']}"[:600])
        if mood is _Mood.LATE:
            self.late += 1
            await asyncio.sleep(_TOO_LONG_S)
        return web.Response(status=200)

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's word
        mood = self.mood()
        if mood is _Mood.HANGS:
            await asyncio.sleep(_TOO_LONG_S)
        if mood in {_Mood.FAILS, _Mood.HANGS}:
            return "451 not now"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        part = mail.get_body(("plain",))
        text = f"{mail['Subject']} {part.get_content() if part is not None else ''}"
        self._note("mail", str(mail["Message-ID"]), {one.key for one in self.published if one.name in text}, text[:600])
        if mood is _Mood.LATE:
            self.late += 1
            await asyncio.sleep(_TOO_LONG_S)
        return "250 OK"


def attacked(body: dict[str, Any]) -> set[str]:
    """The companies that a message, or each alert in a list, is about."""
    data = body["data"]
    told = [data, *data.get("alerts", [])]
    return {str(key) for one in told for key in one.get("under_attack", [])}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers listen on loopback."""

    feed: int
    hook: int
    mail: int


@asynccontextmanager
async def served(oracle: Oracle) -> AsyncIterator[Addresses]:
    """The servers around the program."""
    app = web.Application()
    app.router.add_get("/feed.xml", oracle.feed)
    app.router.add_post("/hook", oracle.hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        async with mailing(oracle) as mail:
            yield Addresses(port, port, mail)
    finally:
        await runner.cleanup()
