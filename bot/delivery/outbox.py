"""The outbox: what is to be said is written down first, and every row ends with a word for what became of it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery.messenger import Message
from bot.delivery.verdict import Verdict
from bot.models import OutboxMessage, Person, UtcDateTime
from bot.models.outbox import Kind, Purpose

LEASE = timedelta(minutes=2)
"""How long a sender has a row to itself; longer than any call to LINE may take."""

REPLY_LEASE = timedelta(seconds=15)
"""The same for a reply: longer than a call's time-outs, yet when its sender dies the token still lives."""

MULTICAST_SIZE = 500
"""How many people LINE takes in one multicast."""

_DUE = (
    sa.select(OutboxMessage.id)
    .where(OutboxMessage.outcome.is_(None), OutboxMessage.next_try_at <= sa.bindparam("now"))
    .order_by(OutboxMessage.priority, OutboxMessage.next_try_at, OutboxMessage.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
# Built once: putting it together costs more than running it.
_CLAIM = (
    sa.update(OutboxMessage)
    .where(OutboxMessage.id == _DUE.scalar_subquery())
    .values(
        attempts=OutboxMessage.attempts + 1,
        next_try_at=sa.case(
            (OutboxMessage.kind == "reply", sa.bindparam("reply_lease", type_=UtcDateTime())),
            else_=sa.bindparam("lease", type_=UtcDateTime()),
        ),
    )
    .returning(OutboxMessage)
    .execution_options(synchronize_session=False, populate_existing=True)
)

_PART = ("payload", "purpose", "reference", "priority", "routine_id", "day", "due_at", "expires_at", "in_opening_hours")
"""What a part of a message has from the whole."""

PRIORITIES: dict[Purpose, int] = {"answer": 0, "reminder": 1, "snooze": 1, "summary": 1, "announcement": 2}


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
    loading_seconds: int | None = None,
) -> None:
    """Write down an answer; after *expires_at* it is pushed to *fallback_to* if it is worth that, else dropped.

    When *fallback_to* has got it, they are shown LINE's loading sign for *loading_seconds*.
    """
    row = _row("reply", "answer", payload=payload, reference=reference, now=now, expires_at=expires_at)
    row |= {
        "reply_token": reply_token,
        "recipients": [fallback_to] if fallback_to else [],
        "is_worth_a_push": is_worth_a_push,
        "loading_seconds": loading_seconds,
    }
    session.execute(sa.insert(OutboxMessage), [row])


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
) -> bool:
    """Write down a message to one person; False when one with the same *dedupe_key* was written before."""
    row = _row("push", purpose, payload=payload, reference=reference, now=now, expires_at=expires_at)
    row |= {"recipients": [to], "dedupe_key": dedupe_key, "next_try_at": not_before or now}
    row |= {"routine_id": routine_id, "day": day, "due_at": due_at or not_before or now}
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
            "judged_at": judged_at,
        }
        if priority is not None:
            row["priority"] = priority
        rows.append(row)
    return db.insert_new(session, OutboxMessage, rows, unique=OutboxMessage.dedupe_key)


def claim(session: Session, now: datetime) -> OutboxMessage | None:
    """The next message to send, leased to the caller, its try counted; None when none is due.

    Commit before sending. Whoever dies over a claimed row gives it back by doing nothing: it is due again after the
    lease.
    """
    return session.scalar(_CLAIM, {"now": now, "lease": now + LEASE, "reply_lease": now + REPLY_LEASE})


def settle(session: Session, row: OutboxMessage, verdict: Verdict, now: datetime) -> bool:
    """Write down what became of a claimed row; False when its lease had run out and another sender took it."""
    values: dict[str, Any] = {"reason": verdict.reason, "request_id": verdict.request_id}
    if verdict.outcome is None:
        values |= {"next_try_at": verdict.next_try_at}
    else:
        values |= {"outcome": verdict.outcome, "settled_at": now}
        if row.judged_at is None:
            values |= _without_strangers(session, row)
    if verdict.is_untried:
        values |= {"attempts": 0, "first_try_at": None}
    if verdict.becomes_push:
        values |= {"kind": "push", "reply_token": None, "expires_at": None}
    ours = (
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.id == row.id,
            OutboxMessage.outcome.is_(None),
            OutboxMessage.attempts == row.attempts,
            OutboxMessage.kind == row.kind,  # A reply that became a push counts its tries anew.
        )
        .values(values)
        .returning(OutboxMessage.has_forgotten)
    )
    has_forgotten = session.scalar(ours.execution_options(synchronize_session=False))
    if has_forgotten is None:
        return False
    # All in a judged row were known, so only the forgetting of one of them can have left a name in it.
    if has_forgotten and row.judged_at is not None and verdict.outcome is not None:
        erased = sa.update(OutboxMessage).where(OutboxMessage.id == row.id).values(_without_strangers(session, row))
        session.execute(erased.execution_options(synchronize_session=False))
    if verdict.outcome == "split" and row.recipients:
        _split(session, row, now)
    return True


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
    part = {key: getattr(row, key) for key in _PART} | {"kind": "multicast", "recipients": list(to), "reason": reason}
    part |= {"retry_key": uuid4(), "created_at": now, "next_try_at": held_until or now}
    if held_until is not None:
        part |= {"due_at": held_until, "expires_at": None}
    session.execute(sa.insert(OutboxMessage), [part])


def forget(session: Session, line_user_id: str) -> None:
    """Drop what has not been sent to a person yet, save the answer to what they just said, and erase what was."""
    for row in session.scalars(sa.select(OutboxMessage).where(names(line_user_id)).with_for_update()):
        is_untried_push = row.outcome is None and row.attempts == 0 and row.kind != "reply"
        if row.outcome is None and not is_untried_push:
            # It is on its way; LINE wants a second try to be the same as the first. `settle` erases it.
            row.has_forgotten = True
            continue
        row.recipients = [other for other in row.recipients if other != line_user_id]
        row.left_out = {other: reason for other, reason in row.left_out.items() if other != line_user_id}
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


def _without_strangers(session: Session, row: OutboxMessage) -> dict[str, Any]:
    """What stays of a row that is over: nobody whom we do not know (any more), and no words that were for them alone."""
    named = {*row.recipients, *row.left_out}
    known = (
        set(session.scalars(sa.select(Person.line_user_id).where(Person.line_user_id.in_(named)))) if named else set()
    )
    if known == named and row.recipients:
        return {}
    recipients = [name for name in row.recipients if name in known]
    left_out = {name: reason for name, reason in row.left_out.items() if name in known}
    blank: dict[str, Any] = {} if recipients else {"payload": [], "reply_token": None}
    return {"recipients": recipients, "left_out": left_out, **blank}


def _split(session: Session, row: OutboxMessage, now: datetime) -> None:
    middle = len(row.recipients) // 2
    for half in (row.recipients[:middle], row.recipients[middle:]):
        add_part(session, row, half, now=now)
