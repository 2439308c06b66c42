"""an index of what is open in a chat that SQLite takes"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_OPEN = sa.text("outcome IS NULL")
_NEW, _OLD = "ix_outbox_open_chat_waits_for_reply", "ix_outbox_open_chat"


def upgrade() -> None:
    op.create_index(_NEW, "outbox", ["chat", "waits_for_reply", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_index(_OLD, table_name="outbox", sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    op.create_index(_OLD, "outbox", ["chat", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_index(_NEW, table_name="outbox", sqlite_where=_OPEN, postgresql_where=_OPEN)
