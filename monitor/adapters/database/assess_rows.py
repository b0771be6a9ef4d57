"""The assess side of the store: pending articles in, and everything decided about them out, in one transaction."""

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    or_,
    select,
    update,
)

from monitor.adapters.database import tables as t
from monitor.adapters.database.assessment_writing import write_assessment
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import alert_from, article_from, chunks, load, unsqueeze
from monitor.adapters.database.writing import insert_new, upsert
from monitor.domain.alert import Alert, AlertId, Silence
from monitor.domain.article import Article, ArticleId
from monitor.domain.errors import StoreError
from monitor.domain.finding import Analysis
from monitor.domain.notification import Notification, OutboxState, Sent
from monitor.domain.story import Join, StoryId
from monitor.domain.watchlist import Severity
from monitor.ports import Assessment, StoredMember, StoryRecord

_LANE = "assess-lane"
_SAVES = "assess-saves"
# A feed that has more than one part in so many of what waits floods us; so far it is looked past those that do.
_FEWEST_FEEDS, _LOOK_AHEAD = 8, 20_000
_READ_AT_ONCE = 2_000


class AssessRows:
    """Articles to assess and what came of them; part of DatabaseStore."""

    database: Database

    def take_unassessed(self, limit: int) -> tuple[Article, ...]:
        """
        Articles that nobody assessed yet: what may ring before history, else in the order in which they came.

        Where feeds flood us, half of the places are for what others brought after them.
        """
        query = select(t.articles).where(t.articles.c.is_pending).order_by(t.articles.c.seq)
        with self.database.read() as connection:
            rows = list(connection.execute(query.where(t.articles.c.rings).limit(limit)))
            if len(rows) < limit:
                rows += connection.execute(query.where(~t.articles.c.rings).limit(limit - len(rows)))
            else:
                rows = _shared(connection, rows, limit)
        return tuple(map(_pending_read, rows))

    def coming_history(self, taken: Sequence[Article]) -> tuple[Article, ...]:
        """As much of history as *taken* holds articles: what comes after them where nothing new rings."""
        query = select(t.articles).where(t.articles.c.is_pending, ~t.articles.c.rings).order_by(t.articles.c.seq)
        done = sum(not article.rings for article in taken)
        with self.database.read() as connection:
            return tuple(map(_pending_read, connection.execute(query.offset(done).limit(len(taken)))))

    def load_window(self, since: datetime, after: int = 0, most: int = 0) -> Iterator[StoredMember]:
        """
        What grouping must remember: members of stories since then, in the order in which they were saved.

        With *after*, the number of a save, only those that came or changed in later saves; with *most*, those
        of the last saves that hold so many. Read a part at a time, since there may be 100,000 of them.
        """
        m = t.members.c
        query = select(t.members).where(m.at >= since).order_by(m.saved, m.at, m.article_id).limit(_READ_AT_ONCE)
        if most:
            newest = select(m.saved).where(m.at >= since).order_by(m.saved.desc()).offset(most - 1).limit(1)
            with self.database.read() as connection:
                after = max(after, (connection.execute(newest).scalar_one_or_none() or 0) - 1)
        page = query.where(m.saved > after) if after else query
        while True:
            with self.database.read() as connection:
                rows = connection.execute(page).all()
            yield from map(_member, rows)
            if len(rows) < _READ_AT_ONCE:
                return
            last = rows[-1]
            same_moment = and_(m.at == last.at, m.article_id > last.article_id)
            # The first condition is for the index: the second one alone would read all rows for each page.
            page = query.where(m.saved >= last.saved, or_(m.saved > last.saved, m.at > last.at, same_moment))

    def stories_of(self, article_ids: Sequence[ArticleId]) -> Mapping[ArticleId, StoryId]:
        """The story of each of these articles that stands in one."""
        m = t.members.c
        found: dict[ArticleId, StoryId] = {}
        with self.database.read() as connection:
            for part in chunks(article_ids):
                for row in connection.execute(select(m.article_id, m.story_id).where(m.article_id.in_(part))):
                    found[ArticleId(row.article_id)] = StoryId(row.story_id)
        return found

    def load_stories(self, story_ids: Sequence[StoryId]) -> Mapping[StoryId, StoryRecord]:
        """Stories with their articles, analyses and joins; articles oldest first."""
        found: dict[StoryId, tuple[list[Article], list[Analysis], list[Join]]] = {}
        query = (
            select(t.articles, t.analyses.c.data.label("analysis"), t.members.c.data.label("join"))
            .join(t.members, t.members.c.article_id == t.articles.c.id)
            .outerjoin(t.analyses, t.analyses.c.article_id == t.articles.c.id)
            .order_by(t.articles.c.published_at, t.articles.c.seq)
        )
        with self.database.read() as connection:
            for part in chunks(story_ids):
                for row in connection.execute(query.where(t.members.c.story_id.in_(part))):
                    articles, analyses, joins = found.setdefault(StoryId(row.story_id), ([], [], []))
                    article, analysis, join = _member_read(row)
                    articles.append(article)
                    joins.append(join)
                    analyses += [analysis] if analysis is not None else []
        return {key: StoryRecord(key, tuple(a), tuple(n), tuple(j)) for key, (a, n, j) in found.items()}

    def load_alerts(self, story_ids: Sequence[StoryId]) -> tuple[Alert, ...]:
        """The alerts of these stories, closed ones included."""
        found: list[Alert] = []
        with self.database.read() as connection:
            for part in chunks(story_ids):
                query = select(t.alerts).where(t.alerts.c.story_id.in_(part)).order_by(t.alerts.c.opened_at)
                found += [alert_from(row) for row in connection.execute(query)]
        return tuple(found)

    def load_messages(self, alert_ids: Sequence[AlertId]) -> tuple[Sent, ...]:
        """Every message about these alerts that somebody saw or may see, the oldest first."""
        found: list[Sent] = []
        n = t.notifications.c
        with self.database.read() as connection:
            for part in chunks(alert_ids):
                query = select(n.data, n.alert_id, n.state, n.attempts).where(
                    n.alert_id.in_(part), n.state != OutboxState.WITHDRAWN
                )
                for row in connection.execute(query.order_by(n.created_at, n.id)):
                    untried = row.state in {OutboxState.PENDING, OutboxState.HELD} and row.attempts == 0
                    is_dead = row.state == OutboxState.DEAD
                    # Where stories were made one, it is about another alert than when it was written.
                    notification = replace(load(Notification, row.data), alert_id=row.alert_id)
                    found.append(Sent(notification, untried, is_dead))
        return tuple(found)

    def sent_since(self, since: datetime) -> Mapping[str, tuple[tuple[datetime, Severity], ...]]:
        """For each channel when single messages were put into its outbox, and how severe they were."""
        n = t.notifications.c
        query = select(n.channel, n.created_at, n.severity)
        query = query.where(n.created_at >= since, n.fold_key == "", n.alert_id.is_not(None))
        found: dict[str, list[tuple[datetime, Severity]]] = {}
        with self.database.read() as connection:
            for row in connection.execute(query.order_by(n.created_at.desc()).limit(50_000)):
                found.setdefault(row.channel, []).append((row.created_at, Severity(row.severity)))
        return {channel: tuple(moments) for channel, moments in found.items()}

    def due_revisits(self, now: datetime) -> tuple[StoryId, ...]:
        """Stories to decide on again by now."""
        query = select(t.revisits.c.story_id).where(t.revisits.c.at <= now).order_by(t.revisits.c.at).limit(500)
        with self.database.read() as connection:
            return tuple(StoryId(row.story_id) for row in connection.execute(query))

    def quiet_alerts(self, before: datetime, limit: int) -> tuple[Alert, ...]:
        """Open alerts whose story has had no article since *before*."""
        query = (
            select(t.alerts.c.data, t.alerts.c.acknowledged_by)
            .join(t.stories, t.stories.c.id == t.alerts.c.story_id)
            .where(t.alerts.c.is_closed.is_(False), t.stories.c.updated_at < before)
            .limit(limit)
        )
        with self.database.read() as connection:
            return tuple(alert_from(row) for row in connection.execute(query))

    def load_silences(self, now: datetime) -> tuple[Silence, ...]:
        """Silences that have not ended."""
        query = select(t.silences.c.data).where(t.silences.c.ends_at > now).order_by(t.silences.c.ends_at)
        with self.database.read() as connection:
            return tuple(load(Silence, row.data) for row in connection.execute(query))

    def take_lane(self, token: str) -> int:
        """Become the one that assesses; the number of the last save, by whomever it was."""
        with self.database.write() as connection:
            upsert(connection, t.marks, [{"key": _LANE, "value": token}], ["key"])
            saves = self._saves(connection)
            # Written by a worker of schema 0002, which knows nothing of saves: they are one of their own.
            unnumbered = update(t.members).where(t.members.c.saved == 0).values(saved=saves + 1)
            if connection.execute(unnumbered).rowcount > 0:
                saves += 1
                upsert(connection, t.marks, [{"key": _SAVES, "value": str(saves)}], ["key"])
            return saves

    def save_assessment(self, assessment: Assessment, now: datetime, lane: str = "") -> int:
        """
        All of it or nothing; saving the same twice changes nothing.

        Returns:
            The number of this save.

        Raises:
            StoreError: *lane* is given and somebody else has taken it: a worker that slept must not save.
        """
        with self.database.write() as connection:
            if lane:
                held = select(t.marks.c.value).where(t.marks.c.key == _LANE).with_for_update()
                if connection.execute(held).scalar_one_or_none() != lane:
                    raise StoreError("another worker assesses by now: what this one found is found again there")
            save = self._saves(connection) + 1
            upsert(connection, t.marks, [{"key": _SAVES, "value": str(save)}], ["key"])
            write_assessment(connection, assessment, now, save)
            return save

    def _saves(self, connection: Connection) -> int:
        """The number of the last save, which nobody else can raise before this transaction ends."""
        insert_new(connection, t.marks, [{"key": _SAVES, "value": "0"}])
        query = select(t.marks.c.value).where(t.marks.c.key == _SAVES).with_for_update()
        return int(connection.execute(query).scalar_one())


@functools.lru_cache(512)
def _pending_read(row: Row[Any]) -> Article:
    """An article that waits; it may be looked at ahead of its turn, and again when this comes."""
    return article_from(row)


@functools.lru_cache(2_000)
def _member_read(row: Row[Any]) -> tuple[Article, Analysis | None, Join]:
    """An article of a story; while a story grows, the same rows are read again with each new one."""
    analysis = None if row.analysis is None else unsqueeze(Analysis, row.analysis)
    return article_from(row), analysis, load(Join, row.join)


def _shared(connection: Connection, rows: list[Row[Any]], limit: int) -> list[Row[Any]]:
    """*rows*, the latest of which give way to articles of feeds that are not those that flood us."""
    a = t.articles.c
    many = [feed for feed, count in Counter(row.feed_id for row in rows).items() if count * _FEWEST_FEEDS > limit]
    if not many:
        return rows
    waiting = select(a.seq).where(a.is_pending, a.rings, a.seq > rows[-1].seq).order_by(a.seq).limit(_LOOK_AHEAD)
    others = select(t.articles).where(a.seq.in_(waiting.scalar_subquery()), a.feed_id.not_in(many))
    found = list(connection.execute(others.order_by(a.seq).limit(limit // 2)))
    return rows[: limit - len(found)] + found


def _member(row: Any) -> StoredMember:
    return StoredMember(ArticleId(row.article_id), StoryId(row.story_id), row.fingerprint, row.at)
