"""Programmes: routines for some weeks that staff put together for a person, who agrees before anything rings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar, reminders
from bot.db import Sessions
from bot.library.visible import visible
from bot.models import Completion, Person, Programme, Reminder
from bot.staff import audit

OFFER_LIFE = timedelta(days=14)
"""How long the person may think about it."""
MOST_ROUTINES, LONGEST_NAME = 5, 40
WEEKS = (1, 2, 4, 8, 12)


class Part(NamedTuple):
    """One routine of a programme: when it rings, and on which weekdays (``mon`` …)."""

    routine_id: str
    time: str
    days: tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """How much of one routine of a programme was done, in days up to now."""

    routine_id: str
    done: int
    due: int


class ProgrammeError(Exception):
    """A programme that cannot be offered; *problem* names the words that tell why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def offer(
    session: Session, person: Person, *, name: str, parts: Sequence[Part], weeks: int, by: int, now: datetime
) -> Programme:
    """Write down what is offered to the person; saying it to them is the caller's.

    ProgrammeError: ``empty``, ``too-long``, ``no-routine``, ``no-day``, ``twice``, ``running``, ``blocked``.
    """
    name = " ".join(visible(name).split())
    problem = (
        (not name and "empty")
        or (len(name) > LONGEST_NAME and "too-long")
        or (not 0 < len(parts) <= MOST_ROUTINES and "no-routine")
        or (any(not part.days for part in parts) and "no-day")
        or (len({part.routine_id for part in parts}) < len(parts) and "twice")
        or (person.blocked_at is not None and "blocked")
    )
    session.refresh(person, with_for_update=True)
    problem = problem or (any(one.ended_at is None for one in of(session, person)) and "running")
    if problem:
        raise ProgrammeError(problem)
    today = now.date()
    programme = Programme(
        person_id=person.id,
        account_id=by,
        name=name,
        routines=[{"routine": part.routine_id, "time": part.time, "days": list(part.days)} for part in parts],
        starts_on=today,
        ends_on=today + timedelta(weeks=weeks, days=-1),
        offered_at=now,
    )
    session.add(programme)
    session.flush()
    what = {"programme": programme.id, "weeks": weeks, "routines": [part.routine_id for part in parts]}
    audit.note(session, by=by, action="programme.offer", subject=f"person {person.id}", now=now, after=what)
    return programme


def of(session: Session, person: Person) -> list[Programme]:
    """All programmes of the person, newest first."""
    mine = sa.select(Programme).where(Programme.person_id == person.id).order_by(Programme.id.desc())
    return list(session.scalars(mine))


def find(session: Session, person: Person, id: int | None) -> Programme | None:
    """The person's own programme with this number."""
    programme = None if id is None else session.get(Programme, id)
    return programme if programme is not None and programme.person_id == person.id else None


def agree(session: Session, person: Person, programme: Programme, *, zone: ZoneInfo, now: datetime) -> bool:
    """Set its reminders from now on, for as many weeks as were offered; False when it is no longer an offer."""
    if programme.agreed_at is not None or programme.ended_at is not None or now - programme.offered_at > OFFER_LIFE:
        return False
    before = {one.routine_id: one for one in reminders.on(session, person)}
    kept: list[dict[str, Any]] = []
    for part in parts(programme):
        was = before.get(part.routine_id)
        settings = None if was is None else {"time": was.time, "days": list(was.days)}
        kept.append({"routine": part.routine_id, "time": part.time, "days": list(part.days), "before": settings})
    for part in parts(programme):
        reminders.turn_on(
            session,
            person,
            routine_id=part.routine_id,
            default_time=part.time,
            zone=zone,
            now=now,
            time=part.time,
            days=part.days,
        )
    length = programme.ends_on - programme.starts_on
    today = calendar.day_of(now, zone)
    programme.routines, programme.agreed_at = kept, now
    programme.starts_on, programme.ends_on = today, today + length
    return True


def end(session: Session, person: Person, programme: Programme, now: datetime) -> bool:
    """End it, or decline it; False when it was over.

    Its reminders go back to how they were before. One that the person has changed since is theirs and stays.
    """
    if programme.ended_at is not None:
        return False
    programme.ended_at = now
    if programme.agreed_at is None:
        return True
    for part, kept in zip(parts(programme), programme.routines, strict=True):
        reminder = reminders.find(session, person, part.routine_id)
        if reminder is None or not _is_as_set(reminder, part):
            continue
        before = kept.get("before")
        if before is None:
            reminders.stop(session, person, part.routine_id, now)
        else:
            reminders.turn_on(
                session,
                person,
                routine_id=part.routine_id,
                default_time=before["time"],
                zone=ZoneInfo(reminder.zone),
                now=now,
                time=before["time"],
                days=before["days"],
            )
    return True


def end_due(sessions: Sessions, now: datetime, zone: ZoneInfo) -> int:
    """End those whose last day is over, and offers that nobody has taken up; how many."""
    today = calendar.day_of(now, zone)
    is_over = sa.and_(Programme.agreed_at.is_not(None), Programme.ends_on < today)
    is_stale = sa.and_(Programme.agreed_at.is_(None), Programme.offered_at < now - OFFER_LIFE)
    due = sa.select(Programme).where(Programme.ended_at.is_(None), sa.or_(is_over, is_stale))
    with sessions.begin() as session:
        found = session.scalars(due.with_for_update(skip_locked=True)).all()
        for programme in found:
            end(session, session.get_one(Person, programme.person_id), programme, now)
    return len(found)


def parts(programme: Programme) -> list[Part]:
    """Its routines."""
    return [Part(one["routine"], one["time"], tuple(one["days"])) for one in programme.routines]


def weeks(programme: Programme) -> int:
    """How many weeks it lasts."""
    return ((programme.ends_on - programme.starts_on).days + 1) // 7


def shares(session: Session, programme: Programme, today: date) -> list[Share]:
    """How much of each routine was done on the days on which it was due, today left out while it is not done."""
    if programme.agreed_at is None:
        return []
    last = min(today, programme.ends_on)
    rows = sa.select(Completion.routine_id, Completion.day).where(
        Completion.person_id == programme.person_id, Completion.day.between(programme.starts_on, last)
    )
    done = {(row.routine_id, row.day) for row in session.execute(rows)}
    days = [programme.starts_on + timedelta(days=ahead) for ahead in range((last - programme.starts_on).days + 1)]
    found = []
    for part in parts(programme):
        due = [day for day in days if calendar.WEEKDAYS[day.weekday()] in part.days]
        hits = sum((part.routine_id, day) in done for day in due)
        open_today = today in due and (part.routine_id, today) not in done
        found.append(Share(part.routine_id, hits, len(due) - open_today))
    return found


def _is_as_set(reminder: Reminder, part: Part) -> bool:
    return reminder.state == "on" and reminder.time == part.time and tuple(reminder.days) == _ordered(part.days)


def _ordered(days: Sequence[str]) -> tuple[str, ...]:
    return tuple(day for day in calendar.WEEKDAYS if day in days)
