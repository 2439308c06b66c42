"""Reminders that a person turned on, their snoozes, and the days on which a routine was done."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class Reminder(Base):
    """One routine's daily push to one person, at a local wall time.

    *state*: ``on``; ``stopped`` by the person; ``suspended`` because the person blocked us, until the old settings are
    taken up again. *next_due_at* is the next ring (None when there is none): the only column the tick looks at.
    """

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("person_id", "routine_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    routine_id: Mapped[str] = mapped_column(String(80))
    time: Mapped[str] = mapped_column(String(5))
    days: Mapped[list[Any]]
    zone: Mapped[str] = mapped_column(String(64))
    is_on_holidays: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(12), default="on")
    is_paused: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[datetime | None]
    """The end of the pause; None while paused means until the person takes it up again."""
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    rang_at: Mapped[datetime | None]
    """When it last rang: what 「できた」 and 「それ」 then mean."""
    created_at: Mapped[datetime]


class Snooze(Base):
    """A second ring of one day's routine, asked for by the person."""

    __tablename__ = "snoozes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    routine_id: Mapped[str] = mapped_column(String(80))
    for_day: Mapped[date]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it rings; None once it has rung or was overtaken by a done."""
    rang_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Completion(Base):
    """A routine done on one of a person's days (a day begins at 04:00)."""

    __tablename__ = "completions"
    __table_args__ = (UniqueConstraint("person_id", "routine_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    routine_id: Mapped[str] = mapped_column(String(80))
    day: Mapped[date]
    done_at: Mapped[datetime]
