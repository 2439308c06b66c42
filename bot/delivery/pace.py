"""The pace of sending: a bucket per endpoint, so that LINE's limits are kept before it has to say no.

Whoever wants to send takes places in the line and waits until each one's turn. With all the requests of all processes
in one line, no second holds more of them than LINE allows, a burst after a rest included.
"""

import math
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Protocol

import sqlalchemy as sa

from bot import db
from bot.db import Sessions

Endpoint = Literal["reply", "push", "multicast", "broadcast", "loading"]

LIMITS: Mapping[Endpoint, int] = {"reply": 2000, "push": 2000, "multicast": 200, "broadcast": 1, "loading": 100}
"""Requests in a second that LINE allows; of messages to everybody sixty in an hour, which nobody has to say."""

SHARE = 0.9
"""How much of that is used all the time; the rest is for bursts."""


MOST_WAITING, LONGEST_HOLD = 10_000, timedelta(seconds=10)
"""No line gets longer than that, nor is it held longer: if one seems to be, the database's clock was set back, and nobody
waits until it is there again."""


class Pace(Protocol):
    """Says when requests may go; threads may share it."""

    def places(self, endpoint: Endpoint, count: int, now: datetime) -> list[timedelta]:
        """Take the next places in the line of *endpoint*; how long it is until the turn of each."""
        ...

    def hold(self, endpoint: Endpoint, length: timedelta, now: datetime) -> None:
        """Give out no place before this time has passed: LINE has said that it is too much."""
        ...


def shared(sessions: Sessions, share: float = SHARE) -> Pace:
    """One pace for everybody who sends for the channel: on PostgreSQL in the database, else in this process."""
    if db.engine_of(sessions).dialect.name == "postgresql":
        return PaceInDatabase(sessions, share=share)
    return PaceInMemory(share=share)


class _Line:
    """The arithmetic of one endpoint: a place every *gap*, and after a rest as many at once as make up *slack*."""

    def __init__(self, limit: int, share: float) -> None:
        self.gap = timedelta(microseconds=math.ceil(1_000_000 / (limit * share)))
        self.slack = self.gap * max(limit - math.ceil(limit * share), 0)
        self.longest = self.gap * MOST_WAITING + LONGEST_HOLD

    def waits(self, first: timedelta, count: int) -> list[timedelta]:
        """The waits of *count* places, of which the first is due in *first*."""
        return [max(first + self.gap * number, timedelta(0)) for number in range(count)]


class PaceInMemory:
    """The pace of one process; its moments are those of the caller's clock."""

    def __init__(self, limits: Mapping[Endpoint, int] = LIMITS, *, share: float = SHARE) -> None:
        self._lines = {endpoint: _Line(limit, share) for endpoint, limit in limits.items()}
        self._free_at: dict[Endpoint, datetime] = {}
        self._seen: datetime | None = None
        self._lock = threading.Lock()

    def places(self, endpoint: Endpoint, count: int, now: datetime) -> list[timedelta]:
        """Take the next places in the line of *endpoint*; how long it is until the turn of each."""
        line = self._lines[endpoint]
        with self._lock:
            self._mind_the_clock(now)
            first = max(self._free_at.get(endpoint, now - line.slack), now - line.slack)
            self._free_at[endpoint] = first + line.gap * count
        return line.waits(first - now, count)

    def _mind_the_clock(self, now: datetime) -> None:
        """A clock that was set back takes the line along: nobody waits until it is there again."""
        back = self._seen - now if self._seen is not None else timedelta(0)
        if back > timedelta(seconds=1):
            self._free_at = {endpoint: free_at - back for endpoint, free_at in self._free_at.items()}
            self._seen = now
        elif back <= timedelta(0):
            self._seen = now

    def hold(self, endpoint: Endpoint, length: timedelta, now: datetime) -> None:
        """Give out no place before this time has passed."""
        with self._lock:
            self._free_at[endpoint] = max(self._free_at.get(endpoint, now), now + length)


_TAKE = sa.text("""
    INSERT INTO pace_buckets AS bucket (kind, free_at)
    VALUES (:endpoint, clock_timestamp() - CAST(:slack AS interval) + CAST(:length AS interval))
    ON CONFLICT (kind) DO UPDATE
    SET free_at = CASE WHEN bucket.free_at > clock_timestamp() + CAST(:longest AS interval) THEN clock_timestamp()
        ELSE greatest(bucket.free_at, clock_timestamp() - CAST(:slack AS interval)) END + CAST(:length AS interval)
    RETURNING bucket.free_at - CAST(:length AS interval) AS first, clock_timestamp() AS now
""")
_HOLD = sa.text("""
    INSERT INTO pace_buckets AS bucket (kind, free_at) VALUES (:endpoint, clock_timestamp() + CAST(:length AS interval))
    ON CONFLICT (kind) DO UPDATE SET free_at = greatest(bucket.free_at, clock_timestamp() + CAST(:length AS interval))
""")


class PaceInDatabase:
    """The pace of all processes on one PostgreSQL, by its clock: the clocks of their machines need not agree."""

    def __init__(self, sessions: Sessions, limits: Mapping[Endpoint, int] = LIMITS, *, share: float = SHARE) -> None:
        self._lines = {endpoint: _Line(limit, share) for endpoint, limit in limits.items()}
        # Each statement is a transaction of its own: whoever waits for a bucket waits for one statement only.
        self._engine = db.engine_of(sessions).execution_options(isolation_level="AUTOCOMMIT")

    def places(self, endpoint: Endpoint, count: int, now: datetime) -> list[timedelta]:
        """Take the next places in the line of *endpoint*; how long it is until the turn of each."""
        first, database_now = self.take(endpoint, count)
        return self._lines[endpoint].waits(first - database_now, count)

    def take(self, endpoint: Endpoint, count: int) -> tuple[datetime, datetime]:
        """Take the next places; the turn of the first, and the time, both by the database's clock."""
        line = self._lines[endpoint]
        given = {"endpoint": endpoint, "slack": line.slack, "length": line.gap * count, "longest": line.longest}
        with self._engine.connect() as connection:
            taken = connection.execute(_TAKE, given).one()
        return taken.first, taken.now

    def hold(self, endpoint: Endpoint, length: timedelta, now: datetime) -> None:
        """Give out no place before this time has passed."""
        with self._engine.connect() as connection:
            connection.execute(_HOLD, {"endpoint": endpoint, "length": length})
