"""What people's own choices say about messages that we did not surely understand."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class Evidence(Base):
    """One message that got choices or the fallback, and what the person then chose; waits for staff until *settled_at*.

    Holds no text: what was written is in the inbox row alone, so what erases it there has erased it.
    """

    __tablename__ = "evidence"
    # Buttons in people's talks name a row by its id; so it is never given to another.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    inbox_id: Mapped[int] = mapped_column(ForeignKey("inbox.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    offered: Mapped[list[Any]]
    """The ids offered, in order; empty when the message got the fallback."""
    kept_at: Mapped[datetime]
    """The moment of the turn, by which the person's next turn knows it again."""
    picked: Mapped[str | None] = mapped_column(String(80))
    """Which of them the person took; None with *picked_at* set is 「ちがう」."""
    picked_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_as: Mapped[str | None] = mapped_column(String(10))
    """What staff did with it: taught, dropped."""
