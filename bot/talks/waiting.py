"""Who waits for a human, who is looked after by one, and everybody else: the lists of talks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import InboxEvent, Person, StaffRequest
from bot.staff import audit
from bot.talks import takeover, thread
from bot.talks.thread import Said

Which = Literal["waiting", "mine", "all"]
"""Who waits and is not looked after yet; whom somebody of the staff talks with; everybody."""

ON_A_PAGE = 30
FIRST = ("safety", "asked", "not-understood")
"""The reasons for waiting, the gravest first."""


@dataclass(frozen=True)
class Talk:
    """One line of a list: the person, why and since when they wait, the last thing they said, whether that was read."""

    person: Person
    reasons: tuple[str, ...]
    since: datetime | None
    is_taken_over: bool
    last: Said | None
    is_unread: bool


def listed(session: Session, which: Which, now: datetime, *, page: int = 0) -> tuple[list[Talk], bool]:
    """One *page* of a list, and whether there is another: those who wait by gravity and time, others by their last word."""
    requests = _requests(session)
    if which == "waiting":
        people = [person for person in _people(session, list(requests)) if not takeover.is_on(person, now)]
        people.sort(key=lambda one: (_gravity(requests[one.id]), requests[one.id][0].created_at))
        people = people[page * ON_A_PAGE :]
    else:
        some = sa.select(Person).order_by(Person.last_seen_at.desc(), Person.id.desc())
        if which == "mine":
            some = some.where(Person.taken_over_until > now)
        people = list(session.scalars(some.offset(page * ON_A_PAGE).limit(ON_A_PAGE + 1)))
    last = _last(session, people[:ON_A_PAGE])
    talks = [_talk(person, requests.get(person.id, []), last.get(person.line_user_id), now) for person in people]
    return talks[:ON_A_PAGE], len(talks) > ON_A_PAGE


def counts(session: Session, now: datetime) -> tuple[int, int]:
    """How many wait, and how many are looked after."""
    waiting = (
        sa.select(sa.func.count(sa.distinct(StaffRequest.person_id)))
        .join(Person, Person.id == StaffRequest.person_id)
        .where(
            StaffRequest.answered_at.is_(None),
            sa.or_(Person.taken_over_until.is_(None), Person.taken_over_until <= now),
        )
    )
    mine = sa.select(sa.func.count()).where(Person.taken_over_until > now)
    return session.scalar(waiting) or 0, session.scalar(mine) or 0


def of(session: Session, person: Person) -> list[StaffRequest]:
    """Why the person waits, oldest first; nothing when they do not."""
    return _requests(session, person).get(person.id, [])


def settle(session: Session, person: Person, *, by: int, now: datetime) -> int:
    """Note that the account *by* has taken care of everything the person waited for; how much that was."""
    open = of(session, person)
    for request in open:
        request.answered_at, request.answered_by = now, by
    if open:
        what = {"reasons": [request.reason for request in open]}
        audit.note(session, by=by, action="talk.settle", subject=f"person {person.id}", now=now, after=what)
    return len(open)


def look(session: Session, person_id: int, now: datetime) -> None:
    """Note that somebody of the staff has the talk before their eyes."""
    session.execute(
        sa.update(Person).where(Person.id == person_id).values(read_at=now).execution_options(synchronize_session=False)
    )


def _requests(session: Session, person: Person | None = None) -> dict[int, list[StaffRequest]]:
    open = sa.select(StaffRequest).where(StaffRequest.answered_at.is_(None)).order_by(StaffRequest.id)
    if person is not None:
        open = open.where(StaffRequest.person_id == person.id)
    found: dict[int, list[StaffRequest]] = {}
    for request in session.scalars(open):
        found.setdefault(request.person_id, []).append(request)
    return found


def _people(session: Session, ids: Sequence[int]) -> list[Person]:
    return list(session.scalars(sa.select(Person).where(Person.id.in_(ids)))) if ids else []


def _last(session: Session, people: Sequence[Person]) -> dict[str, Said]:
    """LINE id -> the last message of each."""
    names = [person.line_user_id for person in people]
    newest = (
        sa.select(sa.func.max(InboxEvent.id))
        .where(InboxEvent.user_id.in_(names), InboxEvent.chat == InboxEvent.user_id, InboxEvent.kind == "message")
        .group_by(InboxEvent.user_id)
    )
    if not names:
        return {}
    rows = session.scalars(sa.select(InboxEvent).where(InboxEvent.id.in_(newest)))
    return {str(row.user_id): thread.theirs(row) for row in rows}


def _talk(person: Person, requests: Sequence[StaffRequest], last: Said | None, now: datetime) -> Talk:
    reasons = tuple(sorted({request.reason for request in requests}, key=_place))
    is_taken_over = takeover.is_on(person, now)
    is_new = last is not None and (person.read_at is None or last.at > person.read_at)
    return Talk(
        person=person,
        reasons=reasons,
        since=requests[0].created_at if requests else None,
        is_taken_over=is_taken_over,
        last=last,
        # Of the others the assistant has taken care.
        is_unread=is_new and (bool(reasons) or is_taken_over),
    )


def _gravity(requests: Sequence[StaffRequest]) -> int:
    return min(_place(request.reason) for request in requests)


def _place(reason: str) -> int:
    return FIRST.index(reason) if reason in FIRST else len(FIRST)
