"""The month's messages: how many of those that LINE counts are left, by our own ledger."""

import threading
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.models import OutboxMessage

ASK_EVERY = timedelta(minutes=1)


class Quota:
    """Knows what is left of the month; counts anew at most once a minute, and what is sent in between by itself."""

    def __init__(self, limit: int | None, zone: ZoneInfo) -> None:
        """*limit* is how many messages a month has (None: nobody counts), *zone* says when it begins."""
        self._limit = limit
        self._zone = zone
        self._left = 0
        self._asked_at: datetime | None = None
        self._lock = threading.Lock()

    def left(self, session: Session, now: datetime) -> int | None:
        """How many messages may still go out this month; None without a limit."""
        if self._limit is None:
            return None
        with self._lock:
            if self._asked_at is None or not timedelta(0) <= now - self._asked_at < ASK_EVERY:
                self._left = self._limit - counted(session, _month_begins(now, self._zone))
                self._asked_at = now
            return self._left

    def spend(self, count: int) -> None:
        """Note that so many messages are on their way."""
        with self._lock:
            self._left -= count


def counted(session: Session, since: datetime) -> int:
    """How many messages LINE has counted since then, for each recipient one, with those that are on their way."""
    is_taken = OutboxMessage.outcome.in_(("accepted", "accepted-before")) & (OutboxMessage.settled_at >= since)
    is_under_way = OutboxMessage.outcome.is_(None) & OutboxMessage.first_try_at.is_not(None)
    messages = sa.select(sa.func.sum(sa.func.json_array_length(OutboxMessage.recipients))).where(
        OutboxMessage.kind != "reply", is_taken | is_under_way
    )
    return int(session.scalar(messages) or 0)


def _month_begins(now: datetime, zone: ZoneInfo) -> datetime:
    first = now.astimezone(zone).date().replace(day=1)
    return datetime.combine(first, time(0), zone)
