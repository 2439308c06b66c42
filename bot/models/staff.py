"""The staff of the practice: their accounts, where they are signed in, and what they changed."""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base
from bot.sealed import SealedText

Role = Literal[
    "owner",  # Everything.
    "editor",  # Content, conversations, announcements.
    "viewer",  # Reads, but nothing that a person wrote.
]


class StaffAccount(Base):
    """One member of the staff. Never deleted, so that what they did keeps its name; *removed_at* ends it."""

    __tablename__ = "staff_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    """What they sign in with, and what others see; unique however it is typed (folded when it is made)."""
    role: Mapped[Role] = mapped_column(String(10))
    may_send: Mapped[bool] = mapped_column(default=False)
    """Whether they may send announcements: a right of its own."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """By argon2; None until the invitation was taken up."""
    totp_secret: Mapped[str | None] = mapped_column(SealedText)
    """The shared secret of their authenticator; None: a password is enough."""
    totp_step: Mapped[int | None]
    """The last time step whose code was taken: a code works once."""
    line_user_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Their own LINE, once they have tied it."""
    wants_calls: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether they are told in LINE when somebody waits for staff; each call is a counted message."""
    invite_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the token in the link that lets them choose a password."""
    invite_expires_at: Mapped[datetime | None]
    tie_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the code with which they tie their LINE by writing it to the assistant."""
    tie_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class StaffSession(Base):
    """One browser in which somebody is signed in, until it is ended or too old."""

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token in the cookie: who reads this table cannot sign in with it."""
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]


class SignInFailure(Base):
    """One wrong password or code. Browsers that are known are counted apart, so that nobody can lock somebody else out."""

    __tablename__ = "sign_in_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    """The account's name; a digest where there is none, because people type passwords there."""
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str | None] = mapped_column(String(40))
    """The browser, when it has been signed in to this account before; None: one that nobody knows."""
    failed_at: Mapped[datetime]

    __table_args__ = (Index(None, "name", "failed_at"), Index(None, "address", "failed_at"))


class AuditEntry(Base):
    """One change that somebody of the staff made: who, what, before and after, when. Holds nothing that a client wrote."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"), index=True)
    """None: from the command line."""
    action: Mapped[str] = mapped_column(String(60))
    """What was done, as ``noun.verb``: ``account.invite``, ``broadcast.pause``."""
    subject: Mapped[str] = mapped_column(String(120))
    """What it was done to, as ``noun id``: ``account 3``, ``faq/parking``."""
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Secret(Base):
    """A random value that all processes share, made when it is first needed: the key that signs cookies."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(SealedText)
    created_at: Mapped[datetime]


class Switch(Base):
    """Something that staff turned on for the whole house; the row is there as long as it is on."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    """``stopped``: nothing is pushed but what somebody asked for or wrote this minute. ``simulated``: nobody here is real."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id", ondelete="SET NULL"))
    turned_at: Mapped[datetime]
