"""What LINE told us: every event as it came, and what became of it."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base
from bot.sealed import SealedText

_OPEN = text("done_at IS NULL AND dead_at IS NULL")
_DEAD = text("done_at IS NULL AND dead_at IS NOT NULL")


class InboxEvent(Base):
    """One event of a webhook; open until it is done or dead."""

    __tablename__ = "inbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_event_id: Mapped[str] = mapped_column(String(80), unique=True)
    """What makes the event itself and no other: LINE sends the same event more than once."""
    kind: Mapped[str] = mapped_column(String(40))
    """The event's type in LINE's words; empty when it had none."""
    chat: Mapped[str | None] = mapped_column(String(64))
    """The person, group or room that it came from; events of one chat are answered one after another."""
    user_id: Mapped[str | None] = mapped_column(String(64), index=True)
    """Who did it; in a talk of two the same as *chat*."""
    message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    """The message that it is about, so that an unsent message can be found."""
    raw: Mapped[str] = mapped_column(SealedText)
    """The event as JSON, in ASCII: PostgreSQL keeps no NUL character, and half an emoji has no UTF-8."""
    received_at: Mapped[datetime]
    occurred_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    """How many times we set about it; the one that is running counts, but only inside its own transaction."""
    failed_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    """When we gave up on it."""
    outcome: Mapped[str | None] = mapped_column(String(20))
    """What became of it: answered, silent, standby, ignored, unsent, dropped."""

    meaning: Mapped[str | None] = mapped_column(String(20))
    """What a text was taken for: the outcome of its reading (answer, suggest, command, safety, fallback …)."""
    about: Mapped[str | None] = mapped_column(String(80))
    """The id of the entry that answered it."""

    __table_args__ = (
        Index("ix_inbox_open_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_inbox_dead_id", "id", sqlite_where=_DEAD, postgresql_where=_DEAD),
    )
