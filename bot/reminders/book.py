"""The book of a person's reminders: what is in it, taken out to be changed and put back with its next ring."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar, db
from bot.delivery import decisions, gate
from bot.models import Person, Reminder
from bot.reminders import changes, schedule

# Built once: many answers ask.
_reminder = db.table(Reminder).c
_IS_ANY_RESTED = (
    sa.select(_reminder.id)
    .where(_reminder.person_id == sa.bindparam("person_id"), _reminder.rested_at.is_not(None))
    .limit(1)
)


def of(session: Session, person: Person) -> list[Reminder]:
    """All reminders of the person, whatever their state, by time of day."""
    return list(session.scalars(_of(person)))


def on(session: Session, person: Person) -> list[Reminder]:
    """The reminders that are on or paused, by time of day."""
    return [reminder for reminder in of(session, person) if reminder.state == "on"]


def rested(session: Session, person: Person) -> list[Reminder]:
    """Those on that we have laid to rest because nobody reacted, and the person was not told yet; seldom any."""
    is_any = session.connection().execute(_IS_ANY_RESTED, {"person_id": person.id}).first() is not None
    return [reminder for reminder in on(session, person) if reminder.rested_at is not None] if is_any else []


def suspended(session: Session, person: Person) -> list[Reminder]:
    """The reminders that wait since the person blocked us."""
    return [reminder for reminder in of(session, person) if reminder.state == "suspended"]


def find(session: Session, person: Person, routine_id: str) -> Reminder | None:
    """The person's reminder of this routine in whatever state, or None."""
    return session.scalars(_of(person).where(Reminder.routine_id == routine_id)).one_or_none()


def react(session: Session, person: Person, routine_id: str) -> None:
    """Note that the person has reacted to the routine's ring, whatever they did: the count of silent rings starts anew."""
    reminder = find(session, person, routine_id)
    if reminder is not None:
        reminder.unanswered = 0


def take(session: Session, person: Person, routine_id: str | None, now: datetime) -> list[Reminder]:
    """The person's reminders (of one routine, or all), as they are now and for us alone: none of them rings meanwhile.

    They are taken to be changed, so what was decided about the person before is to be decided anew.
    """
    person.touch(now)
    mine = _of(person) if routine_id is None else _of(person).where(Reminder.routine_id == routine_id)
    return list(session.scalars(mine.with_for_update().execution_options(populate_existing=True)))


def take_on(session: Session, person: Person, routine_id: str | None, now: datetime) -> list[Reminder]:
    """Those taken that are on or paused, written down as they are before the change."""
    taken = [reminder for reminder in take(session, person, routine_id, now) if reminder.state == "on"]
    changes.keep(session, person.id, {reminder.routine_id: reminder for reminder in taken}, now)
    return taken


def put_back(session: Session, reminder: Reminder, now: datetime) -> None:
    """Set the next ring after a change of the person's, who has thereby reacted."""
    reminder.unanswered, reminder.rested_at = 0, None
    reschedule(session, reminder, now)


def reschedule(session: Session, reminder: Reminder, now: datetime) -> None:
    """Set the next ring by the settings as they are now.

    A ring whose time has come, but that nobody has planned yet, stays due if it still rings; else it is written down as
    dropped.
    """
    due_at = reminder.next_due_at
    if due_at is None or now < due_at:
        reminder.next_due_at = schedule.next_ring(reminder, now)
    elif schedule.is_paused(reminder, now):
        _pass_over(session, reminder, due_at, "paused", now)
    elif not schedule.still_rings(reminder, due_at):
        _pass_over(session, reminder, due_at, "too-late" if reminder.state == "on" else "stopped", now)
    session.flush()


def _pass_over(session: Session, reminder: Reminder, due_at: datetime, reason: gate.Reason, now: datetime) -> None:
    zone = ZoneInfo(reminder.zone)
    reminder.next_due_at = schedule.next_ring(reminder, now)
    day = calendar.day_of(due_at, zone)
    if reminder.next_due_at is not None and calendar.day_of(reminder.next_due_at, zone) == day:
        return  # It was only moved within its day.
    decisions.drop(
        session,
        reminder.person_id,
        purpose="reminder",
        routine_id=reminder.routine_id,
        day=day,
        due_at=due_at,
        reason=reason,
        now=now,
    )


def _of(person: Person) -> sa.Select[Reminder]:
    return sa.select(Reminder).where(Reminder.person_id == person.id).order_by(Reminder.time)
