"""How often signing in may fail: strangers who try a name must wait, the browsers that its owner uses go on.

A browser in which an account was signed in before carries a device cookie and is counted by itself ("device cookies",
OWASP). All other browsers are counted by name and address, by address, and by name.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import SignInFailure, StaffAccount
from bot.staff import audit

WINDOW = timedelta(minutes=15)
KEPT_FOR = timedelta(days=1)
BY_DEVICE = 10
BY_NAME_AND_ADDRESS = 5
BY_ADDRESS = 20
"""Whatever the names; a practice's browsers share one address."""
BY_NAME = 20
"""From anywhere: beyond it a name is under attack."""


class TooManyError(Exception):
    """It failed too often; the next attempt is possible at *until*."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True)
class Attempt:
    """Who tries: the name as it was typed, the account of that name, the address, and the browser if it is known."""

    name: str
    account: StaffAccount | None
    address: str
    device: str | None = None

    @property
    def key(self) -> str:
        """The name under which it is counted; of a name that nobody has only a digest, for it may be a password."""
        if self.account is not None:
            return self.account.name
        return "?" + hashlib.sha256(self.name.encode()).hexdigest()[:40]

    @property
    def place(self) -> str:
        """The address as it is counted."""
        return network(self.address)


def network(address: str) -> str:
    """*address* as it is counted: of IPv6 the network, because one connection has all addresses of its own."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    # A server that listens to both kinds writes an IPv4 address as ::ffff:192.0.2.1: all of them are one such network.
    found = getattr(found, "ipv4_mapped", None) or found
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def begin(session: Session, attempt: Attempt, now: datetime) -> int:
    """Count the attempt as failed until `succeed` is told otherwise: many at once are counted as well. TooManyError.

    Commit this before the password is looked at.
    """
    session.execute(sa.delete(SignInFailure).where(SignInFailure.failed_at <= now - KEPT_FOR))
    until = _until(session, attempt, now)
    if until is not None:
        raise TooManyError(until)
    failure = SignInFailure(name=attempt.key, address=attempt.place, device=attempt.device, failed_at=now)
    session.add(failure)
    session.flush()
    return failure.id


def succeed(session: Session, attempt: Attempt, id: int, *, is_whole: bool = True) -> None:
    """It was no failure. With *is_whole* somebody is in, and the slips on the way there are forgotten, too."""
    mine = SignInFailure.id == id
    if is_whole:
        known = SignInFailure.device == attempt.device
        unknown = sa.and_(SignInFailure.device.is_(None), SignInFailure.address == attempt.place)
        here = unknown if attempt.device is None else known
        mine = sa.or_(mine, sa.and_(SignInFailure.name == attempt.key, here))
    session.execute(sa.delete(SignInFailure).where(mine))


def fail(session: Session, attempt: Attempt, now: datetime) -> None:
    """Write a failure down; and that it was the last one possible, if it was."""
    subject = f"account {attempt.account.id}" if attempt.account is not None else "account -"
    after = {"address": attempt.address, "known": attempt.device is not None}
    if attempt.account is not None:
        audit.note(session, by=None, action="account.sign-in-fail", subject=subject, now=now, after=after)
    until = _until(session, attempt, now)
    if until is not None:
        audit.note(session, by=None, action="account.lock-out", subject=subject, now=now, after=after)


def _until(session: Session, attempt: Attempt, now: datetime) -> datetime | None:
    """When the next attempt is possible; None: now."""
    name, address = SignInFailure.name == attempt.key, SignInFailure.address == attempt.place
    if attempt.device is not None:
        rules = [(BY_DEVICE, [name, SignInFailure.device == attempt.device])]
    else:
        unknown = SignInFailure.device.is_(None)
        rules = [
            (BY_NAME_AND_ADDRESS, [unknown, name, address]),
            (BY_ADDRESS, [unknown, address]),
            (BY_NAME, [unknown, name]),
        ]
    waits = []
    for most, which in rules:
        # The attempt that was the *most*-th last must be out of the window.
        at = session.scalar(
            sa.select(SignInFailure.failed_at)
            .where(*which, SignInFailure.failed_at > now - WINDOW)
            .order_by(SignInFailure.failed_at.desc())
            .offset(most - 1)
            .limit(1)
        )
        if at is not None:
            waits.append(at + WINDOW)
    return max(waits) if waits else None
