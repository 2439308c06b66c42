"""Announcements from the command line: to everybody, planned whole in one transaction, then sent like any message."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.broadcasts import holding, rows, segments, states
from bot.broadcasts.segments import Audience, Conditions
from bot.delivery import bell
from bot.models import Broadcast, OutboxMessage
from bot.staff import audit

SAME_TEXT_WITHIN = timedelta(hours=24)
"""For how long the same text is the same announcement, so that a command started again sends nothing twice."""


@dataclass(frozen=True)
class Progress:
    """Where an announcement stands, in people."""

    broadcast_id: int
    send_at: datetime
    people: int
    accepted: int
    open: int
    failed: int


def audience(session: Session, now: datetime) -> Audience:
    """All who may get announcements: not blocked, not stopped."""
    return segments.audience(session, Conditions(), now)


def find(session: Session, text: str, now: datetime) -> Broadcast | None:
    """The announcement with this very text of the last 24 hours, or one that is still to come."""
    return session.scalars(
        sa.select(Broadcast)
        .where(Broadcast.digest == _digest(text), Broadcast.send_at > now - SAME_TEXT_WITHIN)
        .order_by(Broadcast.id.desc())
        .limit(1)
    ).one_or_none()


def plan(
    session: Session,
    text: str,
    payload: Sequence[dict[str, Any]],
    *,
    send_at: datetime,
    now: datetime,
    in_opening_hours: bool = False,
    is_urgent: bool = False,
) -> Broadcast:
    """Write the announcement and all its batches; the caller's commit sends it on its way.

    With *in_opening_hours* it waits until the practice is open; one that *is_urgent* is sent as long as anything is left of
    the month. The one with the same text is taken up instead when there
    is one already, also one that was planned in between.
    """
    if not db.is_sqlite(session):
        # Planners go one after the other, while readers go on. SQLite has its write lock.
        session.execute(sa.text("LOCK TABLE broadcasts IN SHARE ROW EXCLUSIVE MODE"))
    before = find(session, text, now)
    if before is not None:
        return before
    people = audience(session, now)
    broadcast = Broadcast(
        digest=_digest(text),
        text=text,
        content={"kind": "text", "text": text},
        created_at=now,
        send_at=send_at,
        people_count=len(people),
        in_opening_hours=in_opening_hours,
    )
    session.add(broadcast)
    session.flush()
    states.write_move(session, broadcast, "sending", by=None, now=now, note="command")
    audit.note(session, by=None, action="broadcast.send", subject=f"broadcast {broadcast.id}", now=now)
    priority = rows.AT_ANY_PRICE if is_urgent else None
    rows.write(session, broadcast, people, payload, now=now, send_at=send_at, priority=priority)
    db.notify(session, bell.OUTBOX)
    return broadcast


def progress(session: Session, broadcast: Broadcast) -> Progress:
    """How far the announcement is, from the ledger."""
    accepted = waiting = failed = 0
    ledger = session.execute(
        sa.select(OutboxMessage.outcome, OutboxMessage.recipients, OutboxMessage.left_out).where(
            holding.rows_of([broadcast.id])
        )
    )
    for outcome, recipients, left_out in ledger:
        failed += len(left_out)
        if outcome is None:
            waiting += len(recipients)
        elif outcome in ("accepted", "accepted-before", "carried"):
            accepted += len(recipients)
        elif outcome != "split":
            failed += len(recipients)
    assert broadcast.send_at is not None  # Planned, so its time is known.
    return Progress(
        broadcast_id=broadcast.id,
        send_at=broadcast.send_at,
        people=broadcast.people_count,
        accepted=accepted,
        open=waiting,
        failed=failed,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
