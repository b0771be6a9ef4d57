"""What was decided about articles, as rows: written in the transaction of whoever saves it."""

import dataclasses
import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    String,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from monitor.adapters.database import tables as t
from monitor.adapters.database.rows import chunks, dump, load, squeeze
from monitor.adapters.database.unread_rows import note_unread
from monitor.adapters.database.writing import insert_into, put_notifications, upsert, waiting_row, write_rows
from monitor.domain.alert import Alert, AlertId, Reason, Silence, Verdict
from monitor.domain.article import ArticleId
from monitor.domain.notification import NotificationId, OutboxState, Rewording
from monitor.domain.story import Story, StoryId
from monitor.ports import Assessment

_UNKNOWN = "und"
_ANY_REVISION = 2**31 - 1
_SETTLE = (
    update(t.articles)
    .where(t.articles.c.id == bindparam("key"))
    .values(
        is_pending=and_(
            t.articles.c.is_pending,
            or_(bindparam("left", type_=Boolean), t.articles.c.revision > bindparam("read", type_=Integer)),
        ),
        language=case((t.articles.c.language == _UNKNOWN, bindparam("spoken")), else_=t.articles.c.language),
        story_id=func.coalesce(bindparam("home", type_=String), t.articles.c.story_id),
    )
)


def write_assessment(connection: Connection, assessment: Assessment, now: datetime, save: int) -> None:
    """All of it; *save* numbers what it changes of stories. Writing the same twice changes nothing."""
    _save_analyses(connection, assessment, now)
    _save_members(connection, assessment, save)
    _settle_articles(connection, assessment)
    _save_stories(connection, assessment.stories)
    for gone, kept in assessment.merged:
        _merge(connection, gone, kept, save)
    _take_back(connection, assessment.unsaid)
    _save_verdicts(connection, assessment.verdicts)
    _save_alerts(connection, assessment.alerts)
    put_notifications(connection, assessment.notifications)
    _retell(connection, assessment.retold)
    _rewrite(connection, assessment.rewritten)
    _withdraw(connection, assessment.withdrawn)
    _save_revisits(connection, assessment)


def _save_analyses(connection: Connection, assessment: Assessment, now: datetime) -> None:
    rows = [
        {
            "article_id": analysis.article_id,
            "at": now,
            "is_attack": bool(analysis.attacks),
            "data": squeeze(analysis),
        }
        for analysis in assessment.analyses
    ]
    upsert(connection, t.analyses, rows, ["article_id"])
    note_unread(connection, assessment.analyses, now)


def _settle_articles(connection: Connection, assessment: Assessment) -> None:
    """Note in each article's own row that it was assessed, its story, and its language where it had none."""
    spoken = {ArticleId(one.article_id): one.language for one in assessment.analyses}
    homes = {join.article_id: join.story_id for join in assessment.joins}
    done = dict.fromkeys(assessment.done)
    # Once for each row: it holds the whole text.
    rows = [
        {
            "key": key,
            "spoken": spoken.get(key, _UNKNOWN),
            "home": homes.get(key),
            "left": key not in done,
            "read": assessment.revisions.get(key, _ANY_REVISION),
        }
        for key in done | spoken | homes
    ]
    write_rows(connection, _SETTLE, rows)


def _save_members(connection: Connection, assessment: Assessment, save: int) -> None:
    joins = {join.article_id: join for join in assessment.joins}
    rows = [
        {
            "article_id": member.article_id,
            "story_id": member.story_id,
            "at": member.at,
            "saved": save,
            "fingerprint": member.fingerprint,
            "score": joins[member.article_id].score,
            "data": dump(joins[member.article_id]),
        }
        for member in assessment.fingerprints
        if member.article_id in joins
    ]
    upsert(connection, t.members, rows, ["article_id"])
    known = {member.article_id for member in assessment.fingerprints}
    for join in assessment.joins:
        if join.article_id not in known:
            connection.execute(
                update(t.members)
                .where(t.members.c.article_id == join.article_id)
                .values(story_id=join.story_id, saved=save, score=join.score, data=dump(join))
            )


def _save_stories(connection: Connection, stories: Sequence[Story]) -> None:
    rows = [
        {
            "id": story.id,
            "state": str(story.state),
            "headline": story.headline,
            "first_reported_at": story.first_reported_at,
            "updated_at": story.updated_at,
            "merged_into": None,
            "data": squeeze(story),
        }
        for story in stories
    ]
    upsert(connection, t.stories, rows, ["id"])


def _merge(connection: Connection, gone: StoryId, kept: StoryId, save: int) -> None:
    """The articles of *gone* belong to *kept* from now on, and what people wished of it holds there."""
    connection.execute(update(t.members).where(t.members.c.story_id == gone).values(story_id=kept, saved=save))
    connection.execute(update(t.articles).where(t.articles.c.story_id == gone).values(story_id=kept))
    connection.execute(update(t.stories).where(t.stories.c.id == gone).values(merged_into=kept))
    for row in connection.execute(select(t.silences.c.id, t.silences.c.data)).all():
        silence = load(Silence, row.data)
        if silence.story_id == gone:
            moved = dump(dataclasses.replace(silence, story_id=kept))
            connection.execute(update(t.silences).where(t.silences.c.id == row.id).values(data=moved))


def _rewrite(connection: Connection, rewritten: Sequence[Rewording]) -> None:
    n = t.notifications.c
    for wording in rewritten:
        newer = wording.notification
        result = connection.execute(
            update(t.notifications)
            .where(n.id == newer.id, n.attempts == 0)
            .where(n.state.in_([OutboxState.PENDING, OutboxState.HELD]))
            .values(data=dump(newer), severity=str(newer.severity), **waiting_row(newer))
        )
        # It left while this was being decided: what is new in it follows as a message of its own.
        if result.rowcount == 0 and wording.otherwise is not None:
            put_notifications(connection, [wording.otherwise])


def _take_back(connection: Connection, alert_ids: Sequence[AlertId]) -> None:
    """These alerts were never raised: no verdict spoke."""
    v, a = t.verdicts.c, t.alerts.c
    for part in chunks(alert_ids):
        theirs = exists().where(a.id.in_(part), a.rule_id == v.rule_id, a.story_id == v.story_id)
        spoken = v.reason.in_([str(reason) for reason in Reason if reason.speaks])
        connection.execute(delete(t.verdicts).where(spoken, theirs))
        connection.execute(delete(t.alerts).where(a.id.in_(part)))


def _retell(connection: Connection, retold: Sequence[tuple[AlertId, AlertId]]) -> None:
    n = t.notifications.c
    for gone, kept in retold:
        connection.execute(update(t.notifications).where(n.alert_id == gone).values(alert_id=kept))


def _withdraw(connection: Connection, notification_ids: Sequence[NotificationId]) -> None:
    n = t.notifications.c
    for part in chunks(notification_ids):
        connection.execute(
            update(t.notifications)
            .where(n.id.in_(part), n.attempts == 0, n.state.in_([OutboxState.PENDING, OutboxState.HELD]))
            # Nobody is to think that its list has left with it.
            .values(state=OutboxState.WITHDRAWN, fold_key="")
        )


def _save_revisits(connection: Connection, assessment: Assessment) -> None:
    for part in chunks(assessment.revisited):
        connection.execute(delete(t.revisits).where(t.revisits.c.story_id.in_(part)))
    # Each of several rules has its pause: the first to end is asked first, and plans the next.
    soonest: dict[StoryId, datetime] = {}
    for story_id, at in assessment.revisits:
        soonest[story_id] = min(at, soonest.get(story_id, at))
    rows = [{"story_id": story_id, "at": at} for story_id, at in soonest.items()]
    upsert(connection, t.revisits, rows, ["story_id"])


def _save_verdicts(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    rows = [
        {
            "rule_id": verdict.rule_id,
            "story_id": verdict.story_id,
            "reason": str(verdict.reason),
            "severity": str(verdict.severity),
            "first_at": verdict.decided_at,
            "last_at": verdict.decided_at,
            "times": 1,
            "data": dump(verdict),
        }
        for verdict in verdicts
    ]
    write_rows(connection, _verdict_again(insert_into(connection, t.verdicts)), rows)


def _save_alerts(connection: Connection, alerts: Sequence[Alert]) -> None:
    rows = [
        {
            "id": alert.id,
            "rule_id": alert.rule_id,
            "story_id": alert.story_id,
            "severity": str(alert.severity),
            "version": alert.version,
            "opened_at": alert.opened_at,
            "updated_at": alert.updated_at,
            "is_closed": alert.is_closed,
            "acknowledged_by": alert.acknowledged_by,
            "data": dump(alert),
        }
        for alert in alerts
    ]
    # Who takes care of it is said by people, perhaps while this was decided: their column stays as it is.
    upsert(connection, t.alerts, rows, ["id"], kept=["acknowledged_by"])


@functools.cache
def _verdict_again(insert: Any) -> Any:
    # The same verdict again is one row with a count: `why` needs to know that it was taken and when.
    newest = {
        "severity": insert.excluded.severity,
        "last_at": insert.excluded.last_at,
        "times": t.verdicts.c.times + 1,
        "data": insert.excluded.data,
    }
    return insert.on_conflict_do_update(index_elements=["rule_id", "story_id", "reason"], set_=newest)
