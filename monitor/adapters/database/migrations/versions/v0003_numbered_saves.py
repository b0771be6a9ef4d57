"""Members of stories know the save that they came with, so that workers who assess in turn can catch up."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("saved", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("members_saved", "members", ["saved"], unique=False)
