"""The wording of a day: fixed, changing, and fair to every one."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.wording import of_day

days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
routines = st.from_regex(r"routine/[a-z-]{1,20}", fullmatch=True)


@settings(deadline=None)
@given(first=days, number=st.integers(8, 20), routine=routines)
def test_no_wording_comes_back_within_a_week(first: date, number: int, routine: str) -> None:
    wordings = [str(place) for place in range(number)]

    said = [of_day(wordings, routine, first + timedelta(days=day)) for day in range(7)]
    assert len(set(said)) == 7


@settings(deadline=None)
@given(first=days, number=st.integers(1, 20), routine=routines)
def test_every_wording_has_its_turn(first: date, number: int, routine: str) -> None:
    wordings = [str(place) for place in range(number)]

    said = {of_day(wordings, routine, first + timedelta(days=day)) for day in range(8 * number)}
    assert said == set(wordings)


@settings(deadline=None)
@given(first=days, number=st.integers(5, 20), routine=routines)
def test_who_is_reminded_once_a_week_hears_every_wording_in_turn(first: date, number: int, routine: str) -> None:
    wordings = [str(place) for place in range(number)]

    said = {of_day(wordings, routine, first + timedelta(weeks=week)) for week in range(number)}
    assert said == set(wordings)
