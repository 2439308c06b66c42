"""What rings: every due reminder and snooze becomes a message in the outbox, or a decision that says why not."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from bot import calendar
from bot.delivery import gate
from bot.models import Person, Reminder, Snooze
from bot.reminders import backing_off, pauses, schedule
from bot.reminders.batch import Batch, Render, Ring, Without

log = logging.getLogger(__name__)

BATCH = 500

LOOK_BACK = timedelta(days=7)
"""How much of a longer downtime is written down ring by ring."""


def plan_due(
    sessions: sessionmaker[Session],
    render: Render,
    now: datetime,
    *,
    rules: gate.Rules = gate.DEFAULT_RULES,
    without: Without = lambda _session, _wanted: {},
) -> int:
    """Put every ring that is due into the outbox and move its reminder on, in one transaction a batch; how many.

    However often this runs, and however many run it at once, a due moment is planned once: its row is taken under a
    lock, and has moved on when the lock falls. All who get the same message share a row of the outbox. What is not sent
    is written down with the reason.
    """
    planned, missed = 0, 0
    for plan in (_plan_reminders, _plan_snoozes):
        is_more = True
        while is_more:
            with sessions.begin() as session:
                rings, is_more = plan(Batch(session, now, rules, render, without))
            planned += sum(1 for ring in rings if ring.reason is None)
            missed += sum(1 for ring in rings if ring.reason == "too-late")
    if missed:
        log.warning("rings missed, found too late: %s", missed)
    return planned


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


@dataclass
class _DueReminder:
    """A due reminder as far as planning reads and moves it: whole objects of the session cost five times as much."""

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
    to: str


# Built once: putting it together costs more than running it.
_DUE_REMINDERS: sa.Select[Any] = (
    sa.select(
        *(getattr(Reminder, name) for name in _DueReminder.__dataclass_fields__ if name != "to"), Person.line_user_id
    )
    .join(Person, Person.id == Reminder.person_id)
    .where(Reminder.next_due_at <= sa.bindparam("now"))
    .order_by(Reminder.next_due_at)
    .limit(BATCH)
    .with_for_update(of=Reminder, skip_locked=True)
)
_MOVED = ("next_due_at", "rang_at", "rang_for", "unanswered")
_MOVE = (
    sa.update(Reminder.__table__)  # type: ignore[arg-type]
    .where(Reminder.__table__.c.id == sa.bindparam("new_id"))
    .values({name: sa.bindparam(f"new_{name}") for name in _MOVED})
)
_DUE_SNOOZES = (
    sa.select(Snooze.id, Snooze.person_id, Snooze.routine_id, Snooze.for_day, Snooze.due_at, Person.line_user_id)
    .join(Person, Person.id == Snooze.person_id)
    .where(Snooze.due_at <= sa.bindparam("now"))
    .order_by(Snooze.due_at)
    .limit(BATCH)
    .with_for_update(of=Snooze, skip_locked=True)
)


def _plan_reminders(batch: Batch) -> tuple[list[Ring], bool]:
    """Plan the next due reminders; what was decided, and whether there are more."""
    due = [_DueReminder(*row) for row in batch.session.execute(_DUE_REMINDERS, {"now": batch.now})]
    rings = [_ring(reminder) for reminder in due]
    batch.judge(rings)
    unheard = [reminder for reminder, ring in zip(due, rings, strict=True) if _back_off(reminder, ring)]
    batch.put_out(rings)
    for reminder, ring in zip(due, rings, strict=True):
        if ring.reason is None:
            reminder.rang_at, reminder.rang_for = batch.now, ring.day
            reminder.unanswered += 1
        # From the moment that was due, not from now: a later one may be due as well, and not too late yet.
        reminder.next_due_at = schedule.next_ring(reminder, max(ring.due_at, batch.now - LOOK_BACK))
    if due:
        batch.session.execute(_MOVE, [{f"new_{name}": getattr(one, name) for name in ("id", *_MOVED)} for one in due])
    for reminder in unheard:
        pauses.put_to_rest(batch.session, batch.session.get_one(Reminder, reminder.id), batch.now)
    return rings, len(due) == BATCH or any(one.next_due_at is not None and one.next_due_at <= batch.now for one in due)


def _ring(reminder: _DueReminder) -> Ring:
    assert reminder.next_due_at is not None  # Chosen by it.
    day = calendar.day_of(reminder.next_due_at, ZoneInfo(reminder.zone))
    return Ring("reminder", reminder.person_id, reminder.to, reminder.routine_id, day, reminder.next_due_at)


def _back_off(reminder: _DueReminder, ring: Ring) -> bool:
    """Let a ring that the gate lets pass wait, or be a question, when nobody reacts; whether it is to rest for good."""
    if ring.reason is not None:
        return False
    if ring.day == reminder.rang_for:
        ring.reason = "rang"
        return False
    step = backing_off.step(reminder.unanswered, day=ring.day, rang_for=reminder.rang_for)
    if step == "question":
        ring.kind = "question"
    elif step != "ring":
        ring.reason = "backing-off"
    return step == "rest"


def _plan_snoozes(batch: Batch) -> tuple[list[Ring], bool]:
    """Plan the next due snoozes; what was decided, and whether there are more."""
    due = batch.session.execute(_DUE_SNOOZES, {"now": batch.now}).all()
    rings = [Ring("snooze", row.person_id, row.line_user_id, row.routine_id, row.for_day, row.due_at) for row in due]
    batch.judge(rings)
    batch.put_out(rings)
    if due:
        batch.session.execute(
            sa.update(Snooze),
            [
                {"id": row.id, "due_at": None, "rang_at": batch.now if ring.reason is None else None}
                for row, ring in zip(due, rings, strict=True)
            ],
        )
    return rings, len(due) == BATCH
