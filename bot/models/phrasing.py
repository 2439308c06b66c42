"""Phrasings that staff have taught: how people ask, beside what the pack says of it."""

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base

_TAUGHT = text("removed_at IS NULL")


class Phrasing(Base):
    """One text that staff say stands for an entry, in force until *removed_at*; the rows that are not are the history."""

    __tablename__ = "phrasings"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str | None] = mapped_column(String(80))
    """The id it stands for; None for a text that nothing of ours answers."""
    text: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]
    added_by: Mapped[str | None] = mapped_column(String(80))
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_phrasings_taught_text", "text", unique=True, sqlite_where=_TAUGHT, postgresql_where=_TAUGHT),
    )
