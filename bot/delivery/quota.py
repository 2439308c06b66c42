"""The purse of the month's messages: knows what is left of them without asking the database for every message."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import month
from bot.delivery.month import Month

COUNT_EVERY = timedelta(minutes=1)


class Quota:
    """Counts anew at most once a minute, and what is sent in between by itself; threads may share it."""

    def __init__(self, own_limit: int | None) -> None:
        """*own_limit* is the practice's own ceiling for a month; LINE's is found with its last answer."""
        self._own_limit = own_limit
        self._month: Month | None = None
        self._counted_at: datetime | None = None
        self._lock = threading.RLock()

    def limit_to(self, own_limit: int | None) -> None:
        """From now on *own_limit* is the practice's ceiling."""
        with self._lock:
            if own_limit != self._own_limit:
                self._own_limit, self._counted_at = own_limit, None

    def month(self, session: Session, now: datetime) -> Month:
        """How the month stands."""
        # Before our lock: whoever has SQLite's one connection may be waiting for it, and we would wait for them.
        session.connection()
        with self._lock:
            is_fresh = self._counted_at is not None and timedelta(0) <= now - self._counted_at < COUNT_EVERY
            if self._month is None or not is_fresh or now >= self._month.ends:
                self._month = month.load(session, now, self._own_limit, counts_always=False)
                self._counted_at = now
            return self._month

    def left(self, session: Session, now: datetime) -> int | None:
        """How many messages may still go out this month; None without a limit."""
        return self.month(session, now).left

    @contextmanager
    def held(self, session: Session, now: datetime) -> Iterator[Month]:
        """The month for one who is going to spend of it; with a limit everybody else in this process waits."""
        found = self.month(session, now)
        if found.left is None:
            yield found
            return
        with self._lock:
            yield self.month(session, now)

    def spend(self, count: int) -> None:
        """Note that so many messages are on their way."""
        with self._lock:
            if self._month is not None:
                self._month = replace(self._month, used=self._month.used + count)

    def look_again(self) -> None:
        """Count anew the next time: LINE has said something."""
        with self._lock:
            self._counted_at = None
