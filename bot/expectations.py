"""On which days nothing was expected of a person, so that doing nothing broke no streak."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import jpholiday
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar, reminders
from bot.models import Person, Rest


@dataclass(frozen=True)
class Course:
    """One routine's reminder through time: how it was set until each of *changed_at*, and how it is set since then.

    *settings* has one more than *changed_at*; None while the reminder did not exist.
    """

    routine_id: str
    changed_at: tuple[datetime, ...]
    settings: tuple[reminders.Settings | None, ...]

    def at(self, moment: datetime) -> reminders.Settings | None:
        """How it was set right before *moment*; None while there was none that was on."""
        settings = self.settings[bisect_left(self.changed_at, moment)]
        # A block of ours stops no reminder: it only waits.
        return settings if settings is not None and settings.state != "stopped" else None


def free_days(session: Session, person: Person, days: Iterable[date], zone: ZoneInfo) -> frozenset[date]:
    """Those of *days* on which nothing was expected of the person."""
    courses = _courses(session, person)
    rested: dict[date, set[str]] = {}
    for routine_id, day in session.execute(sa.select(Rest.routine_id, Rest.day).where(Rest.person_id == person.id)):
        rested.setdefault(day, set()).add(routine_id)
    return frozenset(day for day in days if is_free(day, courses, rested.get(day, set()), zone))


def is_free(day: date, courses: Iterable[Course], rested: set[str], zone: ZoneInfo) -> bool:
    """Whether every reminder that was on for *day* was paused, had the day off or was given a rest (*rested*).

    What is changed in the course of a day counts for it only where that asks less: a reminder turned on in the evening
    expects nothing of its first day, nor does one that was paused then. Somebody without any reminder has no day off, save
    those that they took themselves.
    """
    begins, ends = (calendar.day_begins(one, zone) for one in (day, day + timedelta(days=1)))
    is_any_on = bool(rested)
    for course in courses:
        before, after = course.at(begins), course.at(ends)
        is_any_on = is_any_on or before is not None or after is not None
        if course.routine_id in rested:
            continue
        if all(settings is not None and _expects(settings, day, begins, ends) for settings in (before, after)):
            return False
    return is_any_on


def _expects(settings: reminders.Settings, day: date, begins: datetime, ends: datetime) -> bool:
    if calendar.WEEKDAYS[day.weekday()] not in settings.days:
        return False
    if not settings.is_on_holidays and jpholiday.is_holiday(day):
        return False
    has_pause = settings.paused_from is not None and settings.paused_from < ends
    return not (has_pause and (settings.paused_until is None or begins < settings.paused_until))


def _courses(session: Session, person: Person) -> list[Course]:
    """The courses of all reminders that the person has, or had."""
    history = reminders.history(session, person)
    courses = []
    for reminder in reminders.of(session, person):
        changes = [(at, before[reminder.routine_id]) for at, before in history if reminder.routine_id in before]
        if not changes or changes[0][1] is not None:
            # Older than the history: there was none before it was made.
            changes.insert(0, (reminder.created_at, None))
        courses.append(
            Course(
                routine_id=reminder.routine_id,
                changed_at=tuple(at for at, _ in changes),
                settings=(*(before for _, before in changes), reminders.Settings.of(reminder)),
            )
        )
    return courses
