"""What people did to stories by hand: merge, split and pin, as commands, the API and pages tell it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import chunks
from monitor.domain.story import EditKind, NotedEdit, StoryEdit, StoryId


class EditRows:
    """The edits of stories, to be read; part of DatabaseCatalogue."""

    database: Database

    def edits_on(self, story_id: str) -> tuple[NotedEdit, ...]:
        """
        What people did to a story and to those that are part of it by now, oldest first.

        A pin holds for the story that it names alone, whatever that one became part of.
        """
        # Here and not above: grouping takes longer to load than most questions to answer.
        from monitor.stages.group import stories_named

        with self.database.read() as connection:
            rows = connection.execute(select(t.story_edits).order_by(t.story_edits.c.seq)).all()
            noted = [
                NotedEdit(StoryEdit(EditKind(row.kind), StoryId(row.story_id), row.other), row.author, row.at)
                for row in rows
            ]
            named = {one: stories_named(one.edit) for one in noted}
            heirs = heirs_of(connection, {key for keys in named.values() for key in keys})
        wanted = StoryId(story_id)
        return tuple(
            one
            for one, keys in named.items()
            if wanted in (keys if one.edit.kind is EditKind.PIN else {heirs.get(key, key) for key in keys})
        )

    def pinned_by(self, story_id: str) -> str:
        """Who said last that a story stays as it is; empty where nobody did."""
        pins = [one.author for one in self.edits_on(story_id) if one.edit.kind is EditKind.PIN]
        return pins[-1] if pins else ""


def standing_alert(connection: Connection, alert_id: str) -> Any:
    """
    The row of an alert, None where there is none; where its story is part of another one by now, of the alert that goes
    on there: what people say to an older message is meant for that one.
    """
    a = t.alerts.c
    row = connection.execute(select(t.alerts).where(a.id == alert_id)).one_or_none()
    heir = heirs_of(connection, [row.story_id]).get(row.story_id) if row is not None else None
    if row is None or heir is None:
        return row
    same = select(t.alerts).where(a.rule_id == row.rule_id, a.story_id == heir)
    return connection.execute(same).one_or_none() or row


def heirs_of(connection: Connection, story_ids: Iterable[StoryId]) -> Mapping[StoryId, StoryId]:
    """Those of these stories that are part of others by now, and what these are part of, each with the last of them."""
    s = t.stories.c
    query = select(s.id, s.merged_into).where(s.merged_into.is_not(None))
    heirs: dict[StoryId, StoryId] = {}
    wanted = set(story_ids)
    while wanted:
        rows = [row for part in chunks(wanted) for row in connection.execute(query.where(s.id.in_(part)))]
        heirs |= {row.id: row.merged_into for row in rows}
        wanted = {row.merged_into for row in rows} - heirs.keys()
    return {story_id: _last_heir(story_id, heirs) for story_id in heirs}


def _last_heir(story_id: StoryId, heirs: Mapping[StoryId, StoryId]) -> StoryId:
    passed = {story_id}
    while story_id in heirs and heirs[story_id] not in passed:
        story_id = heirs[story_id]
        passed.add(story_id)
    return story_id
