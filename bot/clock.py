"""The time as a value: the only place that asks the machine for it."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot import failpoints

Clock = Callable[[], datetime]
"""Returns the present moment, aware and in UTC."""


def system_clock() -> datetime:
    """The present moment as the program is to take it, aware and in UTC: the machine's, save in a test of faults."""
    return machine_clock() + failpoints.clock_error()


def machine_clock() -> datetime:
    """The machine's own present moment, aware and in UTC."""
    return datetime.now(UTC)
