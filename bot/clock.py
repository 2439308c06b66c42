"""The time as a value: the only place that asks the machine for it."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot import failpoints

Clock = Callable[[], datetime]
"""Returns the present moment, aware and in UTC."""


def system_clock() -> datetime:
    """The machine's present moment, aware and in UTC."""
    return datetime.now(UTC) + failpoints.clock_error()
