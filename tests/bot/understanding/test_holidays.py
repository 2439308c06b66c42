"""Days off that have a name, as days of the calendar."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import calendar
from bot.understanding import dates, holidays

FRIDAY = date(2026, 11, 20)


def days(text: str, today: date = FRIDAY) -> tuple[str, str] | None:
    assert re.fullmatch(dates.DATE, text), text
    found = dates.stretch(text, today)
    return found and (found[0].isoformat(), found[1].isoformat())


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("三連休", "2026-11-21", "2026-11-23"),
        ("3連休", "2026-11-21", "2026-11-23"),
        ("連休", "2026-11-21", "2026-11-23"),
        ("この三連休", "2026-11-21", "2026-11-23"),
        ("この週末", "2026-11-21", "2026-11-22"),
        ("今度の週末", "2026-11-21", "2026-11-22"),
        ("この土日", "2026-11-21", "2026-11-22"),
        ("23日の祝日", "2026-11-23", "2026-11-23"),
        ("11/23の祝日", "2026-11-23", "2026-11-23"),
        ("月曜の祝日", "2026-11-23", "2026-11-23"),
        ("くりすますいぶ", "2026-12-24", "2026-12-24"),
        ("五連休", "2027-05-01", "2027-05-05"),
        ("今週末の三連休", "2026-11-21", "2026-11-23"),
        ("1月の三連休", "2027-01-01", "2027-01-03"),
        ("成人の日の連休", "2027-01-09", "2027-01-11"),
        ("勤労感謝の日", "2026-11-23", "2026-11-23"),
        ("次の祝日", "2026-11-23", "2026-11-23"),
        ("来週の祝日", "2026-11-23", "2026-11-23"),
        ("お盆", "2027-08-13", "2027-08-16"),
        ("お盆休み", "2027-08-13", "2027-08-16"),
        ("gw", "2027-04-29", "2027-05-05"),
        ("ごるでんうぃく", "2027-04-29", "2027-05-05"),
        ("年末年始", "2026-12-29", "2027-01-03"),
        ("年始", "2027-01-01", "2027-01-03"),
    ],
)
def test_a_name_stands_for_days(text: str, first: str, last: str) -> None:
    assert days(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "today", "first", "last"),
    [
        ("三連休", date(2026, 11, 22), "2026-11-21", "2026-11-23"),
        ("gw", date(2027, 5, 5), "2027-04-29", "2027-05-05"),
        ("gw", date(2027, 5, 6), "2028-04-29", "2028-05-07"),
        ("お盆", date(2027, 8, 16), "2027-08-13", "2027-08-16"),
        ("年末年始", date(2026, 12, 30), "2026-12-29", "2027-01-03"),
        ("年末年始", date(2027, 1, 2), "2026-12-29", "2027-01-03"),
        ("年末年始", date(2027, 1, 4), "2027-12-29", "2028-01-03"),
        ("正月", date(2027, 1, 3), "2027-01-01", "2027-01-03"),
        ("次の祝日", date(2026, 11, 23), "2027-01-01", "2027-01-01"),
        ("今度の祝日", date(2026, 11, 23), "2026-11-23", "2026-11-23"),
        ("しるばうぃく", date(2026, 9, 1), "2026-09-19", "2026-09-23"),
        ("大型連休", date(2026, 4, 1), "2026-04-29", "2026-05-06"),
    ],
)
def test_what_is_on_counts_and_what_is_over_comes_next_year(text: str, today: date, first: str, last: str) -> None:
    assert days(text, today) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("連休明け", "2026-11-24", "2026-11-23"),
        ("gw明け", "2027-05-06", "2027-05-05"),
        ("お盆明け", "2027-08-17", "2027-08-16"),
        ("正月明け", "2027-01-04", "2027-01-03"),
    ],
)
def test_the_time_after_them_begins_the_day_after(text: str, first: str, last: str) -> None:
    assert days(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["夏休み", "冬休み", "春季休暇", "四連休", "来月の三連休", "来週末の三連休", "しるばうぃく", "今週の祝日"]
)
def test_what_no_calendar_says_stands_for_no_days(text: str) -> None:
    assert days(text) is None


def test_a_week_of_work_is_no_golden_week() -> None:
    assert re.search(holidays.HOLIDAYS, "うぃくで") is None


@given(
    st.dates(date(2024, 1, 1), date(2035, 1, 1)),
    st.sampled_from(["連休", "三連休", "gw", "お盆", "次の祝日", "年末年始", "正月"]),
)
def test_they_are_never_over_and_in_order(today: date, text: str) -> None:
    found = dates.stretch(text, today)

    assert found is not None
    first, last = found
    assert first <= last
    assert last >= today
    if "連休" in text:
        row = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        assert all(map(calendar.is_off, row))
        assert len(row) >= 3
