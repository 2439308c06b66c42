"""Stopping every push of the house at once, and letting them go on."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery.claims import STOPPED
from bot.models import OutboxMessage, Switch
from bot.staff import audit

LASTING = ("announcement", "summary")
"""What is still worth sending when the house goes on; a reminder's time has passed by then."""


def stopped(session: Session) -> Switch | None:
    """Since when nothing is pushed, and who stopped it; None when all goes its way."""
    return session.get(Switch, STOPPED)


def stop(session: Session, *, by: int | None, now: datetime) -> bool:
    """From the commit on nothing is pushed but answers and what staff write; what is on its way to LINE this second arrives.

    False when it was stopped before.
    """
    row = {"name": STOPPED, "account_id": by, "turned_at": now}
    if not db.insert_new(session, Switch, [row], unique=Switch.name):
        return False
    audit.note(session, by=by, action="house.stop", subject="house", now=now)
    return True


def go_on(session: Session, *, by: int | None, now: datetime) -> bool:
    """Push again. Announcements have their whole grace from now on; reminders whose time has passed are passed over.

    False when nothing was stopped.
    """
    if not session.scalars(sa.delete(Switch).where(Switch.name == STOPPED).returning(Switch.name)).all():
        return False
    session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.outcome.is_(None), OutboxMessage.purpose.in_(LASTING), OutboxMessage.due_at < now)
        .values(due_at=now, expires_at=None)
        .execution_options(synchronize_session=False)
    )
    audit.note(session, by=by, action="house.go-on", subject="house", now=now)
    return True
