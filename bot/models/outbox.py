"""What we say: every message on its way to LINE, and what became of it."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base
from bot.sealed import SealedJson

Kind = Literal["reply", "push", "multicast", "broadcast"]
Purpose = Literal[
    "answer",  # What a person just asked for.
    "reminder",  # A routine at the time that the person set, or the question that takes its place.
    "snooze",  # A second ring that the person asked for.
    "summary",  # The weekly summary that the person asked for.
    "announcement",  # What the practice wants to tell.
    "alert",  # What staff must know of.
    "staff",  # What somebody of the staff wrote to a person.
    "test",  # An announcement, to the one who wrote it.
]
Outcome = Literal[
    "accepted",  # LINE took it.
    "accepted-before",  # LINE had taken it on an earlier try.
    "unknown",  # LINE may have taken it or not: a reply whose token has died, what was under way when it was stopped.
    "refused",  # LINE will never take it.
    "split",  # LINE refused the batch; its halves go on as rows of their own.
    "dropped",  # We decided not to send it.
    "carried",  # It went with another message to the same person: with an answer, or with a push of the same minute.
    "expired",  # It was not sent in time.
    "given-up",  # LINE did not take it for too long.
]

_OPEN = text("outcome IS NULL")
_OF_ONE = text("chat IS NOT NULL")
_ANNOUNCES = text("purpose = 'announcement'")


class OutboxMessage(Base):
    """One call to LINE: open until it has an outcome.

    *next_try_at* is at once the schedule, the back-off and the lease of the sender that works at it.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(10))
    reply_token: Mapped[str | None] = mapped_column(Text)
    recipients: Mapped[list[Any]] = mapped_column(default=list)
    """LINE user ids; of a reply, whom it answers."""
    chat: Mapped[str | None] = mapped_column(String(64))
    """The one chat that it is for: answers to a chat are sent in their order, pushes of the same minute to it are merged.

    None: to many, or neither matters.
    """
    waits_for_reply: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether it is kept until the person writes and then goes with the answer, which LINE does not count."""
    is_worth_a_push: Mapped[bool] = mapped_column(default=False)
    """Whether a reply is sent as a counted push when its token has died."""
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Recipients whom the gate took out, each with the reason word."""
    payload: Mapped[list[Any]] = mapped_column(SealedJson)
    """The rendered LINE messages, exactly as they are sent."""
    priority: Mapped[int] = mapped_column(default=0)
    """0 safety and answers, 1 reminders, 2 what can wait for the person's next message; the smaller goes first."""
    purpose: Mapped[Purpose] = mapped_column(String(20))
    routine_id: Mapped[str | None] = mapped_column(String(80))
    day: Mapped[date | None]
    """The routine and the person's day that a reminder or snooze is about."""
    due_at: Mapped[datetime | None]
    """The moment it was meant for; its lateness is counted from there."""
    is_held: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether somebody of the staff paused it: it is not sent until they let it go on."""
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether it goes at any hour."""
    people: Mapped[int | None]
    """Of one to everybody by LINE's own list: how many LINE will count, as far as LINE has told."""
    in_opening_hours: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether it is only sent while the practice is open."""
    loading_seconds: Mapped[int | None]
    """For how long LINE's loading sign is shown after a reply: the length of a hold."""
    reference: Mapped[str | None] = mapped_column(String(120))
    """What it was made for: an event, a reminder and its day, a broadcast."""
    dedupe_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    """Two rows with the same key are the same message; the second is never made."""
    retry_key: Mapped[UUID] = mapped_column(Uuid, default=uuid4)
    """Made with the row, so that LINE recognises a second try whoever makes it."""
    created_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    """When all recipients were found to have nothing special about them: what was decided then holds for whoever was not
    touched since. None: each is judged when it is sent."""
    has_forgotten: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether somebody in it was forgotten while it was under way; they are erased from it when it is over."""
    expires_at: Mapped[datetime | None]
    """When it is too late to send it. Of a reply: when its token can no longer be relied on."""
    attempts: Mapped[int] = mapped_column(default=0)
    first_try_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    outcome: Mapped[Outcome | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(40))
    request_id: Mapped[str | None] = mapped_column(String(80))
    """LINE's name for the request, for asking LINE about it."""
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_outbox_open_priority_next_try_at",
            "priority",
            "next_try_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_outbox_chat", "chat", "id", sqlite_where=_OF_ONE, postgresql_where=_OF_ONE),
        # With what waits told apart it fits better than the one above, which SQLite would else take: it knows no numbers.
        Index(
            "ix_outbox_open_chat_waits_for_reply",
            "chat",
            "waits_for_reply",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_outbox_announced",
            "first_try_at",
            "reference",
            sqlite_where=_ANNOUNCES,
            postgresql_where=_ANNOUNCES,
        ),
        Index("ix_outbox_settled_at", "settled_at"),
        Index(None, "purpose", "reference"),
        Index(None, "routine_id", "day"),
    )
