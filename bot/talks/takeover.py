"""Taking over: while somebody of the staff talks with a person, the assistant keeps silent."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import Person, StaffAccount, Takeover
from bot.staff import audit

WORDS = frozenset({"text", "sticker", "image", "video", "audio", "file", "location", "other-message"})
"""The kinds of events that are words to a human. A tapped button is none: it is the assistant's, who answers it."""


def is_on(person: Person, now: datetime) -> bool:
    """Whether a human talks with the person at *now*."""
    return person.taken_over_until is not None and now < person.taken_over_until


def begin(session: Session, person: Person, *, by: int, quiet: timedelta, now: datetime) -> None:
    """Let the account *by* talk with the person until nobody has said anything for *quiet*; who talks already goes on.

    A flow of the assistant's that was running is over.
    """
    session.refresh(person, with_for_update=True)
    before = _open(session, person)
    if before is not None and before.account_id == by and is_on(person, now):
        person.taken_over_until = now + quiet
        return
    _close(before, person, now)
    person.taken_over_until = now + quiet
    person.step, person.step_data, person.offered = None, {}, []
    session.add(Takeover(person_id=person.id, account_id=by, started_at=now))
    audit.note(session, by=by, action="talk.take-over", subject=f"person {person.id}", now=now)


def go_on(session: Session, person: Person, *, quiet: timedelta, now: datetime) -> None:
    """Move the end on, for one of the two has said something; one that was handed back in this moment stays so."""
    session.execute(
        sa.update(Person)
        .where(Person.id == person.id, Person.taken_over_until > now)
        .values(taken_over_until=now + quiet)
        .execution_options(synchronize_session=False)
    )
    session.expire(person, ["taken_over_until"])


def end(session: Session, person: Person, *, by: int, now: datetime) -> None:
    """Let the assistant answer again."""
    session.refresh(person, with_for_update=True)
    if person.taken_over_until is None:
        return
    _close(_open(session, person), person, now)
    person.taken_over_until = None
    audit.note(session, by=by, action="talk.hand-back", subject=f"person {person.id}", now=now)


def holder(session: Session, person: Person, now: datetime) -> StaffAccount | None:
    """Who talks with the person at *now*; None when nobody does, or nobody knows who."""
    found = _open(session, person) if is_on(person, now) else None
    return None if found is None or found.account_id is None else session.get(StaffAccount, found.account_id)


def _open(session: Session, person: Person) -> Takeover | None:
    mine = sa.select(Takeover).where(Takeover.person_id == person.id, Takeover.ended_at.is_(None))
    return session.scalars(mine.order_by(Takeover.id.desc()).limit(1)).one_or_none()


def _close(before: Takeover | None, person: Person, now: datetime) -> None:
    if before is not None:
        before.ended_at = min(now, person.taken_over_until or now)
