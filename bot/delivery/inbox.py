"""The inbox: every event is kept the moment it comes, and answered once, in the order of its chat."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import envelope, outbox
from bot.delivery.turns import ANSWERED, Claimed
from bot.models import InboxEvent

MAX_ATTEMPTS = 5
"""How often an event is tried before it is given up."""

IGNORED = "ignored"
"""What becomes of an event that asks for nothing, such as a tapped tab of the rich menu."""

_BLANK = "{}"
_is_dead = (InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_not(None))
_is_open = (InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_(None))


class Settled(NamedTuple):
    """What became of an event; *meaning* is what its text was taken for, *about* the id of the entry that answered it."""

    event: Claimed
    outcome: str
    meaning: str | None = None
    about: str | None = None


# Built once: putting it together costs more than running it.
_SETTLE = sa.update(db.table(InboxEvent)).where(db.table(InboxEvent).c.id == sa.bindparam("event_id"))


def receive(session: Session, events: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Keep those of *events* that we have not heard yet; how many that were."""
    return db.insert_new(
        session, InboxEvent, [_row(event, now) for event in events], unique=InboxEvent.webhook_event_id
    )


def settle_all(session: Session, settled: Iterable[Settled]) -> None:
    """Note what became of claimed events."""
    alike, of_groups = [], []
    for one in settled:
        changes = {"event_id": one.event.id, "outcome": one.outcome, "meaning": one.meaning, "about": one.about}
        erased = _without_group_talk(one.event.chat, one.event.user_id)
        if erased:
            of_groups.append(changes | erased)
        elif one.outcome != ANSWERED or one.meaning is not None:  # Else the claim has said it all.
            alike.append(changes)
    for changed in (alike, of_groups):
        if changed:
            session.connection().execute(_SETTLE, changed)


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
        for name, value in _without_group_talk(row.chat, row.user_id).items():
            setattr(row, name, value)
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


def erase(session: Session, message_id: str, now: datetime) -> int:
    """Erase what we keep of a message that was taken back, and what was answered; one not answered yet is done. How many rows."""
    message = (InboxEvent.message_id == message_id, InboxEvent.kind != "unsend")
    session.execute(sa.update(InboxEvent).where(*message, *_is_open).values(done_at=now, outcome="unsent"))
    blank = sa.update(InboxEvent).where(*message).values(raw=_BLANK).returning(InboxEvent.webhook_event_id)
    erased = session.scalars(blank).all()
    outbox.unsay(session, erased, now)
    return len(erased)


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


def forget_open(session: Session, line_user_id: str, now: datetime) -> None:
    """Erase what of a person's still waits for its answer, too: nobody answers it any more."""
    theirs = sa.update(InboxEvent).where(InboxEvent.user_id == line_user_id, *_is_open)
    session.execute(theirs.values(raw=_BLANK, user_id=None, message_id=None, chat=None, done_at=now, outcome="dropped"))


def was_use() -> sa.ColumnElement[bool]:
    """That somebody used the assistant by it: wrote, or tapped what asks for something. A tab of the menu asks for nothing."""
    is_tab = sa.func.coalesce(InboxEvent.outcome, "") == IGNORED
    return InboxEvent.kind.in_(("message", "postback")) & sa.not_(is_tab)


def _without_group_talk(chat: str | None, user_id: str | None) -> dict[str, Any]:
    """What to change so that nothing is kept of what was said in a group or room, nor who said it: most was not said to us."""
    return {} if chat == user_id else {"raw": _BLANK, "user_id": None}


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
