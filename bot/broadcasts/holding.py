"""What a pause, a resume and a stop mean for the announcement's rows in the outbox: exact, whatever is under way."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery.verdict import NOT_TAKEN
from bot.models import Broadcast, OutboxMessage

CALLED_OFF = "called-off"
"""The reason word of what a stop has dropped; ``stopped`` is that of who wants no announcements."""


def hold(session: Session, broadcast: Broadcast) -> None:
    """Let nothing of it go any more; what is under way may end, and stays held if it comes back.

    A sender that has a row in hand may be writing parts of it down at this moment, which only a later look sees; so it
    is looked again until nothing is left. What went with somebody's answer comes back if that answer is lost.
    """
    is_loose = sa.and_(
        rows_of([broadcast.id]),
        sa.not_(OutboxMessage.is_held),
        sa.or_(OutboxMessage.outcome.is_(None), OutboxMessage.outcome == "carried"),
    )
    while session.scalar(sa.select(sa.select(OutboxMessage.id).where(is_loose).exists())):
        held = sa.update(OutboxMessage).where(is_loose).values(is_held=True)
        session.execute(held.execution_options(synchronize_session=False))


def let_go(session: Session, broadcast: Broadcast, *, paused_at: datetime, now: datetime) -> None:
    """Let it go on: what became late while it was held is meant for now, and what would have expired has as long as before."""
    mine = (
        sa.select(
            OutboxMessage.id,
            OutboxMessage.due_at,
            OutboxMessage.expires_at,
            OutboxMessage.next_try_at,
            OutboxMessage.waits_for_reply,
        )
        .where(rows_of([broadcast.id]), OutboxMessage.is_held, OutboxMessage.outcome.is_(None))
        .order_by(OutboxMessage.id)
        .with_for_update()
    )
    moved: list[dict[str, Any]] = []
    for row in session.execute(mine).all():
        expires_at = None if row.expires_at is None else row.expires_at + (now - paused_at)
        due_at = now if row.due_at is None else max(row.due_at, now)
        next_try_at = expires_at if row.waits_for_reply else row.next_try_at
        moved.append({"id": row.id, "due_at": due_at, "expires_at": expires_at, "next_try_at": next_try_at})
    if moved:
        session.execute(sa.update(OutboxMessage), moved)
    free = sa.update(OutboxMessage).where(rows_of([broadcast.id]), OutboxMessage.is_held).values(is_held=False)
    session.execute(free.execution_options(synchronize_session=False))


def drop(session: Session, ids: Collection[int], now: datetime) -> int:
    """End what is left of the stopped announcements *ids* and not under way; how many rows.

    What LINE may have taken without our having heard it is ``unknown``, never ``dropped``: the report must not say that
    nobody got it.
    """
    may_be_under_way = sa.and_(OutboxMessage.first_try_at.is_not(None), OutboxMessage.next_try_at > now)
    is_surely_unsent = sa.or_(
        OutboxMessage.first_try_at.is_(None),
        # Only of a first try: an earlier one may have been taken without our having heard it.
        (OutboxMessage.attempts == 1) & sa.func.coalesce(OutboxMessage.reason, "").in_(sorted(NOT_TAKEN)),
    )
    ended = (
        sa.update(OutboxMessage)
        .where(rows_of(ids), OutboxMessage.outcome.is_(None), sa.not_(may_be_under_way))
        .values(outcome=sa.case((is_surely_unsent, "dropped"), else_="unknown"), reason=CALLED_OFF, settled_at=now)
        .returning(OutboxMessage.id)
    )
    return len(session.scalars(ended.execution_options(synchronize_session=False)).all())


def rows_of(ids: Collection[int]) -> sa.ColumnElement[bool]:
    """That a row of the outbox belongs to one of these announcements, and is no test."""
    names = [f"broadcast {id}" for id in ids]
    return (OutboxMessage.purpose == "announcement") & OutboxMessage.reference.in_(names)
