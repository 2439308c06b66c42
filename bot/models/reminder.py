"""Reminders that a person turned on, how they were changed, their snoozes, and what was done, skipped or held back."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base
from bot.sealed import SealedText


class Reminder(Base):
    """One routine's daily push to one person, at a local wall time.

    *state*: ``on``; ``stopped`` by the person; ``suspended`` because the person blocked us, until the old settings are
    taken up again. *next_due_at* is the next ring (None when there is none): the only column the tick looks at.
    """

    __tablename__ = "reminders"
    # What is due is read in this order, so that those who get the same message come together.
    __table_args__ = (UniqueConstraint("person_id", "routine_id"), Index(None, "next_due_at", "routine_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    routine_id: Mapped[str] = mapped_column(String(80))
    time: Mapped[str] = mapped_column(String(5))
    days: Mapped[list[Any]]
    zone: Mapped[str] = mapped_column(String(64))
    is_on_holidays: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(12), default="on")
    paused_from: Mapped[datetime | None]
    """The beginning of the last pause, past, present or to come; None when there never was one."""
    paused_until: Mapped[datetime | None]
    """The end of that pause; None means until the person takes it up again."""
    next_due_at: Mapped[datetime | None]
    rang_at: Mapped[datetime | None]
    """When it last rang: what 「できた」 and 「それ」 then mean."""
    rang_for: Mapped[date | None]
    """The person's day for which it last rang: a day rings once, however its time is moved."""
    unanswered: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many rings in a row met with no reaction."""
    rested_at: Mapped[datetime | None]
    """Since when it rests because nobody reacted; None once the person has been told, or has taken it up again."""
    created_at: Mapped[datetime]


class ReminderChange(Base):
    """One change of reminders by their person, with how they were before: for taking it back, and for telling why.

    *before*: routine id -> the reminder's settings, or None for one that did not exist.
    """

    __tablename__ = "reminder_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    changed_at: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]


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
    # By day it is asked who did anything this week.
    __table_args__ = (UniqueConstraint("person_id", "routine_id", "day"), Index(None, "day", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    routine_id: Mapped[str] = mapped_column(String(80))
    day: Mapped[date]
    done_at: Mapped[datetime]


class Rest(Base):
    """A day on which the person gave a routine a rest: it rings no more, and breaks no streak."""

    __tablename__ = "rests"
    __table_args__ = (UniqueConstraint("person_id", "routine_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    routine_id: Mapped[str] = mapped_column(String(80))
    day: Mapped[date]
    noted_at: Mapped[datetime]


class Decision(Base):
    """Why a due ring did not become a message: the exceptions; who was sent something stands in the outbox."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "person_id", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    routine_id: Mapped[str | None] = mapped_column(String(80))
    day: Mapped[date | None]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(10))
    """``drop`` or ``hold``."""
    reason: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime | None]


class BodyNote(Base):
    """Something about their body that a person told and let us keep, for choosing exercises (``knee``, ``pregnant`` …).

    The constraint holds for what is not sealed; `body.keep` looks for itself.
    """

    __tablename__ = "body_notes"
    __table_args__ = (UniqueConstraint("person_id", "note"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    note: Mapped[str] = mapped_column(SealedText)
    noted_at: Mapped[datetime]
