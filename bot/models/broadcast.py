"""Announcements of the practice to everybody who may get them."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class Broadcast(Base):
    """One announcement; its recipients are outbox rows made in the same transaction."""

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """Names the exact text, so that a command started again takes up the announcement instead of making a second."""
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    send_at: Mapped[datetime]
    people_count: Mapped[int]
