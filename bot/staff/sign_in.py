"""Signing in: sessions of staff in their browsers, each listed, each of them ended from anywhere."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import StaffAccount, StaffSession

IDLE_LIFE = timedelta(hours=12)
"""How long a session lives without being used: a working day."""
LONGEST_LIFE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used; so looking at a page mostly writes nothing."""


def begin(session: Session, account: StaffAccount, *, browser: str, address: str, now: datetime) -> str:
    """Sign the account in; the token that the browser keeps."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=_digest(token),
            account_id=account.id,
            created_at=now,
            seen_at=now,
            browser=browser[:200],
            address=address[:64],
        )
    )
    return token


def find(session: Session, token: str, now: datetime) -> tuple[StaffAccount, StaffSession] | None:
    """Who is signed in with *token*, and the session; None when it was ended, or is too old, or never was."""
    found = session.execute(
        sa.select(StaffAccount, StaffSession)
        .join(StaffSession, StaffSession.account_id == StaffAccount.id)
        .where(
            StaffSession.token_hash == _digest(token),
            StaffSession.ended_at.is_(None),
            StaffSession.seen_at > now - IDLE_LIFE,
            StaffSession.created_at > now - LONGEST_LIFE,
            StaffAccount.removed_at.is_(None),
        )
    ).one_or_none()
    return (found[0], found[1]) if found is not None else None


def open_of(session: Session, account_id: int, now: datetime) -> list[StaffSession]:
    """The sessions that are still good, the last used first."""
    return list(
        session.scalars(
            sa.select(StaffSession)
            .where(
                StaffSession.account_id == account_id,
                StaffSession.ended_at.is_(None),
                StaffSession.seen_at > now - IDLE_LIFE,
                StaffSession.created_at > now - LONGEST_LIFE,
            )
            .order_by(StaffSession.seen_at.desc())
        )
    )


def see(session: Session, session_id: int, now: datetime) -> None:
    """Note that the session was used."""
    session.execute(sa.update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))


def carry(session: Session, length: timedelta) -> None:
    """Move every session on by *length*: a clock that was wound has kept nobody waiting."""
    for one in session.scalars(sa.select(StaffSession).where(StaffSession.ended_at.is_(None))):
        one.created_at, one.seen_at = one.created_at + length, one.seen_at + length


def end(session: Session, session_id: int, *, account_id: int, now: datetime) -> None:
    """Sign out one browser of the account."""
    session.execute(
        sa.update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.account_id == account_id, StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_all(session: Session, account: StaffAccount, now: datetime, *, but: int | None = None) -> None:
    """Sign the account out everywhere; in the session *but* it stays."""
    ended = sa.update(StaffSession).where(StaffSession.account_id == account.id, StaffSession.ended_at.is_(None))
    if but is not None:
        ended = ended.where(StaffSession.id != but)
    session.execute(ended.values(ended_at=now))


def whose(session: Session, token: str) -> StaffAccount | None:
    """Whose session *token* is or was, however long ago it ended; None for a token that we never gave."""
    return session.scalars(
        sa.select(StaffAccount)
        .join(StaffSession, StaffSession.account_id == StaffAccount.id)
        .where(StaffSession.token_hash == _digest(token), StaffAccount.removed_at.is_(None))
    ).one_or_none()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
