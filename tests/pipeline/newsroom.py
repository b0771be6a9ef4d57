"""
A newsroom for tests of alerts: articles whose meaning is scripted, and everything behind detection as it is.

The store, grouping, judging, the outbox, the lanes and their senders are the real ones; the clock is set by the test.
"""

import asyncio
import functools
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.adapters.packaged.messages import load_wordings
from monitor.adapters.senders.open_sender import open_sender
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import Feed, FeedId
from monitor.domain.finding import Analysis, Attack, AttackType, Finding, Role, Span, Status
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.notification import Channel, ChannelId, ChannelKind
from monitor.domain.policy import AlertPolicy, DeliveryPolicy
from monitor.domain.watchlist import EntityId, Rule
from monitor.entrypoints.upkeep import fold_held, upkeep
from monitor.pipeline import Desk, Lane, assess, deliver
from monitor.ports import Poll
from monitor.stages.channels.route import ways_of
from monitor.stages.decide.judge import Bench
from monitor.stages.group import FactReader, Fingerprint, GroupWindow
from monitor.stages.read_article import ReadArticle, ReadBatch
from monitor.stages.story.summary import Background
from tests.builders import NOW
from tests.stores import open_database

_FEED = Feed(FeedId("desk"), "https://desk.example/feed.xml", rings_always=False)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
WORDINGS = load_wordings()
BOTH = ["acme", "zeta"]
reader: Callable[[], FactReader] = functools.cache(lambda: load_fact_reader(GroupPolicy()))


def to_file(name: str, folder: Path, **more: object) -> Channel:
    """A channel that writes to a file of that name."""
    fields: dict[str, object] = {"is_default": True, **more}
    return Channel(ChannelId(name), ChannelKind.FILE, target=str(folder / f"{name}.jsonl"), **fields)


@dataclass
class Newsroom:
    """One installation. ``now`` is the time; nothing moves but by the test's hand."""

    folder: Path
    rules: Sequence[Rule]
    channels: Sequence[Channel]
    now: datetime = NOW
    policy: AlertPolicy = field(default_factory=AlertPolicy)
    tags: Mapping[EntityId, frozenset[str]] = field(default_factory=dict)
    url: str = ""
    _scripts: dict[ArticleId, tuple[str, Analysis]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.database = open_database(self.url or f"sqlite:///{self.folder / 'monitor.db'}", self.now)
        self.store = DatabaseStore(self.database)
        self.catalogue = DatabaseCatalogue(self.database)
        self.store.sync_feeds([_FEED], _LONG_AGO)
        self.configure(self.rules, self.channels)

    def configure(self, rules: Sequence[Rule], channels: Sequence[Channel]) -> None:
        """Take up other rules and channels, as a reload does."""
        self.rules, self.channels = rules, channels
        timeless = frozenset({FeedId("seeds")})
        names = {name: str(name).title() for rule in rules for name in rule.entity_ids}
        self.bench = Bench(
            tuple(rules),
            tuple(channels),
            self.tags,
            Background(names, reader(), timeless),
            self.policy,
            WORDINGS,
            ways=ways_of(rules, channels, self.tags),
        )
        group = GroupPolicy()
        self.desk = Desk(
            self.store,
            self._read,
            lambda: GroupWindow(group, load_group_weights(), {}),
            group,
            self.bench,
        )
        self.lanes = {channel.id: self._lane(channel) for channel in channels}

    def restart(self) -> None:
        """The process ends, as by a kill, and starts again on the same store."""
        self.close()
        self.start()

    def close(self) -> None:
        self.database.close()

    def _lane(self, channel: Channel) -> Lane:
        policy = DeliveryPolicy(send_timeout=timedelta(seconds=20))
        sender = open_sender(channel, policy, allowed=("127.0.0.0/8",), stream=StringIO(), user_agent="test")
        return Lane(channel, sender)

    def wait(self, **span: float) -> None:
        """Let time pass, or run back."""
        self.now += timedelta(**span)

    def tell(
        self,
        key: str,
        event: str = "one",
        *,
        roles: Mapping[str, Role] | None = None,
        status: Status | None = Status.ALLEGED,
        kind: AttackType = AttackType.RANSOMWARE,
        text: str = "",
        **more: object,
    ) -> None:
        """An article that arrives now: on an event, with what it says of whom."""
        self._save([self._article(key, event, roles, status, kind, text, more)])

    def tell_many(self, news: Iterable[tuple[str, str]], **more: object) -> None:
        """Articles that arrive in one document, each with its event."""
        written = (
            self._article(key, event, None, Status.ALLEGED, AttackType.RANSOMWARE, "", more) for key, event in news
        )
        self._save(list(written))

    def _article(
        self,
        key: str,
        event: str,
        roles: Mapping[str, Role] | None,
        status: Status | None,
        kind: AttackType,
        text: str,
        more: Mapping[str, object],
    ) -> Article:
        roles = roles if roles is not None else {"acme": Role.VICTIM}
        at = self.now
        title = f"{' and '.join(name.title() for name in roles) or 'Nobody'} in the news: {key}"
        fields: dict[str, object] = {
            "feed_id": _FEED.id, "language": "en", "owner": f"{key}.example", "published_at": at, "first_seen_at": at,
            "content_hash": f"{key} {title} {text} {status} {roles}", **more,
        }  # fmt: skip
        article = Article(
            id=ArticleId(key),
            guid=key,
            url=f"https://{key}.example/{event}",
            title=title,
            text=text or f"It is about {event}.",
            **fields,
        )
        self._scripts[article.id] = (event, _analysis(article, roles, status, kind))
        return article

    def _save(self, articles: Sequence[Article]) -> None:
        ((_, state),) = self.store.claim_due_feeds(self.now, 9, timedelta(0))
        self.store.save_polls([Poll(replace(state, next_check_at=_LONG_AGO), tuple(articles))], self.now)

    def assess(self, limit: int = 256) -> None:
        """Everything that came in, as the assess beat does it."""
        while assess(self.now, self.desk, limit).articles:
            pass

    async def deliver(self) -> None:
        """Everything that is due, as the deliver beat does it."""
        fold_held(self.store, self.bench, self.now)
        for lane in self.lanes.values():
            while (await deliver(lambda: self.now, self.store, lane, DeliveryPolicy())).delivered:
                pass

    async def later(self, **span: float) -> None:
        """Time passes, then everything due is done once."""
        self.wait(**span)
        self.assess()
        upkeep(self.store, self.desk, self.now)
        await self.deliver()

    async def close_lanes(self) -> None:
        await asyncio.gather(*(lane.sender.close() for lane in self.lanes.values()))

    def said(self, channel: str = "log") -> list[dict[str, Any]]:
        """What arrived on a file channel: the whole objects, oldest first."""
        path = self.folder / f"{channel}.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def told(self, channel: str = "log") -> list[str]:
        """The same in short: ``opened``, ``updated: role-stronger status-stronger``, ``digest: 3``."""
        return [_short(one) for one in self.said(channel)]

    def reasons(self) -> set[str]:
        """Every reason that any verdict ever had."""
        stories = {alert.story_id for alert in self.catalogue.alerts()} | {one.id for one in self.catalogue.stories()}
        return {str(verdict.reason) for story in stories for verdict in self.catalogue.verdicts(story)}

    def _read(self, articles: Sequence[Article], _: Collection[ArticleId]) -> ReadBatch:
        return ReadBatch(tuple(ReadArticle(one, self._scripts[one.id][1], self._fingerprint(one)) for one in articles))

    def _fingerprint(self, article: Article) -> Fingerprint:
        event = self._scripts[article.id][0]
        facts = tuple((f"n:{event} {number}", 1.0) for number in range(8))
        return Fingerprint(article.id, article.published_at, article.language, facts, origin=article.owner)


Open = Callable[..., Newsroom]


async def settle(room: Newsroom) -> None:
    """What arrived is told, if it is to be told at all."""
    await room.later(seconds=0)
    await room.later(minutes=5)


async def first_told(room: Newsroom, **what: object) -> None:
    """The first article, told."""
    room.tell("first", **what)
    await settle(room)
    assert room.told() == ["opened"]


def _analysis(article: Article, roles: Mapping[str, Role], status: Status | None, kind: AttackType) -> Analysis:
    findings = tuple(
        Finding(EntityId(name), role, 0.9, tuple(_spans(article, name.title()))) for name, role in roles.items()
    )
    victims = tuple(name for name, role in roles.items() if role is Role.VICTIM)
    attacks = (Attack(kind, status, victims, 0.9, ()),) if status is not None else ()
    under = tuple(EntityId(name) for name in victims if status in {Status.CONFIRMED, Status.ALLEGED})
    return Analysis(article.id, article.language, findings, attacks, under)


def _spans(article: Article, name: str) -> Iterable[Span]:
    for where, body in (("title", article.title), ("text", article.text)):
        if (at := body.find(name)) >= 0:
            yield Span(where, at, at + len(name), name)


def _short(one: Mapping[str, Any]) -> str:
    kind = str(one["type"]).removeprefix("monitor.").removeprefix("alert.")
    data = one["data"]
    if "alerts" in data:
        return f"{kind}: {len(data['alerts'])}"
    changes = " ".join(data.get("changes", ()))
    return f"{kind}: {changes}" if kind == "updated" else kind
