"""A house with threads of its own is wound from one due moment to the next, and everything comes at its minute."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import simulated
from bot.app import Knowledge
from bot.clock import RunningClock
from bot.talk import House, Visitor
from bot.timekeeper import Timekeeper
from tests.fakes import FakeClock

TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+09:00")
PATIENCE = 30.0


class Kept:
    """A house at work, and the keeper of its time."""

    def __init__(self, house: House, clock: RunningClock, machine: FakeClock) -> None:
        self.house, self.clock, self.machine = house, clock, machine
        self.worker = house.app.worker()
        self.worker.start()
        self.begun_anew = threading.Event()
        self.keeper = Timekeeper(house.app, clock, self.worker, settle=lambda: None, start_over=self.begun_anew.set)

    def wind(self, step: str, visitor: Visitor) -> str | None:
        """Wind and wait until it is done."""
        refusal = self.keeper.wind(step, visitor.user_id)
        pause = threading.Event()
        for _ in range(int(PATIENCE / 0.01)):
            if self.keeper.time()["until"] is None:
                return refusal
            pause.wait(0.01)
        pytest.fail("the clock is still being wound")

    def rung(self) -> list[str]:
        """When something was pushed, by the clocks of Tokyo."""
        pushes = [send.at for send in self.house.platform.book if send.endpoint != "reply"]
        return [f"{at.astimezone(TOKYO):%d %H:%M:%S}" for at in pushes]


@pytest.fixture
def keep(knowledge: Knowledge, database_url: str) -> Iterator[Callable[..., Kept]]:
    """Opens the house on Friday at ten, with its threads at work, on either database that `make run` may have."""
    opened: list[Kept] = []

    def keep(*, own: bool = True) -> Kept:
        machine = FakeClock(FRIDAY)
        clock = RunningClock(runs_as=machine)
        house = House(knowledge, clock, database_url)  # type: ignore[arg-type]
        with house.app.sessions.begin() as session:
            if own:
                simulated.mark(session, clock())
        opened.append(Kept(house, clock, machine))
        return opened[-1]

    yield keep
    for one in opened:
        one.keeper.stop()
        one.worker.stop()
        one.house.__exit__()


def test_a_week_is_wound_and_every_reminder_comes_at_its_own_minute(keep: Callable[..., Kept]) -> None:
    kept = keep()
    visitor = kept.house.person()
    visitor.say("毎朝6時半にストレッチ")

    assert kept.wind("week", visitor) is None

    # Three times, then the question whether it suits, because nobody reacted.
    assert kept.rung() == [f"{day} 06:30:00" for day in (21, 22, 23, 24)]
    assert kept.clock() == FRIDAY + timedelta(weeks=1)
    assert kept.clock.ahead == timedelta(weeks=1)


def test_the_next_reminder_and_the_next_morning_are_moments_of_the_clock(keep: Callable[..., Kept]) -> None:
    kept = keep()
    visitor = kept.house.person()

    assert kept.wind("reminder", visitor) == "no-reminder"
    visitor.say("毎日21時にストレッチ")
    assert kept.wind("reminder", visitor) is None
    assert kept.rung() == ["20 21:00:00"]
    assert kept.wind("morning", visitor) is None
    assert kept.clock() == datetime.fromisoformat("2026-11-21T07:00:00+09:00")
    assert kept.wind("ten-minutes", visitor) is None
    assert kept.clock() == datetime.fromisoformat("2026-11-21T07:10:00+09:00")


def test_what_was_held_back_and_what_is_to_come_is_told_in_words(keep: Callable[..., Kept]) -> None:
    kept = keep()
    visitor = kept.house.person()
    visitor.say("毎朝6時半にストレッチ")
    visitor.say("あしたまで休む")
    kept.wind("week", visitor)

    told = kept.keeper.held_back(visitor.user_id)
    assert any("お休み" in one["says"] and one["day"] == "2026-11-21" for one in told)
    assert kept.keeper.held_back("U" + "0" * 32) == []


def test_a_house_that_is_opened_again_goes_on_where_it_was_closed(keep: Callable[..., Kept]) -> None:
    kept = keep()
    kept.wind("week", kept.house.person())
    kept.machine.advance(hours=1)
    kept.keeper.stop()

    with kept.house.app.sessions() as session:
        assert simulated.seen_until(session) == FRIDAY + timedelta(weeks=1, hours=1)


def test_a_clock_that_got_stuck_says_so_and_goes_on(keep: Callable[..., Kept]) -> None:
    kept = keep()
    kept.keeper._settle = [].pop  # What waits for events under way fails.

    assert kept.wind("week", kept.house.person()) is None
    assert kept.keeper.time()["failed"]
    assert kept.clock() == FRIDAY
    kept.keeper._settle = list
    kept.wind("ten-minutes", kept.house.person())
    assert not kept.keeper.time()["failed"]


def test_the_clock_of_a_database_with_real_people_is_left_alone(keep: Callable[..., Kept]) -> None:
    kept = keep(own=False)
    visitor = kept.house.person()

    assert (kept.wind("week", visitor), kept.keeper.start_over()) == ("not-own", "not-own")
    assert kept.clock() == FRIDAY
    assert not kept.begun_anew.is_set()


def test_who_begins_anew_is_wound_no_more(keep: Callable[..., Kept]) -> None:
    kept = keep()

    assert kept.keeper.start_over() is None
    assert kept.begun_anew.wait(PATIENCE)
    assert kept.wind("week", kept.house.person()) == "busy"
