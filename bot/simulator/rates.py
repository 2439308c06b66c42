"""LINE's rate limits: a token bucket for each endpoint, filled by the clock."""

from datetime import datetime

_PER_SECOND, _PER_MINUTE, _PER_HOUR = 1.0, 60.0, 3600.0

LIMITS: dict[str, tuple[int, float]] = {
    "multicast": (200, _PER_SECOND),
    "broadcast": (60, _PER_HOUR),
    "narrowcast": (60, _PER_HOUR),
    "insight": (60, _PER_HOUR),
    "loading": (100, _PER_SECOND),
    "webhook": (1000, _PER_MINUTE),
    "webhook test": (60, _PER_HOUR),
    "menu create": (100, _PER_HOUR),
    "menu delete": (100, _PER_HOUR),
    "menu list": (10, _PER_SECOND),
    "menu batch": (3, _PER_HOUR),
    "menu batch progress": (100, _PER_HOUR),
    "alias delete": (100, _PER_HOUR),
}
"""Requests allowed per so many seconds, by the endpoint's name."""

_DEFAULT = (2000, _PER_SECOND)


class Buckets:
    """The token buckets of one channel; its caller holds the lock."""

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, datetime]] = {}

    def take(self, endpoint: str, kind: str, now: datetime) -> bool:
        """Whether *endpoint*, of that name, may be called once more at *now*."""
        size, seconds = LIMITS.get(kind, _DEFAULT)
        level, at = self._levels.get(endpoint, (float(size), now))
        level = min(size, level + (now - at).total_seconds() * size / seconds)
        if level < 1:
            self._levels[endpoint] = (level, now)
            return False
        self._levels[endpoint] = (level - 1, now)
        return True
