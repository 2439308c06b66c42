"""What the practice wants to know of its assistant: who uses it, what is kept, what is asked, what is not understood."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import inbox
from bot.models import Broadcast, BroadcastMove, Completion, InboxEvent, OutboxMessage, Person, Reminder, UtcDateTime

Crowd = Literal["friends", "reachable", "new", "active", "left"]
CROWDS: tuple[Crowd, ...] = ("friends", "reachable", "new", "active", "left")
AFTERWARDS = timedelta(days=1)
"""How long after an announcement a block is laid to it."""
UNHEARD = ("suggest", "fallback")
"""Outcomes of a reading that gave no answer at once."""

_CAME = ("accepted", "accepted-before", "carried")


@dataclass(frozen=True)
class Kept:
    """One routine in a span: how many people have it on, how often it rang, how often it was done."""

    routine_id: str
    people: int
    rang: int
    done: int

    @property
    def share(self) -> float | None:
        """How much of what rang was done, at most 1 (one may do it unasked); None when nothing rang."""
        return min(self.done / self.rang, 1.0) if self.rang else None


@dataclass(frozen=True)
class Announced:
    """One announcement: its words, for how many it was planned, when it began, and how many people left in the day after.

    Whoever left may have left for another reason, or without having got it: its report knows who did.
    """

    broadcast_id: int
    text: str
    people: int
    began_at: datetime
    left: int


@dataclass(frozen=True)
class Day:
    """One day of the practice's calendar: messages that came, and routines done."""

    on: date
    messages: int
    done: int


def crowds(session: Session, since: datetime) -> dict[Crowd, int]:
    """How many people each crowd has; `crowd` says who they are."""
    return {
        name: session.scalar(sa.select(sa.func.count()).select_from(crowd(name, since).subquery())) or 0
        for name in CROWDS
    }


def crowd(name: Crowd, since: datetime) -> "sa.Select[int]":
    """The ids of the people in it: all we know, those who can be reached, who came, wrote or left since then."""
    found = sa.select(Person.id).order_by(Person.id.desc())
    match name:
        case "friends":
            return found
        case "reachable":
            return found.where(Person.blocked_at.is_(None))
        case "new":
            return found.where(Person.created_at >= since)
        case "active":
            return found.where(Person.last_seen_at >= since)
        case "left":
            return found.where(Person.blocked_at >= since)


def kept(session: Session, since: datetime, since_day: date) -> list[Kept]:
    """Each routine that anybody has on, that rang or that was done, the most used first."""
    people = _by_routine(
        session, sa.select(Reminder.routine_id, sa.func.count()).where(Reminder.state == "on"), Reminder.routine_id
    )
    rang = _by_routine(
        session,
        sa.select(OutboxMessage.routine_id, sa.func.sum(sa.func.json_array_length(OutboxMessage.recipients))).where(
            OutboxMessage.purpose == "reminder", OutboxMessage.day >= since_day, OutboxMessage.outcome.in_(_CAME)
        ),
        OutboxMessage.routine_id,
    )
    done = _by_routine(
        session,
        sa.select(Completion.routine_id, sa.func.count()).where(Completion.day >= since_day),
        Completion.routine_id,
    )
    found = [Kept(id, people[id], rang[id], done[id]) for id in {*people, *rang, *done}]
    return sorted(found, key=lambda one: (-one.people, -one.rang, -one.done, one.routine_id))


def keepers(routine_id: str) -> "sa.Select[int]":
    """The ids of those who have the routine on."""
    return sa.select(Reminder.person_id).where(Reminder.routine_id == routine_id, Reminder.state == "on")


def asked(session: Session, since: datetime, *, most: int = 20) -> list[tuple[str, int]]:
    """What was answered, by entry, the most asked first."""
    count = sa.func.count()
    return [
        (about, number)
        for about, number in session.execute(
            sa.select(InboxEvent.about, count)
            .where(InboxEvent.received_at >= since, InboxEvent.about.is_not(None))
            .group_by(InboxEvent.about)
            .order_by(count.desc(), InboxEvent.about)
            .limit(most)
        )
        if about is not None
    ]


def readings(session: Session, since: datetime) -> dict[str, int]:
    """Outcome of the reading -> how many messages; nothing for what was no text."""
    return {
        meaning: number
        for meaning, number in session.execute(
            sa.select(InboxEvent.meaning, sa.func.count())
            .where(InboxEvent.received_at >= since, InboxEvent.meaning.is_not(None))
            .group_by(InboxEvent.meaning)
        )
        if meaning is not None
    }


def messages(since: datetime, *, about: str | None = None, meaning: str | None = None) -> "sa.Select[InboxEvent]":
    """The messages behind a number of `asked` or `readings`, the newest first."""
    found = sa.select(InboxEvent).where(InboxEvent.received_at >= since).order_by(InboxEvent.id.desc())
    if about is not None:
        found = found.where(InboxEvent.about == about)
    if meaning is not None:
        found = found.where(InboxEvent.meaning == meaning)
    return found


def days(session: Session, now: datetime, zone: ZoneInfo, *, count: int) -> list[Day]:
    """The last *count* days of *zone* up to today; days on which nothing happened have zeros."""
    local = now.astimezone(zone)
    first = local.date() - timedelta(days=count - 1)
    on = db.day_in(session, InboxEvent.received_at, local.utcoffset() or timedelta())
    came = _by_day(
        session.execute(
            sa.select(on, sa.func.count())
            .where(inbox.was_use(), InboxEvent.received_at > now - timedelta(days=count + 1))
            .group_by(on)
        ).all()
    )
    done = _by_day(
        session.execute(
            sa.select(Completion.day, sa.func.count()).where(Completion.day >= first).group_by(Completion.day)
        ).all()
    )
    every = [first + timedelta(days=number) for number in range(count)]
    return [Day(one, came.get(one, 0), done.get(one, 0)) for one in every]


def announced(session: Session, since: datetime, *, most: int = 10) -> list[Announced]:
    """The announcements that began since then, the latest first, each with how many people left within a day."""
    began = (
        sa.select(BroadcastMove.broadcast_id, sa.func.min(BroadcastMove.moved_at).label("at"))
        .where(BroadcastMove.state == "sending")
        .group_by(BroadcastMove.broadcast_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(Broadcast.id, Broadcast.text, Broadcast.people_count, sa.type_coerce(began.c.at, UtcDateTime()))
        .join(began, began.c.broadcast_id == Broadcast.id)
        .where(began.c.at >= sa.bindparam(None, since, UtcDateTime()))
        .order_by(began.c.at.desc(), Broadcast.id.desc())
        .limit(most)
    ).all()
    return [
        Announced(id, text, people, at, session.scalar(_left_between(at, at + AFTERWARDS)) or 0)
        for id, text, people, at in rows
    ]


def _left_between(first: datetime, last: datetime) -> "sa.Select[int]":
    return sa.select(sa.func.count()).where(Person.blocked_at >= first, Person.blocked_at < last)


def _by_routine(session: Session, asked: "sa.Select[Any, Any]", routine: Any) -> Counter[str]:
    counts = session.execute(asked.where(routine.is_not(None)).group_by(routine)).all()
    return Counter({id: int(count) for id, count in counts})


def _by_day(rows: Sequence[Any]) -> dict[date, int]:
    # SQLite knows no dates: it gives the text of one.
    return {(date.fromisoformat(on) if isinstance(on, str) else on): number for on, number in rows if on is not None}
