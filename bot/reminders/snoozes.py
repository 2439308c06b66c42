"""What a person makes of one day's ring: once more later, or a rest for today."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar
from bot.models import Person, Reminder, Rest, Snooze
from bot.reminders import book

A_DAY = 2
"""How often a routine may ring once more on one day."""


def snooze(
    session: Session,
    person: Person,
    *,
    routine_id: str,
    due_at: datetime,
    zone: ZoneInfo,
    now: datetime,
    day: date | None = None,
) -> bool:
    """Ring once more at *due_at* for *day* (today when None); False when the day's snoozes are used up.

    One that still waits is moved: only what has rung is counted.
    """
    if not can_snooze(session, person, routine_id=routine_id, zone=zone, now=now, day=day):
        return False
    day = day or calendar.day_of(now, zone)
    drop(session, person, routine_id, day=day)
    session.add(Snooze(person_id=person.id, routine_id=routine_id, for_day=day, due_at=due_at, created_at=now))
    book.react(session, person, routine_id)
    return True


def can_snooze(
    session: Session, person: Person, *, routine_id: str, zone: ZoneInfo, now: datetime, day: date | None = None
) -> bool:
    """Whether the routine may ring once more on *day* (the person's present day when None)."""
    rung = sa.select(sa.func.count()).where(
        Snooze.person_id == person.id,
        Snooze.routine_id == routine_id,
        Snooze.for_day == (day or calendar.day_of(now, zone)),
        Snooze.rang_at.is_not(None),
    )
    return (session.scalar(rung) or 0) < A_DAY


def drop(
    session: Session,
    person: Person,
    routine_id: str | None,
    *,
    day: date | None = None,
    since: datetime | None = None,
) -> None:
    """Let no snooze of this routine (None: of any) ring any more: of this *day*, of those due *since* then, or at all."""
    silenced = sa.update(Snooze).where(Snooze.person_id == person.id, Snooze.due_at.is_not(None))
    if routine_id is not None:
        silenced = silenced.where(Snooze.routine_id == routine_id)
    if day is not None:
        silenced = silenced.where(Snooze.for_day == day)
    if since is not None:
        silenced = silenced.where(Snooze.due_at >= since)
    session.execute(silenced.values(due_at=None))


def rest(session: Session, person: Person, *, routine_id: str, day: date, now: datetime) -> bool:
    """Give the routine a rest on *day*: it rings no more for it and breaks no streak; False when it rests already."""
    drop(session, person, routine_id, day=day)
    book.react(session, person, routine_id)
    if is_resting(session, person, routine_id=routine_id, day=day):
        return False
    session.add(Rest(person_id=person.id, routine_id=routine_id, day=day, noted_at=now))
    person.touch(now)
    session.flush()
    return True


def end_rests(session: Session, reminder: Reminder, *, since: date) -> None:
    """Take back the rests of the reminder's routine on the days *since* then."""
    session.execute(
        sa.delete(Rest).where(
            Rest.person_id == reminder.person_id, Rest.routine_id == reminder.routine_id, Rest.day >= since
        )
    )


def is_resting(session: Session, person: Person, *, routine_id: str, day: date) -> bool:
    """Whether the person gave the routine a rest on *day*."""
    found = sa.select(Rest.id).where(Rest.person_id == person.id, Rest.routine_id == routine_id, Rest.day == day)
    return session.scalar(found) is not None
