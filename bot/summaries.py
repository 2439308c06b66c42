"""The weekly summary for those who asked for it: when it is due, and its way into the outbox."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from bot import calendar, record
from bot.delivery import decisions, gate, outbox
from bot.models import Decision, Person
from bot.record import Record

log = logging.getLogger(__name__)

WALL, DAYS = "20:00", ("sun",)
GRACE = gate.GRACE["summary"]
BATCH = 100


def turn_on(person: Person, *, zone: ZoneInfo, now: datetime) -> datetime:
    """Send the person a summary every week from now on; when the first one goes out."""
    person.summary_due_at = due_at = _next(now, zone)
    return due_at


def turn_off(person: Person, *, today: date) -> None:
    """Send the person no summary any more; what was told of this week counts as told."""
    if person.summary_due_at is not None:
        person.summary_due_at, person.summarised_on = None, today


def is_to_be_told(person: Person, today: date) -> bool:
    """Whether last week may still be told beside a reply: to somebody who gets no summary, once a week."""
    return person.summary_due_at is None and (
        person.summarised_on is None or person.summarised_on < record.monday(today)
    )


def plan_due(
    sessions: sessionmaker[Session],
    render: Callable[[Record], list[dict[str, Any]]],
    now: datetime,
    *,
    zone: ZoneInfo,
) -> int:
    """Put every summary that is due into the outbox and move its person on, in one transaction a batch; how many.

    *zone* is that of people without one of their own. A week in which nothing was done has no summary: nobody is written
    to only to be told so.
    """
    planned = 0
    while True:
        with sessions.begin() as session:
            people = session.scalars(
                sa.select(Person)
                .where(Person.summary_due_at <= now)
                .order_by(Person.summary_due_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            planned += sum(_plan(session, person, render, now, zone) for person in people)
        if len(people) < BATCH:
            return planned


def _plan(
    session: Session,
    person: Person,
    render: Callable[[Record], list[dict[str, Any]]],
    now: datetime,
    default: ZoneInfo,
) -> bool:
    due_at, zone = person.summary_due_at, ZoneInfo(person.timezone) if person.timezone else default
    assert due_at is not None  # Chosen by the query.
    person.summary_due_at = _next(now, zone)
    if now - due_at > GRACE:
        log.warning("summary of person %s missed: found %s late", person.id, now - due_at)
        decisions.drop(session, person.id, purpose="summary", due_at=due_at, reason="too-late", now=now)
        return False
    mine = record.of(session, person, zone=zone, now=due_at)
    if not mine.count(record.monday(mine.today), mine.today):
        # No word of the gate's, which never saw it: there was nothing to send.
        silence = Decision(
            person_id=person.id, purpose="summary", due_at=due_at, decided_at=now, verb="drop", reason="nothing-done"
        )
        decisions.keep(session, [silence])
        return False
    person.summarised_on = mine.today
    return outbox.add_push(
        session,
        to=person.line_user_id,
        payload=render(mine),
        purpose="summary",
        due_at=due_at,
        reference=f"summary {mine.today}",
        dedupe_key=f"summary:{person.id}:{mine.today}",
        now=now,
        expires_at=due_at + GRACE,
        is_merged=True,
    )


def _next(now: datetime, zone: ZoneInfo) -> datetime:
    due_at = calendar.next_due(now, wall=WALL, days=DAYS, zone=zone)
    assert due_at is not None  # Every week has a Sunday.
    return due_at
