"""Winds the clock of a whole house on, from one moment at which something is due to the next, so that nothing is skipped."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot import calendar
from bot.app import App
from bot.models import Broadcast, InboxEvent, OutboxMessage, Person, Programme, Reminder, Snooze

SetClock = Callable[[datetime], None]

SCHEDULES: tuple[tuple[sa.orm.InstrumentedAttribute[Any], tuple[sa.ColumnElement[bool], ...]], ...] = (
    (Reminder.next_due_at, ()),
    (Snooze.due_at, ()),
    (Person.summary_due_at, ()),
    (Broadcast.send_at, (Broadcast.state == "scheduled",)),
    (OutboxMessage.next_try_at, (OutboxMessage.outcome.is_(None),)),
    (InboxEvent.next_try_at, (InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_(None))),
)
"""Every column that says when something is done by itself, with the rows that still count."""


def due(app: App) -> datetime | None:
    """The next moment at which something is done by itself; None when nothing will be."""
    now = app.clock()
    with app.sessions() as session:
        found = [
            session.scalar(sa.select(sa.func.min(column)).where(column > now, *only)) for column, only in SCHEDULES
        ]
        is_running = (Programme.agreed_at.is_not(None), Programme.ended_at.is_(None))
        last_day = session.scalar(sa.select(sa.func.min(Programme.ends_on)).where(*is_running))
    if last_day is not None:
        # Ended when its last day is over: what it had set must not ring once more in the morning.
        found.append(calendar.day_begins(last_day + timedelta(days=1), app.rules().zone))
    return min((moment for moment in found if moment is not None and moment > now), default=None)


def work(app: App) -> None:
    """Do all that is due: answer, plan, send."""
    while app.dispatcher.work_one():
        pass
    for tick in app.ticks:
        tick(app.clock())
    while app.sender.send_one():
        pass


def steps(app: App, set_clock: SetClock, until: datetime) -> Iterator[datetime]:
    """Wind the clock on from due moment to due moment, doing what is due at each, and at last to *until*.

    Gives each moment when its work is done; whoever takes no more leaves the clock there.
    """
    while (moment := due(app)) is not None and moment <= until:
        set_clock(moment)
        work(app)
        yield moment
    set_clock(until)
    work(app)
    yield until


def rings(app: App, user_id: str) -> list[str]:
    """The routines that have rung for this person, in order."""
    rows = (
        sa.select(OutboxMessage)
        .where(OutboxMessage.routine_id.is_not(None), OutboxMessage.outcome.in_(("accepted", "carried")))
        .order_by(OutboxMessage.settled_at, OutboxMessage.id)
    )
    with app.sessions() as session:
        return [
            str(row.routine_id)
            for row in session.scalars(rows)
            if user_id in row.recipients and user_id not in row.left_out
        ]
