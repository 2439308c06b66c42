"""Signs of life in the database: when a worker last looked for due work, and whose turn it is to do what one does for all.

They are kept with the paces: of each the moment from which the next one may be noted.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.models import PaceBucket

TICK = "tick"
EVERY = timedelta(seconds=30)
"""How often a tick is noted, by whichever worker comes first."""


def note(session: Session, now: datetime) -> timedelta | None:
    """Note that a worker looks for due work at *now*; for how long none had before, None: none ever had."""
    before = last_tick(session)
    take_turn(session, TICK, EVERY, now)
    return None if before is None else now - before


def take_turn(session: Session, name: str, every: timedelta, now: datetime) -> bool:
    """Whether *name* has not been done for as long as *every*, by any process; then it counts as done now."""
    row = {"kind": name, "free_at": now + every}
    if db.insert_new(session, PaceBucket, [row], unique=PaceBucket.kind):
        return True
    # One that lies farther ahead than it can was noted before the clock was set back.
    is_free = sa.or_(PaceBucket.free_at <= now, PaceBucket.free_at > now + every)
    taken = sa.update(PaceBucket).where(PaceBucket.kind == name, is_free).values(free_at=now + every)
    return bool(session.scalars(taken.returning(PaceBucket.kind)).all())


def last(session: Session, name: str, every: timedelta) -> datetime | None:
    """When *name* was last noted; None: never."""
    free_at = session.scalar(sa.select(PaceBucket.free_at).where(PaceBucket.kind == name))
    return None if free_at is None else free_at - every


def last_tick(session: Session) -> datetime | None:
    """When any worker last looked for due work, to within half a minute; None: never."""
    return last(session, TICK, EVERY)
