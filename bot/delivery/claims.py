"""Claiming: which messages of the outbox may be sent next, and how a sender takes them for itself."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.delivery import verdict as verdicts
from bot.models import OutboxMessage, Switch, UtcDateTime

ALL_PRIORITIES = (0, 32_767)

LEASE = timedelta(minutes=2)
"""How long a sender has a row to itself; longer than any call to LINE may take."""

REPLY_LEASE = timedelta(seconds=15)
"""The same for a reply: longer than a call's time-outs, yet when its sender dies the token still lives."""

ORDER_HOLDS_FOR = timedelta(seconds=15)
"""How long a pushed answer that LINE does not take holds the next one of its chat back: that one's token must not die of
it. A reply holds it while its own token lives."""

STOPPED = "stopped"
"""The switch with which staff stop every push but what somebody asked for or wrote this minute (priority 0)."""

_due, _older = (sa.orm.aliased(OutboxMessage, name=name) for name in ("due", "older"))
_holds_others_back = sa.and_(
    _older.priority + 0 == 0,  # Not by the index of priorities: SQLite would read all that are open, for each chat.
    _older.outcome.is_(None),
    ~_older.waits_for_reply,
    sa.or_(
        _older.kind == "reply",
        _older.first_try_at.is_(None),
        _older.first_try_at > sa.bindparam("held_since", type_=UtcDateTime()),
    ),
)
_goes_before = sa.select(_older.id).where(_older.chat == _due.chat, _older.id < _due.id, _holds_others_back).exists()
"""That an older answer to the same chat is still on its way."""
_DUE = (
    sa.select(_due.id)
    .where(
        _due.outcome.is_(None),
        sa.not_(_due.is_held),
        _due.next_try_at <= sa.bindparam("now", type_=UtcDateTime()),
        _due.priority.between(sa.bindparam("first"), sa.bindparam("last")),
        sa.or_(_due.priority != 0, _due.chat.is_(None), ~_goes_before),
        sa.or_(_due.priority == 0, ~sa.select(Switch.name).where(Switch.name == STOPPED).exists()),
    )
    .order_by(_due.priority, _due.next_try_at, _due.id)
    .limit(sa.bindparam("size"))
    .with_for_update(of=_due, skip_locked=True)
    .cte("chosen")  # By itself, so that PostgreSQL looks once and locks no more than it was asked for.
)


def _claiming(ids: sa.Select[int]) -> sa.sql.dml.ReturningUpdate[OutboxMessage]:
    """The statement that leases these messages to the caller."""
    return (
        sa.update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids))
        .values(
            attempts=OutboxMessage.attempts + 1,
            next_try_at=sa.case(
                (OutboxMessage.kind == "reply", sa.bindparam("reply_lease", type_=UtcDateTime())),
                else_=sa.bindparam("lease", type_=UtcDateTime()),
            ),
            first_try_at=sa.case(
                (
                    OutboxMessage.kind == "reply",
                    sa.func.coalesce(OutboxMessage.first_try_at, sa.bindparam("now", type_=UtcDateTime())),
                ),
                else_=OutboxMessage.first_try_at,
            ),
            # Whoever finds a reply under way knows that its sender died over it.
            reason=sa.case(
                (OutboxMessage.kind != "reply", OutboxMessage.reason),
                (OutboxMessage.reason == verdicts.UNDER_WAY, verdicts.INTERRUPTED),
                (OutboxMessage.reason.in_(sorted(verdicts.DOUBTS)), OutboxMessage.reason),
                else_=verdicts.UNDER_WAY,
            ),
        )
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


# Built once: putting it together costs more than running it.
_CLAIM = _claiming(sa.select(_DUE.c.id))


def claim(session: Session, now: datetime) -> OutboxMessage | None:
    """The next message to send, leased to the caller, its try counted; None when none is due."""
    return next(iter(claim_some(session, now, size=1)), None)


def claim_some(
    session: Session, now: datetime, *, size: int, priorities: tuple[int, int] = ALL_PRIORITIES
) -> list[OutboxMessage]:
    """The next messages to send, *size* at most and of these *priorities*, leased to the caller, their tries counted.

    An answer is not among them while an older one to the same chat is on its way. Commit before sending. Whoever dies
    over a claimed row gives it back by doing nothing: it is due again after the lease.
    """
    first, last = priorities
    rows = session.scalars(_CLAIM, {**_leases(now), "size": size, "first": first, "last": last})
    return sorted(rows, key=lambda row: (row.priority, row.id))


def claim_unwritten(row: dict[str, Any], now: datetime) -> None:
    """Change a fresh answer *row* so that it is written down as leased to whoever is about to write it down.

    Nobody has to look for it then, nor to read it. It must not be `behind` another one of its chat.
    """
    row |= {"attempts": 1, "first_try_at": now, "next_try_at": now + REPLY_LEASE, "reason": verdicts.UNDER_WAY}


def behind(chat: sa.ColumnElement[str]) -> sa.Exists:
    """That an older answer to *chat* is still on its way; the statement takes `held_since`."""
    return sa.select(_older.id).where(_older.chat == chat, _holds_others_back).exists()


def held_since(now: datetime) -> dict[str, datetime]:
    """The parameter of a statement that asks what is `behind`."""
    return {"held_since": now - ORDER_HOLDS_FOR}


def _leases(now: datetime) -> dict[str, datetime]:
    return {"now": now, "lease": now + LEASE, "reply_lease": now + REPLY_LEASE} | held_since(now)
