"""When a reminder will ring next as far as one can tell today: what a person is told."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot import calendar, progress
from bot.models import Person, Reminder
from bot.reminders import backing_off, schedule, snoozes

_DAY = timedelta(days=1)
_JUST_BEFORE = timedelta(seconds=1)


def next_ring(session: Session, person: Person, reminder: Reminder) -> datetime | None:
    """The next ring that will be sent; None when there is none.

    The schedule looks at every day that is due; here those are left out that will pass in silence: done or rested already,
    or in the week's wait while nobody reacts.
    """
    zone, due = ZoneInfo(reminder.zone), reminder.next_due_at
    if due is not None and reminder.rang_for is not None and reminder.unanswered > backing_off.RINGS:
        again = calendar.day_begins(reminder.rang_for + backing_off.APART, zone)
        due = max(due, first_ring(reminder, again) or due)
    while due is not None:
        day = calendar.day_of(due, zone)
        is_done = progress.is_done(session, person, routine_id=reminder.routine_id, day=day)
        if not is_done and not snoozes.is_resting(session, person, routine_id=reminder.routine_id, day=day):
            return due
        due = first_ring(reminder, calendar.day_begins(day + _DAY, zone))
    return None


def first_ring(reminder: Reminder, since: datetime) -> datetime | None:
    """The first moment from *since* on at which it is due."""
    return schedule.next_ring(reminder, since - _JUST_BEFORE)
