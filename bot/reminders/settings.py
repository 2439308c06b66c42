"""What a person wants to be reminded of, when and on which days: turning on, changing, stopping, taking back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot import calendar
from bot.models import Person, Reminder
from bot.reminders import book, changes, pauses, schedule, snoozes


def turn_on(
    session: Session,
    person: Person,
    *,
    routine_id: str,
    default_time: str,
    zone: ZoneInfo,
    now: datetime,
    time: str | None = None,
    days: Sequence[str] | None = None,
    shift: timedelta | None = None,
    on_holidays: bool | None = None,
    begins: datetime | None = None,
) -> Reminder:
    """The person's reminder of this routine, on and with the wished changes; what is not wished stays as it was.

    A new reminder rings every day at *default_time*. Turning on also ends a pause. Before *begins* it does not ring: if it
    would, it rests until then.
    """
    reminder = next(iter(book.take(session, person, routine_id, now)), None)
    changes.keep(session, person.id, {routine_id: reminder}, now)
    if reminder is None:
        reminder = Reminder(
            person_id=person.id,
            routine_id=routine_id,
            time=default_time,
            days=list(calendar.WEEKDAYS),
            zone=zone.key,
            is_on_holidays=True,
            unanswered=0,
            created_at=now,
        )
        session.add(reminder)
    if time is not None:
        reminder.time = time
    if shift is not None:
        moved = datetime.combine(date(2000, 1, 2), datetime.strptime(reminder.time, "%H:%M").time()) + shift  # noqa: DTZ007 - a wall time, no moment
        reminder.time = f"{moved:%H:%M}"
    if days is not None:
        reminder.days = [day for day in calendar.WEEKDAYS if day in days]
    if on_holidays is not None:
        reminder.is_on_holidays = on_holidays
    reminder.state = "on"
    pauses.end(session, reminder, now)
    if begins is not None and schedule.rings_before(reminder, begins, now):
        reminder.paused_from, reminder.paused_until = now, begins
    book.put_back(session, reminder, now)
    return reminder


def stop(session: Session, person: Person, routine_id: str | None, now: datetime) -> list[Reminder]:
    """Stop the reminder of this routine, or all of them (None); those that were on."""
    stopped = book.take_on(session, person, routine_id, now)
    for reminder in stopped:
        reminder.state = "stopped"
        pauses.end(session, reminder, now)
        book.put_back(session, reminder, now)
    snoozes.drop(session, person, routine_id)
    return stopped


def undo(session: Session, person: Person, change_id: int, now: datetime) -> list[Reminder] | None:
    """Put the reminders back as they were before the change; None when it is not the person's last one any more."""
    before = changes.take_back(session, person, change_id, now)
    if before is None:
        return None
    touched = [reminder for reminder in book.take(session, person, None, now) if reminder.routine_id in before]
    for reminder in touched:
        was, has_been_blocked = before[reminder.routine_id], reminder.state == "suspended"
        if was is None:
            reminder.state = "stopped"
        else:
            was.restore(reminder)
        if has_been_blocked and reminder.state == "on":
            reminder.state = "suspended"  # The block came after the change: it is not taken back with it.
        book.put_back(session, reminder, now)
    return touched


def move(session: Session, person: Person, zone: ZoneInfo, now: datetime) -> None:
    """Let the person live in *zone* from now on: reminders keep the time that the clock on their wall shows."""
    person.timezone = zone.key
    for reminder in book.take(session, person, None, now):
        reminder.zone = zone.key
        book.reschedule(session, reminder, now)
