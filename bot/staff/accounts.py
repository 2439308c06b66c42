"""Accounts of staff: inviting, taking up an invitation, changing what they may do, removing."""

import hashlib
import secrets
import threading
import unicodedata
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy.orm import Session

from bot.models import StaffAccount
from bot.models.staff import Role
from bot.staff import audit, sign_in

INVITE_LIFE = timedelta(days=3)
SHORTEST_PASSWORD = 12
"""Characters; NIST SP 800-63B asks for length, not for kinds of signs."""
LONGEST_PASSWORD = 200

_HASHER = PasswordHasher()
_HASHING = threading.Lock()
"""One at a time: each takes 64 MB, and whoever guesses with sixteen threads at once must not fill the memory."""


class AccountError(Exception):
    """Something that cannot be done with an account; *problem* names the words that tell why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def fold(name: str) -> str:
    """The one spelling of a name, however it is typed: full width, spaces and capitals make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def find(session: Session, name: str) -> StaffAccount | None:
    """The account that goes by *name* and is not removed."""
    return session.scalars(
        sa.select(StaffAccount).where(StaffAccount.name == fold(name), StaffAccount.removed_at.is_(None))
    ).one_or_none()


def of_line(session: Session, line_user_id: str) -> StaffAccount | None:
    """Whose LINE it is; None for everybody who is no staff, or has not tied it."""
    return session.scalars(
        sa.select(StaffAccount).where(StaffAccount.line_user_id == line_user_id, StaffAccount.removed_at.is_(None))
    ).one_or_none()


def everyone(session: Session) -> list[StaffAccount]:
    """All accounts, those removed last."""
    return list(
        session.scalars(sa.select(StaffAccount).order_by(StaffAccount.removed_at.is_not(None), StaffAccount.name))
    )


def invite(session: Session, name: str, *, role: Role, by: int | None, now: datetime) -> tuple[StaffAccount, str]:
    """An account for *name* and the token of a link, good for one use in three days, that lets them choose a password.

    Inviting somebody again makes the link before worthless, takes their password, their authenticator and their LINE, and
    signs them out everywhere.
    AccountError: ``name-empty``, ``last-owner``.
    """
    folded = fold(name)
    if not folded or len(folded) > 80:
        raise AccountError("name-empty")
    account = session.scalars(sa.select(StaffAccount).where(StaffAccount.name == folded)).one_or_none()
    before = {} if account is None else {"role": account.role, "removed": account.removed_at is not None}
    if account is None:
        account = StaffAccount(name=folded, role=role, may_send=role == "owner", created_at=now)
        session.add(account)
    elif account.role == "owner" and role != "owner":
        keep_an_owner(session, account)
    if account.removed_at is not None or account.role != role:
        account.may_send = role == "owner"  # As for somebody new; whoever only lost the password keeps it.
    account.role, account.removed_at = role, None
    _forget_ways_in(account)
    token = secrets.token_urlsafe(32)
    account.invite_hash, account.invite_expires_at = _digest(token), now + INVITE_LIFE
    session.flush()
    sign_in.end_all(session, account, now)
    audit.note(
        session,
        by=by,
        action="account.invite",
        subject=f"account {account.id}",
        now=now,
        before=before,
        after={"name": folded, "role": role},
    )
    return account, token


def invited(session: Session, token: str, now: datetime) -> StaffAccount | None:
    """Whose invitation *token* is; None when it is unknown, used or too old."""
    account = session.scalars(sa.select(StaffAccount).where(StaffAccount.invite_hash == _digest(token))).one_or_none()
    if account is None or account.removed_at is not None:
        return None
    return account if account.invite_expires_at is not None and account.invite_expires_at > now else None


def take_up(session: Session, account: StaffAccount, password: str, now: datetime) -> None:
    """Choose the password that goes with the invitation, which is then used up. AccountError: see `problem_with`."""
    problem = problem_with(password, account.name)
    if problem is not None:
        raise AccountError(problem)
    account.password_hash = _hashed(password)
    account.invite_hash = account.invite_expires_at = None
    audit.note(session, by=account.id, action="account.take-up", subject=f"account {account.id}", now=now)


def problem_with(password: str, name: str) -> str | None:
    """What is wrong with a new password: ``password-short``, ``password-long``, ``password-plain``; None: nothing."""
    if len(password) < SHORTEST_PASSWORD:
        return "password-short"
    if len(password) > LONGEST_PASSWORD:
        return "password-long"
    is_named = len(fold(name)) > 2 and fold(name) in fold(password)  # A name of one letter is in most of them.
    if len(set(password)) < 5 or is_named:
        return "password-plain"
    return None


def is_password(account: StaffAccount | None, password: str) -> bool:
    """Whether *password* is the account's; takes as long for somebody who does not exist."""
    stored = account.password_hash if account is not None else None
    try:
        with _HASHING:
            # Whoever it is, so that the first who does not exist takes no longer either.
            nobody = _nobody()
            return _HASHER.verify(stored or nobody, password) and stored is not None
    except Argon2Error:
        return False


def change_password(session: Session, account: StaffAccount, password: str, *, here: int | None, now: datetime) -> None:
    """Another password; all sessions but *here* end. AccountError: see `problem_with`."""
    problem = problem_with(password, account.name)
    if problem is not None:
        raise AccountError(problem)
    account.password_hash = _hashed(password)
    sign_in.end_all(session, account, now, but=here)
    audit.note(session, by=account.id, action="account.password", subject=f"account {account.id}", now=now)


def remove(session: Session, account: StaffAccount, *, by: int | None, now: datetime) -> None:
    """End the account and sign it out everywhere. AccountError ``last-owner``."""
    keep_an_owner(session, account)
    account.removed_at = now
    _forget_ways_in(account)
    account.invite_hash = account.invite_expires_at = None
    sign_in.end_all(session, account, now)
    audit.note(session, by=by, action="account.remove", subject=f"account {account.id}", now=now)


def change(
    session: Session, account: StaffAccount, *, role: Role, may_send: bool, by: int | None, now: datetime
) -> None:
    """Give the account another role or the right to send. AccountError ``last-owner``."""
    if role != "owner":
        keep_an_owner(session, account)
    before = {"role": account.role, "may_send": account.may_send}
    account.role, account.may_send = role, may_send
    audit.note(
        session,
        by=by,
        action="account.change",
        subject=f"account {account.id}",
        now=now,
        before=before,
        after={"role": role, "may_send": may_send},
    )


def keep_an_owner(session: Session, account: StaffAccount) -> None:
    """AccountError ``last-owner`` when nobody would be left to own the house."""
    if account.role != "owner":
        return
    others = session.scalar(
        sa.select(sa.func.count()).where(
            StaffAccount.role == "owner", StaffAccount.removed_at.is_(None), StaffAccount.id != account.id
        )
    )
    if not others:
        raise AccountError("last-owner")


def _forget_ways_in(account: StaffAccount) -> None:
    account.password_hash = account.totp_secret = account.totp_step = None
    account.line_user_id = account.tie_hash = account.tie_expires_at = None


@cache
def _nobody() -> str:
    """A hash that no password fits; made for the first who signs in, as most processes never see anybody do so."""
    return _HASHER.hash(secrets.token_hex(16))


def _hashed(password: str) -> str:
    with _HASHING:
        return _HASHER.hash(password)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
