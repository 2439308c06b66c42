"""What staff keep of the people they talk with: who is looked after by a human, notes, tags, programmes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base
from bot.sealed import SealedText


class Takeover(Base):
    """A time in which a human talks with the person and the assistant keeps silent, but for what safety demands.

    Until when it lasts stands on the person (``taken_over_until``), where every message looks; here is who, and from when.
    """

    __tablename__ = "takeovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was handed back by hand, or, written down when the next begins, ended by itself."""


class PersonNote(Base):
    """What somebody of the staff noted about a person; shown to staff only, and in the person's own data."""

    __tablename__ = "person_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(SealedText)
    written_at: Mapped[datetime]


class PersonTag(Base):
    """A word that staff put on a person, to find and to address those who bear it."""

    __tablename__ = "person_tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(40), index=True)

    __table_args__ = (UniqueConstraint("person_id", "tag"),)


class Programme(Base):
    """Routines for some weeks that staff put together for a person, who agrees before anything rings."""

    __tablename__ = "programmes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(SealedText)
    routines: Mapped[list[Any]] = mapped_column(default=list)
    """Of each: routine id, time ``HH:MM``, weekdays."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    offered_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the person declined it, or either side ended it early."""
