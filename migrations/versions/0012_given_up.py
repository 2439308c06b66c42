"""an index of the events that were given up"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_DEAD = sa.text("done_at IS NULL AND dead_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_inbox_dead_id", "inbox", ["id"], sqlite_where=_DEAD, postgresql_where=_DEAD)


def downgrade() -> None:
    op.drop_index("ix_inbox_dead_id", table_name="inbox", sqlite_where=_DEAD, postgresql_where=_DEAD)
