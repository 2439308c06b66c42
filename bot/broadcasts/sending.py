"""Announcements whose time has come are written into the outbox whole; those of which all is over are closed."""

import logging
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import alerts, db
from bot.broadcasts import checks, content, holding, rows, segments, states
from bot.broadcasts.terms import Paint, RefusedError, Terms
from bot.db import Sessions
from bot.delivery import bell, outbox
from bot.delivery.messenger import Message
from bot.models import Broadcast, OutboxMessage

log = logging.getLogger(__name__)

OVERDUE = "announcement-overdue"
"""The name of the alert that an announcement was not sent in time."""


def begin_due(sessions: Sessions, now: datetime, *, paint: Paint, terms: Terms) -> int:
    """Move scheduled announcements whose time has come to sending, each with all its rows in one transaction; how many.

    One that is found later than the terms allow becomes overdue and raises an alert: a human decides; so does one by LINE's
    own list when somebody has stopped announcements since. One that cannot be begun holds up none behind it; its error is
    raised when all have had their turn.
    """
    with sessions.begin() as session:
        due = sa.select(Broadcast.id).where(Broadcast.state == "scheduled", Broadcast.send_at <= now)
        ids = session.scalars(due.order_by(Broadcast.send_at, Broadcast.id)).all()
        is_any_overdue = session.scalar(sa.select(sa.select(Broadcast.id).where(Broadcast.state == "overdue").exists()))
        if not is_any_overdue:
            alerts.clear(session, OVERDUE, now)
    begun, fault = 0, None
    for id in ids:
        try:
            begun += _begin(sessions, id, now, paint, terms)
        except Exception as error:  # noqa: BLE001 - raised below
            log.error("announcement %s cannot be begun: %s", id, type(error).__name__)
            fault = fault or error
    if fault is not None:
        raise fault
    return begun


def _begin(sessions: Sessions, id: int, now: datetime, paint: Paint, terms: Terms) -> bool:
    with sessions.begin() as session:
        broadcast = session.get(Broadcast, id)
        if broadcast is None:
            return False
        try:
            states.take(session, broadcast, "begin", skips=True)
        except RefusedError:
            return False  # Somebody has taken it back, or another worker begins it.
        assert broadcast.send_at is not None  # Scheduled, so its time is known.
        if broadcast.send_at > now:
            return False
        if now > broadcast.send_at + terms.late_after or checks.against_their_will(session, broadcast):
            states.write_move(session, broadcast, "overdue", by=None, now=now, note="miss")
            alerts.raise_(session, OVERDUE, {"number": broadcast.id}, now)
            return False
        payload = paint(content.read(broadcast.content), broadcast)
        broadcast.people_count = _write(session, broadcast, payload, now, terms)
        states.write_move(session, broadcast, "sending", by=None, now=now, note="begin")
        db.notify(session, bell.OUTBOX)
    return True


def _write(session: Session, broadcast: Broadcast, payload: Sequence[Message], now: datetime, terms: Terms) -> int:
    """All rows of the announcement; for how many people."""
    reference = f"broadcast {broadcast.id}"
    priority = rows.AT_ANY_PRICE if broadcast.is_urgent else None
    if broadcast.way == "everyone":
        people = checks.reach(session, broadcast, now, terms=terms)
        outbox.add_broadcast(
            session,
            payload=payload,
            people=people,
            purpose="announcement",
            reference=reference,
            dedupe_key=f"broadcast:{broadcast.id}",
            now=now,
            in_opening_hours=broadcast.in_opening_hours,
            is_urgent=broadcast.is_urgent,
            priority=priority,
        )
        return people
    found = segments.audience(session, segments.of(broadcast), now, zone=terms.rules.zone)
    rows.write(session, broadcast, found, payload, now=now, is_urgent=broadcast.is_urgent, priority=priority)
    return len(found)


def finish(sessions: Sessions, now: datetime) -> int:
    """Close those of which every row has an outcome, and drop what came back from the way after a stop; how many closed."""
    with sessions.begin() as session:
        in_hand = sa.select(Broadcast.id, Broadcast.state).where(Broadcast.state.in_(("sending", "stopped")))
        by_state: dict[str, list[int]] = {"sending": [], "stopped": []}
        for id, state in session.execute(in_hand.order_by(Broadcast.id)):
            by_state[state].append(id)
        unfinished = _with_open_rows(session, [*by_state["sending"], *by_state["stopped"]])
        if stopped := [id for id in by_state["stopped"] if id in unfinished]:
            holding.drop(session, stopped, now)
        finished = 0
        for id in by_state["sending"]:
            if id not in unfinished:
                finished += _close(session, id, now)
    return finished


def _close(session: Session, id: int, now: datetime) -> bool:
    broadcast = session.get_one(Broadcast, id)
    try:
        states.take(session, broadcast, "finish", skips=True)
    except RefusedError:
        return False  # It was paused or stopped, or closed, at this very moment.
    if _with_open_rows(session, [id]):
        return False
    states.write_move(session, broadcast, "sent", by=None, now=now, note="finish")
    return True


def _with_open_rows(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of *ids* of which something has no outcome yet."""
    is_open = holding.rows_of(ids) & OutboxMessage.outcome.is_(None)
    references = session.scalars(sa.select(OutboxMessage.reference).where(is_open).distinct())
    return {int(reference.rpartition(" ")[2]) for reference in references if reference is not None}
