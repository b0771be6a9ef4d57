"""What people say of alerts, kept with the findings it is about."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from monitor.adapters.database import tables as t
from monitor.adapters.database.connect import Database
from monitor.adapters.database.rows import alert_from, dump
from monitor.adapters.database.writing import insert_new, upsert
from monitor.domain.opinion import Feedback, JudgedFinding
from monitor.stages.decide.feedback import judged_findings


class OpinionRows:
    """Opinions; part of DatabaseStore."""

    database: Database

    def save_feedback(self, feedback: Feedback, now: datetime) -> bool:
        """
        An opinion on an alert, or on what it says of one entity: once for each kind and author, the newest words.

        Returns:
            False where there is no such alert, or it says nothing of that entity.
        """
        with self.database.write() as connection:
            return save_opinion(connection, feedback, now)

    def take_over_feedback(self) -> int:
        """
        Take over what programs of schema 0003, beside which this one came up, wrote since; how many opinions.

        They kept no findings: such an opinion counts for its rule. Said twice, it does nothing.
        """
        with self.database.write() as connection:
            rows = [
                {**row._mapping, "entity_id": "", "findings": dump((), tuple[JudgedFinding, ...])}
                for row in connection.execute(select(*(c for c in t.feedback.c if c.name != "seq")))
            ]
            connection.execute(delete(t.feedback))
            return insert_new(connection, t.opinions, rows) if rows else 0


def save_opinion(connection: Connection, feedback: Feedback, now: datetime) -> bool:
    """The same within a transaction."""
    row = connection.execute(select(t.alerts).where(t.alerts.c.id == feedback.alert_id)).one_or_none()
    findings = judged_findings(alert_from(row), feedback.entity_id) if row is not None else ()
    if row is None or (feedback.entity_id is not None and not findings):
        return False
    opinion = {
        "alert_id": feedback.alert_id,
        "rule_id": row.rule_id,
        "kind": str(feedback.kind),
        "author": feedback.author,
        "entity_id": feedback.entity_id or "",
        "comment": feedback.comment,
        "findings": dump(findings, tuple[JudgedFinding, ...]),
        "at": now,
    }
    upsert(connection, t.opinions, [opinion], ["alert_id", "kind", "author", "entity_id"])
    return True
