"""The dates that a text names: the days they are, and whether weekday and holiday agree with them.

A date without a year is the one nearest to today: not more than three months past, or else to come. With a weekday that only fits
the year after, it is that one.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import jpholiday

from bot.lint.facts import Fact, Page
from bot.lint.letters import Line

WEEK = "月火水木金土日"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PAST = timedelta(days=90)
_REIWA = 2018
_YEAR = r"(?:(?:(?P<year>20\d\d)(?:年|[/.-](?=\d{1,2}[/.-]))|(?:令和|r)(?P<reiwa>\d{1,2}|元)[年.])の?\s*)?"
_WEEKDAY = rf"(?:\s*[(\[【](?P<week>[{WEEK}])(?:曜日?)?(?P<holiday>[・,/ ]?(?:祝日?|振替?))?[)\]】]|\s*の?(?P<plain>[{WEEK}])曜)?"
_DATE = re.compile(
    rf"(?<![\d/.:])(?P<said>{_YEAR}(?P<month>\d{{1,2}})(?:月(?P<kanji>)|[/.-])(?P<date>\d{{1,2}})(?(kanji)日|日?)(?![\d/:%]|[.,]\d)"
    rf"{_WEEKDAY})"
)
_ASIDE = re.compile(r"から|まで|は|に|~|-|より|以降|、|\s|$")
"""What follows 12/30 when it is a day, not a part of something."""
_ON = re.compile(r"\s*(?:~|-|から|まで)")
_NAME_WITHIN = 8


class Day(NamedTuple):
    """A date in a line: the letters *start* to *end*, and the day, None where there is no such day."""

    start: int
    end: int
    day: date | None
    weekday: str | None
    week_at: int
    is_called_holiday: bool
    goes_on: bool


def days(line: Line, today: date) -> Iterator[Day]:
    """The dates in *line*."""
    for match in _DATE.finditer(line.letters):
        weekday = match["week"] or match["plain"]
        year = _year(match["year"], match["reiwa"])
        if match["kanji"] is None and weekday is None and year is None and not _ASIDE.match(line.letters, match.end()):
            continue
        if match["kanji"] is None and weekday is None and line.letters[match.start("date") - 1] != "/":
            continue
        day = _day(year, int(match["month"]), int(match["date"]), weekday, today)
        if day is None and match["kanji"] is None and weekday is None:
            continue
        week_at = match.start("week") if match["week"] else match.start("plain")
        goes_on = _ON.match(line.letters, match.end()) is not None
        yield Day(match.start(), match.end(), day, weekday, week_at, match["holiday"] is not None, goes_on)


def look(page: Page) -> Iterator[Fact]:
    """Dates that are none, are past, or disagree with their weekday, their holiday or the days that we are open."""
    for line in page.text.lines:
        found = list(days(line, page.today))
        for number, day in enumerate(found):
            first, last = next(span for span in line.sentences if span[0] <= day.start < span[1])
            after = found[number + 1].start if number + 1 < len(found) else last
            yield from _facts(page, line, day, first, last, min(after, last))


def _facts(page: Page, line: Line, found: Day, first: int, last: int, after: int) -> Iterator[Fact]:
    start, end = page.text.typed_span(line.at + found.start, line.at + found.end)
    typed = page.text.typed[start:end]
    day = found.day
    if day is None:
        yield Fact("date-none", start, end, {"said": typed})
        return
    week = WEEK[day.weekday()]
    values = {"year": day.year, "month": day.month, "date": day.day, "weekday": week}
    if found.weekday is not None and found.weekday != week:
        at, stop = page.text.typed_span(line.at + found.week_at, line.at + found.week_at + 1)
        is_plain = page.text.typed[at:stop] == found.weekday
        yield Fact(
            "date-weekday", start, end, values, typed[: at - start] + week + typed[stop - start :] if is_plain else None
        )
        return
    wrong = _wrong_holiday(line, found, day, after)
    if wrong is not None:
        yield Fact("holiday-wrong", start, end, {**values, "name": wrong})
    if day < page.today:
        if not found.goes_on and not line.has(page.signs.past, found.end, last):
            yield Fact("date-past", start, end, values)
    elif (
        not any(DAYS[day.weekday()] in hours.days for hours in page.practice.hours)
        and line.has(page.signs.visits, first, last)
        and not line.has(page.signs.rests)
        and not found.goes_on
    ):
        yield Fact("clinic-closed", start, end, values)


def _wrong_holiday(line: Line, found: Day, day: date, after: int) -> str | None:
    """The holiday that *day* is called and is not."""
    holidays = _holidays(day.year)
    actual = holidays.get(day, "")
    if found.is_called_holiday and not actual:
        return line.letters[found.week_at + 1 : found.end].strip("・,/) ]】")
    behind = line.letters[found.end : min(after, found.end + _NAME_WITHIN + 8)]
    for name in sorted(set(holidays.values()), key=lambda one: (-len(one), one)):
        place = behind.find(name)
        if 0 <= place <= _NAME_WITHIN and name not in actual and not (actual and actual in name):
            return name
    return None


@lru_cache(maxsize=8)
def _holidays(year: int) -> dict[date, str]:
    return dict(jpholiday.year_holidays(year))


def _year(year: str | None, reiwa: str | None) -> int | None:
    if year is not None:
        return int(year)
    return _REIWA + (1 if reiwa == "元" else int(reiwa)) if reiwa is not None else None


def _day(year: int | None, month: int, number: int, weekday: str | None, today: date) -> date | None:
    """The day meant; None when there is none."""
    if year is not None:
        return _date(year, month, number)
    near = [day for each in range(-1, 9) if (day := _date(today.year + each, month, number)) and day >= today - _PAST]
    if not near:
        return None
    if weekday is not None and WEEK[near[0].weekday()] != weekday and near[0] < today and len(near) > 1:
        return near[1] if WEEK[near[1].weekday()] == weekday else near[0]
    return near[0]


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
