"""What rings: every due reminder and snooze becomes a message in the outbox, or a decision that says why not."""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from bot import db
from bot.delivery import gate
from bot.delivery.company import WITHIN
from bot.delivery.quota import Quota
from bot.models import Person, Reminder, Snooze
from bot.reminders import backing_off, due, pauses, plain, schedule
from bot.reminders.batch import Batch, Due, Message, Render, Ring, Without

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=7)
"""How much of a longer downtime is written down ring by ring."""

PLANNERS = 3
"""How many of one worker plan a crowd side by side: for each of them a process of PostgreSQL's is at work, and one alone takes
longer than LINE does. All but the first are shared among all workers: from four on they are in each other's way."""


def plan_due(
    sessions: sessionmaker[Session],
    render: Render,
    now: datetime,
    *,
    rules: gate.Rules = gate.DEFAULT_RULES,
    without: Without = lambda _session, _wanted: {},
    quota: Quota | None = None,
) -> int:
    """Put every ring that is due into the outbox and move its reminder on, in one transaction a batch; how many.

    However often this runs, and however many run it at once, a due moment is planned once: its row is taken under a
    lock, and has moved on when the lock falls. All who get the same message share a row of the outbox. What is not sent
    is written down with the reason. Those about whom nothing is special go first, together; then the others, one by one.
    Where *quota* has a limit that is near, each counts: then all go one by one, and what is due for one person within a few
    minutes is planned to become one message.
    """
    missed = 0
    render = _sparing(render)
    planned = _plan_plain(sessions, render, now, rules, quota)
    for plan in (_plan_reminders, _plan_snoozes):
        is_more = True
        while is_more:
            with sessions.begin() as session:
                month = None if quota is None else quota.month(session, now)
                rings, is_more = plan(Batch(session, now, rules, render, without, month))
            planned += sum(1 for ring in rings if ring.reason is None)
            missed += sum(1 for ring in rings if ring.reason == "too-late")
    if missed:
        log.warning("rings missed, found too late: %s", missed)
    return planned


def _plan_plain(
    sessions: sessionmaker[Session], render: Render, now: datetime, rules: gate.Rules, quota: Quota | None
) -> int:
    """Plan those about whom nothing is special, unless the month's limit is near; how many.

    What is left of a crowd is planned by several side by side where the database lets them write so. Whoever reads passes over
    what another has in hand, so all begin at the same place. One goes on to the end; its helpers leave when others help.
    """

    def go_on(
        place: plain.Place | None, size: int, *, most: int | None = None, helps: bool = False
    ) -> tuple[int, plain.Place | None]:
        planned = 0
        while place is not None and (most is None or planned < most):
            with sessions.begin() as session:
                if helps and not may_help(session):
                    return planned, place
                month = None if quota is None else quota.month(session, now)
                if month is not None and (month.is_near or month.is_full):
                    return planned, None
                rung, place = plain.plan(session, now, rules, render, after=place, size=size)
            planned += rung
        return planned, place

    planned, place = go_on(plain.beginning(now), plain.BATCH, most=plain.CROWD)
    if place is None:
        return planned
    count = PLANNERS if db.writes_side_by_side(sessions) else 1
    with ThreadPoolExecutor(count, thread_name_prefix="planner") as threads:
        planning = [threads.submit(go_on, place, plain.CROWDED, helps=number > 0) for number in range(count)]
        return planned + sum(one.result()[0] for one in planning)


def may_help(session: Session) -> bool:
    """Whether fewer help to plan a crowd than may among all workers; who asks is counted until its transaction ends.

    On PostgreSQL only, which counts by advisory locks.
    """
    places = (sa.func.hashtextextended(f"helps to plan {number}", 0) for number in range(PLANNERS - 1))
    return any(session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(place))) for place in places)


def _sparing(render: Render) -> Render:
    """*render*, of whose routines one that cannot be drawn costs those of the others no ring: it has no message."""

    def rendered(ring: Due) -> list[Message] | None:
        try:
            return render(ring)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            log.error("%s cannot be drawn: %s", ring.routine_id, type(error).__name__)
            return None

    return rendered


class Rung(NamedTuple):
    """The last ring of a person: of which routine, when, and whether it was the question that backing off asks."""

    routine_id: str
    at: datetime
    is_question: bool


def _rung(kind: type[Reminder] | type[Snooze], asks: sa.ColumnElement[bool], rank: int) -> sa.Select[Any]:
    mine = db.table(kind).c
    return sa.select(
        mine.person_id, mine.routine_id, mine.rang_at, asks.label("asks"), sa.literal(rank).label("rank")
    ).where(mine.person_id.in_(sa.bindparam("person_ids", expanding=True)), mine.rang_at.is_not(None))


_reminder = db.table(Reminder).c
_rungs = sa.union_all(
    _rung(Reminder, sa.and_(_reminder.unanswered == backing_off.RINGS + 1, _reminder.state == "on"), 0),
    _rung(Snooze, sa.false(), 1),
).subquery()
# Built once: every message asks, and putting it together costs more than running it. The last of each person's comes last.
_RUNGS = sa.select(_rungs).order_by(_rungs.c.rang_at, _rungs.c.rank.desc())

_AT_HAND = "rungs at hand"


def look_up_rungs(session: Session, people: Collection[Person]) -> None:
    """Find what rang last for each of these people; for the rest of the session `last_rung` has it at hand."""
    session.info[_AT_HAND] = _last_rungs(session, people)


def last_rung(session: Session, person: Person) -> Rung | None:
    """What rang last for this person; None when nothing ever did."""
    at_hand: dict[int, Rung | None] = session.info.get(_AT_HAND, {})
    return (at_hand if person.id in at_hand else _last_rungs(session, [person]))[person.id]


def _last_rungs(session: Session, people: Collection[Person]) -> dict[int, Rung | None]:
    last: dict[int, Rung | None] = {person.id: None for person in people}
    if last:
        for row in session.connection().execute(_RUNGS, {"person_ids": list(last)}):
            last[row.person_id] = Rung(row.routine_id, row.rang_at, bool(row.asks))
    return last


def _plan_reminders(batch: Batch) -> tuple[list[Ring], bool]:
    """Plan the next due reminders; what was decided, and whether there are more."""
    found = due.reminders(batch.session, batch.now)
    is_whole = len(found) == due.BATCH
    if found and batch.saves_messages:
        people = {reminder.person_id for reminder in found}
        found += due.soon(batch.session, people, batch.now, until=batch.now + WITHIN)
    rings = [batch.ring("reminder", reminder, _state(reminder)) for reminder in found]
    batch.judge(rings)
    unheard = [reminder for reminder, ring in zip(found, rings, strict=True) if _back_off(reminder, ring)]
    if batch.saves_messages:
        _set_apart(batch, rings)
    batch.put_out(rings)
    for reminder, ring in zip(found, rings, strict=True):
        if ring.reason is None:
            reminder.rang_at, reminder.rang_for = batch.now, ring.day
            reminder.unanswered += 1
        # From the moment that was due, not from now: a later one may be due as well, and not too late yet.
        reminder.next_due_at = schedule.next_ring(reminder, max(ring.due_at, batch.now - LOOK_BACK))
    due.move_on(batch.session, found)
    for reminder in unheard:
        pauses.put_to_rest(batch.session, batch.session.get_one(Reminder, reminder.id), batch.now)
    are_due_again = any(one.next_due_at is not None and one.next_due_at <= batch.now for one in found)
    return rings, are_due_again or is_whole


def _plan_snoozes(batch: Batch) -> tuple[list[Ring], bool]:
    """Plan the next due snoozes; what was decided, and whether there are more."""
    found = due.snoozes(batch.session, batch.now)
    rings = [batch.ring("snooze", snooze) for snooze in found]
    batch.judge(rings)
    for ring in rings:
        ring.is_apart = batch.saves_messages
    batch.put_out(rings)
    for snooze, ring in zip(found, rings, strict=True):
        snooze.rang_at = batch.now if ring.reason is None else None
    due.silence(batch.session, found)
    return rings, len(found) == due.BATCH


def _set_apart(batch: Batch, rings: Sequence[Ring]) -> None:
    """Note which of *rings* are for people for whom something else is due as well; all others share their message."""
    passed = Counter(ring.person_id for ring in rings if ring.reason is None)
    busy = due.busy(batch.session, passed.keys(), batch.now) if passed else set()
    for ring in rings:
        ring.is_apart = passed[ring.person_id] > 1 or ring.person_id in busy


def _state(reminder: due.DueReminder) -> gate.ReminderState:
    return gate.ReminderState(
        state=reminder.state,
        days=reminder.days,
        is_on_holidays=reminder.is_on_holidays,
        paused_from=reminder.paused_from,
        paused_until=reminder.paused_until,
    )


def _back_off(reminder: due.DueReminder, ring: Ring) -> bool:
    """Let a ring that the gate lets pass wait, or be a question, when nobody reacts; whether it is to rest for good."""
    if ring.reason is not None:
        return False
    if ring.day == reminder.rang_for:
        ring.reason = "rang"
        return False
    step = backing_off.step(reminder.unanswered, day=ring.day, rang_for=reminder.rang_for)
    if step == "question":
        ring.kind = "question"
    elif step != "ring":
        ring.reason = "backing-off"
    return step == "rest"
