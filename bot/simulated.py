"""What makes a database the simulator's own: the mark in it, how far its clock has gone, and emptying it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.models import Base, Broadcast, InboxEvent, OutboxMessage, Person, QuotaReading, SignInFailure, Switch
from bot.staff import sign_in

MARK = "simulated"
"""The switch that says: nobody in this database is a real client. *turned_at* is how far the clock had gone."""

KEPT = frozenset(
    {
        *("staff_accounts", "staff_sessions", "audit_entries", "secrets", "switches"),
        *("content_edits", "closures", "phrasings", "pictures", "segments", "broadcasts", "broadcast_moves"),
    }
)
"""The tables that stay when all is begun anew: what staff are and have made. Clients and all that was said go."""

_SEEN = (
    Switch.turned_at,
    InboxEvent.received_at,
    OutboxMessage.created_at,
    OutboxMessage.settled_at,
    QuotaReading.tried_at,
)
"""Where it shows up to which moment somebody has worked with the database."""


def mark(session: Session, now: datetime) -> bool:
    """Mark the database as the simulator's own if nobody is in it yet; whether it is marked."""
    if is_marked(session):
        return True
    if any(session.scalar(sa.select(model.id).limit(1)) is not None for model in (Person, InboxEvent)):
        return False
    db.insert_new(session, Switch, [{"name": MARK, "account_id": None, "turned_at": now}], unique=Switch.name)
    return True


def unmark(session: Session) -> None:
    """A real channel works with the database from now on: nobody may wind its clock or empty it any more."""
    session.execute(sa.delete(Switch).where(Switch.name == MARK))


def is_marked(session: Session) -> bool:
    """Whether nobody in the database is a real client."""
    return session.get(Switch, MARK) is not None


def seen_until(session: Session) -> datetime:
    """The latest moment that the database knows of: its clock must not go on before that."""
    found: list[datetime | None] = [session.scalar(sa.select(sa.func.max(column))) for column in _SEEN]
    return max(moment for moment in found if moment is not None)


def present(session: Session, now: datetime) -> datetime:
    """*now*, or, where the simulator's clock was wound, the moment up to which it had gone: for a command at the terminal."""
    return max(now, seen_until(session)) if is_marked(session) else now


def note_wound(session: Session, now: datetime, length: timedelta) -> None:
    """The clock was put forward by *length* to *now*: it goes on there after a restart, and signs nobody out."""
    session.get_one(Switch, MARK).turned_at = now
    sign_in.carry(session, length)


def empty(session: Session, now: datetime, ahead: timedelta) -> None:
    """Forget all clients and what was said to them; the clock goes back by *ahead* to *now*."""
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in KEPT:
            session.execute(sa.delete(table))
    # What was planned or sent was so to people who are no more.
    session.execute(sa.delete(Broadcast).where(Broadcast.state != "draft"))
    session.execute(sa.delete(SignInFailure))
    session.get_one(Switch, MARK).turned_at = now
    sign_in.carry(session, -ahead)
