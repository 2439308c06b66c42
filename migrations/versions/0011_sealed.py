"""what people wrote may be sealed and so longer than it was; what was agreed to has a version; erasures are noted"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SEALED = {
    "people": {"display_name": (100, True), "called": (100, True)},
    "body_notes": {"note": (20, False)},
    "programmes": {"name": (80, False)},
    "staff_accounts": {"totp_secret": (64, True)},
    "secrets": {"value": (128, False)},
}
"""Table -> column -> its length before, and whether it may be null."""


def upgrade() -> None:
    for table, columns in SEALED.items():
        # SQLite would build the table anew without it, and give ids of deleted people to others.
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": table == "people"}) as batch:
            for column, (length, is_nullable) in columns.items():
                batch.alter_column(
                    column,
                    existing_type=sa.String(length=length),
                    type_=sa.Text(),
                    existing_nullable=is_nullable,
                )
    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("body_consent_version", sa.String(length=16), nullable=True))
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_erased_at"), "erasures", ["erased_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_erasures_erased_at"), table_name="erasures")
    op.drop_table("erasures")
    with op.batch_alter_table("people", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_column("body_consent_version")
    for table, columns in SEALED.items():
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": table == "people"}) as batch:
            for column, (length, is_nullable) in columns.items():
                batch.alter_column(
                    column,
                    existing_type=sa.Text(),
                    type_=sa.String(length=length),
                    existing_nullable=is_nullable,
                )
