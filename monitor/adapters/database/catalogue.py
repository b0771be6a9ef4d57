"""The read-only side of the store: lists, single things, search, and the chain behind a decision."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, or_, select

from monitor.adapters.database import tables as t
from monitor.adapters.database.channel_rows import ChannelRows
from monitor.adapters.database.connect import Database
from monitor.adapters.database.edit_rows import EditRows, standing_alert
from monitor.adapters.database.outbox_rows import find_waiting
from monitor.adapters.database.rows import alert_from, article_from, load, opinion_from, unsqueeze
from monitor.adapters.database.search_index import find_words
from monitor.adapters.database.unread_rows import unread_ids
from monitor.domain.alert import Alert, Reason, Silence, Verdict
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import Feed, FeedState
from monitor.domain.finding import Analysis
from monitor.domain.notification import Notification, OutboxState
from monitor.domain.opinion import Opinion
from monitor.domain.story import Join, Story

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything that led from an article to what was sent or not sent."""

    article: Article
    analysis: Analysis | None
    join: Join | None
    story: Story | None
    verdicts: tuple[Verdict, ...]
    alerts: tuple[Alert, ...]
    notifications: tuple[Mapping[str, Any], ...]


class DatabaseCatalogue(ChannelRows, EditRows):
    """What commands and pages ask; nothing is changed by it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def articles(self, limit: int = 0, feed: str = "", since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
        """What is stored, oldest first, in pages so that no reader holds the store for long."""
        a = t.articles.c
        columns = (
            a.seq, a.id, a.feed_id, a.guid, a.title, a.url, a.published_at, a.first_seen_at, a.language, a.story_id
        )  # fmt: skip
        query = select(*columns).order_by(a.seq)
        if feed:
            query = query.where(a.feed_id == feed)
        if since is not None:
            query = query.where(a.first_seen_at >= since)
        last, given = 0, 0
        while True:
            size = min(_PAGE, limit - given) if limit else _PAGE
            with self.database.read() as connection:
                rows = connection.execute(query.where(a.seq > last).limit(size)).all()
            for row in rows:
                yield _article_fields(row)
            given += len(rows)
            if len(rows) < _PAGE or (limit and given >= limit):
                return
            last = rows[-1].seq

    def full_articles(self, since: datetime) -> Iterator[Article]:
        """Whole articles first seen since then, oldest first, in pages."""
        last = 0
        while True:
            query = select(t.articles).where(t.articles.c.seq > last, t.articles.c.first_seen_at >= since)
            with self.database.read() as connection:
                rows = connection.execute(query.order_by(t.articles.c.seq).limit(_PAGE)).all()
            yield from (article_from(row) for row in rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1].seq

    def article(self, wanted: str) -> Article | None:
        """The article with this id, URL (however it is spelled) or guid; the newest of several."""
        # Here and not above: what normalises takes longer to load than most questions to answer.
        from monitor.stages.normalise.canonical_url import spellings

        a = t.articles.c
        ways = (a.id == wanted, a.url == wanted, a.guid == wanted, a.url.in_(spellings(wanted)))
        with self.database.read() as connection:
            # Not by nothing: articles of files have no URL.
            for way in ways if wanted else ():
                row = connection.execute(select(t.articles).where(way).order_by(a.seq.desc()).limit(1)).one_or_none()
                if row is not None:
                    return article_from(row)
        return None

    def chain(self, wanted: str) -> Chain | None:
        """The whole chain behind an article; None where there is no such article."""
        article = self.article(wanted)
        if article is None:
            return None
        with self.database.read() as connection:
            analysis = connection.execute(
                select(t.analyses.c.data).where(t.analyses.c.article_id == article.id)
            ).one_or_none()
            member = connection.execute(
                select(t.members.c.data, t.members.c.story_id).where(t.members.c.article_id == article.id)
            ).one_or_none()
        story_id = member.story_id if member else ""
        return Chain(
            article,
            unsqueeze(Analysis, analysis.data) if analysis else None,
            load(Join, member.data) if member else None,
            self.story(story_id),
            self.verdicts(story_id),
            tuple(self.alerts(story=story_id)) if story_id else (),
            tuple(self.notifications(story=story_id)) if story_id else (),
        )

    def unread(self) -> tuple[ArticleId, ...]:
        """The articles that the program failed on, the latest first."""
        with self.database.read() as connection:
            return tuple(unread_ids(connection))

    def stories(self, limit: int = 50) -> Iterator[Story]:
        """Stories, newest first."""
        query = select(t.stories.c.data).where(t.stories.c.merged_into.is_(None))
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(t.stories.c.updated_at.desc(), t.stories.c.id).limit(limit)).all()
        yield from (unsqueeze(Story, row.data) for row in rows)

    def story(self, story_id: str) -> Story | None:
        """A story; where it was merged into another, that one."""
        with self.database.read() as connection:
            for _ in range(10):
                row = connection.execute(
                    select(t.stories.c.data, t.stories.c.merged_into).where(t.stories.c.id == story_id)
                ).one_or_none()
                if row is None or row.merged_into is None:
                    return unsqueeze(Story, row.data) if row else None
                story_id = row.merged_into
        return None

    def joins(self, story_id: str) -> tuple[tuple[Article, Join], ...]:
        """The articles of a story with what made each of them join, oldest first."""
        query = (
            select(t.articles, t.members.c.data.label("join"))
            .join(t.members, t.members.c.article_id == t.articles.c.id)
            .where(t.members.c.story_id == story_id)
            .order_by(t.articles.c.published_at, t.articles.c.seq)
        )
        with self.database.read() as connection:
            return tuple((article_from(row), load(Join, row.join)) for row in connection.execute(query))

    def verdicts(self, story_id: str) -> tuple[Verdict, ...]:
        """Every verdict on a story, the newest last."""
        query = (
            select(t.verdicts.c.data)
            .where(t.verdicts.c.story_id == story_id)
            .order_by(t.verdicts.c.last_at, t.verdicts.c.rule_id)
        )
        with self.database.read() as connection:
            return tuple(load(Verdict, row.data) for row in connection.execute(query))

    def alerts(self, limit: int = 0, story: str = "", *, open_only: bool = False) -> Iterator[Alert]:
        """Alerts, newest first: *limit* at most (0: all), of one *story*, those that are not closed."""
        query = select(t.alerts.c.data, t.alerts.c.acknowledged_by).order_by(
            t.alerts.c.updated_at.desc(), t.alerts.c.id
        )
        if story:
            query = query.where(t.alerts.c.story_id == story)
        if open_only:
            query = query.where(t.alerts.c.is_closed.is_(False))
        with self.database.read() as connection:
            rows = connection.execute(query.limit(limit) if limit else query).all()
        yield from (alert_from(row) for row in rows)

    def alert(self, alert_id: str) -> Alert | None:
        """One alert; where its story was merged into another, the one that goes on there."""
        with self.database.read() as connection:
            row = standing_alert(connection, alert_id)
        return alert_from(row) if row else None

    def alerts_heard(self, channel: str, limit: int) -> tuple[Alert, ...]:
        """Alerts that a channel has messages about, those that are open first, then newest first."""
        a, n = t.alerts.c, t.notifications.c
        told = exists().where(n.alert_id == a.id, n.channel == channel)
        query = select(a.data, a.acknowledged_by).where(told).order_by(a.is_closed, a.updated_at.desc(), a.id)
        with self.database.read() as connection:
            return tuple(alert_from(row) for row in connection.execute(query.limit(limit)))

    def told_on(self, alert_id: str, channel: str) -> tuple[tuple[datetime, Reason], ...]:
        """When a channel was told of an alert, and why, oldest first."""
        n = t.notifications.c
        query = select(n.created_at, n.data).where(n.alert_id == alert_id, n.channel == channel).order_by(n.created_at)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        said = ((row.created_at, json.loads(load(Notification, row.data).message.fields)["data"]) for row in rows)
        return tuple((at, Reason(data["reason"])) for at, data in said)

    def notifications(
        self, alert: str = "", story: str = "", state: OutboxState | None = None, limit: int = 0
    ) -> Iterator[Mapping[str, Any]]:
        """Notifications with their state and every attempt, oldest first."""
        n = t.notifications.c
        query: Select[Any] = select(t.notifications).order_by(n.created_at, n.id)
        if story:
            query = query.join(t.alerts, t.alerts.c.id == n.alert_id).where(t.alerts.c.story_id == story)
        if alert:
            query = query.where(n.alert_id == alert)
        if state is not None:
            query = query.where(n.state == state)
        with self.database.read() as connection:
            rows = connection.execute(query.limit(limit) if limit else query).all()
            for row in rows:
                yield _notification_fields(row, _attempts(connection, row.id))

    def lists_naming(self, alerts: Sequence[Alert]) -> tuple[Mapping[str, Any], ...]:
        """Digests and other lists that name one of *alerts*, oldest first, with their state and every attempt."""
        n = t.notifications.c
        named = [n.data.contains(str(alert.id), autoescape=True) for alert in alerts]
        since = min((alert.opened_at for alert in alerts), default=None)
        if since is None:
            return ()
        lists = select(t.notifications).where(n.alert_id.is_(None), n.fold_key == "", n.created_at >= since)
        with self.database.read() as connection:
            rows = connection.execute(lists.where(or_(*named)).order_by(n.created_at, n.id)).all()
            return tuple(_notification_fields(row, _attempts(connection, row.id)) for row in rows)

    def silences(self, now: datetime, *, ended: bool = False) -> tuple[Silence, ...]:
        """Silences that hold, or all of them."""
        query = select(t.silences.c.data).order_by(t.silences.c.ends_at)
        with self.database.read() as connection:
            rows = connection.execute(query if ended else query.where(t.silences.c.ends_at > now))
            return tuple(load(Silence, row.data) for row in rows)

    def opinions(self, since: datetime | None = None) -> tuple[Opinion, ...]:
        """What people said of alerts, the oldest first."""
        query = select(t.opinions).order_by(t.opinions.c.at, t.opinions.c.seq)
        if since is not None:
            query = query.where(t.opinions.c.at >= since)
        with self.database.read() as connection:
            return tuple(opinion_from(row) for row in connection.execute(query))

    def feeds(self) -> tuple[tuple[Feed, FeedState], ...]:
        """Every feed that is polled, with what we remember of it."""
        query = select(t.feeds.c.definition, t.feeds.c.state).where(t.feeds.c.is_enabled).order_by(t.feeds.c.id)
        with self.database.read() as connection:
            return tuple((load(Feed, row.definition), load(FeedState, row.state)) for row in connection.execute(query))

    def search(self, words: str, limit: int = 20) -> tuple[Mapping[str, Any], ...]:
        """Articles that hold all *words*, best first; a word may end in ``*``, and quotes make a phrase."""
        with self.database.read() as connection:
            seqs = find_words(connection, words, limit)
            rows = connection.execute(select(t.articles).where(t.articles.c.seq.in_(seqs))).all()
        rank = {seq: number for number, seq in enumerate(seqs)}
        return tuple(_article_fields(row) for row in sorted(rows, key=lambda row: rank[row.seq]))

    def waiting(self) -> Mapping[str, tuple[int, datetime]]:
        """For each channel with something to send: how many, and when the oldest was due."""
        with self.database.read() as connection:
            return find_waiting(connection)

    def held(self) -> Mapping[str, int]:
        """How many messages are held for each channel: for a digest, for the end of quiet hours or in a list."""
        n = t.notifications.c
        query = select(n.channel, func.count().label("count")).where(n.state == OutboxState.HELD).group_by(n.channel)
        with self.database.read() as connection:
            return {row.channel: row[1] for row in connection.execute(query)}

    def counts(self) -> Mapping[str, int]:
        """Rows by table, for `monitor doctor`."""
        with self.database.read() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in t.metadata.sorted_tables
            }


def _article_fields(row: Any) -> Mapping[str, Any]:
    return {
        "id": row.id,
        "feed": row.feed_id,
        "guid": row.guid,
        "title": row.title,
        "url": row.url,
        "published_at": row.published_at.isoformat(),
        "first_seen_at": row.first_seen_at.isoformat(),
        "language": row.language,
        "story": row.story_id,
    }


def _attempts(connection: Connection, notification_id: str) -> list[dict[str, Any]]:
    d = t.deliveries.c
    query = select(t.deliveries).where(d.notification_id == notification_id).order_by(d.seq)
    return [dict(row._mapping) for row in connection.execute(query)]


def _notification_fields(row: Any, attempts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    notification = load(Notification, row.data)
    return {
        "id": row.id,
        "channel": row.channel,
        "alert": row.alert_id,
        "severity": row.severity,
        "state": row.state,
        "created_at": row.created_at,
        "next_at": row.next_at,
        "attempts": row.attempts,
        "fold_key": row.fold_key,
        "subject": notification.message.subject,
        "deliveries": attempts,
        "fields": json.loads(notification.message.fields or "{}"),
    }
