"""the form of a draft, what came of opening its links, and an index of what went to one chat"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OF_ONE = sa.text("chat IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("form_key", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("links", sa.JSON(), server_default="{}", nullable=False))
        batch_op.create_index(batch_op.f("ix_broadcasts_form_key"), ["form_key"], unique=True)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_chat", ["chat", "id"], unique=False, sqlite_where=_OF_ONE, postgresql_where=_OF_ONE
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_chat", sqlite_where=_OF_ONE, postgresql_where=_OF_ONE)
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcasts_form_key"))
        batch_op.drop_column("links")
        batch_op.drop_column("form_key")
