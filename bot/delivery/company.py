"""Messages that go with another one to the same person, so that LINE counts one or none: with an answer, or with a push."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery import carried, gate, outbox, states
from bot.delivery.messenger import Message
from bot.delivery.rules import Rules
from bot.models import OutboxMessage

MOST_MESSAGES = 5
"""What LINE takes in one request."""

MOST_QUICK = 13
"""How many quick replies LINE shows."""

WITHIN = timedelta(minutes=5)
"""How far apart two pushes to the same person may be due and yet become one."""

MERGED = ("reminder", "snooze", "summary")
"""The purposes whose pushes are merged: what the person set themselves."""


# Built once: every answer asks.
_WAITING = (
    sa.select(OutboxMessage)
    .where(
        OutboxMessage.outcome.is_(None),
        OutboxMessage.chat == sa.bindparam("in_chat"),
        OutboxMessage.waits_for_reply,
        sa.not_(OutboxMessage.is_held),
        OutboxMessage.expires_at > sa.bindparam("now"),
    )
    .order_by(OutboxMessage.priority, OutboxMessage.id)
    .with_for_update(skip_locked=True)
)


def go_along(
    session: Session, chat: str, payload: Sequence[Message], now: datetime, *, rules: Rules
) -> tuple[list[Message], list[OutboxMessage]]:
    """*payload* with what has waited for the person's next message behind it, and the rows of that."""
    room = MOST_MESSAGES - len(payload)
    if room <= 0:
        return list(payload), []
    taken = _fitting(session, session.scalars(_WAITING, {"in_chat": chat, "now": now}).all(), room, now, rules)
    return _joined(payload, taken), taken


def let_wait(session: Session, row: OutboxMessage, to: Sequence[str], *, now: datetime, until: datetime) -> None:
    """Write the message of *row* down again for each of these people, to go with their next answer if that is in time."""
    part = {key: getattr(row, key) for key in outbox.PART} | {
        "kind": "push",
        "waits_for_reply": True,
        "reason": "quota",
    }
    part |= {"created_at": now, "expires_at": until, "next_try_at": until}
    parts = [part | {"recipients": [name], "chat": name, "retry_key": uuid4()} for name in to]
    if parts:
        session.execute(sa.insert(OutboxMessage), parts)


def merge(session: Session, row: OutboxMessage, now: datetime, *, rules: Rules) -> None:
    """Put into *row*, which is about to be sent, what else is due for its person in the same minutes."""
    if row.chat is None or row.purpose not in MERGED or row.recipients != [row.chat]:
        return
    others = (
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.outcome.is_(None),
            OutboxMessage.chat == row.chat,
            OutboxMessage.id != row.id,
            OutboxMessage.kind != "reply",
            OutboxMessage.purpose.in_(MERGED),
            sa.not_(OutboxMessage.waits_for_reply),
            OutboxMessage.first_try_at.is_(None),
            OutboxMessage.next_try_at <= now + WITHIN,
        )
        .order_by(OutboxMessage.priority, OutboxMessage.due_at, OutboxMessage.id)
        .with_for_update(skip_locked=True)
    )
    # As they are in this session: one that was claimed together with *row* may be on its way already.
    open = [other for other in session.scalars(others) if other.outcome is None and other.first_try_at is None]
    taken = _fitting(session, open, MOST_MESSAGES - len(row.payload), now, rules)
    if taken:
        row.payload = _joined(row.payload, taken)
        carried.settle(session, taken, row.id, now)


def _fitting(
    session: Session, rows: Sequence[OutboxMessage], room: int, now: datetime, rules: Rules
) -> list[OutboxMessage]:
    """Those of *rows* that may go and find room; what nobody wants any more is dropped."""
    taken = []
    for row in rows:
        if len(row.payload) > room:
            continue
        message = replace(states.message_of(row), is_free=True)
        known = states.load(session, row.recipients, message, now, zone=rules.zone, barring=rules.barring)
        state = known.get(row.recipients[0])
        decision = gate.decide(
            message, state.person if state else None, now, state.ledger if state else gate.Ledger(), rules
        )
        if decision == gate.SEND:
            taken.append(row)
            room -= len(row.payload)
        else:
            row.outcome, row.reason, row.settled_at = "dropped", decision.reason, now
    return taken


def _joined(payload: Sequence[Message], rows: Sequence[OutboxMessage]) -> list[Message]:
    """All messages in a row; the quick replies at their end, for LINE shows those of the last message only."""
    messages: list[dict[str, Any]] = [dict(message) for message in payload]
    if not rows:
        return list(messages)
    messages += [dict(message) for row in rows for message in row.payload]
    quick = [item for message in messages for item in message.pop("quickReply", {}).get("items", ())]
    if quick:
        messages[-1]["quickReply"] = {"items": quick[:MOST_QUICK]}
    return list(messages)
