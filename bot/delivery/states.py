"""What the gate wants to know of the people whom a message is for, read in a few queries however many they are."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar
from bot.delivery import gate, outbox
from bot.models import BodyNote, Completion, OutboxMessage, Person, Reminder, Rest

WEEK = timedelta(days=7)

# Built once: for one recipient putting it together costs more than running it.
_PEOPLE = sa.select(
    Person.id,
    Person.line_user_id,
    Person.timezone,
    Person.blocked_at,
    Person.announcements_stopped_at,
    Person.summary_due_at,
).where(Person.line_user_id.in_(sa.bindparam("names", expanding=True)))


@dataclass(frozen=True)
class Known:
    """One recipient as the gate sees them."""

    person: gate.PersonState
    ledger: gate.Ledger


def message_of(row: OutboxMessage) -> gate.Message:
    """The row of the outbox as the gate sees it."""
    return gate.Message(
        purpose=row.purpose,
        due_at=row.due_at or row.created_at,
        routine_id=row.routine_id,
        day=row.day,
        expires_at=row.expires_at,
        in_opening_hours=row.in_opening_hours,
        can_wait=row.priority >= outbox.CAN_WAIT,
    )


def load(
    session: Session,
    recipients: Sequence[str],
    message: gate.Message,
    now: datetime,
    *,
    zone: ZoneInfo,
    barring: Collection[str] = gate.DEFAULT_RULES.barring,
) -> dict[str, Known]:
    """LINE id -> what the gate wants to know for *message*, for those *recipients* whom we know.

    Who has no time zone of their own lives in *zone*; who has one of the *barring* notes is barred. What is
    left of the month is not the people's: `Quota` knows it.
    """
    people = session.execute(_PEOPLE, {"names": list(recipients)}).all()
    zones = {row.line_user_id: ZoneInfo(row.timezone) if row.timezone else zone for row in people}
    routine: Mapping[int, Any] = {}
    week: Counter[str] = Counter()
    today: Counter[str] = Counter()
    if message.purpose in ("reminder", "snooze"):
        routine = _about_the_routine(session, [row.id for row in people], message, barring)
    if message.purpose == "announcement":
        week, today = _announcements(session, zones, now)
    known = {}
    for row in people:
        name, about = row.line_user_id, routine.get(row.id)
        known[name] = Known(
            gate.PersonState(
                zone=zones[name],
                is_blocked=row.blocked_at is not None,
                has_stopped_announcements=row.announcements_stopped_at is not None,
                wants_summary=row.summary_due_at is not None,
                is_barred=about is not None and about.is_barred,
                reminder=None if about is None else _reminder(about),
            ),
            gate.Ledger(
                is_done=about is not None and about.is_done,
                is_resting=about is not None and about.is_resting,
                announcements_today=today[name],
                announcements_this_week=week[name],
            ),
        )
    return known


def touched(session: Session, since: datetime) -> frozenset[str]:
    """The LINE ids of those who did anything, or about whom anything was changed, from *since* on."""
    return frozenset(session.scalars(sa.select(Person.line_user_id).where(Person.touched_at >= since)))


def _about_the_routine(
    session: Session, people: Collection[int], message: gate.Message, barring: Collection[str]
) -> dict[int, Any]:
    """Person -> their reminder of the message's routine, and what became of the routine on its day."""
    is_theirs = (Reminder.person_id == Person.id) & (Reminder.routine_id == message.routine_id)
    noted = sa.select(BodyNote.id).where(BodyNote.person_id == Person.id, BodyNote.note.in_(barring))
    found = session.execute(
        sa.select(
            Person.id,
            Reminder.state,
            Reminder.days,
            Reminder.is_on_holidays,
            Reminder.paused_from,
            Reminder.paused_until,
            _is_noted(Completion, message).label("is_done"),
            _is_noted(Rest, message).label("is_resting"),
            noted.exists().label("is_barred"),
        )
        .outerjoin(Reminder, is_theirs)
        .where(Person.id.in_(people))
    )
    return {row.id: row for row in found}


def _reminder(about: Any) -> gate.ReminderState | None:
    if about.state is None:
        return None
    return gate.ReminderState(about.state, about.days, about.is_on_holidays, about.paused_from, about.paused_until)


def _is_noted(kind: type[Completion] | type[Rest], message: gate.Message) -> sa.ColumnElement[bool]:
    found = sa.select(kind.id).where(
        kind.person_id == Person.id, kind.routine_id == message.routine_id, kind.day == message.day
    )
    return found.exists()


def _announcements(session: Session, zones: Mapping[str, ZoneInfo], now: datetime) -> tuple[Counter[str], Counter[str]]:
    """How many announcements each of these people got in the last seven days, and how many of them on this day of theirs.

    One that is under way counts as well. There are few announcements a week, however many people they are for.
    """
    sent = session.execute(
        sa.select(OutboxMessage.recipients, OutboxMessage.first_try_at).where(
            OutboxMessage.purpose == "announcement",
            OutboxMessage.first_try_at > now - WEEK,
            sa.or_(OutboxMessage.outcome.is_(None), OutboxMessage.outcome.in_(("accepted", "accepted-before"))),
        )
    )
    begins = {zone: calendar.day_begins(calendar.day_of(now, zone), zone) for zone in set(zones.values())}
    week: Counter[str] = Counter()
    today: Counter[str] = Counter()
    for recipients, sent_at in sent:
        for name in zones.keys() & set(recipients):
            week[name] += 1
            today[name] += sent_at >= begins[zones[name]]
    return week, today
