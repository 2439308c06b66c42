"""The outbox: what is to be said is written down first, and every row ends with a word for what became of it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import carried
from bot.delivery.claims import ALL_PRIORITIES as ALL_PRIORITIES
from bot.delivery.claims import LEASE as LEASE
from bot.delivery.claims import ORDER_HOLDS_FOR as ORDER_HOLDS_FOR
from bot.delivery.claims import REPLY_LEASE as REPLY_LEASE
from bot.delivery.claims import claim as claim
from bot.delivery.claims import claim_some as claim_some
from bot.delivery.messenger import Message
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage, Person
from bot.models.outbox import Kind, Purpose

MULTICAST_SIZE = 500
"""How many people LINE takes in one multicast."""

_TABLE = OutboxMessage.__table__
assert isinstance(_TABLE, sa.Table)
# A reply that became a push counts its tries anew: its kind has to be the same as well.
_SETTLE = sa.update(_TABLE).where(
    _TABLE.c.id == sa.bindparam("row_id"),
    _TABLE.c.outcome.is_(None),
    _TABLE.c.attempts == sa.bindparam("row_attempts"),
    _TABLE.c.kind == sa.bindparam("row_kind"),
)

PART = ("payload", "purpose", "reference", "priority", "routine_id", "day", "due_at", "expires_at", "in_opening_hours")
"""What a part of a message has from the whole."""

MEETING = timedelta(seconds=5)
"""How long a push that may be merged waits for the others: they are planned within the same moment."""

CAN_WAIT = 2
"""From this priority on a message waits for the person's next one when the month is short."""

PRIORITIES: dict[Purpose, int] = {
    "answer": 0,
    "reminder": 1,
    "snooze": 1,
    "alert": 1,
    "summary": CAN_WAIT,
    "announcement": CAN_WAIT,
}


def add_reply(
    session: Session,
    *,
    reply_token: str | None,
    payload: Sequence[Message],
    reference: str | None,
    now: datetime,
    expires_at: datetime,
    fallback_to: str | None,
    is_worth_a_push: bool,
    chat: str | None = None,
    loading_seconds: int | None = None,
) -> int:
    """Write down an answer, and what its row is; after *expires_at* it is pushed to *fallback_to* if it is worth that, else dropped.

    Answers to one *chat*, by default that of *fallback_to*, are sent in the order in which they were written down. When
    *fallback_to* has got it, they are shown LINE's loading sign for *loading_seconds*.
    """
    row = _row("reply", "answer", payload=payload, reference=reference, now=now, expires_at=expires_at)
    row |= {
        "reply_token": reply_token,
        "chat": chat or fallback_to,
        "recipients": [fallback_to] if fallback_to else [],
        "is_worth_a_push": is_worth_a_push,
        "loading_seconds": loading_seconds,
    }
    return session.scalars(sa.insert(OutboxMessage).returning(OutboxMessage.id), [row]).one()


def add_push(
    session: Session,
    *,
    to: str,
    payload: Sequence[Message],
    purpose: Purpose,
    now: datetime,
    reference: str | None = None,
    dedupe_key: str | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    priority: int | None = None,
    routine_id: str | None = None,
    day: date | None = None,
    due_at: datetime | None = None,
    is_merged: bool = False,
) -> bool:
    """Write down a message to one person; False when one with the same *dedupe_key* was written before.

    One that *is_merged* becomes one with others that are due for the person in the same minutes.
    """
    row = _row("push", purpose, payload=payload, reference=reference, now=now, expires_at=expires_at)
    row |= {"recipients": [to], "dedupe_key": dedupe_key, "next_try_at": not_before or now}
    row |= {"routine_id": routine_id, "day": day, "due_at": due_at or not_before or now}
    row["chat"] = to if is_merged or purpose == "answer" else None
    if priority is not None:
        row["priority"] = priority
    return db.insert_new(session, OutboxMessage, [row], unique=OutboxMessage.dedupe_key) == 1


def add_multicast(
    session: Session,
    *,
    to: Iterable[str],
    payload: Sequence[Message],
    purpose: Purpose,
    now: datetime,
    reference: str | None = None,
    dedupe_key: str | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    priority: int | None = None,
    routine_id: str | None = None,
    day: date | None = None,
    due_at: datetime | None = None,
    in_opening_hours: bool = False,
) -> int:
    """Write down the same message to many people, 500 to a row; how many rows were new.

    With a *dedupe_key* the batches are numbered, so the same call made again must name the same people in the same
    order.
    """
    people = list(dict.fromkeys(to))
    new = 0
    for number, start in enumerate(range(0, len(people), MULTICAST_SIZE)):
        row = _row("multicast", purpose, payload=payload, reference=reference, now=now, expires_at=expires_at)
        row |= {
            "recipients": people[start : start + MULTICAST_SIZE],
            "dedupe_key": None if dedupe_key is None else f"{dedupe_key}#{number}",
            "next_try_at": not_before or now,
            "routine_id": routine_id,
            "day": day,
            "due_at": due_at or not_before or now,
            "in_opening_hours": in_opening_hours,
        }
        if priority is not None:
            row["priority"] = priority
        new += db.insert_new(session, OutboxMessage, [row], unique=OutboxMessage.dedupe_key)
    return new


def settle(session: Session, row: OutboxMessage, verdict: Verdict, now: datetime) -> bool:
    """Write down what became of a claimed row; False when its lease had run out and another sender took it."""
    values = _settled(row, verdict, now)
    if verdict.outcome is not None:
        values |= _without_strangers(session, [row]).get(row.id, {})
    if verdict.becomes_push:
        values |= {"kind": "push", "reply_token": None, "expires_at": None}
    is_ours: bool = session.execute(_SETTLE, values).rowcount == 1  # type: ignore[attr-defined]
    if is_ours and verdict.outcome == "split" and row.recipients:
        _split(session, row, now)
    if is_ours and verdict.outcome in carried.LOST:
        carried.lose(session, row, verdict)
    return is_ours


def settle_all(session: Session, ruled: Iterable[tuple[OutboxMessage, Verdict]], now: datetime) -> None:
    """The same for many rows; those that another sender took in the meantime are left to it."""
    ruled = sorted(ruled, key=lambda one: one[0].id)  # Whoever else locks several of them does so in this order.
    strangers = _without_strangers(session, [row for row, verdict in ruled if verdict.outcome is not None])
    alike = []
    for row, verdict in ruled:
        needs_more = verdict.outcome == "split" or verdict.outcome in carried.LOST or verdict.becomes_push
        if needs_more or row.id in strangers:
            settle(session, row, verdict, now)
        else:
            alike.append(_settled(row, verdict, now))
    if alike:
        session.execute(_SETTLE, alike)


def add_part(
    session: Session,
    row: OutboxMessage,
    to: Sequence[str],
    *,
    now: datetime,
    held_until: datetime | None = None,
    reason: str | None = None,
) -> None:
    """Write down the message of *row* again for some of its people, as a new request with a key of its own.

    When it is *held_until* a moment, for this *reason*, it is meant for then.
    """
    part = {key: getattr(row, key) for key in PART} | {"kind": "multicast", "recipients": list(to), "reason": reason}
    part |= {"retry_key": uuid4(), "created_at": now, "next_try_at": held_until or now}
    if held_until is not None:
        part |= {"due_at": held_until, "expires_at": None}
    session.execute(sa.insert(OutboxMessage), [part])


def forget(session: Session, line_user_id: str) -> None:
    """Drop what has not been sent to a person yet, save the answer to what they just said, and erase what was."""
    theirs = sa.or_(names(line_user_id), OutboxMessage.chat == line_user_id)
    for row in session.scalars(sa.select(OutboxMessage).where(theirs).order_by(OutboxMessage.id).with_for_update()):
        is_untried_push = row.outcome is None and row.attempts == 0 and row.kind != "reply"
        if row.outcome is None and not is_untried_push:
            continue  # It is on its way; LINE wants a second try to be the same as the first. `settle` erases it.
        row.recipients = [other for other in row.recipients if other != line_user_id]
        row.left_out = {other: reason for other, reason in row.left_out.items() if other != line_user_id}
        row.chat = None if row.chat == line_user_id else row.chat
        if row.recipients:
            continue
        row.payload = []
        if row.outcome is None:
            row.outcome, row.reason = "dropped", "forgotten"
    session.flush()


def names(line_user_id: str) -> sa.ColumnElement[bool]:
    """That a message is, or was, for this person."""
    return sa.or_(
        *(
            sa.cast(column, sa.Text).contains(f'"{line_user_id}"', autoescape=True)
            for column in (OutboxMessage.recipients, OutboxMessage.left_out)
        )
    )


def _row(
    kind: Kind,
    purpose: Purpose,
    *,
    payload: Sequence[Message],
    reference: str | None,
    now: datetime,
    expires_at: datetime | None,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "purpose": purpose,
        "payload": [dict(message) for message in payload],
        "priority": PRIORITIES[purpose],
        "reference": reference,
        "retry_key": uuid4(),
        "created_at": now,
        "expires_at": expires_at,
        "next_try_at": now,
    }


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


def _without_strangers(session: Session, rows: Sequence[OutboxMessage]) -> dict[int, dict[str, Any]]:
    """What stays of rows that are over: nobody whom we do not know (any more), and no words that were for them alone.

    Rows of which all may stay are not among the answers.
    """
    # Staff need not be known to us, and an alert says nothing of anybody.
    rows = [row for row in rows if row.purpose != "alert"]
    named = sorted({name for row in rows for name in (*row.recipients, *row.left_out)})
    known: set[str] = set()
    for start in range(0, len(named), MULTICAST_SIZE):
        some = named[start : start + MULTICAST_SIZE]
        known.update(session.scalars(sa.select(Person.line_user_id).where(Person.line_user_id.in_(some))))
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
    for half in (row.recipients[:middle], row.recipients[middle:]):
        add_part(session, row, half, now=now)
