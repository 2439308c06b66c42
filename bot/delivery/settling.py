"""What becomes of claimed messages is written down here: their end or next try, and nobody's name stays who is not known."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import carried, outbox
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage, Person

_TABLE = db.table(OutboxMessage)
# A reply that became a push counts its tries anew: its kind has to be the same as well.
_SETTLE = sa.update(_TABLE).where(
    _TABLE.c.id == sa.bindparam("row_id"),
    _TABLE.c.outcome.is_(None),
    _TABLE.c.attempts == sa.bindparam("row_attempts"),
    _TABLE.c.kind == sa.bindparam("row_kind"),
)

# Built once, too: it is asked of every answer.
_KNOWN = sa.select(db.table(Person).c.line_user_id).where(
    db.table(Person).c.line_user_id.in_(sa.bindparam("names", expanding=True))
)


def settle(session: Session, row: OutboxMessage, verdict: Verdict, now: datetime) -> bool:
    """Write down what became of a claimed row; False when its lease had run out and another sender took it."""
    values = _settled(row, verdict, now)
    if verdict.outcome is not None and row.judged_at is None:
        values |= _without_strangers(session, [row]).get(row.id, {})
    if verdict.becomes_push:
        values |= {"kind": "push", "reply_token": None, "expires_at": None}
    is_ours: bool = session.execute(_SETTLE, values).rowcount == 1  # type: ignore[attr-defined]
    if is_ours and verdict.outcome is not None:
        _erase_forgotten(session, [row])
    if is_ours and verdict.outcome == "split" and row.recipients:
        _split(session, row, now)
    if is_ours and verdict.outcome in carried.LOST:
        carried.lose(session, row, verdict)
    return is_ours


def settle_all(session: Session, ruled: Iterable[tuple[OutboxMessage, Verdict]], now: datetime) -> None:
    """The same for many rows; those that another sender took in the meantime are left to it."""
    ruled = sorted(ruled, key=lambda one: one[0].id)  # Whoever else locks several of them does so in this order.
    over = [row for row, verdict in ruled if verdict.outcome is not None]
    strangers = _without_strangers(session, [row for row in over if row.judged_at is None])
    alike = []
    for row, verdict in ruled:
        needs_more = verdict.outcome == "split" or verdict.outcome in carried.LOST or verdict.becomes_push
        if needs_more or row.id in strangers:
            settle(session, row, verdict, now)
        else:
            alike.append(_settled(row, verdict, now))
    if alike:
        session.execute(_SETTLE, alike)
    _erase_forgotten(session, over)


def _settled(row: OutboxMessage, verdict: Verdict, now: datetime) -> dict[str, Any]:
    """The values for `_SETTLE`."""
    is_over = verdict.outcome is not None
    return {
        "row_id": row.id,
        "row_attempts": row.attempts,
        "row_kind": row.kind,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "request_id": verdict.request_id,
        "settled_at": now if is_over else None,
        "next_try_at": row.next_try_at if is_over else verdict.next_try_at,
        "attempts": 0 if verdict.is_untried else row.attempts,
        "first_try_at": None if verdict.is_untried else row.first_try_at,
    }


def _erase_forgotten(session: Session, rows: Sequence[OutboxMessage]) -> None:
    """Erase from judged *rows* that are over whoever was forgotten while they were under way.

    All in a judged row were known, so only a forgetting, which marks it, can have left a name of nobody's in it.
    """
    judged = {row.id: row for row in rows if row.judged_at is not None}
    if not judged:
        return
    marked = sa.select(OutboxMessage.id).where(
        OutboxMessage.id.in_(list(judged)), OutboxMessage.has_forgotten, OutboxMessage.outcome.is_not(None)
    )
    for id in session.scalars(marked).all():
        values = _without_strangers(session, [judged[id]]).get(id, {})
        if values:
            erased = sa.update(OutboxMessage).where(OutboxMessage.id == id).values(values)
            session.execute(erased.execution_options(synchronize_session=False))


def _without_strangers(session: Session, rows: Sequence[OutboxMessage]) -> dict[int, dict[str, Any]]:
    """What stays of rows that are over: nobody whom we do not know (any more), and no words that were for them alone.

    Rows of which all may stay are not among the answers.
    """
    # Staff need not be known to us, and what they get says nothing of anybody.
    rows = [row for row in rows if row.purpose not in ("alert", "test") and row.kind != "broadcast"]
    named = sorted({name for row in rows for name in (*row.recipients, *row.left_out)})
    known: set[str] = set()
    for start in range(0, len(named), outbox.MULTICAST_SIZE):
        given = {"names": named[start : start + outbox.MULTICAST_SIZE]}
        known.update(session.connection().execute(_KNOWN, given).scalars())
    stays = {}
    for row in rows:
        if row.recipients and known.issuperset(row.recipients) and known.issuperset(row.left_out):
            continue
        recipients = [name for name in row.recipients if name in known]
        left_out = {name: reason for name, reason in row.left_out.items() if name in known}
        blank: dict[str, Any] = {} if recipients else {"payload": [], "reply_token": None, "chat": None}
        stays[row.id] = {"recipients": recipients, "left_out": left_out, **blank}
    return stays


def _split(session: Session, row: OutboxMessage, now: datetime) -> None:
    middle = len(row.recipients) // 2
    # It may have been paused while it was under way.
    is_held = session.scalar(sa.select(_TABLE.c.is_held).where(_TABLE.c.id == row.id))
    for half in (row.recipients[:middle], row.recipients[middle:]):
        outbox.add_part(session, row, half, now=now, is_held=bool(is_held))
