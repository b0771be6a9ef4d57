"""What the web server works with; every call to the store goes through a thread."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from aiohttp import web

from monitor.domain.alert import Alert, AlertId, Reason, Silence
from monitor.domain.article import Article
from monitor.domain.errors import UsageError
from monitor.domain.opinion import Feedback, Opinion
from monitor.domain.policy import AlertPolicy
from monitor.domain.story import Join, NotedEdit, Story, StoryEdit, StoryId
from monitor.domain.wording import Wording
from monitor.stages.decide.quoting import Quoted


class People(Protocol):
    """The part of the store that takes what people say."""

    def save_silence(self, silence: Silence) -> None: ...
    def end_silence(self, silence_id: str, now: datetime) -> bool: ...
    def acknowledge(self, alert_id: AlertId, author: str, now: datetime) -> bool: ...
    def save_feedback(self, feedback: Feedback, now: datetime) -> bool: ...
    def end_pin(self, story_id: StoryId) -> bool: ...


class Records(Protocol):
    """The part of the catalogue that answers what was raised."""

    def alert(self, alert_id: str) -> Alert | None: ...
    def alerts_heard(self, channel: str, limit: int) -> tuple[Alert, ...]: ...
    def told_on(self, alert_id: str, channel: str) -> tuple[tuple[datetime, Reason], ...]: ...
    def alerts(self, limit: int = 0, story: str = "", *, open_only: bool = False) -> Iterator[Alert]: ...
    def stories(self, limit: int = 50) -> Iterator[Story]: ...
    def story(self, story_id: str) -> Story | None: ...
    def joins(self, story_id: str) -> tuple[tuple[Article, Join], ...]: ...
    def edits_on(self, story_id: str) -> tuple[NotedEdit, ...]: ...
    def silences(self, now: datetime, *, ended: bool = False) -> tuple[Silence, ...]: ...
    def opinions(self, since: datetime | None = None) -> tuple[Opinion, ...]: ...


class WatchedIds(NamedTuple):
    """The ids of what is watched, and of the rules about it."""

    entities: frozenset[str]
    rules: frozenset[str]


def as_stored(alert: Alert, _story: Story, _language: str) -> Quoted:
    """The sentences that the alert was raised with."""
    return Quoted(alert.entities)


async def unedited(_edit: StoryEdit, _author: str) -> StoryEdit:
    """No story is changed by hand where nothing groups."""
    raise UsageError("no stories are grouped here")


@dataclass(frozen=True, slots=True)
class WebDesk:
    """
    Everything the handlers need. *ailments* are the reasons to be unwell, none when well;
    *token* opens the API, which is closed without one; *key* signs links; *hosts* are the names we answer to;
    *zones* answers the time zones of the channels, by their ids, as they are configured now; *retold* quotes for a
    reader of a language what an alert is about, by what its story says now; *watched* answers the ids of the entities
    and of the rules that are configured now, None where nobody knows; *edit* notes and carries out what a person
    says of a story, and raises UsageError where there is no such story or article.
    """

    people: People
    records: Records
    wordings: Mapping[str, Wording]
    ailments: Callable[[], tuple[str, ...]]
    clock: Callable[[], datetime]
    token: str = ""
    key: bytes = b""
    hosts: frozenset[str] = frozenset()
    policy: AlertPolicy = field(default_factory=AlertPolicy)
    zones: Callable[[], Mapping[str, str]] = dict
    retold: Callable[[Alert, Story, str], Quoted] = as_stored
    watched: Callable[[], WatchedIds | None] = lambda: None
    edit: Callable[[StoryEdit, str], Awaitable[StoryEdit]] = unedited

    def zone(self, channel: str) -> str:
        return self.zones().get(channel, "UTC")

    def words(self, language: str) -> Wording:
        return self.wordings.get(language, self.wordings["en"])


DESK: web.AppKey[WebDesk] = web.AppKey("desk", WebDesk)
