"""LINE's rate limits: a token bucket for each endpoint, filled by the clock."""

from datetime import datetime

_PER_SECOND, _PER_HOUR = 1.0, 3600.0

LIMITS: dict[str, tuple[int, float]] = {
    "multicast": (200, _PER_SECOND),
    "broadcast": (60, _PER_HOUR),
    "loading": (100, _PER_SECOND),
    "webhook test": (60, _PER_HOUR),
}
"""Requests allowed per so many seconds, by endpoint."""

_DEFAULT = (2000, _PER_SECOND)


class Buckets:
    """The token buckets of one channel; its caller holds the lock."""

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, datetime]] = {}

    def take(self, endpoint: str, now: datetime) -> bool:
        """Whether *endpoint* may be called once more at *now*."""
        size, seconds = LIMITS.get(endpoint, _DEFAULT)
        level, at = self._levels.get(endpoint, (float(size), now))
        level = min(size, level + (now - at).total_seconds() * size / seconds)
        if level < 1:
            self._levels[endpoint] = (level, now)
            return False
        self._levels[endpoint] = (level - 1, now)
        return True
