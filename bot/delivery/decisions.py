"""The ledger of exceptions: why something that was due for a person did not become a message, or not yet.

Who was sent something stands in the outbox, and so does whom the gate took out of a message there.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery.gate import Reason
from bot.models import Decision, Person
from bot.models.outbox import Purpose

_COLUMNS = tuple(column.key for column in sa.inspect(Decision).column_attrs if column.key != "id")


def drop(
    session: Session,
    person_id: int | Collection[int],
    *,
    purpose: Purpose,
    due_at: datetime,
    reason: Reason,
    now: datetime,
    routine_id: str | None = None,
    day: date | None = None,
) -> None:
    """Write down that what was due at *due_at* for this person, or for all of these, is not sent."""
    people = (person_id,) if isinstance(person_id, int) else person_id
    keep(
        session,
        (
            Decision(
                person_id=one,
                purpose=purpose,
                routine_id=routine_id,
                day=day,
                due_at=due_at,
                decided_at=now,
                verb="drop",
                reason=reason,
            )
            for one in people
        ),
    )


def keep(session: Session, rows: Iterable[Decision]) -> None:
    """Write down many decisions at once."""
    # Not as objects of the session: SQLite would be asked once for each.
    written = [{name: getattr(row, name) for name in _COLUMNS} for row in rows]
    if written:
        session.execute(sa.insert(Decision), written)


def of(session: Session, person: Person, *, day: date, begins: datetime, ends: datetime) -> list[Decision]:
    """What was decided about the person's *day*, which lasts from *begins* to *ends*, by the moment it was due."""
    is_due_then = Decision.day.is_(None) & (Decision.due_at >= begins) & (Decision.due_at < ends)
    return list(
        session.scalars(
            sa.select(Decision)
            .where(Decision.person_id == person.id, (Decision.day == day) | is_due_then)
            .order_by(Decision.due_at, Decision.id)
        )
    )
