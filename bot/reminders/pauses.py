"""Pauses of reminders: spans that may lie ahead, end by themselves or are ended, and the rest of those nobody answers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot import calendar
from bot.models import Person, Reminder
from bot.reminders import book, changes, schedule, snoozes

Span = tuple[datetime, datetime | None]
"""When a pause begins, and when it ends if it ends by itself."""


def pause(
    session: Session,
    person: Person,
    *,
    routine_id: str | None,
    until: datetime | None,
    now: datetime,
    begins: datetime | None = None,
) -> list[Reminder]:
    """Pause one or all (None) of the reminders that are on; those that were paused.

    From *begins* (now when None) up to *until*, or without end. A second ring that was asked for and falls into it is
    silent, too.
    """
    paused = book.take_on(session, person, routine_id, now)
    for reminder in paused:
        _lay(session, person, reminder, (begins or now, until), now)
        book.put_back(session, reminder, now)
    snoozes.drop(session, person, routine_id, since=begins)
    return paused


def resume(session: Session, person: Person, *, routine_id: str | None, now: datetime) -> list[Reminder]:
    """Take up again one or all (None) of what is paused, now or later; those that ring again."""
    return _take_up(session, person, book.take(session, person, routine_id, now), {"on"}, now)


def resume_suspended(session: Session, person: Person, now: datetime) -> list[Reminder]:
    """Take up again, as it was, what waited since the person blocked us; what was paused stays so."""
    return _take_up(session, person, book.take(session, person, None, now), {"suspended"}, now)


def resume_everything(session: Session, person: Person, now: datetime) -> list[Reminder]:
    """Both in one change, which is taken back whole."""
    return _take_up(session, person, book.take(session, person, None, now), {"on", "suspended"}, now)


def _take_up(
    session: Session, person: Person, taken: Sequence[Reminder], states: Collection[str], now: datetime
) -> list[Reminder]:
    resumed = [
        one for one in taken if one.state in states and (one.state == "suspended" or schedule.has_pause_ahead(one, now))
    ]
    changes.keep(session, person.id, {reminder.routine_id: reminder for reminder in resumed}, now)
    for reminder in resumed:
        if reminder.state == "suspended":
            # That one rests because nobody reacted is still to be told, if it is.
            reminder.state, reminder.unanswered = "on", 0
            book.reschedule(session, reminder, now)
        else:
            end(session, reminder, now)
            book.put_back(session, reminder, now)
    return resumed


def end(session: Session, reminder: Reminder, now: datetime) -> None:
    """End a pause that has begun; forget one that has not, and what is left of one that came before it."""
    if schedule.has_pause_ahead(reminder, now):
        snoozes.end_rests(session, reminder, since=calendar.day_of(now, ZoneInfo(reminder.zone)))
        if schedule.is_paused(reminder, now):
            reminder.paused_until = now
        else:
            reminder.paused_from = reminder.paused_until = None


def put_to_rest(session: Session, reminder: Reminder, now: datetime) -> None:
    """Pause a reminder without end because nobody reacts to it; the person is still to be told."""
    changes.keep(session, reminder.person_id, {reminder.routine_id: reminder}, now)
    reminder.paused_from, reminder.paused_until = now, None
    reminder.next_due_at, reminder.rested_at = None, now


def _lay(session: Session, person: Person, reminder: Reminder, new: Span, now: datetime) -> None:
    """Give *reminder* the *new* pause beside the one that it may have, for it remembers only one.

    One that begins now says when the present one ends. Others become one when they meet; else the days of the sooner
    become rests.
    """
    span = new
    if reminder.paused_from is not None and schedule.has_pause_ahead(reminder, now):
        old = (reminder.paused_from, reminder.paused_until)
        sooner, later = sorted((old, new), key=lambda span: span[0])
        if old[0] <= now and new[0] <= now:
            span = (old[0], new[1])
        elif sooner[1] is None or later[0] <= sooner[1]:
            ends = [end for _, end in (old, new) if end is not None]
            span = (sooner[0], max(ends) if len(ends) == 2 else None)
        else:
            span = later
            for day in calendar.days_of(max(sooner[0], now), sooner[1], ZoneInfo(reminder.zone)):
                snoozes.rest(session, person, routine_id=reminder.routine_id, day=day, now=now)
    reminder.paused_from, reminder.paused_until = span
