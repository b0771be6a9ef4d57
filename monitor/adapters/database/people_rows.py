"""What people said: silences, acknowledgements, edits of stories."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, update

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.edit_rows import heirs_of, standing_alert
from monitor.adapters.database.opinion_rows import save_opinion
from monitor.adapters.database.rows import dump, load
from monitor.adapters.database.writing import upsert
from monitor.domain.alert import Alert, AlertId, Silence
from monitor.domain.notification import OutboxState
from monitor.domain.opinion import Feedback, OpinionKind
from monitor.domain.story import EditKind, StoryEdit, StoryId


class PeopleRows:
    """Wishes and opinions; part of DatabaseStore."""

    database: Database

    def save_silence(self, silence: Silence) -> None:
        """
        Save a silence, or change the one with its id.

        Stories of which something waits to be told are judged anew: nobody may have heard of them yet.
        """
        row = {
            "id": silence.id,
            "author": silence.author,
            "created_at": silence.created_at,
            "ends_at": silence.ends_at,
            "data": dump(silence),
        }
        with self.database.write() as connection:
            upsert(connection, t.silences, [row], ["id"])
            stories = connection.execute(_untold_stories()).scalars().all()
            rows = [{"story_id": story_id, "at": silence.created_at} for story_id in stories]
            upsert(connection, t.revisits, rows, ["story_id"])

    def end_silence(self, silence_id: str, now: datetime) -> bool:
        """End a silence now; False where there is none that still holds."""
        with self.database.write() as connection:
            row = connection.execute(
                select(t.silences.c.data).where(t.silences.c.id == silence_id, t.silences.c.ends_at > now)
            ).one_or_none()
            if row is None:
                return False
            ended = dataclasses.replace(load(Silence, row.data), ends_at=now)
            connection.execute(
                update(t.silences).where(t.silences.c.id == silence_id).values(ends_at=now, data=dump(ended))
            )
            return True

    def acknowledge(self, alert_id: AlertId, author: str, now: datetime) -> bool:
        """Note who has taken an alert on; False where there is no such alert."""
        with self.database.write() as connection:
            row = standing_alert(connection, alert_id)
            if row is None:
                return False
            alert_id = AlertId(row.id)
            alert = dataclasses.replace(load(Alert, row.data), acknowledged_by=author)
            connection.execute(
                update(t.alerts)
                .where(t.alerts.c.id == alert_id)
                .values(acknowledged_by=author, acknowledged_at=now, data=dump(alert))
            )
            return save_opinion(connection, Feedback(alert_id, OpinionKind.ACKNOWLEDGE, author), now)

    def save_story_edit(self, edit: StoryEdit, author: str, now: datetime) -> None:
        """Note a person's word on stories; it holds from then on."""
        row = {"kind": str(edit.kind), "story_id": edit.story_id, "other": edit.other, "author": author, "at": now}
        with self.database.write() as connection:
            connection.execute(t.story_edits.insert(), row)

    def end_pin(self, story_id: StoryId) -> bool:
        """Take back that a story stays as it is; False where nobody pinned it."""
        e = t.story_edits.c
        pinned = delete(t.story_edits).where(e.kind == str(EditKind.PIN), e.story_id == story_id)
        with self.database.write() as connection:
            return bool(connection.execute(pinned).rowcount)

    def load_story_edits(self) -> tuple[StoryEdit, ...]:
        """All that people said of stories, oldest first."""
        e = t.story_edits.c
        with self.database.read() as connection:
            rows = connection.execute(select(e.kind, e.story_id, e.other).order_by(e.seq))
            return tuple(StoryEdit(EditKind(row.kind), StoryId(row.story_id), row.other) for row in rows)

    def story_heirs(self) -> Mapping[StoryId, StoryId]:
        """The stories that people spoke of and that are part of others by now, with these."""
        with self.database.read() as connection:
            return heirs_of(connection, connection.execute(select(t.story_edits.c.story_id).distinct()).scalars().all())


def _untold_stories() -> Any:
    """The stories of alerts about which a message waits that was never tried."""
    n = t.notifications.c
    waits = and_(n.state.in_([OutboxState.PENDING, OutboxState.HELD]), n.attempts == 0)
    return select(t.alerts.c.story_id).join(t.notifications, n.alert_id == t.alerts.c.id).where(waits).distinct()
