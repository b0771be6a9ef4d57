"""The web server on loopback, with fakes for what it reads and writes."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from monitor.adapters.packaged.messages import load_wordings
from monitor.domain.alert import Alert, AlertId, Reason, Silence
from monitor.domain.article import Article
from monitor.domain.errors import StoreError, UsageError
from monitor.domain.opinion import Feedback, Opinion, OpinionKind
from monitor.domain.story import EditKind, Join, NotedEdit, Story, StoryEdit, StoryId
from monitor.entrypoints.web.desk import WebDesk
from monitor.entrypoints.web.server import serve
from monitor.stages.compose.signed_links import Deed, LinkMaker
from monitor.stages.decide.feedback import judged_findings
from tests.occasions import NOW, attacked
from tests.story_builders import article

TOKEN, KEY = "t" * 32, b"k" * 32


ALERT = attacked().alert


# ruff: noqa: ARG002  # the fakes keep the names of the ports' arguments


@dataclass
class FakePeople:
    """Takes what people say into lists."""

    silences: dict[str, Silence] = field(default_factory=dict)
    said: list[tuple[str, ...]] = field(default_factory=list)
    edits: list[NotedEdit] = field(default_factory=list)
    is_broken: bool = False

    def save_silence(self, silence: Silence) -> None:
        self.silences[silence.id] = silence

    def end_silence(self, silence_id: str, now: datetime) -> bool:
        return self.silences.pop(silence_id, None) is not None

    def acknowledge(self, alert_id: AlertId, author: str, now: datetime) -> bool:
        if self.is_broken:
            raise StoreError("secret place: gone")
        self.said.append(("ack", alert_id, author))
        return alert_id == ALERT.id

    async def edit(self, edit: StoryEdit, author: str) -> StoryEdit:
        if edit.other == "elsewhere":
            raise UsageError(f'the story {edit.story_id} holds no article "{edit.other}"')
        self.edits.append(NotedEdit(edit, author, NOW))
        return edit

    def end_pin(self, story_id: StoryId) -> bool:
        kept = [one for one in self.edits if one.edit != StoryEdit(EditKind.PIN, story_id)]
        is_pinned, self.edits = len(kept) < len(self.edits), kept
        return is_pinned

    def save_feedback(self, feedback: Feedback, now: datetime) -> bool:
        meant = [feedback.entity_id] if feedback.entity_id else []
        self.said.append((str(feedback.kind), feedback.alert_id, feedback.author, feedback.comment, *meant))
        return feedback.alert_id == ALERT.id


@dataclass
class FakeRecords:
    """One alert."""

    people: FakePeople

    def alert(self, alert_id: str) -> Alert | None:
        return ALERT if alert_id == ALERT.id else None

    def alerts_heard(self, channel: str, limit: int) -> tuple[Alert, ...]:
        other = replace(ALERT, id=AlertId("al-other"), story_id=StoryId("st-other"), is_closed=True)
        return (ALERT, other)[:limit] if channel == "soc" else ()

    def told_on(self, alert_id: str, channel: str) -> tuple[tuple[datetime, Reason], ...]:
        first = attacked().verdict
        return ((first.decided_at, first.reason), (first.decided_at + timedelta(hours=1), Reason.MORE_SOURCES))

    def alerts(self, limit: int = 0, story: str = "", *, open_only: bool = False) -> Iterator[Alert]:
        yield from [ALERT][: limit or None]

    def story(self, story_id: str) -> Story | None:
        return attacked().story

    def stories(self, limit: int = 50) -> Iterator[Story]:
        yield attacked().story

    def joins(self, story_id: str) -> tuple[tuple[Article, Join], ...]:
        first = article("a1")
        return ((first, Join(first.id, StoryId(story_id), 0.5, (("name", "apple", 2.0),))),)

    def edits_on(self, story_id: str) -> tuple[NotedEdit, ...]:
        return tuple(self.people.edits)

    def silences(self, now: datetime, *, ended: bool = False) -> tuple[Silence, ...]:
        return tuple(self.people.silences.values())

    def opinions(self, since: datetime | None = None) -> tuple[Opinion, ...]:
        findings = judged_findings(ALERT)
        return (Opinion(ALERT.id, ALERT.rule_id, OpinionKind.NOISE, "Kim", NOW, findings=findings),)


@dataclass
class Site:
    """The server on loopback, a client without a token, and what people said."""

    port: int
    people: FakePeople
    client: aiohttp.ClientSession
    bearer: dict[str, str]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        async with self.client.request(method, self.url(path), allow_redirects=False, **options) as response:
            return response.status, await response.text()

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        status, text = await self.ask(method, path, headers=self.bearer, json=body)
        return status, json.loads(text) if text else None


@asynccontextmanager
async def site(**changes: Any) -> AsyncIterator[Site]:
    people = FakePeople()
    desk = WebDesk(
        people=people,
        records=FakeRecords(people),
        wordings=load_wordings(),
        ailments=lambda: (),
        clock=lambda: NOW,
        token=TOKEN,
        key=KEY,
        hosts=frozenset({"monitor.example.org"}),
        edit=people.edit,
    )
    desk = replace(desk, **changes)
    client = aiohttp.ClientSession(headers={"Host": "monitor.example.org"})
    async with serve(desk, "127.0.0.1", 0) as port, client:
        yield Site(port, people, client, {"Authorization": f"Bearer {TOKEN}"})


def link(deed: Deed, language: str = "en", alert: str = str(ALERT.id), now: datetime = NOW) -> str:
    return LinkMaker("http://x", KEY).link(deed, alert, "soc", language, now).removeprefix("http://x")
