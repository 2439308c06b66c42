"""What a person has done: which routine on which of their days."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.models import Completion, Person, Snooze


def is_done(session: Session, person: Person, *, routine_id: str, day: date) -> bool:
    """Whether the routine was done on that day of the person."""
    return (
        session.scalar(
            sa.select(Completion.id).where(
                Completion.person_id == person.id, Completion.routine_id == routine_id, Completion.day == day
            )
        )
        is not None
    )


def done(session: Session, person: Person, *, routine_id: str, day: date, now: datetime) -> bool:
    """Record the routine as done on *day* and silence what would still ring for it; False when it was done already."""
    if is_done(session, person, routine_id=routine_id, day=day):
        return False
    session.add(Completion(person_id=person.id, routine_id=routine_id, day=day, done_at=now))
    person.touch(now)
    session.execute(
        sa.update(Snooze)
        .where(Snooze.person_id == person.id, Snooze.routine_id == routine_id, Snooze.for_day == day)
        .values(due_at=None)
    )
    session.flush()
    return True


def not_done(session: Session, person: Person, *, routine_id: str, day: date) -> bool:
    """Take back that the routine was done on *day*; False when it was not. What its done has silenced stays silent."""
    taken = session.scalars(
        sa.delete(Completion)
        .where(Completion.person_id == person.id, Completion.routine_id == routine_id, Completion.day == day)
        .returning(Completion.id)
    )
    return bool(taken.all())


# Built once: many answers ask.
_completion = db.table(Completion).c
_DAYS_DONE = sa.select(sa.func.count(sa.distinct(_completion.day))).where(
    _completion.person_id == sa.bindparam("person_id"),
    _completion.day >= sa.bindparam("since"),
    _completion.day < sa.bindparam("before"),
)


def days_done(session: Session, person: Person, *, since: date, before: date) -> int:
    """On how many days from *since* on, *before* not among them, something was done."""
    span = {"person_id": person.id, "since": since, "before": before}
    return int(session.connection().execute(_DAYS_DONE, span).scalar_one())
