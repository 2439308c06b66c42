"""Free days: as reminders were set on that day, whatever was changed since."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot import expectations, people, progress, record, reminders
from bot.db import Sessions
from bot.expectations import Course
from bot.models import Person, ReminderChange
from bot.reminders import Settings

ZONE = ZoneInfo("Asia/Tokyo")
FRIDAY = date(2026, 11, 20)
MORNING, NIGHT = "routine/morning-stretch", "routine/night-release"
WEEKDAYS, ALL = ("mon", "tue", "wed", "thu", "fri"), ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(day: date, wall: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{wall}:00+09:00")


def after(days: int) -> date:
    return FRIDAY + timedelta(days=days)


@pytest.fixture
def session(sessions: Sessions) -> Session:
    with sessions() as session:
        yield session


@pytest.fixture
def person(session: Session) -> Person:
    return people.meet(session, "U" + "1" * 32, at(FRIDAY, "06:00"))[0]


@pytest.fixture
def turn_on(session: Session, person: Person) -> Callable[..., object]:
    def turn_on(routine_id: str, now: datetime, **wished: object) -> object:
        return reminders.turn_on(
            session, person, routine_id=routine_id, default_time="07:00", zone=ZONE, now=now, **wished
        )

    return turn_on


@pytest.fixture
def free(session: Session, person: Person) -> Callable[[int], list[int]]:
    """Which of the days from Friday on are free, by their number."""

    def free(number: int) -> list[int]:
        days = [after(days) for days in range(number)]
        found = expectations.free_days(session, person, days, ZONE)
        return [days.index(day) for day in sorted(found)]

    return free


def test_somebody_without_a_reminder_has_no_day_off(free) -> None:
    assert free(9) == []


def test_a_weekday_off_is_free_and_one_added_later_changes_nothing_before(turn_on, free) -> None:
    turn_on(MORNING, at(FRIDAY, "05:00"), days=WEEKDAYS)
    assert free(10) == [0, 1, 2, 8, 9]  # The first day is the one on which it was turned on.

    turn_on(MORNING, at(after(5)), days=ALL)
    assert free(10) == [0, 1, 2]


def test_every_reminder_must_have_the_day_off(turn_on, free) -> None:
    turn_on(MORNING, at(after(-1)), days=WEEKDAYS)
    turn_on(NIGHT, at(after(-1)), days=("sat",))

    assert free(4) == [2]


def test_a_public_holiday_is_free_for_those_who_want_none(turn_on, free) -> None:
    turn_on(MORNING, at(after(-1)), on_holidays=False)

    assert free(5) == [3]  # 勤労感謝の日, 23 November.


def test_a_pause_frees_its_days_also_after_it_has_been_ended_and_followed_by_another(
    session, person, turn_on, free
) -> None:
    turn_on(MORNING, at(after(-1)))
    reminders.pause(session, person, routine_id=None, until=None, now=at(after(1)))
    reminders.resume(session, person, routine_id=None, now=at(after(3)))
    assert free(6) == [1, 2, 3]

    reminders.pause(session, person, routine_id=None, until=at(after(8), "04:00"), now=at(after(6)))
    assert free(10) == [1, 2, 3, 6, 7]


def test_a_rest_frees_the_day_when_nothing_else_was_expected(session, person, turn_on, free) -> None:
    turn_on(MORNING, at(after(-1)))
    turn_on(NIGHT, at(after(-1)), days=("sat",))
    for day in (after(1), after(2)):
        reminders.rest(session, person, routine_id=MORNING, day=day, now=at(day))

    assert free(4) == [2]


def test_a_stopped_reminder_expects_nothing_but_frees_nothing_either(session, person, turn_on, free) -> None:
    turn_on(MORNING, at(after(-1)), days=WEEKDAYS)
    reminders.stop(session, person, None, at(after(1)))

    assert free(10) == [1]


def test_a_change_that_was_taken_back_never_was(session, person, turn_on, free) -> None:
    turn_on(MORNING, at(after(-2)))
    turn_on(MORNING, at(after(-1)), days=("mon",))
    change = reminders.last(session, person)
    reminders.undo(session, person, change.id, at(after(-1), "13:00"))

    assert free(5) == []


def test_a_reminder_older_than_the_history_counts_from_when_it_was_made(session, turn_on, free) -> None:
    turn_on(MORNING, at(after(1)), days=("mon",))
    session.execute(sa.delete(ReminderChange))

    assert free(4) == [1, 2]


def test_the_record_of_a_person_knows_their_free_days(session, person, turn_on) -> None:
    turn_on(MORNING, at(after(-1)), days=WEEKDAYS)
    for day in (FRIDAY, after(3)):
        progress.done(session, person, routine_id=MORNING, day=day, now=at(day))

    mine = record.of(session, person, zone=ZONE, now=at(after(4)))
    assert (mine.streak, mine.mark(after(1)), mine.mark(after(4))) == (2, "rest", "none")
    assert record.of(session, person, zone=ZONE, now=at(after(5))).streak == 0


def settings(**changed: object) -> Settings:
    usual = {"time": "07:00", "days": ALL, "is_on_holidays": True, "state": "on"}
    return Settings(**{**usual, "paused_from": None, "paused_until": None, **changed})


@budget(deadline=None)
@given(
    days=st.sets(st.sampled_from(ALL)),
    holidays=st.booleans(),
    begins=st.integers(-5, 15),
    length=st.none() | st.integers(0, 15),
    day=st.integers(0, 10),
)
def test_a_pause_or_a_rest_only_ever_frees_days(
    days: set[str], holidays: bool, begins: int, length: int | None, day: int
) -> None:
    plain = settings(days=tuple(days), is_on_holidays=holidays)
    until = None if length is None else at(after(begins + length))
    paused = settings(days=tuple(days), is_on_holidays=holidays, paused_from=at(after(begins)), paused_until=until)
    before, with_pause = (Course(MORNING, (), (one,)) for one in (plain, paused))

    was_free = expectations.is_free(after(day), [before], set(), ZONE)
    assert expectations.is_free(after(day), [with_pause], set(), ZONE) or not was_free
    assert expectations.is_free(after(day), [before], {MORNING}, ZONE)
    lies_within = begins <= day and (length is None or day < begins + length)
    assert expectations.is_free(after(day), [with_pause], set(), ZONE) or not lies_within
