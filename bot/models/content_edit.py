"""What staff changed of the content beside its files, and days on which the practice is closed out of turn."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base

_IN_FORCE = text("published_at IS NOT NULL AND replaced_at IS NULL")
_REMOVED = text("removed_at IS NULL")


class ContentEdit(Base):
    """One version of one entry that lies over the files: a draft until *published_at*, in force until *replaced_at*."""

    __tablename__ = "content_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(80), index=True)
    """The id of the entry, or the path of a file of facts (``practice``)."""
    body: Mapped[dict[str, Any]]
    """The entry whole, as it would stand in its file; empty: the entry is taken away."""
    based_on: Mapped[int | None]
    """The edit that was in force when it was begun; None: the file. Two who edit at once are told by it."""
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    """When a later one took its place, or it was undone."""

    __table_args__ = (
        Index("uq_content_edits_in_force", "entry_id", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
    )


class Closure(Base):
    """A day on which the practice is closed out of turn."""

    __tablename__ = "closures"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (Index("uq_closures_day", "day", unique=True, sqlite_where=_REMOVED, postgresql_where=_REMOVED),)
