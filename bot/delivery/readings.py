"""What LINE says of the month, asked every ten minutes and kept for all processes; never asked on the way of a message."""

import logging
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.db import Sessions
from bot.delivery.messenger import DeliveryError, Messenger
from bot.delivery.month import ASK_EVERY
from bot.models import QuotaReading
from bot.models.quota_reading import THE_ROW

log = logging.getLogger(__name__)


def find(session: Session) -> QuotaReading | None:
    """What LINE said last; None when it was never asked."""
    return session.get(QuotaReading, THE_ROW)


def is_due(session: Session, now: datetime) -> bool:
    """Whether it is time to ask LINE again."""
    tried_at = session.scalar(sa.select(QuotaReading.tried_at).where(QuotaReading.id == THE_ROW))
    return tried_at is None or not tried_at <= now < tried_at + ASK_EVERY


def ask(sessions: Sessions, messenger: Messenger, now: datetime) -> bool:
    """Ask LINE for the limit and the count when it is time, and keep both; whether it was time.

    No transaction is open meanwhile. When LINE does not say, the last answer stays, and our own count goes on.
    """
    with sessions() as session:
        if not is_due(session, now):
            return False
    values: dict[str, Any] = {"tried_at": now}
    try:
        values |= {"month_limit": messenger.quota(), "used": messenger.consumption(), "asked_at": now}
    except DeliveryError as error:
        log.warning("the month's count was not told (%s, status %s): ours goes on", error.reason, error.status)
    with sessions.begin() as session:
        keep(session, **values)
    return True


def note_full(session: Session, now: datetime) -> None:
    """Write down that LINE has refused a message because the month is used up."""
    keep(session, full_at=now, full_limit=QuotaReading.month_limit)


def keep(session: Session, **values: Any) -> None:
    """Write these *values* into the one row."""
    db.insert_new(session, QuotaReading, [{"id": THE_ROW}], unique=QuotaReading.id)
    session.execute(sa.update(QuotaReading).where(QuotaReading.id == THE_ROW).values(values))
