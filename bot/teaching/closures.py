"""Days on which the practice is closed out of turn: answers say so until they are over, and nothing that wants open doors goes out."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.library.practice import Closing
from bot.models import Closure
from bot.staff import audit
from bot.teaching.phrasings import Version

LONGEST_DAYS = 60
MOST_AHEAD = timedelta(days=366)
"""Clients are told of closed days at once, without the year: a slip of the year would be read as this one."""
LONGEST_NOTE = 60


class ClosureError(Exception):
    """Days that cannot be closed; *problem* is a key of the words in the templates."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def version(session: Session) -> Version:
    """Another value whenever the set of closed days is another one."""
    asked = sa.select(sa.func.count(), sa.func.count(Closure.removed_at))
    return tuple(session.execute(asked).one())


def in_force(session: Session) -> tuple[Closing, ...]:
    """All closed days, in order."""
    return tuple(Closing(row.day, row.note) for row in _rows(session))


def coming(session: Session, today: date) -> list[Closure]:
    """The rows that are not over, in order."""
    return [row for row in _rows(session) if row.day >= today]


def add(
    session: Session, *, first: date, last: date, note: str, today: date, by: int | None, now: datetime
) -> list[Closing]:
    """Close from *first* to *last*, both in, saying *note*; days that are closed already get the new note."""
    if last < first:
        raise ClosureError("closure-backwards")
    if last < today:
        raise ClosureError("closure-past")
    if last > today + MOST_AHEAD:
        raise ClosureError("closure-too-far")
    if (last - first).days >= LONGEST_DAYS:
        raise ClosureError("closure-too-long")
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise ClosureError("too-long")
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    before = {row.day: row for row in _rows(session)}
    for day in days:
        if day in before:
            before[day].removed_at = now
    session.flush()  # Out of the unique index, before the new rows go in.
    session.add_all(Closure(day=day, note=note, made_by=by, made_at=now) for day in days)
    audit.note(session, by=by, action="closure.add", subject=f"{first}/{last}", after={"note": note}, now=now)
    try:
        session.flush()
    except IntegrityError as error:
        raise ClosureError("closure-taken") from error
    return [Closing(day, note) for day in days]


def remove(session: Session, id: int, *, by: int | None, now: datetime) -> bool:
    """Open on that day after all; False when it is not closed."""
    row = session.get(Closure, id)
    if row is None or row.removed_at is not None:
        return False
    row.removed_at = now
    audit.note(session, by=by, action="closure.remove", subject=str(row.day), before={"note": row.note}, now=now)
    return True


def _rows(session: Session) -> list[Closure]:
    return list(session.scalars(sa.select(Closure).where(Closure.removed_at.is_(None)).order_by(Closure.day)))
