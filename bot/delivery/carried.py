"""The outcome of messages that went with another one, and what becomes of it when that one reaches nobody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage

LOST = ("dropped", "refused", "expired", "given-up")
"""The outcomes with which a message has reached nobody."""


def waiting(session: Session, now: datetime) -> dict[str, int]:
    """Purpose -> how many messages wait for their person's next one."""
    rows = session.execute(
        sa.select(OutboxMessage.purpose, sa.func.count().label("count_of"))
        .where(OutboxMessage.outcome.is_(None), OutboxMessage.waits_for_reply, OutboxMessage.expires_at > now)
        .group_by(OutboxMessage.purpose)
        .order_by(OutboxMessage.purpose)
    )
    return {row.purpose: int(row.count_of) for row in rows}


def settle(session: Session, rows: Sequence[OutboxMessage], id: int, now: datetime) -> None:
    """Write down that these *rows* go with the message *id*."""
    for row in rows:
        row.outcome, row.settled_at, row.request_id = "carried", now, f"outbox {id}"
    session.flush()


def lose(session: Session, row: OutboxMessage, verdict: Verdict) -> None:
    """What went with a message that has reached nobody: waits on when it went with an answer, else is lost as well.

    Where LINE found a fault in the messages it is lost, too: it may be the one at fault, and every answer that it went with
    would be refused.
    """
    if row.kind == "reply" and verdict.reason != "payload":
        wait_on(session, row.id, row.created_at)
        return
    _change(session, row.id, row.created_at, {"outcome": verdict.outcome, "reason": verdict.reason})


def wait_on(session: Session, id: int, created_at: datetime) -> None:
    """Let what went with the answer *id*, written down at *created_at*, wait for the next one: this one is not said."""
    _change(session, id, created_at, {"outcome": None, "settled_at": None, "request_id": None})


def _change(session: Session, id: int, created_at: datetime, values: dict[str, Any]) -> None:
    session.execute(
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.outcome == "carried",
            OutboxMessage.request_id == f"outbox {id}",
            OutboxMessage.settled_at >= created_at,  # The way to them that has an index.
        )
        .values(values)
        .execution_options(synchronize_session=False)
    )
