"""The outbox: what is to be said is written down first, and every row ends with a word for what became of it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import carried
from bot.delivery.messenger import Message
from bot.models import OutboxMessage, UtcDateTime
from bot.models.outbox import Kind, Purpose

MULTICAST_SIZE = 500
"""How many people LINE takes in one multicast."""

PART = (
    *("payload", "purpose", "reference", "priority", "routine_id", "day"),
    *("due_at", "expires_at", "in_opening_hours", "is_urgent"),
)
"""What a part of a message has from the whole."""

MEETING = timedelta(seconds=5)
"""How long a push that may be merged waits for the others: they are planned within the same moment."""

CAN_WAIT = 2
"""From this priority on a message waits for the person's next one when the month is short."""

PRIORITIES: dict[Purpose, int] = {
    "answer": 0,
    "staff": 0,
    "test": 0,
    "reminder": 1,
    "snooze": 1,
    "alert": 1,
    "summary": CAN_WAIT,
    "announcement": CAN_WAIT,
}


_message = db.table(OutboxMessage)
# Built once: every answer is written down.
_INSERT = sa.insert(_message).returning(_message.c.retry_key, _message.c.id)

Row = dict[str, Any]
"""A message that is to be written down."""


def reply(
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
    purpose: Purpose = "answer",
    dedupe_key: str | None = None,
) -> Row:
    """An answer, for `add_replies`; after *expires_at* it is pushed to *fallback_to* if it is worth that, else dropped.

    Answers to one *chat*, by default that of *fallback_to*, are sent in the order in which they were written down. When
    *fallback_to* has got it, they are shown LINE's loading sign for *loading_seconds*.
    """
    row = _row("reply", purpose, payload=payload, reference=reference, now=now, expires_at=expires_at)
    return row | {
        "reply_token": reply_token,
        "chat": chat or fallback_to,
        "recipients": [fallback_to] if fallback_to else [],
        "is_worth_a_push": is_worth_a_push,
        "loading_seconds": loading_seconds,
        "dedupe_key": dedupe_key,
        "left_out": {},
        "attempts": 0,
        "first_try_at": None,
        "reason": None,
    }


def add_replies(session: Session, replies: Sequence[Row]) -> list[int]:
    """Write answers down, in this order; their ids."""
    if not replies:
        return []
    # In one statement, of which no database promises in what order it answers; the keys tell.
    ids = {row.retry_key: row.id for row in session.connection().execute(_INSERT, replies)}
    return [ids[reply["retry_key"]] for reply in replies]


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
    row["chat"] = to if is_merged or purpose in ("answer", "staff") else None
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
    is_urgent: bool = False,
    judged_at: datetime | None = None,
) -> int:
    """Write down the same message to many people, 500 to a row; how many rows were new.

    With a *dedupe_key* the batches are numbered, so the same call made again must name the same people in the same
    order. *judged_at* is for a caller who knows that there was nothing special about any of them.
    """
    people = list(dict.fromkeys(to))
    rows = []
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
            "is_urgent": is_urgent,
            "judged_at": judged_at,
        }
        if priority is not None:
            row["priority"] = priority
        rows.append(row)
    return db.insert_new(session, OutboxMessage, rows, unique=OutboxMessage.dedupe_key)


def add_broadcast(
    session: Session,
    *,
    payload: Sequence[Message],
    people: int,
    purpose: Purpose,
    now: datetime,
    reference: str | None = None,
    dedupe_key: str | None = None,
    in_opening_hours: bool = False,
    is_urgent: bool = False,
    priority: int | None = None,
) -> bool:
    """Write down a message to everybody on LINE's own list, about *people* of them; False when it was written before."""
    row = _row("broadcast", purpose, payload=payload, reference=reference, now=now, expires_at=None)
    row |= {"people": people, "dedupe_key": dedupe_key, "due_at": now}
    row |= {"in_opening_hours": in_opening_hours, "is_urgent": is_urgent}
    if priority is not None:
        row["priority"] = priority
    return db.insert_new(session, OutboxMessage, [row], unique=OutboxMessage.dedupe_key) == 1


def add_part(
    session: Session,
    row: OutboxMessage,
    to: Sequence[str],
    *,
    now: datetime,
    held_until: datetime | None = None,
    reason: str | None = None,
    is_held: bool = False,
) -> None:
    """Write down the message of *row* again for some of its people, as a new request with a key of its own.

    When it is *held_until* a moment, for this *reason*, it is meant for then; *is_held* says that staff paused it.
    """
    part = {key: getattr(row, key) for key in PART} | {"kind": "multicast", "recipients": list(to), "reason": reason}
    part |= {"retry_key": uuid4(), "created_at": now, "next_try_at": held_until or now, "is_held": is_held}
    if held_until is not None:
        part |= {"due_at": held_until, "expires_at": None}
    session.execute(sa.insert(OutboxMessage), [part])


def forget(session: Session, line_user_id: str) -> None:
    """Drop what has not been sent to a person yet, save the answer to what they just said, and erase what was."""
    theirs = sa.or_(names(line_user_id), OutboxMessage.chat == line_user_id)
    all_of_theirs = sa.select(OutboxMessage).where(theirs).order_by(OutboxMessage.id).with_for_update()
    # A sender that was waited for may have written a part of its message down, which only a second look sees.
    looks = (all_of_theirs, all_of_theirs.where(OutboxMessage.outcome.is_(None)))
    for row in chain.from_iterable(session.scalars(look) for look in looks):
        is_untried_push = row.outcome is None and row.attempts == 0 and row.kind != "reply"
        if row.outcome is None and not is_untried_push:
            # It is on its way; LINE wants a second try to be the same as the first. `settle` erases it.
            row.has_forgotten = True
            continue
        row.recipients = [other for other in row.recipients if other != line_user_id]
        row.left_out = {other: reason for other, reason in row.left_out.items() if other != line_user_id}
        row.chat = None if row.chat == line_user_id else row.chat
        if row.recipients:
            continue
        row.payload, row.reply_token = [], None
        if row.outcome is None:
            row.outcome, row.reason = "dropped", "forgotten"
    session.flush()


def unsay(session: Session, event_ids: Sequence[str], now: datetime) -> None:
    """Erase what was answered to these events; an answer may quote them. One on its way is not said again.

    What must be heard still goes: a warning quotes nobody. What was to go with an answer that is not said waits on.
    """
    if not event_ids:
        return
    answers = (OutboxMessage.purpose == "answer", OutboxMessage.reference.in_(event_ids))
    is_over = OutboxMessage.outcome.is_not(None)
    said = sa.update(OutboxMessage).where(*answers, sa.or_(is_over, sa.not_(OutboxMessage.is_worth_a_push)))
    ended = {
        "outcome": sa.case((is_over, OutboxMessage.outcome), (OutboxMessage.attempts == 0, "dropped"), else_="unknown"),
        "reason": sa.case((is_over, OutboxMessage.reason), else_="forgotten"),
        "settled_at": sa.func.coalesce(OutboxMessage.settled_at, sa.literal(now, UtcDateTime())),
    }
    unsaid = said.values(payload=[], reply_token=None, **ended).returning(
        OutboxMessage.id, OutboxMessage.created_at, OutboxMessage.outcome
    )
    for id, created_at, outcome in session.execute(unsaid.execution_options(synchronize_session=False)).all():
        if outcome == "dropped":
            carried.wait_on(session, id, created_at)


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
