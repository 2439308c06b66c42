"""Everything that we keep of one person beside their settings, for them to see: what was done, how much they wrote."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import (
    BroadcastTap,
    Completion,
    Decision,
    Evidence,
    InboxEvent,
    Person,
    PersonNote,
    PersonTag,
    ReminderChange,
    Rest,
    Snooze,
    StaffRequest,
    Takeover,
)

_Counted = (
    type[ReminderChange]
    | type[Snooze]
    | type[Decision]
    | type[Evidence]
    | type[StaffRequest]
    | type[Takeover]
    | type[BroadcastTap]
)


@dataclass(frozen=True)
class Kept:
    """What there is: days with the ids of routines done or rested, newest first, and of the rest how much.

    *waiting_since* is when the person asked for staff, once for each request that is still open. *staff_notes* are what staff
    noted of them and *tags* the words that staff put on them.
    """

    done: tuple[tuple[date, str], ...]
    rests: tuple[tuple[date, str], ...]
    waiting_since: tuple[datetime, ...]
    messages: int
    changes: int
    snoozes: int
    decisions: int
    evidence: int
    requests: int
    takeovers: int
    taps: int
    staff_notes: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def days(self) -> int:
        """On how many days something was done."""
        return len({day for day, _ in self.done})


def of(session: Session, person: Person) -> Kept:
    """What we keep of *person*."""

    def count(kind: _Counted) -> int:
        return session.scalar(sa.select(sa.func.count()).where(kind.person_id == person.id)) or 0

    def days(kind: type[Completion] | type[Rest]) -> tuple[tuple[date, str], ...]:
        rows = sa.select(kind.day, kind.routine_id).where(kind.person_id == person.id)
        return tuple((row.day, row.routine_id) for row in session.execute(rows.order_by(kind.day.desc(), kind.id)))

    waiting = sa.select(StaffRequest.created_at).where(
        StaffRequest.person_id == person.id, StaffRequest.answered_at.is_(None), StaffRequest.reason == "asked"
    )
    notes = sa.select(PersonNote.text).where(PersonNote.person_id == person.id).order_by(PersonNote.id.desc())
    tags = sa.select(PersonTag.tag).where(PersonTag.person_id == person.id).order_by(PersonTag.tag)
    return Kept(
        done=days(Completion),
        rests=days(Rest),
        waiting_since=tuple(session.scalars(waiting.order_by(StaffRequest.created_at))),
        messages=_messages(session, person),
        changes=count(ReminderChange),
        snoozes=count(Snooze),
        decisions=count(Decision),
        evidence=count(Evidence),
        requests=count(StaffRequest),
        takeovers=count(Takeover),
        taps=count(BroadcastTap),
        staff_notes=tuple(session.scalars(notes)),
        tags=tuple(session.scalars(tags)),
    )


def _messages(session: Session, person: Person) -> int:
    """How many of the person's own messages stand in the inbox with their words."""
    mine = (InboxEvent.user_id == person.line_user_id, InboxEvent.kind == "message", InboxEvent.raw != "{}")
    return session.scalar(sa.select(sa.func.count()).where(*mine)) or 0
