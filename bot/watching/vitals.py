"""How the house is doing, in a few figures out of the database: for the doctor, the probes, the metrics and the alerts.

Each is a question that an index answers, or a walk over the last few rows.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.keeping import backup
from bot.models import InboxEvent, OutboxMessage, StaffAccount

FAILED = ("refused", "given-up", "unknown")
"""The outcomes of messages that should have gone and did not, or nobody knows."""


class Owner(NamedTuple):
    """One who may do everything: whether they have a way in, and until when an invitation is good."""

    name: str
    can_sign_in: bool
    invited_until: datetime | None


_is_open = (InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_(None))
_is_dead = (InboxEvent.done_at.is_(None), InboxEvent.dead_at.is_not(None))


def last_webhook(session: Session) -> datetime | None:
    """When LINE last brought an event that was new; None: never."""
    return session.scalar(sa.select(InboxEvent.received_at).order_by(InboxEvent.id.desc()).limit(1))


def oldest_open_event(session: Session) -> datetime | None:
    """Since when the oldest event waits for its answer; None: none does."""
    return session.scalar(sa.select(sa.func.min(InboxEvent.received_at)).where(*_is_open))


def open_events(session: Session) -> int:
    """How many events wait for their answer."""
    return session.scalar(sa.select(sa.func.count()).select_from(InboxEvent).where(*_is_open)) or 0


def dead_letters(session: Session) -> int:
    """How many events were given up and neither tried again nor dropped since."""
    return session.scalar(sa.select(sa.func.count()).select_from(InboxEvent).where(*_is_dead)) or 0


def late_messages(session: Session, now: datetime, grace: timedelta) -> tuple[int, datetime | None]:
    """How many messages should have been tried for longer than *grace*, and since when the oldest; paused ones do not count."""
    is_late = (
        OutboxMessage.outcome.is_(None),
        sa.not_(OutboxMessage.is_held),
        sa.not_(OutboxMessage.waits_for_reply),
        OutboxMessage.next_try_at < now - grace,
    )
    found = session.execute(sa.select(sa.func.count(), sa.func.min(OutboxMessage.next_try_at)).where(*is_late)).one()
    return int(found[0]), found[1]


def owners(session: Session) -> list[Owner]:
    """Those who may do everything, also who has not taken up the invitation yet. Nothing that is sealed is read."""
    is_in = sa.or_(StaffAccount.password_hash.is_not(None), StaffAccount.line_user_id.is_not(None))
    rows = session.execute(
        sa.select(StaffAccount.name, is_in, StaffAccount.invite_expires_at).where(
            StaffAccount.role == "owner", StaffAccount.removed_at.is_(None)
        )
    )
    return [Owner(name, bool(can_sign_in), invited_until) for name, can_sign_in, invited_until in rows]


def failures(session: Session, since: datetime) -> tuple[int, int]:
    """Of the messages that came to an end since then: how many failed, and how many LINE took or should have taken."""
    rows = session.execute(
        sa.select(OutboxMessage.outcome, sa.func.count())
        .where(OutboxMessage.settled_at >= since, OutboxMessage.outcome.in_(("accepted", "accepted-before", *FAILED)))
        .group_by(OutboxMessage.outcome)
    )
    counts = {str(outcome): int(count) for outcome, count in rows}
    return sum(counts.get(outcome, 0) for outcome in FAILED), sum(counts.values())


def first_since(
    session: Session, id: InstrumentedAttribute[int], at: InstrumentedAttribute[datetime], since: datetime
) -> int:
    """The id from which on all rows were made at *since* or later, and before which none was.

    Rows are made in the order of their ids, so it is found by halving: no index on the moment is needed.
    """
    low = session.scalar(sa.select(sa.func.min(id))) or 1
    high = (session.scalar(sa.select(sa.func.max(id))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        # Ids have gaps: the first one there is stands for the middle.
        row = session.execute(sa.select(id, at).where(id >= middle).order_by(id).limit(1)).one_or_none()
        if row is None or row[1] >= since:
            high = middle
        else:
            low = row[0] + 1
    return low


def webhook_before(session: Session, moment: datetime) -> datetime | None:
    """When the last event before *moment* came; None: there was none."""
    first = first_since(session, InboxEvent.id, InboxEvent.received_at, moment)
    before: sa.Select[Any] = sa.select(InboxEvent.received_at).where(InboxEvent.id < first)
    found: datetime | None = session.scalar(before.order_by(InboxEvent.id.desc()).limit(1))
    return found


def backup_age(folder: Path, now: datetime) -> timedelta | None:
    """How old the newest backup in *folder* is; None: there is none."""
    newest = backup.newest(folder, now)
    made_at = None if newest is None else backup.made_at(newest)
    return None if made_at is None else now - made_at
