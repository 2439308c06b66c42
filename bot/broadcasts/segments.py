"""To whom an announcement goes: conditions on people, all of which hold, and conditions that were given a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from bot import calendar
from bot.delivery.month import JAPAN
from bot.models import Broadcast, Completion, Person, PersonTag, Reminder, Segment, UtcDateTime
from bot.staff import audit

Number = Annotated[int, Field(ge=1, le=3660)]


class Conditions(BaseModel):
    """Which people; without conditions everybody who may get announcements. A week begins on Monday."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tags: tuple[str, ...] = ()
    """Bears any of these."""
    without_tags: tuple[str, ...] = ()
    """Bears none of these."""
    routine: str | None = None
    """Has this routine's reminder turned on."""
    seen_within_days: Number | None = None
    """Did anything in the last so many days."""
    unseen_for_days: Number | None = None
    """Did nothing for so many days."""
    joined_since: date | None = None
    """Became a friend, or was first met, on this day or later."""
    done_this_week: Number | None = None
    """Did at least so many routines this week."""
    ignored_this_week: bool = False
    """Was reminded this week and did nothing of it."""
    without_people: tuple[int, ...] = ()
    """Ids of people who are left out by hand."""

    @property
    def is_everybody(self) -> bool:
        """Whether nothing is asked of anybody."""
        return self == Conditions()


def of(broadcast: Broadcast) -> Conditions:
    """The conditions of *broadcast*."""
    return Conditions.model_validate(broadcast.segment)


def query(conditions: Conditions, now: datetime, *, zone: ZoneInfo = JAPAN) -> sa.Select[Person]:
    """The people (in a stable order) who meet *conditions* and may get announcements: neither blocked nor stopped."""
    return sa.select(Person).where(*_met(conditions, now, zone)).order_by(Person.id)


def count(session: Session, conditions: Conditions, now: datetime, *, zone: ZoneInfo = JAPAN) -> int:
    """How many people that is."""
    return session.scalar(sa.select(sa.func.count()).select_from(Person).where(*_met(conditions, now, zone))) or 0


@dataclass(frozen=True)
class Audience:
    """LINE ids: of those who live where the practice is, and of those who have a time zone of their own."""

    here: tuple[str, ...]
    elsewhere: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.here) + len(self.elsewhere)


def audience(session: Session, conditions: Conditions, now: datetime, *, zone: ZoneInfo = JAPAN) -> Audience:
    """Who that is, in the same order. Until the transaction ends nobody of them can be deleted.

    Else whoever is forgotten at this moment would not be found in what is written down for them a moment later.
    """
    asked = query(conditions, now, zone=zone).with_only_columns(Person.line_user_id, Person.timezone)
    found = session.execute(asked.with_for_update(of=Person, read=True, key_share=True)).all()
    return Audience(
        here=tuple(name for name, own_zone in found if own_zone is None),
        elsewhere=tuple(name for name, own_zone in found if own_zone is not None),
    )


def describe(conditions: Conditions) -> list[tuple[str, Any]]:
    """What is asked, as (key, value) for a page to put into words: the name of the field and what stands in it."""
    return [
        (name, value)
        for name in Conditions.model_fields
        if (value := getattr(conditions, name)) not in (None, (), False)
    ]


def saved(session: Session) -> Sequence[Segment]:
    """All named segments by name."""
    return session.scalars(sa.select(Segment).order_by(Segment.name, Segment.id)).all()


def save(session: Session, name: str, conditions: Conditions, *, by: int | None, now: datetime) -> Segment:
    """Keep *conditions* under *name*; one of that name is replaced."""
    segment = session.scalars(sa.select(Segment).where(Segment.name == name)).one_or_none()
    if segment is None:
        segment = Segment(name=name, made_at=now)
        session.add(segment)
    segment.conditions = conditions.model_dump(mode="json", exclude_defaults=True)
    session.flush()
    audit.note(session, by=by, action="segment.save", subject=f"segment {segment.id}", now=now)
    return segment


def remove(session: Session, segment: Segment, *, by: int | None, now: datetime) -> None:
    """Forget a named segment; announcements that used it keep their conditions."""
    audit.note(session, by=by, action="segment.remove", subject=f"segment {segment.id}", now=now)
    session.delete(segment)
    session.flush()


def _met(asked: Conditions, now: datetime, zone: ZoneInfo) -> list[sa.ColumnElement[bool]]:
    today = calendar.day_of(now, zone)
    monday = today - timedelta(days=today.weekday())
    met: list[sa.ColumnElement[bool]] = [Person.blocked_at.is_(None), Person.announcements_stopped_at.is_(None)]
    if asked.tags:
        met.append(Person.id.in_(sa.select(PersonTag.person_id).where(PersonTag.tag.in_(asked.tags))))
    if asked.without_tags:
        met.append(Person.id.not_in(sa.select(PersonTag.person_id).where(PersonTag.tag.in_(asked.without_tags))))
    if asked.routine is not None:
        turned_on = (Reminder.routine_id == asked.routine) & (Reminder.state == "on")
        met.append(Person.id.in_(sa.select(Reminder.person_id).where(turned_on)))
    if asked.seen_within_days is not None:
        met.append(Person.last_seen_at >= now - timedelta(days=asked.seen_within_days))
    if asked.unseen_for_days is not None:
        met.append(Person.last_seen_at < now - timedelta(days=asked.unseen_for_days))
    if asked.joined_since is not None:
        begins = calendar.day_begins(asked.joined_since, zone)
        met.append(sa.func.coalesce(Person.followed_at, Person.created_at) >= sa.bindparam(None, begins, UtcDateTime()))
    done = sa.select(Completion.person_id).where(Completion.day >= monday)
    if asked.done_this_week is not None:
        often = done.group_by(Completion.person_id).having(sa.func.count() >= asked.done_this_week)
        met.append(Person.id.in_(often))
    if asked.ignored_this_week:
        rung = (Reminder.state == "on") & (Reminder.rang_for >= monday)
        met.append(Person.id.in_(sa.select(Reminder.person_id).where(rung)))
        met.append(Person.id.not_in(done))
    if asked.without_people:
        met.append(Person.id.not_in(asked.without_people))
    return met
