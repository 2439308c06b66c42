"""Somebody who talks with the assistant, and where the talk stands."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base
from bot.sealed import SealedJson, SealedText


class Person(Base):
    """One LINE user as the practice knows them; deleted whole when the person asks."""

    __tablename__ = "people"
    # An id of somebody who was deleted is never given to somebody else: records are named by it.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    line_user_id: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str | None] = mapped_column(SealedText)
    """What the person is called in LINE, as far as LINE told us; for staff only."""
    called: Mapped[str | None] = mapped_column(SealedText)
    """What staff call the person; goes before the name in LINE."""
    named_at: Mapped[datetime | None] = mapped_column(index=True)
    """When LINE was last asked for the name."""
    taken_over_until: Mapped[datetime | None] = mapped_column(index=True)
    """Until when somebody of the staff talks with the person in the assistant's place; moves on with every word that either
    of the two says."""
    read_at: Mapped[datetime | None]
    """When somebody of the staff last looked at the talk."""
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    followed_at: Mapped[datetime | None]
    """When the person became a friend (again); None for somebody whose follow event we never saw."""
    blocked_at: Mapped[datetime | None]
    """Since when nothing may be pushed: the person blocked or left us. Cleared by the next sign of life."""
    touched_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the person last did anything, or anything about them was changed: what was decided before is decided anew."""
    announcements_stopped_at: Mapped[datetime | None]
    """Since when the person wants no announcements."""
    timezone: Mapped[str | None] = mapped_column(String(64))
    """The person's own time zone; None is the practice's."""
    body_consent_at: Mapped[datetime | None]
    """When the person let us keep notes about their body; None: nothing of the kind is kept."""
    body_consent_version: Mapped[str | None] = mapped_column(String(16))
    """Which wording they agreed to; None: one from before wordings had a version."""
    summary_due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the weekly summary that the person asked for is sent next; None: they asked for none."""
    summarised_on: Mapped[date | None]
    """The day of the last weekly summary, pushed or told beside a reply, or when there was nothing to tell: one a week."""
    short_at: Mapped[datetime | None]
    """When a reminder of theirs was last not sent because the month's messages ran out."""
    told_short_at: Mapped[datetime | None]
    """When the person was last told so: once a month."""

    topic: Mapped[str | None] = mapped_column(String(80))
    """The content id last spoken of, for 「それって何回？」."""
    offered: Mapped[list[Any]] = mapped_column(default=list)
    """The ids behind the choices last shown, in order."""
    step: Mapped[str | None] = mapped_column(String(80))
    step_data: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    told: Mapped[list[Any]] = mapped_column(SealedJson, default=list, server_default="[]")
    """What the person said of their body in this talk (``knee`` …); dies with the topic unless they let us keep it."""
    talked_at: Mapped[datetime | None]
    """When topic, offer, step and what was told were last touched: they die after a while."""

    def touch(self, now: datetime) -> None:
        """Note that something about the person changes at *now*."""
        self.touched_at = now if self.touched_at is None else max(self.touched_at, now)
