"""
A member of a story that is changed without a new number of its save loses the number it had.

Programs of schema 0002 know nothing of saves. What they change is numbered by whoever assesses next, and so everybody
catches up with it.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ON_SQLITE = """
CREATE TRIGGER members_unnumbered AFTER UPDATE OF story_id, fingerprint ON members
WHEN OLD.saved > 0 AND NEW.saved = OLD.saved
    AND (NEW.story_id <> OLD.story_id OR NEW.fingerprint <> OLD.fingerprint)
BEGIN
    UPDATE members SET saved = 0 WHERE article_id = NEW.article_id;
END
"""
_FUNCTION = """
CREATE FUNCTION members_unnumbered() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.saved := 0; RETURN NEW; END $$
"""
_TRIGGER = """
CREATE TRIGGER members_unnumbered BEFORE UPDATE OF story_id, fingerprint ON members FOR EACH ROW
WHEN (NEW.saved = OLD.saved AND (NEW.story_id <> OLD.story_id OR NEW.fingerprint <> OLD.fingerprint))
EXECUTE FUNCTION members_unnumbered()
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_ON_SQLITE)
        return
    op.execute(_FUNCTION)
    op.execute(_TRIGGER)
