"""The inbox: every event is kept the moment it comes, and answered once, in the order of its chat."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import envelope
from bot.models import InboxEvent

MAX_ATTEMPTS = 5
"""How often an event is tried before it is given up."""

_BLANK = "{}"
_is_dead = (InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_not(None))
_is_open = (InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_(None))


def receive(session: Session, events: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Keep those of *events* that we have not heard yet; how many that were."""
    return db.insert_new(
        session, InboxEvent, [_row(event, now) for event in events], unique=InboxEvent.webhook_event_id
    )


def claim(session: Session, now: datetime) -> InboxEvent | None:
    """The next event to answer, held for the rest of the caller's transaction; None when there is none.

    The transaction is the claim: when it is rolled back, or its process dies, the event is open again. Only one event of
    a chat is claimed at a time, the oldest first; one that failed waits by itself for its next try and blocks nobody.
    """
    row = session.scalar(_DUE, {"now": now}) if db.is_sqlite(session) else _next_on_postgresql(session, now)
    if row is not None:
        row.attempts += 1
    return row


def settle(row: InboxEvent, outcome: str, now: datetime) -> None:
    """Mark the event as done."""
    row.done_at = now
    row.outcome = outcome
    _erase_group_talk(row)


def fail(session: Session, row_id: int, now: datetime) -> InboxEvent | None:
    """Count a failed try and set the next, later each time; the fifth is the last. None when it is no longer open."""
    row = session.scalar(sa.select(InboxEvent).where(InboxEvent.id == row_id, *_is_open).with_for_update())
    if row is None:
        return None
    row.attempts += 1
    row.failed_at = now
    row.next_try_at = now + timedelta(seconds=2 * 4 ** (row.attempts - 1))
    if row.attempts >= MAX_ATTEMPTS:
        row.dead_at = now
        _erase_group_talk(row)
    return row


def dead(session: Session) -> list[InboxEvent]:
    """The events that were given up and not dropped since, the oldest first."""
    return list(session.scalars(sa.select(InboxEvent).where(*_is_dead).order_by(InboxEvent.id)))


def is_erased(row: InboxEvent) -> bool:
    """Whether nothing is left of the event that could be answered."""
    return row.raw == _BLANK


def reopen(session: Session, ids: Collection[int] | None, now: datetime) -> list[int]:
    """Let events that were given up, these or all (None), be tried anew; which ones. One that was erased stays."""
    again = sa.update(InboxEvent).where(*_is_dead, InboxEvent.raw != _BLANK, *_among(ids))
    opened = again.values(dead_at=None, attempts=0, next_try_at=now).returning(InboxEvent.id)
    return sorted(session.scalars(opened.execution_options(synchronize_session=False)))


def drop(session: Session, ids: Collection[int] | None, now: datetime) -> list[int]:
    """Be done with events that were given up, these or all (None); which ones."""
    over = sa.update(InboxEvent).where(*_is_dead, *_among(ids)).values(done_at=now, outcome="dropped")
    dropped = over.returning(InboxEvent.id).execution_options(synchronize_session=False)
    return sorted(session.scalars(dropped))


def _among(ids: Collection[int] | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if ids is None else (InboxEvent.id.in_(ids),)


def is_unsent(session: Session, message_id: str) -> bool:
    """Whether the person has taken this message back; the order in which LINE tells us is not sure."""
    return session.scalar(_UNSENT, {"message_id": message_id}) is not None


def erase(session: Session, message_id: str, now: datetime) -> int:
    """Erase what we keep of a message that was taken back; one not answered yet is done. How many rows held it."""
    message = (InboxEvent.message_id == message_id, InboxEvent.kind != "unsend")
    session.execute(sa.update(InboxEvent).where(*message, *_is_open).values(done_at=now, outcome="unsent"))
    erased = session.scalars(sa.update(InboxEvent).where(*message).values(raw=_BLANK).returning(InboxEvent.id))
    return len(erased.all())


def forget(session: Session, line_user_id: str) -> None:
    """Erase what a person ever told us, save what still waits for its answer; only the events' own ids stay."""
    is_waiting = sa.and_(*_is_open, InboxEvent.attempts == 0)
    session.execute(
        sa.update(InboxEvent)
        .where(InboxEvent.user_id == line_user_id, sa.not_(is_waiting))
        .values(
            raw=_BLANK,
            user_id=None,
            message_id=None,
            chat=sa.case((InboxEvent.chat == line_user_id, sa.null()), else_=InboxEvent.chat),
        )
    )


def _erase_group_talk(row: InboxEvent) -> None:
    """Keep nothing of what was said in a group or room, nor who said it: most of it was not said to us."""
    if row.chat != row.user_id:
        row.raw = _BLANK
        row.user_id = None


def _row(event: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    outside = envelope.read(event)
    return {
        "webhook_event_id": outside.event_id,
        "kind": outside.kind,
        "chat": outside.chat,
        "user_id": outside.user_id,
        "message_id": outside.message_id,
        "raw": json.dumps(event, separators=(",", ":")),
        "received_at": now,
        "occurred_at": outside.occurred_at or now,
        "next_try_at": now,
    }


# Built once: putting them together costs more than running them.
_DUE = (
    sa.select(InboxEvent)
    # What was never tried is due whatever the clock says: it may have been kept by a clock that was ahead of ours.
    .where(*_is_open, sa.or_(InboxEvent.attempts == 0, InboxEvent.next_try_at <= sa.bindparam("now")))
    .order_by(InboxEvent.id)
    .limit(1)
)
# What is worked off in order: a chat, or an event that belongs to none.
_LANE = sa.func.coalesce(InboxEvent.chat, sa.func.concat("event ", InboxEvent.id))
_NEXT_LANE = _DUE.with_only_columns(_LANE).where(_LANE.not_in(sa.bindparam("busy", expanding=True)))
_DUE_IN_LANE = _DUE.where(sa.bindparam("lane") == _LANE).with_for_update(of=InboxEvent)
_TRY_LOCK = sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("lane"), 0)))
_UNSENT = (
    sa.select(InboxEvent.id)
    .where(InboxEvent.message_id == sa.bindparam("message_id"), InboxEvent.kind == "unsend")
    .limit(1)
)


def _next_on_postgresql(session: Session, now: datetime) -> InboxEvent | None:
    """The next event of a chat at which nobody else works: two at once would overwrite each other's step of the talk.

    The chat is locked before any of its rows is: a row held by somebody who then goes on to another chat would be passed
    over in favour of a later one. The locks go with the transaction. SQLite needs none, it has one writer at a time.
    """
    busy: list[str] = []
    while True:
        lane = session.scalar(_NEXT_LANE, {"now": now, "busy": busy})
        if lane is None:
            return None
        if not session.scalar(_TRY_LOCK, {"lane": lane}):
            busy.append(lane)
            continue
        # The chat is ours, but the event seen above may have been answered in between.
        row = session.scalar(_DUE_IN_LANE, {"now": now, "lane": lane})
        if row is not None:
            return row
