"""The time as a value: the only place that asks the machine for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot import failpoints

Clock = Callable[[], datetime]
"""Returns the present moment, aware and in UTC."""


def system_clock() -> datetime:
    """The present moment as the program is to take it, aware and in UTC: the machine's, save in a test of faults."""
    return machine_clock() + failpoints.clock_error()


def machine_clock() -> datetime:
    """The machine's own present moment, aware and in UTC."""
    return datetime.now(UTC)


class RunningClock:
    """A clock that goes as another one goes, ahead of it by as much as it was put forward, and never back."""

    def __init__(self, begins: datetime | None = None, *, runs_as: Clock = system_clock) -> None:
        """It begins at that moment, or where the other clock is when that is later."""
        self._runs_as = runs_as
        self._ahead = timedelta(0) if begins is None else max(begins - runs_as(), timedelta(0))
        self._stands_at: datetime | None = None

    def __call__(self) -> datetime:
        # Asked by many threads, set by one: each of them sees the one value or the other, never a mixture.
        return self._stands_at or self._runs_as() + self._ahead

    @property
    def ahead(self) -> timedelta:
        """By how much it goes before the other clock."""
        return self() - self._runs_as() if self._stands_at is not None else self._ahead

    def stand(self, moment: datetime) -> None:
        """Put the clock forward to *moment*, or leave it where it is when that is later, and let it stand there."""
        self._stands_at = max(moment, self())

    def go_on(self) -> None:
        """Let it run from where it stands."""
        if self._stands_at is not None:
            self._ahead = self._stands_at - self._runs_as()
            self._stands_at = None
