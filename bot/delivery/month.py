"""The month's counted messages: how many there are, how many are used, by what LINE said last and by our own ledger."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import OutboxMessage, QuotaReading
from bot.models.quota_reading import THE_ROW

JAPAN = ZoneInfo("Asia/Tokyo")
"""LINE's months begin in Japanese time, wherever the practice is."""

ASK_EVERY = timedelta(minutes=10)
"""How often LINE is asked what it has counted."""

NEAR = 0.5
"""From which share of the limit on, expected for the whole month, it is worth requests to save counted messages."""

_ACCEPTED = ("accepted", "accepted-before")


@dataclass(frozen=True)
class Month:
    """How the month stands at one moment.

    *limit* is the owner's ceiling or LINE's, whichever is lower; None: nobody counts. *used* is the larger of LINE's count
    and ours. *needed* is what reminders will still need by the forecast, *expected* the month's total. *is_full*: LINE has
    refused a message because the month was used up. *asked_at* is when LINE last told its count, *is_told* whether it did
    the last time that it was asked.
    """

    begins: datetime
    ends: datetime
    limit: int | None
    used: int
    needed: int = 0
    expected: int | None = None
    is_full: bool = False
    asked_at: datetime | None = None
    is_told: bool = False

    @property
    def left(self) -> int | None:
        """How many messages may still go out; None without a limit."""
        if self.is_full:
            return 0
        return None if self.limit is None else self.limit - self.used

    @property
    def is_near(self) -> bool:
        """Whether the limit is so near that a counted message is worth more than a request."""
        if self.limit is None:
            return False
        return max(self.used, self.limit if self.expected is None else self.expected) >= self.limit * NEAR


def begins(now: datetime) -> datetime:
    """When the month of *now* began."""
    return datetime.combine(now.astimezone(JAPAN).date().replace(day=1), time(0), JAPAN)


def ends(now: datetime) -> datetime:
    """When the next month begins."""
    return begins(begins(now) + timedelta(days=31))


def load(session: Session, now: datetime, own_limit: int | None, *, counts_always: bool = True) -> Month:
    """How the month stands; *own_limit* is the practice's own ceiling. Without a limit it need not be counted."""
    since = begins(now)
    # Not as an object of the session: another process writes it, and nothing here does.
    row = session.execute(sa.select(QuotaReading.__table__).where(QuotaReading.id == THE_ROW)).one_or_none()
    if own_limit is None and (row is None or (row.month_limit is None and row.full_at is None)) and not counts_always:
        return Month(since, ends(now), None, 0)
    used = sum(counted(session, since).values())
    if row is None:
        return Month(since, ends(now), own_limit, used)
    if row.asked_at is not None and row.asked_at >= since:
        used = max(used, row.used + sum(counted(session, row.asked_at).values()))
    limits = [limit for limit in (own_limit, row.month_limit) if limit is not None]
    is_reckoned = row.reckoned_at is not None and row.reckoned_at >= since
    return Month(
        begins=since,
        ends=ends(now),
        limit=min(limits, default=None),
        used=used,
        needed=row.needed if is_reckoned else 0,
        expected=row.expected if is_reckoned else None,
        is_full=is_full(row, since),
        asked_at=row.asked_at,
        is_told=row.asked_at is not None and row.asked_at == row.tried_at,
    )


def is_full(row: "sa.Row[tuple[object, ...]] | QuotaReading", since: datetime) -> bool:
    """Whether LINE's refusal still holds in the month that began at *since*.

    A raised limit ends it. So does a later count with something left: LINE also refuses while it keeps messages back for a
    delivery that is under way.
    """
    if row.full_at is None or row.full_at < since:
        return False
    if row.asked_at is None or row.asked_at <= row.full_at:
        return True
    is_raised = row.full_limit is not None and (row.month_limit is None or row.month_limit > row.full_limit)
    has_room = row.month_limit is None or row.used < row.month_limit
    return not (is_raised or (has_room and row.asked_at >= row.full_at + ASK_EVERY))


def counted(session: Session, since: datetime) -> dict[str, int]:
    """Purpose -> how many messages LINE has counted since then, for each recipient one, with those on their way."""
    is_taken = OutboxMessage.outcome.in_(_ACCEPTED) & (OutboxMessage.settled_at >= since)
    is_under_way = OutboxMessage.outcome.is_(None) & OutboxMessage.first_try_at.is_not(None)
    rows = session.execute(
        sa.select(OutboxMessage.purpose, sa.func.sum(size()))
        .where(OutboxMessage.kind != "reply", is_taken | is_under_way)
        .group_by(OutboxMessage.purpose)
    )
    return {purpose: int(count or 0) for purpose, count in rows}


def size() -> sa.ColumnElement[int]:
    """For how many people LINE counts a message: those it names, or as many as LINE's own list is said to hold."""
    return sa.func.coalesce(OutboxMessage.people, sa.func.json_array_length(OutboxMessage.recipients))
