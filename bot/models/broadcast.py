"""Announcements of the practice: what is said, to whom, when, and who moved it on."""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base

State = Literal[
    "draft",  # Being written.
    "waiting",  # For the approval of somebody else.
    "scheduled",  # Goes at its time; may be taken back until then.
    "overdue",  # Its time passed while nothing ran: a human decides.
    "sending",  # Its rows are in the outbox.
    "paused",  # They are, and are held.
    "stopped",  # What had not gone was dropped.
    "sent",  # Every row has an outcome.
]


Way = Literal[
    "people",  # To each whom we know and who meets the conditions, through the gate.
    "everyone",  # By LINE's own list of followers, without a list of ours.
]


class Broadcast(Base):
    """One announcement. Its recipients are outbox rows, all made in the transaction that moves it to ``sending``."""

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True, default="", server_default="")
    """Of one made on the command line: names the exact text, so that the command started again takes it up."""
    text: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Its words, for lists."""
    created_at: Mapped[datetime]
    send_at: Mapped[datetime | None]
    """When it is to go; None as long as nobody said."""
    people_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many it was planned for."""
    state: Mapped[State] = mapped_column(String(12), default="draft", server_default="sending", index=True)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What was filled in: kind (text, image, card) and the fields of that kind."""
    segment: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """To whom: conditions, all of which hold; none is everybody."""
    way: Mapped[Way] = mapped_column(String(10), default="people", server_default="people")
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether it may go outside people's hours; an owner's choice."""
    in_opening_hours: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with every change of what is said or to whom: two who write at once are told, and a test is of one version."""
    tested_version: Mapped[int | None]
    approved_version: Mapped[int | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime | None]
    link_key: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """What makes the addresses of its links unguessable; its own, made with the draft."""
    form_key: Mapped[str | None] = mapped_column(String(32), index=True, unique=True)
    """Names the form that it was first saved with: sent again, after Back or by a nervous finger, it is the same draft."""
    links: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What came of opening the pages that it leads to: *at* (a moment), and *answers* by address."""


class BroadcastMove(Base):
    """One step of an announcement from a state to the next, and who took it (None: the clock)."""

    __tablename__ = "broadcast_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    moved_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(200), default="")


class BroadcastTap(Base):
    """One person opened one link or pressed one button of an announcement, once more or for the first time."""

    __tablename__ = "broadcast_taps"

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    """None: opened by a link that says nothing of who opened it."""
    button: Mapped[int] = mapped_column(default=0)
    tapped_at: Mapped[datetime]

    __table_args__ = (Index(None, "broadcast_id", "button"),)


class Picture(Base):
    """A picture that staff uploaded, encoded anew by us; named by what is in it."""

    __tablename__ = "pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``image/jpeg`` or ``image/png``."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    preview: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]


class Segment(Base):
    """Conditions on people that staff gave a name, to choose again."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
