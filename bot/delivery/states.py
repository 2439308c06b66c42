"""What the gate wants to know of the people whom a message is for, read in a few queries however many they are."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import calendar, db
from bot.delivery import gate, outbox
from bot.models import BodyNote, Completion, OutboxMessage, Person, Reminder, Rest, UtcDateTime

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Known:
    """One recipient as the gate sees them."""

    person: gate.PersonState
    ledger: gate.Ledger


class Announced(NamedTuple):
    """In how many rows an announcement was taken to be sent, and when last."""

    rows: int
    last_at: datetime


def message_of(row: OutboxMessage) -> gate.Message:
    """The row of the outbox as the gate sees it."""
    return gate.Message(
        purpose=row.purpose,
        due_at=row.due_at or row.created_at,
        routine_id=row.routine_id,
        day=row.day,
        expires_at=row.expires_at,
        in_opening_hours=row.in_opening_hours,
        is_urgent=row.is_urgent,
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
    people = session.execute(_people(db.is_sqlite(session)), {"names": recipients}).all()
    zones = {row.line_user_id: ZoneInfo(row.timezone) if row.timezone else zone for row in people}
    routine: Mapping[int, Any] = {}
    barred: Set[int] = set()
    week: Counter[str] = Counter()
    today: Counter[str] = Counter()
    if message.purpose in ("reminder", "snooze"):
        routine = _about_the_routine(session, [row.id for row in people], message)
        barred = _barred(session, [row.id for row in people], barring)
    if message.purpose == "announcement":
        week, today = _announcements(session, zones, now)
    # Most are alike: one object for all of these is made once, and decided about once.
    alike: dict[Any, Known] = {}
    known = {}
    for row in people:
        name, about = row.line_user_id, routine.get(row.id)
        is_barred = row.id in barred
        what = (row[2:], None if about is None else about[1:], is_barred, today[name], week[name])
        if what not in alike:
            alike[what] = _known(row, about, zones[name], is_barred=is_barred, today=today[name], week=week[name])
        known[name] = alike[what]
    return known


def _known(row: Any, about: Any, zone: ZoneInfo, *, is_barred: bool, today: int, week: int) -> Known:
    person = gate.PersonState(
        zone=zone,
        is_blocked=row.blocked_at is not None,
        has_stopped_announcements=row.announcements_stopped_at is not None,
        wants_summary=row.summary_due_at is not None,
        is_barred=is_barred,
        reminder=None if about is None else _reminder(about),
    )
    ledger = gate.Ledger(
        is_done=about is not None and about.is_done,
        is_resting=about is not None and about.is_resting,
        announcements_today=today,
        announcements_this_week=week,
    )
    return Known(person, ledger)


def touched(session: Session, since: datetime) -> frozenset[str]:
    """The LINE ids of those who did anything, or about whom anything was changed, from *since* on."""
    return frozenset(session.scalars(_TOUCHED, {"since": since}))


def announced(session: Session, now: datetime) -> dict[str | None, Announced]:
    """The announcements of the last seven days by what they were made for."""
    found = session.execute(_announced(db.is_sqlite(session)), {"since": now - WEEK})
    return {reference: Announced(rows, last_at) for reference, rows, last_at in found if last_at is not None}


# What is asked is built once: putting it together costs more than running it.
_since: sa.BindParameter[datetime] = sa.bindparam("since", type_=UtcDateTime())
_TOUCHED = sa.select(Person.line_user_id).where(Person.touched_at >= _since)


@cache
def _announced(is_sqlite: bool) -> sa.TextualSelect:
    # By name: else SQLite takes the index of purposes, and reads every announcement that there ever was.
    rows = "outbox INDEXED BY ix_outbox_announced" if is_sqlite else "outbox"
    return (
        sa.text(
            f"SELECT reference, count(*) AS rows, max(first_try_at) AS last_at FROM {rows}"  # noqa: S608 - no value in it
            " WHERE purpose = 'announcement' AND first_try_at > :since GROUP BY reference"
        )
        .bindparams(_since)
        .columns(reference=sa.Text, rows=sa.Integer, last_at=UtcDateTime())
    )


@cache
def _people(is_sqlite: bool) -> sa.Select[*tuple[Any, ...]]:
    """Those with these *names*."""
    return sa.select(
        Person.id,
        Person.line_user_id,
        Person.timezone,
        Person.blocked_at,
        Person.announcements_stopped_at,
        Person.summary_due_at,
    ).where(db.one_of(Person.line_user_id, "names", is_sqlite=is_sqlite))


@cache
def _abouts(is_sqlite: bool) -> sa.Select[*tuple[Any, ...]]:
    """What is asked about these *people* and a routine on its day."""
    routine_id: sa.BindParameter[str] = sa.bindparam("routine_id")
    day: sa.BindParameter[date] = sa.bindparam("day")

    def is_noted(kind: type[Completion] | type[Rest]) -> sa.ColumnElement[bool]:
        its = (kind.person_id == Person.id, kind.routine_id == routine_id, kind.day == day)
        return sa.select(kind.id).where(*its).exists()

    return (
        sa.select(
            Person.id,
            Reminder.state,
            sa.cast(Reminder.days, sa.Text).label("days"),
            Reminder.is_on_holidays,
            Reminder.paused_from,
            Reminder.paused_until,
            is_noted(Completion).label("is_done"),
            is_noted(Rest).label("is_resting"),
        )
        .outerjoin(Reminder, (Reminder.person_id == Person.id) & (Reminder.routine_id == routine_id))
        .where(db.one_of(Person.id, "people", is_sqlite=is_sqlite))
    )


@cache
def _of_the_body(is_sqlite: bool) -> sa.Select[*tuple[Any, ...]]:
    """What these *people* let us keep of their body."""
    return sa.select(BodyNote.person_id, BodyNote.note).where(
        db.one_of(BodyNote.person_id, "people", is_sqlite=is_sqlite)
    )


def _barred(session: Session, people: Collection[int], barring: Collection[str]) -> set[int]:
    """Who of *people* has one of the *barring* notes; notes are sealed, so SQL cannot tell."""
    found = session.execute(_of_the_body(db.is_sqlite(session)), {"people": people})
    return {person_id for person_id, note in found if note in barring}


def _about_the_routine(session: Session, people: Collection[int], message: gate.Message) -> dict[int, Any]:
    """Person -> their reminder of the message's routine, and what became of the routine on its day."""
    given = {"people": people, "routine_id": message.routine_id, "day": message.day}
    return {row.id: row for row in session.execute(_abouts(db.is_sqlite(session)), given)}


def _reminder(about: Any) -> gate.ReminderState | None:
    if about.state is None:
        return None
    days = json.loads(about.days)
    return gate.ReminderState(about.state, days, about.is_on_holidays, about.paused_from, about.paused_until)


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
