"""The people we talk with: meeting, remembering and forgetting them."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from bot import db
from bot.delivery import inbox, outbox
from bot.models import Person, Reminder, Snooze, StaffRequest
from bot.understanding.meaning import Context

log = logging.getLogger(__name__)

CONTEXT_LIFE = timedelta(minutes=30)
"""How long 「それ」 still means what was last spoken of."""


# Built once: every message asks.
_FIND = sa.select(Person).where(Person.line_user_id == sa.bindparam("named"))


_FIND_ALL = sa.select(Person).where(Person.line_user_id.in_(sa.bindparam("named", expanding=True)))

_AT_HAND = "people at hand"

_TALK = ("last_seen_at", "touched_at", "topic", "offered", "talked_at")
"""What nearly every turn changes. The step of a flow is not among it: who takes the talk over meanwhile ends the flow."""

_request = db.table(StaffRequest).c
_wish = (_request.person_id, _request.reason, _request.created_at)
_is_open = sa.and_(
    _request.person_id == sa.bindparam("person_id"),
    _request.reason == sa.bindparam("reason"),
    _request.answered_at.is_(None),
)
# Built once, and one statement for looking whether they wait already and for writing it down.
_ASK = (
    sa.insert(db.table(StaffRequest))
    .from_select(
        [column.name for column in _wish],
        sa.select(*(sa.bindparam(column.name, type_=column.type) for column in _wish)).where(
            ~sa.select(_request.id).where(_is_open).exists()
        ),
    )
    .returning(_request.id)
)


def look_up(session: Session, line_user_ids: Collection[str]) -> list[Person]:
    """Those of the people whom we have met; for the rest of the session `find` has them at hand."""
    if not line_user_ids:
        return []
    found = session.scalars(_FIND_ALL, {"named": sorted(line_user_ids)}).all()
    session.info[_AT_HAND] = {person.line_user_id: person for person in found}
    return list(found)


def find(session: Session, line_user_id: str) -> Person | None:
    """The person with this LINE id, or None when we never met."""
    at_hand: Person | None = session.info.get(_AT_HAND, {}).get(line_user_id)
    if at_hand is not None and not is_forgotten(session, at_hand):
        return at_hand
    return session.scalars(_FIND, {"named": line_user_id}).one_or_none()


def meet(session: Session, line_user_id: str, now: datetime, *, seen_at: datetime | None = None) -> tuple[Person, bool]:
    """The person with this LINE id, made when we meet for the first time, and whether it is the first time.

    *seen_at* is when they did what brings us together, by LINE's clock.
    """
    seen_at = seen_at or now
    person = find(session, line_user_id)
    if person is None:
        person = Person(
            line_user_id=line_user_id,
            created_at=now,
            last_seen_at=seen_at,
            topic=None,
            offered=[],
            step=None,
            step_data={},
            talked_at=None,
        )
        person.touch(now)
        session.add(person)
        session.flush()
        return person, True
    person.last_seen_at = max(person.last_seen_at, seen_at)
    person.touch(now)
    # Whoever writes to us can be reached again, even when LINE never told us of the unblocking.
    person.blocked_at = None
    return person, False


def write_whole(person: Person) -> None:
    """Have all that a turn usually changes of the person written down, changed or not.

    Of the people of a group each has changed something else; where all write the same, one statement does for all.
    """
    for name in _TALK:
        flag_modified(person, name)


def context(person: Person, now: datetime) -> Context:
    """What the person's elliptical words refer to, nothing once the last turn is too long ago; and where they are."""
    zone = ZoneInfo(person.timezone) if person.timezone is not None else None
    if person.talked_at is None or now - person.talked_at > CONTEXT_LIFE:
        return Context(zone=zone)
    return Context(topic=person.topic, offered=tuple(person.offered), step=person.step, zone=zone)


def block(session: Session, person: Person, now: datetime) -> None:
    """Stop every push to a person who blocked us; reminders wait for 「前の設定で再開」."""
    person.blocked_at = now
    person.touch(now)
    session.execute(
        sa.update(Reminder)
        .where(Reminder.person_id == person.id, Reminder.state == "on")
        .values(state="suspended", next_due_at=None)
    )
    session.execute(sa.update(Snooze).where(Snooze.person_id == person.id).values(due_at=None))


def forget(session: Session, person: Person) -> None:
    """Delete the person and all that we keep of them: settings, records, evidence, and the texts in inbox and outbox."""
    # First: it waits for a planner that is just ringing, and whose message can only then be seen.
    session.delete(person)
    session.flush()
    inbox.forget(session, person.line_user_id)
    outbox.forget(session, person.line_user_id)


def ask_for_staff(session: Session, person: Person, *, reason: str, now: datetime) -> None:
    """Put the person on the list of those who wait for a human; once for each *reason*, however often it comes up.

    In a group nobody is: there the person is not known.
    """
    if person.id is None:
        return
    wish = {"person_id": person.id, "reason": reason, "created_at": now}
    if session.connection().execute(_ASK, wish).first() is not None:
        log.info("person %s waits for staff: %s", person.id, reason)


def stop_announcements(person: Person, now: datetime) -> None:
    """Send the person no announcements from now on."""
    person.announcements_stopped_at = person.announcements_stopped_at or now
    person.touch(now)


def start_announcements(person: Person) -> None:
    """Send the person announcements again."""
    person.announcements_stopped_at = None


def is_forgotten(session: Session, person: Person) -> bool:
    """Whether the person was deleted in this session."""
    return sa.inspect(person).persistent is False
