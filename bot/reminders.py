"""Reminders of routines: turning them on and off, and handing the due ones to the outbox."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from bot import calendar, progress
from bot.delivery import outbox
from bot.models import Person, Reminder, Snooze

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=45)
"""How late a reminder may still go out after downtime; later it is passed over, and the log says so."""
SNOOZES_A_DAY = 2
BATCH = 500

Message = dict[str, Any]


def of(session: Session, person: Person) -> list[Reminder]:
    """All reminders of the person, whatever their state, by time of day."""
    return list(session.scalars(sa.select(Reminder).where(Reminder.person_id == person.id).order_by(Reminder.time)))


def on(session: Session, person: Person) -> list[Reminder]:
    """The reminders that are on or paused, by time of day."""
    return [reminder for reminder in of(session, person) if reminder.state == "on"]


def find(session: Session, person: Person, routine_id: str) -> Reminder | None:
    """The person's reminder of this routine in whatever state, or None."""
    return session.scalars(
        sa.select(Reminder).where(Reminder.person_id == person.id, Reminder.routine_id == routine_id)
    ).one_or_none()


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
) -> Reminder:
    """The person's reminder of this routine, on and with the wished changes; what is not wished stays as it was.

    A new reminder rings every day at *default_time*. Turning on also ends a pause.
    """
    reminder = find(session, person, routine_id)
    if reminder is None:
        reminder = Reminder(
            person_id=person.id,
            routine_id=routine_id,
            time=default_time,
            days=list(calendar.WEEKDAYS),
            zone=zone.key,
            is_on_holidays=True,
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
    reminder.state, reminder.is_paused, reminder.paused_until = "on", False, None
    schedule(reminder, now)
    session.flush()
    return reminder


def schedule(reminder: Reminder, now: datetime) -> None:
    """Set the next ring after *now*, past the end of a pause; none while stopped or paused without end."""
    start = now
    if reminder.is_paused and reminder.paused_until is not None:
        # One that falls on the very end of the pause rings.
        start = max(now, reminder.paused_until - timedelta(seconds=1))
    if reminder.state != "on" or (reminder.is_paused and reminder.paused_until is None):
        reminder.next_due_at = None
        return
    reminder.next_due_at = calendar.next_due(
        start, wall=reminder.time, days=reminder.days, zone=ZoneInfo(reminder.zone), on_holidays=reminder.is_on_holidays
    )


def stop(session: Session, person: Person, routine_id: str | None) -> list[Reminder]:
    """Stop the reminder of this routine, or all of them (None); those that were on."""
    stopped = [reminder for reminder in on(session, person) if routine_id in (None, reminder.routine_id)]
    for reminder in stopped:
        reminder.state, reminder.next_due_at = "stopped", None
        reminder.is_paused, reminder.paused_until = False, None
    _drop_snoozes(session, person, routine_id)
    return stopped


def pause(
    session: Session, person: Person, *, routine_id: str | None, until: datetime | None, now: datetime
) -> list[Reminder]:
    """Pause one or all (None) of the reminders that are on, up to *until* or without end; those that were paused."""
    paused = [reminder for reminder in on(session, person) if routine_id in (None, reminder.routine_id)]
    for reminder in paused:
        reminder.is_paused, reminder.paused_until = True, until
        schedule(reminder, now)
    _drop_snoozes(session, person, routine_id)
    return paused


def resume(session: Session, person: Person, *, routine_id: str | None, now: datetime) -> list[Reminder]:
    """Take up again one or all (None) of what was paused; those that ring again."""
    resumed = [
        reminder for reminder in on(session, person) if reminder.is_paused and routine_id in (None, reminder.routine_id)
    ]
    for reminder in resumed:
        reminder.is_paused, reminder.paused_until = False, None
        schedule(reminder, now)
    return resumed


def resume_suspended(session: Session, person: Person, now: datetime) -> list[Reminder]:
    """Take up again, as it was, what waited since the person blocked us; what was paused stays so."""
    resumed = suspended(session, person)
    for reminder in resumed:
        reminder.state = "on"
        schedule(reminder, now)
    return resumed


def suspended(session: Session, person: Person) -> list[Reminder]:
    """The reminders that wait since the person blocked us."""
    return [reminder for reminder in of(session, person) if reminder.state == "suspended"]


def snooze(
    session: Session, person: Person, *, routine_id: str, due_at: datetime, zone: ZoneInfo, now: datetime
) -> bool:
    """Ring once more at *due_at*; False when the day's snoozes are used up."""
    if not can_snooze(session, person, routine_id=routine_id, zone=zone, now=now):
        return False
    day = calendar.day_of(now, zone)
    same_day = (Snooze.person_id == person.id, Snooze.routine_id == routine_id, Snooze.for_day == day)
    session.execute(sa.update(Snooze).where(*same_day).values(due_at=None))
    session.add(Snooze(person_id=person.id, routine_id=routine_id, for_day=day, due_at=due_at, created_at=now))
    return True


def can_snooze(session: Session, person: Person, *, routine_id: str, zone: ZoneInfo, now: datetime) -> bool:
    """Whether the routine may ring once more on the person's present day."""
    day = calendar.day_of(now, zone)
    same_day = (Snooze.person_id == person.id, Snooze.routine_id == routine_id, Snooze.for_day == day)
    return (session.scalar(sa.select(sa.func.count()).where(*same_day)) or 0) < SNOOZES_A_DAY


def _drop_snoozes(session: Session, person: Person, routine_id: str | None) -> None:
    silenced = sa.update(Snooze).where(Snooze.person_id == person.id, Snooze.due_at.is_not(None))
    if routine_id is not None:
        silenced = silenced.where(Snooze.routine_id == routine_id)
    session.execute(silenced.values(due_at=None))


@dataclass(frozen=True)
class Due:
    """One ring to be sent: to whom, what, for which of the person's days."""

    routine_id: str
    day: date


def plan_due(sessions: sessionmaker[Session], render: Callable[[Due], list[Message] | None], now: datetime) -> int:
    """Put every ring that is due into the outbox and move its reminder on, in one transaction a batch; how many.

    *render* gives the messages of a ring, or None when the pack no longer has the routine. However often this runs, a
    due instant rings once: its reminder has moved on, and the outbox refuses a second row of the same name.
    """
    planned = 0
    for batch in (_plan_reminders, _plan_snoozes):
        while True:
            with sessions.begin() as session:
                taken, sent = batch(session, render, now)
            planned += sent
            if taken < BATCH:
                break
    return planned


def _plan_reminders(session: Session, render: Callable[[Due], list[Message] | None], now: datetime) -> tuple[int, int]:
    rows = session.execute(
        sa.select(Reminder, Person)
        .join(Person, Person.id == Reminder.person_id)
        .where(Reminder.next_due_at <= now)
        .order_by(Reminder.next_due_at)
        .limit(BATCH)
        .with_for_update(of=Reminder, skip_locked=True)
    ).all()
    sent = 0
    for reminder, person in rows:
        due_at = reminder.next_due_at
        assert due_at is not None  # Chosen by the query above.
        day = calendar.day_of(due_at, ZoneInfo(reminder.zone))
        reminder.is_paused, reminder.paused_until = False, None
        schedule(reminder, now)
        if now - due_at > GRACE:
            log.warning("reminder %s of %s missed: found %s late", reminder.id, day, now - due_at)
        elif progress.is_done(session, person, routine_id=reminder.routine_id, day=day):
            log.info("reminder %s of %s not sent: done already", reminder.id, day)
        else:
            reminder.rang_at = now
            name = f"{day}:{due_at:%H%M}"
            sent += _put(session, person, reminder.routine_id, day, name, render, now, purpose="reminder")
    return len(rows), sent


def _plan_snoozes(session: Session, render: Callable[[Due], list[Message] | None], now: datetime) -> tuple[int, int]:
    rows = session.execute(
        sa.select(Snooze, Person)
        .join(Person, Person.id == Snooze.person_id)
        .where(Snooze.due_at <= now)
        .order_by(Snooze.due_at)
        .limit(BATCH)
        .with_for_update(of=Snooze, skip_locked=True)
    ).all()
    sent = 0
    for snooze, person in rows:
        assert snooze.due_at is not None  # Chosen by the query above.
        late = now - snooze.due_at
        snooze.due_at = None
        if late > GRACE:
            log.warning("snooze %s missed: found %s late", snooze.id, late)
        elif not progress.is_done(session, person, routine_id=snooze.routine_id, day=snooze.for_day):
            snooze.rang_at = now
            name = f"snooze-{snooze.id}"
            # Asked for by the person, whether or not the routine has a reminder of its own.
            sent += _put(session, person, snooze.routine_id, snooze.for_day, name, render, now, purpose="answer")
    return len(rows), sent


def _put(
    session: Session,
    person: Person,
    routine_id: str,
    day: date,
    ring: str,
    render: Callable[[Due], list[Message] | None],
    now: datetime,
    *,
    purpose: Literal["reminder", "answer"],
) -> int:
    messages = render(Due(routine_id=routine_id, day=day))
    if messages is None:
        log.warning("person %s: %s is no longer in the pack; its reminder was not sent", person.id, routine_id)
        return 0
    is_new = outbox.add_push(
        session,
        to=person.line_user_id,
        payload=messages,
        purpose=purpose,
        reference=f"{routine_id} {day}",
        dedupe_key=f"reminder:{person.id}:{routine_id}:{ring}",
        now=now,
        expires_at=now + GRACE,
        priority=1,
    )
    if not is_new:
        log.warning("person %s: %s of %s was rung before", person.id, routine_id, ring)
    return int(is_new)


def last_rung(session: Session, person: Person) -> tuple[str, datetime] | None:
    """The routine that rang last for this person, and when; None when none ever did."""
    rung = [
        session.execute(
            sa.select(kind.routine_id, kind.rang_at)
            .where(kind.person_id == person.id, kind.rang_at.is_not(None))
            .order_by(kind.rang_at.desc())
            .limit(1)
        ).first()
        for kind in (Reminder, Snooze)
    ]
    found = [(row.routine_id, row.rang_at) for row in rung if row is not None]
    return max(found, key=lambda one: one[1], default=None)
