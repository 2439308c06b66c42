"""an index of what was announced lately"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ANNOUNCES = sa.text("purpose = 'announcement'")


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_announced",
            ["first_try_at", "reference"],
            unique=False,
            sqlite_where=_ANNOUNCES,
            postgresql_where=_ANNOUNCES,
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_announced", sqlite_where=_ANNOUNCES, postgresql_where=_ANNOUNCES)
