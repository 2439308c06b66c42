"""Codes of an authenticator app (TOTP, RFC 6238): turning them on, taking one, turning them off."""

import hmac
import unicodedata
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from bot.models import StaffAccount
from bot.staff import audit

SECONDS = 30
"""How long a code is shown."""
AROUND = (-1, 0, 1)
"""Which codes are taken: the present one, and its neighbours for clocks that differ."""


def new_secret() -> str:
    """A fresh secret, as an authenticator reads it (base32)."""
    return pyotp.random_base32()


def address(secret: str, *, name: str, practice: str) -> str:
    """The ``otpauth://`` address that goes into the QR code."""
    return pyotp.TOTP(secret, interval=SECONDS).provisioning_uri(name=name, issuer_name=practice)


def turn_on(session: Session, account: StaffAccount, secret: str, code: str, now: datetime) -> bool:
    """Ask for codes of *secret* from now on, if *code* shows that the authenticator has it."""
    step = _step(secret, code, now)
    if step is None:
        return False
    account.totp_secret, account.totp_step = secret, step
    audit.note(session, by=account.id, action="account.code-on", subject=f"account {account.id}", now=now)
    return True


def take(session: Session, account: StaffAccount, code: str, now: datetime) -> bool:
    """Whether *code* is good; it is used up by that, also for requests that come at the same moment."""
    row = session.get_one(StaffAccount, account.id, with_for_update=True, populate_existing=True)
    step = _step(row.totp_secret, code, now) if row.totp_secret is not None else None
    if step is None or (row.totp_step is not None and step <= row.totp_step):
        return False
    row.totp_step = step
    session.flush()
    return True


def turn_off(session: Session, account: StaffAccount, *, by: int | None, now: datetime) -> None:
    """Ask for the password alone again."""
    account.totp_secret = account.totp_step = None
    audit.note(session, by=by, action="account.code-off", subject=f"account {account.id}", now=now)


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code *code* is; None: none of those around *now*."""
    digits = "".join(unicodedata.normalize("NFKC", code).split())
    if not (digits.isascii() and digits.isdecimal()):
        return None
    made, present = pyotp.TOTP(secret, interval=SECONDS), int(now.timestamp()) // SECONDS
    found = [present + off for off in AROUND if hmac.compare_digest(made.generate_otp(present + off), digits)]
    return max(found) if found else None
