"""Announcements to everybody who may get them: planned whole in one transaction, then sent like any message."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import bell, outbox
from bot.models import Broadcast, OutboxMessage, Person

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


def audience(session: Session) -> list[str]:
    """The LINE ids of all who may get announcements: not blocked, not stopped."""
    return list(
        session.scalars(
            sa.select(Person.line_user_id)
            .where(Person.blocked_at.is_(None), Person.announcements_stopped_at.is_(None))
            .order_by(Person.id)
        )
    )


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
    people = audience(session)
    broadcast = Broadcast(digest=_digest(text), text=text, created_at=now, send_at=send_at, people_count=len(people))
    session.add(broadcast)
    session.flush()
    for start in range(0, len(people), outbox.MULTICAST_SIZE):
        outbox.add_multicast(
            session,
            to=people[start : start + outbox.MULTICAST_SIZE],
            payload=payload,
            purpose="announcement",
            reference=f"broadcast {broadcast.id}",
            dedupe_key=f"broadcast:{broadcast.id}:{start}",
            now=now,
            not_before=send_at,
            in_opening_hours=in_opening_hours,
            priority=outbox.CAN_WAIT - 1 if is_urgent else None,
        )
    db.notify(session, bell.OUTBOX)
    return broadcast


def progress(session: Session, broadcast: Broadcast) -> Progress:
    """How far the announcement is, from the ledger."""
    accepted = waiting = failed = 0
    rows = session.execute(
        sa.select(OutboxMessage.outcome, OutboxMessage.recipients, OutboxMessage.left_out).where(
            OutboxMessage.reference == f"broadcast {broadcast.id}"
        )
    )
    for outcome, recipients, left_out in rows:
        failed += len(left_out)
        if outcome is None:
            waiting += len(recipients)
        elif outcome in ("accepted", "accepted-before", "carried"):
            accepted += len(recipients)
        elif outcome != "split":
            failed += len(recipients)
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
