"""What was erased: how much, why, and of whom, as far as that must be known to erase it again after a restore."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class Erasure(Base):
    """One day's erasing by age, or everything of one person."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(index=True)
    why: Mapped[str] = mapped_column(String(20))
    """``age``; of a person ``asked`` (by themselves), ``staff``, ``blocked`` (long ago), ``restored`` (again, after a restore)."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the LINE id of whom: nobody finds the id by it, but who has the id finds the row."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Table -> how many rows."""
