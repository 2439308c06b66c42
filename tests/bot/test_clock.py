"""A clock that is put forward runs on from there, and never back."""

from datetime import timedelta

from bot.clock import RunningClock
from tests.fakes import NOON, FakeClock

WEEK = timedelta(weeks=1)


def test_it_runs_with_the_other_clock_ahead_of_it_by_what_it_was_put_forward() -> None:
    machine = FakeClock()
    clock = RunningClock(runs_as=machine)
    clock.stand(NOON + WEEK)
    machine.advance(hours=1)

    assert clock() == NOON + WEEK
    assert clock.ahead == WEEK - timedelta(hours=1)

    clock.go_on()
    machine.advance(hours=1)
    assert clock() == NOON + WEEK + timedelta(hours=1)


def test_it_is_never_put_back() -> None:
    clock = RunningClock(NOON + WEEK, runs_as=FakeClock())
    clock.stand(NOON)

    assert clock() == NOON + WEEK
    assert RunningClock(NOON - WEEK, runs_as=FakeClock())() == NOON
