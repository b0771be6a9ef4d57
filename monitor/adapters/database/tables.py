"""
The tables. Times are microseconds since 1970 in UTC, so that both databases compare them alike.

Columns that are asked for have their own place; the rest of a noun lies beside them as JSON.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970; a naive one is a bug and refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be stored: {value}")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


# SQLite numbers rows by itself only where the key is an INTEGER.
_Sequence = BigInteger().with_variant(Integer, "sqlite")

feeds = Table(
    "feeds",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", Text, nullable=False),
    Column("host", String, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("next_check_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("epoch", BigInteger, nullable=False, default=0),
    Column("health", String, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("definition", Text, nullable=False),
    Column("state", Text, nullable=False),
    Index("feeds_due", "is_enabled", "next_check_at"),
    Index("feeds_due_of_shard", "shard", "next_check_at"),
)

# What was seen where: one row for each item of each feed, kept after the article is pruned, so that
# an old item that comes back is not taken for a new one.
sightings = Table(
    "sightings",
    metadata,
    Column("feed_id", String, primary_key=True),
    Column("identity", String, primary_key=True),
    Column("article_id", String, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("sightings_article", "article_id"),
)

articles = Table(
    "articles",
    metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("feed_id", String, nullable=False),
    Column("guid", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("language", String, nullable=False),
    Column("author", Text, nullable=False),
    Column("owner", String, nullable=False),
    Column("date_flag", String, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("rings", Boolean, nullable=False),
    Column("is_pending", Boolean, nullable=False),
    Column("story_id", String),
    Column("body", LargeBinary, nullable=False),
    Index("articles_waiting", "is_pending", "rings", "seq"),
    Index("articles_story", "story_id"),
    Index("articles_url", "url"),
    Index("articles_seen", "first_seen_at"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

analyses = Table(
    "analyses",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("is_attack", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("story_id", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("score", Float, nullable=False),
    Column("data", Text, nullable=False),
    # The number of the save that it came or changed with: who assesses in turn catches up by it.
    Column("saved", BigInteger, nullable=False, server_default="0"),
    Index("members_at", "at"),
    Index("members_saved", "saved"),
    Index("members_story", "story_id"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("headline", Text, nullable=False),
    Column("first_reported_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("merged_into", String),
    Column("data", LargeBinary, nullable=False),
    Index("stories_updated", "updated_at"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("rule_id", String, primary_key=True),
    Column("story_id", String, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("severity", String, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("times", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Index("verdicts_story", "story_id"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String, primary_key=True),
    Column("rule_id", String, nullable=False),
    Column("story_id", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("is_closed", Boolean, nullable=False),
    Column("acknowledged_by", String, nullable=False, default=""),
    Column("acknowledged_at", Moment),
    Column("data", Text, nullable=False),
    UniqueConstraint("rule_id", "story_id", name="one_alert_for_a_rule_and_a_story"),
    Index("alerts_updated", "updated_at"),
    Index("alerts_story", "story_id"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("alert_id", String),
    Column("severity", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("epoch", BigInteger, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("fold_key", String, nullable=False, default=""),
    Column("data", Text, nullable=False),
    Index("notifications_due", "channel", "state", "next_at"),
    Index("notifications_alert", "alert_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("notification_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("elapsed_s", Float, nullable=False),
    Column("detail", Text, nullable=False),
    Index("deliveries_notification", "notification_id"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", String, primary_key=True),
    Column("author", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("data", Text, nullable=False),
    Index("silences_end", "ends_at"),
)

opinions = Table(
    "opinions",
    metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("alert_id", String, nullable=False),
    Column("rule_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", String, nullable=False),
    Column("entity_id", String, nullable=False),
    Column("comment", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("alert_id", "kind", "author", "entity_id", name="one_opinion_of_a_kind_on_an_entity"),
)

# Where programs of schema 0003 write opinions; taken over into the table above at each start.
feedback = Table(
    "feedback",
    metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("alert_id", String, nullable=False),
    Column("rule_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", String, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("alert_id", "kind", "author", name="one_opinion_of_a_kind"),
)

# A person's word on stories: merge, split, pin. The newest on an article or a pair of stories holds.
story_edits = Table(
    "story_edits",
    metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("story_id", String, nullable=False),
    Column("other", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", Moment, nullable=False),
)

# Stories to decide on again although nothing new came in: a cool-down ends.
revisits = Table(
    "revisits",
    metadata,
    Column("story_id", String, primary_key=True),
    Column("at", Moment, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

# What the second reader was asked, each question once: its answer, or an empty text where none came.
second_readings = Table(
    "second_readings",
    metadata,
    Column("key", String, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("is_answered", Boolean, nullable=False),
    Column("answer", Text, nullable=False),
    Index("second_readings_at", "at"),
)
