"""Who was not reminded because the month's messages ran out, so that they are told once, with their next answer."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery import month
from bot.models import Person


def mark(session: Session, now: datetime, *, people: Collection[int] = (), names: Collection[str] = ()) -> None:
    """Note that a reminder of these people, by our numbers or by LINE's ids, was not sent."""
    for column, those in ((Person.id, people), (Person.line_user_id, names)):
        if those:
            session.execute(
                sa.update(Person).where(column.in_(those)).values(short_at=now),
                execution_options={"synchronize_session": False},
            )


def is_to_be_told(person: Person, now: datetime) -> bool:
    """Whether the person does not know yet that this month's reminders do not come any more."""
    since = month.begins(now)
    is_short = person.short_at is not None and person.short_at >= since
    return is_short and (person.told_short_at is None or person.told_short_at < since)
