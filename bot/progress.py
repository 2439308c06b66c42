"""What a person has done: days, streaks."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

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
    session.execute(
        sa.update(Snooze)
        .where(Snooze.person_id == person.id, Snooze.routine_id == routine_id, Snooze.for_day == day)
        .values(due_at=None)
    )
    session.flush()
    return True


def days(session: Session, person: Person) -> list[date]:
    """The days with at least one routine done, oldest first."""
    return list(
        session.scalars(
            sa.select(Completion.day).where(Completion.person_id == person.id).distinct().order_by(Completion.day)
        )
    )


def streak(days: list[date], today: date) -> int:
    """How many days in a row up to today, or up to yesterday while today is still open."""
    done_on = set(days)
    day = today if today in done_on else today - timedelta(days=1)
    length = 0
    while day in done_on:
        length += 1
        day -= timedelta(days=1)
    return length


def in_last_week(days: list[date], today: date) -> int:
    """How many of the last seven days, today among them, had a routine done."""
    return sum(1 for day in days if today - timedelta(days=7) < day <= today)
