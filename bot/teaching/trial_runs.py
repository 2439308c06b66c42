"""Trials that run in the background, as rows: so every process shows the same, and one whose process has died is told from one at work."""

from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import TrialRun

State = Literal["running", "done", "failed"]
BEAT = timedelta(seconds=5)
"""How often whoever tries something says that it is alive."""
SILENCE = timedelta(seconds=45)
"""After so long without a word it has died, as with a restart of the program."""
KEPT = timedelta(days=1)
MOST = 4
"""So many run or wait at once: each takes minutes, and whoever waits holds a thread."""


class BusyError(Exception):
    """As many trials run or wait already as may."""


def find(session: Session, name: str) -> TrialRun | None:
    """The run called *name*; None when nobody has begun it."""
    return session.scalar(sa.select(TrialRun).where(TrialRun.name == name))


def state(run: TrialRun, now: datetime) -> State:
    """How far it is."""
    if run.ended_at is not None:
        return "done" if run.found is not None else "failed"
    return "running" if now - run.seen_at < SILENCE else "failed"


def begin(session: Session, name: str, now: datetime) -> int | None:
    """The number of a new run; None when it runs or is done already. What failed is begun anew, what is old goes.

    BusyError when too many run, IntegrityError when somebody else begins it in the same moment.
    """
    session.execute(sa.delete(TrialRun).where(TrialRun.seen_at < now - KEPT))
    run = find(session, name)
    if run is not None:
        if state(run, now) != "failed":
            return None
        session.delete(run)
        session.flush()
    is_alive = TrialRun.ended_at.is_(None) & (TrialRun.seen_at > now - SILENCE)
    if (session.scalar(sa.select(sa.func.count()).where(is_alive)) or 0) >= MOST:
        raise BusyError
    new = TrialRun(name=name, seen_at=now)
    session.add(new)
    session.flush()
    return new.id


def live(session: Session, id: int, now: datetime) -> None:
    """The run is still being worked at."""
    session.execute(sa.update(TrialRun).where(TrialRun.id == id).values(seen_at=now))


def end(session: Session, id: int, found: dict[str, Any] | None, now: datetime) -> None:
    """Keep what was *found* out; None when it could not be. A run that was given up meanwhile is no more."""
    session.execute(sa.update(TrialRun).where(TrialRun.id == id).values(ended_at=now, seen_at=now, found=found))
