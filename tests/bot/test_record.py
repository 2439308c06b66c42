"""Streak, score and counts of what was done: what raises them, what leaves them alone, what breaks them."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.record import Record, milestone

TODAY = date(2026, 11, 20)
"""A Friday."""
MORNING, NIGHT = "routine/morning-stretch", "routine/night-release"


def days_ago(*numbers: int) -> frozenset[date]:
    return frozenset(TODAY - timedelta(days=number) for number in numbers)


def record(*done: int, free: tuple[int, ...] = ()) -> Record:
    """The record of a person who did something that many days ago."""
    return Record.made_of(((MORNING, day) for day in days_ago(*done)), TODAY, days_ago(*free))


@pytest.mark.parametrize(
    ("done", "free", "streak", "longest"),
    [
        ((), (), 0, 0),
        ((0,), (), 1, 1),
        ((1,), (), 1, 1),  # Today is still open.
        ((2,), (), 0, 1),
        ((0, 1, 2), (), 3, 3),
        ((0, 2), (), 1, 1),
        ((0, 2), (1,), 2, 2),
        ((2, 5), (0, 1, 3, 4), 2, 2),
        ((1, 10, 11, 12), (), 1, 3),
    ],
)
def test_a_streak_counts_done_days_and_only_an_expected_day_without_any_breaks_it(
    done: tuple[int, ...], free: tuple[int, ...], streak: int, longest: int
) -> None:
    mine = record(*done, free=free)

    assert (mine.streak, mine.longest) == (streak, longest)


def test_a_score_is_half_after_13_days_and_loses_a_twentieth_for_a_day_missed() -> None:
    assert record(*range(13)).score == 50
    assert record(*range(26)).score == 75
    assert record(*range(365)).score == 100
    assert record(*range(2, 400)).score == 95
    assert record(*range(2, 400), free=(1,)).score == 100


def test_two_routines_on_one_day_are_one_day() -> None:
    both = Record.made_of(((MORNING, TODAY), (NIGHT, TODAY)), TODAY)

    assert (both.streak, both.score, len(both.days)) == (1, record(0).score, 1)
    assert both.per_routine(TODAY, TODAY) == {MORNING: 1, NIGHT: 1}


def test_weeks_begin_on_monday_and_this_one_comes_first() -> None:
    mine = record(0, 4, 5, 11, 12)

    assert mine.weeks(3) == [(date(2026, 11, 16), 2), (date(2026, 11, 9), 2), (date(2026, 11, 2), 1)]


def test_a_gap_is_counted_from_the_last_done_day_before() -> None:
    assert record(6, 9).gap(TODAY) == 6
    assert record(6, 9).gap(TODAY - timedelta(days=6)) == 3
    assert record().gap(TODAY) is None


def test_a_milestone_is_said_when_it_is_reached_and_never_again() -> None:
    assert milestone(record(*range(1, 7)), record(*range(7))) == ("streak", 7)
    assert milestone(record(*range(1, 8)), record(*range(8))) is None
    # The second time that seven days in a row are reached, only the days in all are news, if anything.
    assert milestone(record(*range(1, 7), *range(20, 27)), record(*range(7), *range(20, 27))) == ("days", 14)
    assert milestone(record(*range(1, 7), *range(20, 28)), record(*range(7), *range(20, 28))) is None
    # A day that is recorded late joins two rows.
    assert milestone(record(0, 1, 2, 4, 5, 6), record(0, 1, 2, 3, 4, 5, 6)) == ("streak", 7)


numbers = st.frozensets(st.integers(0, 60), max_size=40)
pairs = st.lists(st.tuples(st.sampled_from([MORNING, NIGHT]), st.integers(0, 60)), max_size=40)


@settings(deadline=None)
@given(done=numbers, free=numbers, more=st.integers(0, 60))
def test_one_more_done_lowers_neither_streak_nor_score(done: frozenset[int], free: frozenset[int], more: int) -> None:
    before = record(*done, free=tuple(free))
    after = before.plus(NIGHT, TODAY - timedelta(days=more))

    assert after.streak >= before.streak
    assert after.longest >= before.longest
    assert after.score >= before.score


@settings(deadline=None)
@given(done=numbers, free=numbers, more=st.integers(0, 60))
def test_one_more_free_day_breaks_nothing(done: frozenset[int], free: frozenset[int], more: int) -> None:
    before, after = record(*done, free=tuple(free)), record(*done, free=(*free, more))

    assert after.streak >= before.streak
    assert after.longest >= before.longest
    assert after.score >= before.score


@settings(deadline=None)
@given(done=pairs, free=numbers, seed=st.integers())
def test_the_order_in_which_things_were_done_and_doing_them_twice_change_nothing(
    done: list[tuple[str, int]], free: frozenset[int], seed: int
) -> None:
    told = [(id, TODAY - timedelta(days=number)) for id, number in done]
    shuffled = [*told, *told]
    random.Random(seed).shuffle(shuffled)

    one, other = (Record.made_of(some, TODAY, days_ago(*free)) for some in (told, shuffled))
    assert one == other
    assert (one.streak, one.longest, one.score) == (other.streak, other.longest, other.score)


@settings(deadline=None)
@given(done=numbers, free=numbers)
def test_a_streak_never_counts_more_than_was_done_and_the_score_stays_in_its_bounds(
    done: frozenset[int], free: frozenset[int]
) -> None:
    mine = record(*done, free=tuple(free))

    assert 0 <= mine.streak <= mine.longest <= len(mine.days)
    assert 0 <= mine.score <= 100
    assert sum(count for _, count in mine.weeks(10)) == len(mine.days)
