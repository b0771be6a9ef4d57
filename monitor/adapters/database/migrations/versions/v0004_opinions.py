"""What people say of alerts is kept with the findings it is about, and once for each company they name."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opinions",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("alert_id", "kind", "author", "entity_id", name="one_opinion_of_a_kind_on_an_entity"),
    )
    # Written before findings were kept: they count for their rule.
    op.execute(
        "INSERT INTO opinions (alert_id, rule_id, kind, author, entity_id, comment, findings, at)"
        " SELECT alert_id, rule_id, kind, author, '', comment, '[]', at FROM feedback ORDER BY seq"
    )
    # The table stays for the pages of programs of schema 0003 that still run.
