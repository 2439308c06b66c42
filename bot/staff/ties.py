"""Tying a member's own LINE to their account: by a code that they write to the assistant, or by LINE Login."""

import hashlib
import secrets
import unicodedata
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import StaffAccount
from bot.staff import audit

OFFER_LIFE = timedelta(minutes=10)
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for one another (no I and 1, no O and 0)."""
LENGTH = 8


def offer(session: Session, account: StaffAccount, now: datetime) -> str:
    """A code that ties whichever LINE it is written from, once, within ten minutes; the one before is void."""
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    account.tie_hash, account.tie_expires_at = _digest(code), now + OFFER_LIFE
    return code


def tie(session: Session, code: str, line_user_id: str, now: datetime) -> bool:
    """Tie *line_user_id* to the account that *code* was offered to; False when no such code is open.

    Nor when that LINE is tied to somebody else: whoever writes must not learn that such codes exist.
    """
    account = session.scalars(
        sa.select(StaffAccount).where(
            StaffAccount.tie_hash == _digest(code),
            StaffAccount.tie_expires_at > now,
            StaffAccount.removed_at.is_(None),
        )
    ).one_or_none()
    return account is not None and fasten(session, account, line_user_id, way="code", now=now)


def fasten(session: Session, account: StaffAccount, line_user_id: str, *, way: str, now: datetime) -> bool:
    """Tie a LINE whose owner is known to be the account's; False when it is tied to somebody else."""
    other = whose(session, line_user_id)
    if other is not None and other.id != account.id:
        return False
    account.line_user_id = line_user_id
    account.tie_hash = account.tie_expires_at = None
    audit.note(
        session, by=account.id, action="account.line-tie", subject=f"account {account.id}", now=now, after={"way": way}
    )
    return True


def untie(session: Session, account: StaffAccount, now: datetime) -> None:
    """The account has no LINE any more."""
    account.line_user_id = account.tie_hash = account.tie_expires_at = None
    audit.note(session, by=account.id, action="account.line-untie", subject=f"account {account.id}", now=now)


def whose(session: Session, line_user_id: str) -> StaffAccount | None:
    """The account that this LINE is tied to."""
    return session.scalars(
        sa.select(StaffAccount).where(
            StaffAccount.line_user_id == line_user_id,
            StaffAccount.removed_at.is_(None),
        )
    ).one_or_none()


def _digest(code: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", code).upper().split())
    return hashlib.sha256(plain.encode()).hexdigest()
