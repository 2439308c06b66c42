"""What is due: rows taken under a lock, as far as planning reads them, and put back when they have moved on.

Whole objects of the session would cost five times as much.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar
from bot.models import Person, Reminder, Snooze

BATCH = 500
"""How many rows are taken at a time."""


@dataclass
class DueReminder:
    """A reminder whose time has come at *due_at*, with what is wanted of its person."""

    due_at: datetime
    to: str
    timezone: str | None
    blocked_at: datetime | None
    id: int
    person_id: int
    routine_id: str
    time: str
    days: list[Any]
    zone: str
    is_on_holidays: bool
    state: str
    paused_from: datetime | None
    paused_until: datetime | None
    next_due_at: datetime | None
    rang_at: datetime | None
    rang_for: date | None
    unanswered: int

    @property
    def day(self) -> date:
        """The person's day that it is due for."""
        return calendar.day_of(self.due_at, ZoneInfo(self.zone))


@dataclass
class DueSnooze:
    """A snooze whose time has come at *due_at*, with what is wanted of its person."""

    due_at: datetime
    to: str
    timezone: str | None
    blocked_at: datetime | None
    id: int
    person_id: int
    routine_id: str
    day: date
    rang_at: datetime | None = None


# Built once: putting them together costs more than running them.
_PERSON = (Person.line_user_id, Person.timezone, Person.blocked_at)
_COLUMNS = (
    Reminder.next_due_at,
    *_PERSON,
    Reminder.id,
    Reminder.person_id,
    Reminder.routine_id,
    Reminder.time,
    Reminder.days,
    Reminder.zone,
    Reminder.is_on_holidays,
    Reminder.state,
    Reminder.paused_from,
    Reminder.paused_until,
    Reminder.next_due_at,
    Reminder.rang_at,
    Reminder.rang_for,
    Reminder.unanswered,
)
_REMINDERS: sa.Executable = (
    sa.select(*_COLUMNS)
    .join(Person, Person.id == Reminder.person_id)
    .where(Reminder.next_due_at <= sa.bindparam("now"))
    .order_by(Reminder.next_due_at)
    .limit(BATCH)
    .with_for_update(of=Reminder, skip_locked=True)
)
_SOON: sa.Executable = (
    sa.select(*_COLUMNS)
    .join(Person, Person.id == Reminder.person_id)
    .where(
        Reminder.person_id.in_(sa.bindparam("people", expanding=True)),
        Reminder.next_due_at > sa.bindparam("now"),
        Reminder.next_due_at <= sa.bindparam("until"),
    )
    .order_by(Reminder.next_due_at)
    .with_for_update(of=Reminder, skip_locked=True)
)
_BUSY: sa.Executable = sa.union_all(
    sa.select(Person.id).where(
        Person.id.in_(sa.bindparam("people", expanding=True)), Person.summary_due_at <= sa.bindparam("now")
    ),
    sa.select(Snooze.person_id).where(
        Snooze.person_id.in_(sa.bindparam("people", expanding=True)), Snooze.due_at <= sa.bindparam("now")
    ),
)
_SNOOZES: sa.Executable = (
    sa.select(Snooze.due_at, *_PERSON, Snooze.id, Snooze.person_id, Snooze.routine_id, Snooze.for_day)
    .join(Person, Person.id == Snooze.person_id)
    .where(Snooze.due_at <= sa.bindparam("now"))
    .order_by(Snooze.due_at)
    .limit(BATCH)
    .with_for_update(of=Snooze, skip_locked=True)
)


def reminders(session: Session, now: datetime) -> list[DueReminder]:
    """The reminders longest due, a batch at most, for us alone until the transaction ends."""
    return [DueReminder(*row) for row in session.execute(_REMINDERS, {"now": now})]


def soon(session: Session, people: Collection[int], now: datetime, *, until: datetime) -> list[DueReminder]:
    """The reminders of these people that are due after *now* and by *until*, held like those that are due."""
    rows = session.execute(_SOON, {"people": list(people), "now": now, "until": until})
    return [DueReminder(*row) for row in rows]


def busy(session: Session, people: Collection[int], now: datetime) -> set[int]:
    """Those of these people for whom a snooze or a summary is due as well."""
    return set(session.scalars(_BUSY, {"people": list(people), "now": now}))


def snoozes(session: Session, now: datetime) -> list[DueSnooze]:
    """The snoozes longest due, a batch at most, for us alone until the transaction ends."""
    return [DueSnooze(*row) for row in session.execute(_SNOOZES, {"now": now})]


def move_on(session: Session, moved: Sequence[DueReminder]) -> None:
    """Write back when these ring next, and for which day they have rung."""
    _write(session, Reminder, moved, ("next_due_at", "rang_at", "rang_for", "unanswered"))


def silence(session: Session, rung: Sequence[DueSnooze]) -> None:
    """Let these ring no more, and write back which of them have rung."""
    _write(session, Snooze, rung, ("rang_at",), due_at=None)


def _write(
    session: Session,
    model: type[Reminder] | type[Snooze],
    rows: Sequence[DueReminder] | Sequence[DueSnooze],
    names: Sequence[str],
    **same: None,
) -> None:
    """Update *names* of all *rows* in one statement; the *same* in each."""
    if rows:
        # As rows of the table: updating objects by their keys costs twice as much.
        table = model.__table__
        assert isinstance(table, sa.Table)
        update = sa.update(table).where(table.c.id == sa.bindparam("of"))
        values = [{"of": row.id, **{name: getattr(row, name) for name in names}, **same} for row in rows]
        session.execute(update, values)
