"""Articles that wait to be assessed are found by whether they may ring, so that news overtake history."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("articles_waiting", "articles", ["is_pending", "rings", "seq"], unique=False)
    op.drop_index("articles_pending", "articles")
