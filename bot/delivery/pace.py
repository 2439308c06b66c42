"""The pace of sending: a bucket of tokens per endpoint, so that LINE's limits are kept before it has to say no."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.models.outbox import Kind

LIMITS: Mapping[Kind, int] = {"reply": 2000, "push": 2000, "multicast": 200}
"""Requests in a second that LINE allows."""

_FARTHEST = timedelta(seconds=30)
"""No place in the line is further ahead than this, however long the line is."""


class Pace:
    """Says how long to wait before a request; threads may share it."""

    def __init__(self, limits: Mapping[Kind, int] = LIMITS, *, share: float = 0.9) -> None:
        self._gaps = {kind: timedelta(seconds=1 / (limit * share)) for kind, limit in limits.items()}
        self._free_at: dict[Kind, datetime] = {}
        self._lock = threading.Lock()

    def wait(self, kind: Kind, now: datetime) -> timedelta:
        """Take the next place in the line of *kind*; how long it is until its turn. A second's burst is allowed."""
        with self._lock:
            turn = max(self._free_at.get(kind, now), now - timedelta(seconds=1))
            if turn > now + _FARTHEST:
                turn = now  # The clock was set back; nobody waits until it is there again.
            self._free_at[kind] = turn + self._gaps[kind]
        return max(turn - now, timedelta(0))

    def hold(self, kind: Kind, until: datetime) -> None:
        """Let nobody of *kind* go before *until*: LINE has said that it is too much."""
        with self._lock:
            self._free_at[kind] = max(self._free_at.get(kind, until), until)
