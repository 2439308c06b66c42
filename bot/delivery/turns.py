"""Claiming events: which of the inbox are to be answered next, and how a dispatcher takes them for itself."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import db
from bot.delivery import claims
from bot.models import InboxEvent, UtcDateTime

ANSWERED = "answered"
"""What is noted of an event by its very claim."""


class Claimed(NamedTuple):
    """An event that is being answered, with what else the answer must know of.

    *is_unsent*: whether its message was taken back; the order in which LINE tells us is not sure. *has_company*: whether
    something in the outbox may have waited for the next answer to its chat. *is_behind*: whether, at the
    claim, an older answer to its chat is still on its way; until it is answered only staff can add one, on PostgreSQL.
    """

    id: int
    webhook_event_id: str
    chat: str | None
    user_id: str | None
    raw: str
    received_at: datetime
    occurred_at: datetime
    is_unsent: bool
    has_company: bool
    is_behind: bool


def claim_some(session: Session, now: datetime, *, size: int = 1) -> list[Claimed]:
    """The next events to answer, *size* at most and each of another chat, held for the rest of the caller's transaction.

    The transaction is the claim: in it the events are answered from here on, and when it is rolled back, or its process
    dies, they are open again. Only one event of a chat is claimed at a time, the oldest first; one that failed waits
    by itself for its next try and blocks nobody.
    """
    if db.is_sqlite(session):
        rows = session.connection().execute(_CLAIM, {"now": now, "size": size} | claims.held_since(now)).all()
    else:
        rows = _claim_on_postgresql(session, now, size)
    return sorted((Claimed(*row) for row in rows), key=lambda event: event.id)


def _claim_on_postgresql(session: Session, now: datetime, size: int) -> "list[sa.Row[Any]]":
    """The next events of chats at which nobody else works: two at once would overwrite each other's step of the talk.

    The chats are locked before any of their rows is: a row held by somebody who then goes on to another chat would be
    passed over in favour of a later one. The locks go with the transaction. SQLite needs none, it has one writer at a time.
    """
    connection, busy = session.connection(), list[str]()
    while True:
        given = {"now": now, "size": size}
        found = connection.execute(_LOCK_OTHERS if busy else _LOCK, given | {"busy": busy} if busy else given).all()
        if not found:
            return []
        ours = [row.lane for row in found if row.is_ours]
        if ours:
            # A statement of its own: what was seen above may have been answered before the chats were ours.
            given = {"now": now, "lanes": ours, "last": max(row.last for row in found)} | claims.held_since(now)
            rows = list(connection.execute(_CLAIM_IN_LANES, given))
            if rows:
                return rows
        else:
            busy += [row.lane for row in found]


# Built once: putting them together costs more than running them.
_event = db.table(InboxEvent)
_seen = _event.alias("seen")
# In SQL, for in what SQLite returns SQLAlchemy names no table, and each of these has two. Without the cast, which changes
# nothing, SQLite finds no index for them there.
_IS_UNSENT: sa.ColumnClause[bool] = sa.literal_column(
    "EXISTS (SELECT 1 FROM inbox AS unsent"
    " WHERE unsent.message_id = CAST(inbox.message_id AS TEXT) AND unsent.kind = 'unsend')"
)
_HAS_COMPANY: sa.ColumnClause[bool] = sa.literal_column(
    "EXISTS (SELECT 1 FROM outbox"
    " WHERE outbox.chat = CAST(inbox.chat AS TEXT) AND outbox.outcome IS NULL AND outbox.waits_for_reply = TRUE)"
)
_IS_BEHIND = claims.behind(sa.literal_column("CAST(inbox.chat AS TEXT)", sa.Text))


def _is_due(event: sa.FromClause) -> sa.ColumnElement[bool]:
    """That an event is open, and its time has come.

    What was never tried is due whatever the clock says: it may have been kept by a clock that was ahead of ours.
    """
    now = sa.bindparam("now", type_=UtcDateTime())
    return sa.and_(
        event.c.done_at.is_(None), event.c.dead_at.is_(None), sa.or_(event.c.attempts == 0, event.c.next_try_at <= now)
    )


def _claiming(chosen: sa.ColumnElement[bool]) -> sa.sql.dml.ReturningUpdate[Any]:
    """The statement that claims these events and asks for all that `Claimed` holds."""
    return (
        sa.update(_event)
        .where(chosen, _is_due(_event))
        .values(attempts=_event.c.attempts + 1, done_at=sa.bindparam("now", type_=UtcDateTime()), outcome=ANSWERED)
        .returning(*(_event.c[name] for name in Claimed._fields[:-3]), _IS_UNSENT, _HAS_COMPANY, _IS_BEHIND)
    )


# What is worked off in order: a chat, or an event that belongs to none.
_lane = sa.func.coalesce(_seen.c.chat, sa.literal("event ") + sa.cast(_seen.c.id, sa.Text))
_next = (
    sa.select(_seen.c.id, _lane.label("lane")).where(_is_due(_seen)).order_by(_seen.c.id).limit(sa.bindparam("size"))
)


def _first_of_each(next: sa.Subquery) -> sa.Select[Any]:
    return sa.select(sa.func.min(next.c.id)).group_by(next.c.lane)


_CLAIM = _claiming(_event.c.id.in_(_first_of_each(_next.subquery())))


def _locking(next: sa.Subquery) -> sa.Select[Any]:
    """The statement that finds the lanes of the *next* events, and whether their locks are ours now."""
    # By themselves, so that no lane but these is locked.
    lanes = sa.select(next.c.lane, sa.func.max(next.c.id).label("last")).group_by(next.c.lane).subquery().c
    is_ours = sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(lanes.lane, 0))
    return sa.select(lanes.lane, lanes.last, is_ours.label("is_ours"))


_LOCK = _locking(_next.subquery())
_LOCK_OTHERS = _locking(_next.where(_lane.not_in(sa.bindparam("busy", expanding=True))).subquery())
_ours = _first_of_each(
    sa.select(_seen.c.id, _lane.label("lane"))
    .where(
        _is_due(_seen),
        _lane.in_(sa.bindparam("lanes", expanding=True)),
        _seen.c.id <= sa.bindparam("last"),
    )
    .subquery()
)
# As an array, which is found out once: of a list PostgreSQL, which takes what is open for next to nothing, compares
# each event of a backlog with each of these.
_CLAIM_IN_LANES = _claiming(_event.c.id == sa.any_(sa.func.array(_ours.scalar_subquery())))
